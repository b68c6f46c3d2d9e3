/** `troupe report DIR...`: one HTML file about finished runs. */
import { existsSync, openSync, readSync, closeSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import { plural } from "../report/elements.ts";
import { generator, reportPage } from "../report/page.ts";
import { quoted } from "../report/quoted.ts";
import { readReported, type Reported } from "../report/reported.ts";
import type { ReportedTrace } from "../report/traced.ts";
import { makeDirectory, systemReason, writeWhole } from "../store/directory.ts";
import { countFaults } from "./count-faults.ts";
import { readTraced } from "./read-trace.ts";
import { optionsText, numberOf, refuseUnknown, textOf, textsOf, type Words } from "./words.ts";

const options = {
  out: { type: "string", describe: "the file to write", defaultDescription: "report.html in the first directory" },
  title: {
    type: "string",
    describe: "the heading of the report",
    defaultDescription: "the question, or the count of runs",
  },
  faults: {
    type: "string",
    describe: "runs so many replications of each run again, spread over its cells, and counts the faults in them",
    defaultDescription: "0",
  },
  trace: {
    type: "string",
    describe:
      "shows a trace too: a file, or the directory of a run, of which the first failed replication (or else the first) is run again; may be given several times",
  },
} as const;

export function declareReport(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 report DIR...\n\nWrites one HTML file about finished runs, which needs no network and no other file: charts, tables, verdicts, claims, outliers and the commands that run them again. docs/reports.md tells about it.",
    )
    .positional("directories", { describe: "what --out of the runs was", type: "string", array: true })
    .options(options)
    .example("$0 report out/availability", "out/availability/report.html")
    .example("$0 report results/* --out results.html --title 'Reference results'", "of several runs")
    .example("$0 report out/availability --trace seven.jsonl", "with a space-time diagram that one can search");
}

/** How much of a file tells whether it is a report. */
const headLength = 1000;

/** Refuses to write over a file that is no report. */
function mustBeOurs(path: string): void {
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) throw new BadData(`--out ${path}: that is a directory, and a file is wanted.`);
  const head = Buffer.alloc(headLength);
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    readSync(file, head, 0, headLength, 0);
  } catch (error) {
    throw new BadData(`${path}: ${systemReason(error) ?? "it cannot be read"}.`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  if (head.includes(`content="${generator}"`)) return;
  throw new BadData(`${path} is there already, and is no report: --out takes another name.`);
}

function standardTitle([first, ...others]: readonly Reported[]): string {
  return others.length === 0 ? first!.experiment.question : `Troupe: ${others.length + 1} runs`;
}

async function tracesOf(paths: readonly string[]): Promise<ReportedTrace[]> {
  const traces: ReportedTrace[] = [];
  for (const path of paths) {
    const { failure, ...traced } = await readTraced(path, {}, { world: 0, until: Infinity });
    traces.push({ ...traced, marks: failure === undefined ? [] : [failure] });
  }
  return traces;
}

interface Wanted {
  /** Unless given it is made of the runs. */
  readonly title?: string | undefined;
  /** Paths to read traces from. */
  readonly traces?: readonly string[];
  /** Replications of each run in which faults are counted. */
  readonly faults?: number;
}

/** Writes the report of some directories. */
export async function writeReport(
  directories: readonly string[],
  path: string,
  command: string,
  { title, traces = [], faults = 0 }: Wanted = {},
): Promise<readonly Reported[]> {
  mustBeOurs(path);
  const runs: Reported[] = [];
  for (const directory of directories) {
    const reported = await readReported(directory);
    const faultSample = faults === 0 ? undefined : await countFaults(reported, faults);
    runs.push({ ...reported, ...(faultSample === undefined ? {} : { faultSample }) });
  }
  const page = await reportPage(runs, {
    title: title ?? standardTitle(runs),
    command,
    traces: await tracesOf(traces),
  });
  makeDirectory(dirname(path));
  writeWhole(dirname(path), basename(path), page);
  return runs;
}

export async function reportCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, [...Object.keys(options), "help", "version"]);
  const named = (words["directories"] as readonly (string | number)[] | undefined) ?? [];
  // results/*/ of a shell ends in slashes.
  const directories = named.map((name) => String(name).replace(/(?<=.)\/+$/, ""));
  const [first] = directories;
  if (first === undefined) throw new BadData("name the directories of runs: troupe report DIR...");
  const seen = new Set<string>();
  for (const directory of directories) {
    if (seen.has(resolve(directory))) throw new BadData(`${directory} is named twice.`);
    seen.add(resolve(directory));
  }
  const out = textOf(words, "out");
  const title = textOf(words, "title");
  const traces = textsOf(words, "trace");
  const faults = numberOf(words, "faults", 0) ?? 0;
  const given = optionsText({
    ...(out === undefined ? {} : { out }),
    ...(title === undefined ? {} : { title }),
    ...(faults === 0 ? {} : { faults: String(faults) }),
    ...(traces.length === 0 ? {} : { trace: traces }),
  });
  const path = out ?? join(first, "report.html");
  const command = `troupe report ${directories.map(quoted).join(" ")}${given}`;
  const runs = await writeReport(directories, path, command, { title, traces, faults });
  const charts = runs.reduce((sum, run) => sum + run.charts.length, 0);
  const shown = [
    plural(runs.length, "run", "runs"),
    plural(charts, "chart", "charts"),
    ...(traces.length === 0 ? [] : [plural(traces.length, "trace", "traces")]),
  ];
  process.stdout.write(`Written to ${path}: ${shown.join(", ")}\n`);
}
