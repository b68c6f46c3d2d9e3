/** What a report shows of one run. */
import { inWords } from "../charts/points.ts";
import { modelOf } from "../experiment.ts";
import { matters } from "../matters.ts";
import { farOff, fewestValues } from "../results/outliers.ts";
import { meansOf } from "../results/summary.ts";
import { differenceColumns, differenceLines, differenceRemark } from "./differences.ts";
import { code, escaped, listOf, paragraph, pictureAddress, tableOf } from "./elements.ts";
import type { PageChart } from "./interactive.ts";
import { quoted } from "./quoted.ts";
import { ledger } from "./faults.ts";
import type { Reported } from "./reported.ts";
import type { Standing } from "./standing.ts";
import { cellTexts, figure, remarkLines, resultColumns, resultLines, type Column } from "./table.ts";

/** Words of a standing, and the text of each. */
export const words = [
  ["agrees", "agree"],
  ["differs", "differ"],
  ["outside", "outside the model"],
  ["scant", "with too few events"],
  ["undecided", "undecided"],
  ["none", "without a figure to compare with"],
] as const satisfies readonly (readonly [keyof Standing["counts"], string])[];

/** Badges that count the verdicts. */
export function badges({ counts }: Standing): string {
  return words
    .filter(([word]) => counts[word] > 0)
    .map(([word, text]) => `<span class="badge ${word}">${counts[word]} ${text}</span>`)
    .join(" ");
}

function figureOf({ title, name, svg, series }: PageChart, place: number): string {
  const buttons = series.map(
    (each) => `<button type="button" aria-pressed="false" data-series="${escaped(each)}">${escaped(each)}</button>`,
  );
  const alt = `${title} Chart ${inWords(name)}; the table below has its figures.`;
  return [
    `<figure data-chart="${place}"><div class="scroll drawing" tabindex="0" role="group" aria-label="${escaped(`Chart ${name}`)}">`,
    `<img alt="${escaped(alt)}" loading="lazy" src="${pictureAddress(svg)}"></div>`,
    ...(series.length === 0
      ? []
      : [
          `<div class="series" role="group" aria-label="Lines to pick out" hidden>Pick out: ${buttons.join(" ")}</div>`,
        ]),
    `<figcaption>${escaped(name)}</figcaption></figure>`,
  ].join("");
}

function differencesOf({ experiment, differences }: Reported, id: string): string[] {
  if (differences.length === 0) return [];
  const lines = differenceLines(experiment, differences);
  const caption = "Differences of cells that differ in one parameter only";
  return [
    "<h3>Comparison</h3>",
    paragraph(differenceRemark(differences)),
    tableOf(differenceColumns, lines, { id: `${id}-differences`, caption, isSearched: true }),
  ];
}

interface Pointed {
  readonly cell: number;
  readonly replication: number;
}

interface PointedLine extends Pointed {
  readonly where: string;
  readonly what: string;
  readonly command: string;
}

/** At most so many replications are listed. */
const listed = 10;

/** Replications that failed or lie far off, with the commands that run them again. */
function pointed({ experiment, directory, manifest, outliers }: Reported, id: string): string[] {
  const texts = cellTexts(
    experiment,
    manifest.cells.map(({ parameters }) => parameters),
  );
  const isReplayed = experiment.reproducible !== false;
  const lineOf = ({ cell, replication }: Pointed, what: string): PointedLine => ({
    cell,
    replication,
    where: texts[cell]!,
    what,
    command: isReplayed ? `troupe replay ${quoted(directory)} --cell ${cell} --replication ${replication}` : "",
  });
  const columns = (head: string): readonly Column<PointedLine>[] => [
    ["cell", ({ where }) => where],
    ["replication", ({ replication }) => String(replication)],
    [head, ({ what }) => what],
    ["command", ({ command }) => command],
  ];
  const more = (count: number): string[] => (count <= listed ? [] : [paragraph(`And ${count - listed} more.`)]);
  const failures = manifest.failures.map((failure) => lineOf(failure, failure.error.split("\n")[0]!));
  const unique = new Map(outliers.map((each) => [`${each.cell} ${each.replication}`, each] as const).toReversed());
  const far = [...unique.values()].toReversed().map((each) => {
    const score = each.score > 1000 ? "more than 1000" : each.score.toFixed(2);
    return lineOf(
      each,
      `${inWords(each.measure)} ${figure(each.value)}, median ${figure(each.median)}, score ${score}`,
    );
  });
  const rule = `By the modified z-score, 0.6745 times the distance from the median of the cell over the median absolute deviation: an outlier is above ${farOff}. A cell of fewer than ${fewestValues} values, or of mostly equal values, has none.`;
  return [
    ...(failures.length === 0
      ? []
      : [
          "<h3>Failed replications</h3>",
          tableOf(columns("error"), failures.slice(0, listed), {
            id: `${id}-failures`,
            caption: "Replications that failed",
            commands: ["command"],
          }),
          ...more(failures.length),
        ]),
    "<h3>Outliers</h3>",
    paragraph(`${far.length === 0 ? "There is none. " : ""}${rule}`),
    ...(far.length === 0
      ? []
      : [
          tableOf(columns("farthest measure"), far.slice(0, listed), {
            id: `${id}-outliers`,
            caption: "Replications far from the others of their cell",
            commands: ["command"],
          }),
          ...more(far.length),
        ]),
  ];
}

