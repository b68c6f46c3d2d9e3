/**
 * A report of finished runs: one HTML file that needs no network and no other file. Without its program it is complete,
 * with pictures instead of charts.
 */
import { experimentNames } from "../sources.ts";
import { questionOf } from "../questions.ts";
import { bundled } from "../traces/bundle.ts";
import { panelStyle } from "../traces/panel.ts";
import { claimState, type ClaimState, type Standing } from "./standing.ts";
import { code, escaped, packed, paragraph } from "./elements.ts";
import type { Reported } from "./reported.ts";
import { badges, sectionOf, words } from "./section.ts";
import { style } from "./style.ts";
import { traceSection, type ReportedTrace } from "./traced.ts";

/** By which a report is known as such. */
export const generator = "troupe report";

export interface ReportOptions {
  readonly title: string;
  /** The command that makes the report. */
  readonly command: string;
  /** Traces to show below the runs. */
  readonly traces: readonly ReportedTrace[];
}

const intervals =
  "Intervals hold 95%. A figure agrees with its model if it lies within three standard errors, or within the tolerance that the experiment states.";

/** Of each run, an id that no other run has. */
function idsOf(runs: readonly Reported[]): string[] {
  const taken = new Map<string, number>();
  return runs.map(({ directory }) => {
    const name = directory.replace(/\/+$/, "").split("/").at(-1)!;
    const id = `run-${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
    const count = (taken.get(id) ?? 0) + 1;
    taken.set(id, count);
    return count === 1 ? id : `${id}-${count}`;
  });
}

interface Claim {
  readonly name: string;
  readonly text: string;
  /** Places among the runs. */
  readonly runs: readonly number[];
}

/** The claims of the runs' experiments first, then those of the package's other experiments. */
async function claimsOf(runs: readonly Reported[]): Promise<Claim[]> {
  const texts = new Map(runs.map(({ experiment }) => [experiment.name, experiment.reproduces]));
  for (const name of experimentNames()) {
    if (!texts.has(name)) texts.set(name, (await questionOf(name)).reproduces);
  }
  return [...texts].flatMap(([name, text]) => {
    const about = runs.flatMap(({ experiment }, place) => (experiment.name === name ? [place] : []));
    return text === undefined ? [] : [{ name, text, runs: about }];
  });
}

function stateOf({ runs }: Claim, all: readonly Reported[]): ClaimState {
  return claimState(runs.map((place) => all[place]!.standing));
}

function claimLine(claim: Claim, all: readonly Reported[], ids: readonly string[]): string {
  const state = stateOf(claim, all);
  const why = claim.runs.map((place) => {
    const { directory, standing } = all[place]!;
    const link = `<a href="#${ids[place]!}">${escaped(directory)}</a>`;
    return `<li>${link}: ${standing.reasons.map(escaped).join(" ")}</li>`;
  });
  return [
    `<tr><td>${escaped(claim.text)}<td>${escaped(claim.name)}`,
    `<td><span class="badge ${state === "not yet" ? "undecided" : state}">${state}</span>`,
    `<td><ul>${why.join("")}</ul>`,
  ].join("");
}

function scoreboard(claims: readonly Claim[], all: readonly Reported[], ids: readonly string[]): string {
  const count = (state: ClaimState): number => claims.filter((claim) => stateOf(claim, all) === state).length;
  const told = claims.filter(({ runs }) => runs.length > 0);
  const untold = claims.filter(({ runs }) => runs.length === 0);
  const rule =
    "A claim is reproduced if figures with intervals narrow enough agree, none differs where the assumptions of its model hold, and no replication is lacking.";
  return [
    `<section aria-labelledby="claims-title"><h2 id="claims-title">Claims</h2>`,
    paragraph(
      `Of ${claims.length} claims ${count("reproduced")} are reproduced, ${count("differs")} with differences, ${count("not yet")} not yet. ${rule}`,
    ),
    ...(told.length === 0
      ? []
      : [
          `<div class="scroll whole" tabindex="0" role="group" aria-label="Claims and whether they are reproduced"><table><thead><tr>`,
          ...["claim", "experiment", "state", "why"].map((head) => `<th scope="col">${head}`),
          "</thead><tbody>",
          ...told.map((claim) => claimLine(claim, all, ids)),
          "</tbody></table></div>",
        ]),
    ...(untold.length === 0
      ? []
      : [
          `<details><summary>Not yet, as this report has no run: ${untold.length}</summary><ul>`,
          ...untold.map(({ name, text }) => `<li>${escaped(text)}: ${code(`troupe sweep ${name}`)}</li>`),
          "</ul></details>",
        ]),
    "</section>",
  ].join("\n");
}

function select(id: string, label: string, options: readonly (readonly [value: string, text: string])[]): string {
  const all = [["", "all"] as const, ...options];
  const texts = all.map(([value, text]) => `<option value="${escaped(value)}">${escaped(text)}</option>`);
  return `<label>${label} <select id="${id}">${texts.join("")}</select></label>`;
}

function contents(runs: readonly Reported[], ids: readonly string[]): string {
  const isSeen = (word: keyof Standing["counts"]): boolean => runs.some(({ standing }) => standing.counts[word] > 0);
  const names = [...new Set(runs.map(({ experiment }) => experiment.name))];
  const entries = runs.map(({ experiment, directory, standing }, i) => {
    const link = `<a href="#${ids[i]!}">${escaped(experiment.question)}</a>`;
    return `<tr id="entry-${ids[i]!}"><td>${link}<td>${escaped(directory)}<td>${badges(standing)}`;
  });
  return [
    `<nav aria-labelledby="contents-title"><h2 id="contents-title">Runs</h2>`,
    '<form id="filter" role="search" aria-label="Runs to show" hidden>',
    '<label>Text <input type="search" id="search"></label>',
    select(
      "experiment",
      "Experiment",
      names.map((name) => [name, name]),
    ),
    select(
      "word",
      "Figures that",
      words.filter(([word]) => isSeen(word)).map(([word, text]) => [word, text]),
    ),
    '<span id="shown" role="status"></span></form>',
    '<div class="scroll whole" tabindex="0" role="group" aria-label="Runs in this report"><table><thead><tr>',
    ...["question", "directory", "figures"].map((head) => `<th scope="col">${head}`),
    "</thead><tbody>",
    ...entries,
    "</tbody></table></div></nav>",
  ].join("\n");
}

function traceLinks(traces: readonly ReportedTrace[]): string[] {
  const links = traces.map(({ name }, i) => `<a href="#trace-${i + 1}">${escaped(name)}</a>`);
  return traces.length === 0 ? [] : [`<p>${traces.length === 1 ? "Trace" : "Traces"}: ${links.join(", ")}</p>`];
}

/** The page. Equal runs and traces give equal bytes. */
export async function reportPage(
  runs: readonly Reported[],
  { title, command, traces }: ReportOptions,
): Promise<string> {
  const ids = idsOf(runs);
  const claims = await claimsOf(runs);
  const charts = runs.flatMap((run) => run.charts);
  const firsts = runs.map((_, i) => runs.slice(0, i).reduce((sum, run) => sum + run.charts.length, 0));
  const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="generator" content="${generator}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}${traces.length === 0 ? "" : panelStyle}</style>`,
    '</head>\n<body>\n<a class="skip" href="#runs">Skip to the runs</a>',
    `<header><h1>${escaped(title)}</h1>`,
    `<p class="small">Made by ${code(command)}. ${intervals}</p>`,
    ...traceLinks(traces),
    "</header>",
    scoreboard(claims, runs, ids),
    ...(runs.length > 1 ? [contents(runs, ids)] : []),
    '<main id="runs" tabindex="-1">',
    ...runs.map((run, i) => sectionOf(run, ids[i]!, firsts[i]!)),
    ...traces.map((trace, i) => traceSection(trace, `trace-${i + 1}`)),
    "</main>",
    `<script type="text/plain" id="charts">${packed(charts.map(({ vega }) => vega))}</script>`,
    `<script>${await bundled(new URL("./client/page.js", import.meta.url))}</script>`,
    "</body>\n</html>\n",
  ].join("\n");
}
