/** `troupe demo`: every experiment at small settings, judged against its closed form or published figures. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment, Setting } from "../experiment.ts";
import { ExperimentFailed } from "../failure.ts";
import { loadExperiment } from "../load.ts";
import { experimentNames, findExperiment, type Source } from "../sources.ts";
import type { Parameters } from "../parameters.ts";
import { mustBeComparable } from "../results/differences.ts";
import { readJournal } from "../store/journal.ts";
import { readManifest } from "../store/manifest.ts";
import type { Written } from "../store/write.ts";
import { cellsOf, settingGrid } from "../plan/grid.ts";
import { standardSeed } from "./options.ts";
import { numberOf, refuseUnknown, textOf, type Words } from "./words.ts";
import { differenceTable } from "../report/differences.ts";
import { quoted } from "../report/quoted.ts";
import { remarkLines, resultColumns, resultLines, tellingTable } from "../report/table.ts";
import { writeReport } from "./report.ts";
import { runWithProgress } from "./run.ts";

const options = {
  out: { type: "string", describe: "directory to write into", defaultDescription: "out/demo" },
  seed: { type: "string", describe: "any text; the same seed gives the same bytes", defaultDescription: standardSeed },
  workers: { type: "string", describe: "threads to run on", defaultDescription: "all cores" },
  quiet: { type: "boolean", describe: "print nothing but errors" },
} as const;

export function declareDemo(yargs: Argv): Argv {
  return yargs
    .usage("$0 demo [experiments..]\n\nWith names or paths, only these.")
    .options(options)
    .example("$0 demo", "a table, charts and a report, in under a minute");
}

interface Demonstrable {
  readonly source: Source;
  readonly experiment: Experiment;
}

interface Part extends Written {
  readonly experiment: Experiment;
  readonly directory: string;
}

async function demonstrable(names: readonly string[]): Promise<Demonstrable[]> {
  const found: Demonstrable[] = [];
  for (const name of names.length > 0 ? names : experimentNames()) {
    const source = findExperiment(name);
    const experiment = await loadExperiment(source);
    if (experiment.demo !== undefined) found.push({ source, experiment });
  }
  return found;
}

/**
 * The demo writes over an earlier demo only.
 *
 * @throws BadData if the directory has rows that another command has made
 */
function mustBeDemos(directory: string): void {
  const command = readManifest(directory)?.command ?? readJournal(directory)?.at(-1)?.head.command;
  if (command === undefined || /^troupe demo\b/.test(command)) return;
  throw new BadData(`${directory} holds replications of ${command}: the demo drops what is there; use another --out.`);
}

export async function demoCommand(words: Words): Promise<void> {
  const [verb, ...named] = (words["_"] as readonly (string | number)[]).map(String);
  refuseUnknown({ ...words, _: [verb] }, undefined, [...Object.keys(options), "help", "version"]);
  const out = textOf(words, "out") ?? "out/demo";
  const seed = textOf(words, "seed") ?? standardSeed;
  const workers = numberOf(words, "workers", 1) ?? availableParallelism();
  const quiet = words["quiet"] === true;
  const command = ["troupe demo", ...named.map(quoted), `--seed ${quoted(seed)}`].join(" ");
  const again = `${command} --out ${quoted(out)}`;
  const parts: Part[] = [];
  const demonstrated = await demonstrable(named);
  for (const { experiment } of demonstrated) mustBeDemos(join(out, experiment.name));
  for (const { source, experiment } of demonstrated) {
    const { cells: settings, replications = experiment.replications ?? 10, compare } = experiment.demo!;
    const grids = ([settings].flat() as readonly Setting<Parameters>[]).map((setting) =>
      settingGrid(experiment.parameters, setting),
    );
    const cells = cellsOf(experiment, grids);
    if (compare !== undefined) mustBeComparable(experiment, cells, compare);
    const comparing = compare === undefined ? {} : { compare };
    const plan = {
      experiment,
      seed,
      cells,
      replications,
      precision: null,
      maxReplications: replications,
      ...comparing,
    };
    const directory = join(out, experiment.name);
    const flags = { charts: true, accepts: false, keepsGoing: false, checks: false, isDry: false, json: false, quiet };
    const run = {
      plan,
      source,
      command,
      commandOfAll: command,
      directory,
      again,
      workers,
      mode: "overwrite",
      ...flags,
    } as const;
    parts.push({ experiment, directory, ...(await runWithProgress(run, experiment.name)) });
  }
  if (parts.length > 0) {
    const title = "Troupe: what theory says, and what comes out";
    const directories = parts.map(({ directory }) => directory);
    await writeReport(directories, join(out, "report.html"), command, { title });
  }
  const lines = parts.flatMap(({ experiment, cells }) =>
    resultLines(experiment, cells).map((line) => ({ experiment: experiment.name, ...line })),
  );
  if (!quiet) {
    const named = ["experiment", (line: (typeof lines)[number]) => line.experiment] as const;
    const tables = parts.flatMap(({ experiment, differences }) =>
      differences.length === 0 ? [] : [`${experiment.name}:`, differenceTable(experiment, differences), ""],
    );
    const remarks = parts.flatMap(({ experiment, cells }) =>
      remarkLines(experiment, cells).map((line) => `${experiment.name}: ${line}`),
    );
    const written = `Written to ${out}: report.html, and a directory for each experiment`;
    process.stdout.write(
      `${[tellingTable([named, ...resultColumns], lines), "", ...tables, ...remarks, written].join("\n")}\n`,
    );
  }
  const failed = lines.filter((line) => line.failed);
  if (failed.length > 0) {
    const names = failed.map(({ experiment, cell, measure }) => `${experiment}${cell && ` (${cell})`}: ${measure}`);
    throw new ExperimentFailed(
      `${failed.length} of ${lines.length} figures do not agree with theory: ${names.join("; ")}.`,
    );
  }
}
