/** `troupe replay DIR`: runs one replication of a finished run again. */
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import type { TraceListener } from "../../sim/trace.ts";
import { CommandFailed } from "../failure.ts";
import { cellKey } from "../plan/grid.ts";
import { thrownOf, type Thrown } from "../plan/failure.ts";
import { readRanges, showRanges } from "../plan/ranges.ts";
import { cellAt, replay, sampleOf, type Replayed, type Which } from "../run/replay.ts";
import { ReplicationFailure } from "../run/workers.ts";
import { readFinished, type Finished } from "../store/finished.ts";
import { ended, failureOf, traceFile } from "./run.ts";
import { numberOf, refuseUnknown, textOf, type Words } from "./words.ts";

/** Which replication of a run is meant. */
export const whichOptions = {
  cell: {
    type: "string",
    describe: "of the run in DIR, which cell (from 0, as in its manifest)",
    defaultDescription: "0",
  },
  replication: {
    type: "string",
    describe: "which of its replications (from 0)",
    defaultDescription: "the first that failed, or else the first",
  },
} as const;

const options = {
  ...whichOptions,
  trace: { type: "string", describe: "a file for the trace of all events, as lines of JSON" },
} as const;

export function declareReplay(yargs: Argv): Argv {
  return yargs
    .usage("$0 replay DIR\n\nRuns one replication of the run in DIR again, and compares its row with the row there.")
    .positional("directory", { describe: "what --out was", type: "string" })
    .options(options)
    .example("$0 replay out/availability --replication 7 --trace seven.jsonl", "troupe trace makes views of it");
}

/** @throws BadData for numbers that are none, or beyond the run's. */
export function whichOf(words: Words, finished: Finished): Which {
  const given = { cell: numberOf(words, "cell", 0), replication: numberOf(words, "replication", 0) };
  const failed = finished.manifest.failures.find(
    ({ cell, replication }) => cell === (given.cell ?? cell) && replication === (given.replication ?? replication),
  );
  const cell = given.cell ?? failed?.cell ?? 0;
  const parameters = cellAt(finished, cell);
  const kept = [...(finished.rows.get(cellKey(parameters))?.keys() ?? [])];
  const { failures, cells } = finished.manifest;
  const failing = failures.filter((failure) => failure.cell === cell).map(({ replication }) => replication);
  const all = new Set([...kept, ...failing, ...readRanges(cells[cell]!.lacking ?? "")]);
  if (given.replication !== undefined && !all.has(given.replication)) {
    const has = all.size === 0 ? "no replications" : `the replications ${showRanges(all)}`;
    throw new BadData(`--replication ${given.replication}: cell ${cell} of ${finished.directory} has ${has}.`);
  }
  return { cell, replication: given.replication ?? failed?.replication ?? kept[0] ?? 0 };
}

/** What is said of a replication that threw, with the command that runs it alone. */
export function failedIn({ experiment, source, manifest }: Finished, which: Which): (thrown: Thrown) => Error {
  const cells = manifest.cells.map(({ parameters }) => parameters);
  return (thrown) =>
    failureOf(
      { source, plan: { experiment, cells } },
      new ReplicationFailure({ ...which, seed: manifest.seed }, thrown),
    );
}

/** Runs a replication again in this process. */
export async function again(finished: Finished, which: Which, listener?: TraceListener): Promise<Replayed> {
  const failed = failedIn(finished, which);
  try {
    return await ended(replay(finished, which, listener), failed);
  } catch (error) {
    throw failed(thrownOf(error));
  }
}

export async function replayCommand(words: Words): Promise<void> {
  const directory = words["directory"] as string | undefined;
  refuseUnknown(words, undefined, [...Object.keys(options), "help", "version"]);
  if (directory === undefined) throw new BadData("name the directory of a run: troupe replay DIR.");
  const finished = await readFinished(directory);
  const which = whichOf(words, finished);
  const path = textOf(words, "trace");
  const file = path === undefined ? undefined : traceFile("trace", path);
  let replayed: Replayed;
  try {
    replayed = await again(finished, which, file?.listener);
  } finally {
    file?.close();
  }
  const { line, kept } = replayed;
  const name = `replication ${which.replication} of cell ${which.cell}`;
  process.stdout.write(`${line}\n`);
  if (kept === undefined) process.stdout.write(`${directory} has no row of ${name} to compare with.\n`);
  else if (kept === line) process.stdout.write(`The same row as in ${directory}.\n`);
  else throw new CommandFailed(otherwise(name, directory, kept, line));
}

const otherwise = (name: string, directory: string, kept: string, line: string): string =>
  `${name} does not come out as in ${directory}:\n  there  ${kept}\n  now    ${line}`;

const verifyOptions = {
  sample: { type: "string", describe: "how many replications to run again, spread over all", defaultDescription: "10" },
} as const;

export function declareVerify(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 verify DIR\n\nRuns a sample of a finished run's replications again, and compares their rows byte by byte.",
    )
    .positional("directory", { describe: "what --out was", type: "string" })
    .options(verifyOptions)
    .example("$0 verify results/availability --sample 5", "do the published rows still come out?");
}

export async function verifyCommand(words: Words): Promise<void> {
  const directory = words["directory"] as string | undefined;
  refuseUnknown(words, undefined, [...Object.keys(verifyOptions), "help", "version"]);
  if (directory === undefined) throw new BadData("name the directory of a run: troupe verify DIR.");
  const size = numberOf(words, "sample", 1) ?? 10;
  const finished = await readFinished(directory);
  if (finished.experiment.reproducible === false) {
    throw new BadData(
      `${directory}: ${finished.experiment.name} measures the real machine, and never comes out the same.`,
    );
  }
  const sample = sampleOf(finished, size);
  if (sample.length === 0) throw new BadData(`${directory} has no rows to run again.`);
  const different: string[] = [];
  for (const which of sample) {
    const { line, kept } = await again(finished, which);
    if (kept === line) continue;
    different.push(otherwise(`replication ${which.replication} of cell ${which.cell}`, directory, kept!, line));
  }
  if (different.length === 0) {
    process.stdout.write(`${sample.length} of ${rowCount(finished)} replications came out the same, byte by byte.\n`);
    return;
  }
  const { node } = finished.manifest;
  const hint = node === process.version ? "" : `\nThe run was made by Node ${node}, and this is ${process.version}.`;
  const count = `${different.length} of ${sample.length} replications came out otherwise`;
  throw new CommandFailed(`${count}.\n${different.join("\n")}${hint}`);
}

function rowCount({ rows }: Finished): number {
  return [...rows.values()].reduce((sum, { size }) => sum + size, 0);
}