/** The parameters and the measures, how the run was made, and what makes it again. */
function method({ experiment, manifest, cells, standing }: Reported, id: string): string[] {
  const names = Object.entries(experiment.parameters);
  const most = 8;
  const parameters: readonly Column<(typeof names)[number]>[] = [
    ["parameter", ([name]) => inWords(name)],
    [
      "values",
      ([name, parameter]) => {
        const values = [...new Set(cells.map((cell) => parameter.show(cell.parameters[name]!) || "none"))];
        const unit = parameter.unit === "" || parameter.kind === "duration" ? "" : ` ${parameter.unit}`;
        const more = values.length > most ? `, and ${values.length - most} more` : "";
        const idle = matters(experiment, name, cells) ? "" : " (without effect here)";
        return `${values.slice(0, most).join(", ")}${more}${unit}${idle}`;
      },
    ],
    ["meaning", ([, { help }]) => help],
  ];
  const sourceOf = (name: string): string => {
    const models = cells.flatMap((cell) => modelOf(experiment, name, cell.parameters, meansOf(cell)) ?? []);
    const texts = models.map(({ label, source, within }) =>
      [label, source, within === null ? "" : `within ${100 * within}%`].filter((text) => text !== "").join(", "),
    );
    return [...new Set(texts)].join("; ");
  };
  const all = Object.entries(experiment.measures);
  const measures: readonly Column<(typeof all)[number]>[] = [
    ["measure", ([name, { unit = "" }]) => `${inWords(name)}${unit === "" ? "" : ` (${unit})`}`],
    ["meaning", ([, { help }]) => help],
    [
      "estimator",
      ([, { estimator = "mean", quantile }]) => `${estimator}${quantile === undefined ? "" : ` ${quantile}`}`,
    ],
    ["compared with", ([name]) => sourceOf(name)],
  ];
  const { seed, precision, node, platform, commit, version, reproducible } = manifest;
  const precise = precision === null ? "" : `, until intervals are within ${100 * precision}% of their figures`;
  const computed = `Troupe ${version}${commit === null ? "" : ` at ${commit.slice(0, 10)}`}, Node ${node}, ${platform}`;
  return [
    "<h3>Method</h3>",
    paragraph(
      `${cells.length} cells, ${standing.replications} replications${precise}, seed ${seed}; ${computed}. ` +
        (reproducible ? "The same command writes the same rows:" : "No two runs are alike. The command was:"),
    ),
    `<p>${code(manifest.command)}</p>`,
    tableOf(parameters, names, { id: `${id}-parameters`, caption: "Parameters" }),
    tableOf(measures, all, { id: `${id}-measures`, caption: "Measures" }),
  ];
}

function convergence({ cells }: Reported): string[] {
  const doubtful = cells.filter(({ converged }) => !converged).length;
  return doubtful === 0
    ? [paragraph(`All ${cells.length} cells have converged.`)]
    : [paragraph(`${doubtful} of ${cells.length} cells have not converged: an interval is wider than was asked for.`)];
}

/** The section. `first` is the place of its first chart among all charts of the page. */
export function sectionOf(reported: Reported, id: string, first: number): string {
  const { experiment, cells, directory, standing, charts } = reported;
  const lines = resultLines(experiment, cells);
  const present = words.map(([word]) => word).filter((word) => standing.counts[word] > 0);
  const caption = "Figures of each cell, with their 95% intervals";
  const kind = (line: (typeof lines)[number]): string =>
    line.failed ? "failed" : line.verdict.includes("not converged") ? "doubtful" : "";
  return [
    `<section class="run" id="${id}" aria-labelledby="${id}-title" data-experiment="${escaped(experiment.name)}" data-words="${present.join(" ")}">`,
    `<h2 id="${id}-title">${escaped(experiment.question)}</h2>`,
    `<p class="small">${escaped(experiment.name)}, in ${code(directory)}</p>`,
    `<p>${badges(standing)}</p>`,
    listOf(standing.reasons),
    ...convergence(reported),
    ...(charts.length === 0 ? [paragraph("The run has no charts: troupe chart makes them.")] : []),
    ...charts.map((chart, i) => figureOf(chart, first + i)),
    "<h3>Figures</h3>",
    tableOf(resultColumns, lines, { id: `${id}-figures`, caption, kind, isSearched: true }),
    listOf(remarkLines(experiment, cells)),
    ...differencesOf(reported, id),
    ...ledger(reported, id),
    ...pointed(reported, id),
    ...method(reported, id),
    "</section>",
  ].join("\n");
}
