/** `troupe run` and `troupe sweep`. */
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment } from "../experiment.ts";
import type { Source } from "../load.ts";
import { summarize } from "../results/summary.ts";
import { neverEnds, ReplicationFailure, withoutStack } from "../run/pool.ts";
import { replicate, thrownOf, type Thrown } from "../run/replicate.ts";
import { runSession } from "../run/session.ts";
import { readRun, replayCommand, type RunArguments, type Words } from "./arguments.ts";
import { differenceTable } from "../report/differences.ts";
import { jsonDocument } from "../report/json.ts";
import { remarkLines, resultTable } from "../report/table.ts";
import { progress, type Progress } from "./progress.ts";
import { TraceFile } from "../../sim/trace-file.ts";

/** The experiment's own code threw: not the user's words are wrong, and not the harness. */
export class ExperimentFailed extends Error {
  override readonly name = "ExperimentFailed";
}

/** The part of a stack that is about the experiment: what calls it is always the same. */
function ownPart(stack: string): string {
  const lines = stack.split("\n");
  const end = lines.findIndex((line) => /\/harness\/run\/replicate\.[jt]s:/.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).join("\n");
}

/** What is said of a replication that threw; `kept` says where the others are. */
export function failureOf(run: Pick<RunArguments, "plan" | "source">, failure: ReplicationFailure, kept = ""): Error {
  const { plan, source } = run;
  if (failure.thrown.name === "BadData") return new BadData(failure.message);
  const { seed, cell, replication } = failure.task;
  const command = replayCommand(source, plan.experiment, plan.cells[cell]!, seed, replication);
  return new ExperimentFailed(
    `replication ${replication} of ${plan.experiment.name} failed under seed "${seed}":\n\n` +
      `${ownPart(failure.thrown.stack)}\n\nTo run it alone:\n\n    ${command}${kept}`,
  );
}

const endings = { SIGINT: 130, SIGTERM: 143 } as const;

/** Ctrl-C ends the process at once, with the last words that `said` gives. */
export function onInterrupt(bar: Progress, said: () => string): () => void {
  const end = (signal: keyof typeof endings): void => {
    bar.stop();
    process.stderr.write(said());
    process.exit(endings[signal]);
  };
  const signals = Object.keys(endings) as (keyof typeof endings)[];
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.removeListener(signal, end);
  };
}

/** Runs a request with a progress bar, and turns a failure of the experiment into its sentence. */
export async function runWithProgress(run: RunArguments, title: string): ReturnType<typeof runSession> {
  const bar = progress(title, !run.quiet);
  // Each finished replication is in the journal already.
  const release = onInterrupt(
    bar,
    () =>
      `Interrupted: ${bar.done} of ${bar.total} replications are kept in ${run.directory}. To go on:\n\n` +
      `    ${run.command} --out ${run.directory} --resume\n`,
  );
  try {
    return await runSession(run, bar);
  } catch (error) {
    if (!(error instanceof ReplicationFailure)) throw error;
    const kept = `\n\nThe ${bar.done} finished replications are kept in ${run.directory}.`;
    throw failureOf(run, error, bar.done === 0 ? "" : kept);
  } finally {
    bar.stop();
    release();
  }
}

function traceFile(path: string): TraceFile {
  try {
    return new TraceFile(path);
  } catch (error) {
    throw new BadData(`--events ${path}: it cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}

async function runAlone(run: RunArguments, number: number): Promise<void> {
  const { experiment, seed, cells, precision } = run.plan;
  const cell = cells[0]!;
  const file = run.events === undefined ? undefined : traceFile(run.events);
  const failed = (thrown: Thrown): Error =>
    failureOf(run, new ReplicationFailure({ seed, cell: 0, replication: number }, thrown));
  const stuck = (): never => {
    process.stderr.write(`troupe: ${failed(withoutStack(neverEnds)).message}\n`);
    process.exit(1);
  };
  // Node asks before it leaves with a promise still pending.
  process.once("beforeExit", stuck);
  let row;
  try {
    row = await replicate(experiment, cell, seed, number, file?.listener);
  } catch (error) {
    throw failed(thrownOf(error));
  } finally {
    process.removeListener("beforeExit", stuck);
    file?.close();
  }
  const summary = summarize(experiment, cell, [row], precision);
  const lines = Object.entries(row.observations).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const remarks = row.remarks.map(({ kind, text }) => `${kind}: ${text}`);
  const text = run.json ? jsonDocument(experiment, seed, [summary]) : [...lines, ...remarks].join("\n");
  if (run.json || !run.quiet) process.stdout.write(`${text}\n`);
}

export async function runCommand(
  verb: "run" | "sweep",
  words: Words,
  source: Source,
  experiment: Experiment,
): Promise<void> {
  const run = readRun(verb, words, source, experiment);
  if (run.replication !== undefined) return runAlone(run, run.replication);
  const { cells, differences, files } = await runWithProgress(run, experiment.name);
  if (run.json) {
    process.stdout.write(`${jsonDocument(experiment, run.plan.seed, cells, differences)}\n`);
    return;
  }
  if (run.quiet) return;
  const { question, reproduces } = experiment;
  const counts = [...new Set(cells.map(({ replications }) => replications))];
  const replications = counts.length === 1 ? counts[0] : `${Math.min(...counts)} to ${Math.max(...counts)}`;
  const output = [
    question,
    ...(reproduces === undefined ? [] : [`Reproduces ${reproduces}.`]),
    `Seed ${run.plan.seed}, ${replications} ${replications === 1 ? "replication" : "replications"} of each cell.`,
    "",
    resultTable(experiment, cells),
    "",
    ...(differences.length === 0 ? [] : [differenceTable(experiment, differences), ""]),
    ...remarkLines(experiment, cells),
    `Written to ${run.directory}: ${files.join(", ")}`,
    `The same again: ${run.command}`,
  ];
  process.stdout.write(`${output.join("\n")}\n`);
}
