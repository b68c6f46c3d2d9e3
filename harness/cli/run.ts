/** `troupe run` and `troupe sweep`. */
import { basename, dirname } from "node:path";
import { BadData } from "../../sim/bad-data.ts";
import type { Transaction } from "../../sim/checkers/history/history.ts";
import { TraceFile } from "../../sim/trace-file.ts";
import type { Experiment } from "../experiment.ts";
import { CommandFailed, ExperimentFailed } from "../failure.ts";
import type { Source } from "../sources.ts";
import { thrownOf, withoutStack, type Failure, type Thrown } from "../plan/failure.ts";
import { judgement } from "../plan/plan.ts";
import { summarize } from "../results/summary.ts";
import { neverEnds } from "../../protocols/thread/unfinished.ts";
import { replicate } from "../run/replicate.ts";
import { runSession, type Hire, type Outcome } from "../run/session.ts";
import { ReplicationFailure, type Task } from "../run/workers.ts";
import { historyText } from "../report/history.ts";
import { makeDirectory, systemReason, writeWhole } from "../store/directory.ts";
import { readRun, replayCommand, type RunArguments } from "./arguments.ts";
import { dryRun } from "./dry-run.ts";
import { differenceTable } from "../report/differences.ts";
import { jsonDocument } from "../report/json.ts";
import { remarkLines, resultTable, valueText } from "../report/table.ts";
import { progress, roughly } from "./progress.ts";
import { quoted } from "../report/quoted.ts";
import { type Words } from "./words.ts";
import { greatest, least } from "../statistics/moments.ts";

/** The part of a stack that is about the experiment: what calls it is always the same. */
function ownPart(stack: string): string {
  const lines = stack.split("\n");
  const end = lines.findIndex((line) => /\/harness\/run\/replicate\.[jt]s:/.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).join("\n");
}

/** What a command needs to name that replays a replication. */
export interface Replayable {
  readonly source: Source;
  readonly plan: Pick<RunArguments["plan"], "experiment" | "cells">;
}

/** What is said of a replication that threw; `kept` says where the others are. */
export function failureOf(run: Replayable, failure: ReplicationFailure, kept = ""): Error {
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
export function onInterrupt(bar: { stop(): void }, said: () => string): () => void {
  const end = (signal: keyof typeof endings): void => {
    const words = said();
    bar.stop();
    process.stderr.write(words);
    process.exit(endings[signal]);
  };
  const signals = Object.keys(endings) as (keyof typeof endings)[];
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.removeListener(signal, end);
  };
}

/** `replication 3 of members 2, loss 0.1`. */
function nameOf({ plan }: Pick<RunArguments, "plan">, { cell, replication }: Task): string {
  const { experiment, cells } = plan;
  const changed = Object.entries(experiment.parameters).filter(
    ([name, parameter]) => cells[cell]![name] !== parameter.default,
  );
  const where = changed.map(([name]) => valueText(experiment, name, cells[cell]![name]!)).join(", ");
  return `replication ${replication} of ${where || "its defaults"}`;
}

function goingOn({ command, directory, again }: RunArguments): string {
  if (again !== undefined) return `To run all of them again:\n\n    ${again}\n`;
  return `To go on:\n\n    ${command} --out ${quoted(directory)} --resume\n`;
}

/** Neither Redis nor BullMQ is loaded where no queue is asked for. */
async function openedQueue(run: RunArguments, address: string): Promise<{ hire: Hire; close(): void }> {
  const { openQueue } = await import("../run/queue/feeder.ts");
  const begin = process.stderr.isTTY ? "\r\u001b[2K" : "";
  return openQueue(address, run, (text) => process.stderr.write(`${begin}troupe: ${text}\n`));
}

/** Runs a request with its progress told, and turns a failure of the experiment into its sentence. */
export async function runWithProgress(run: RunArguments, title: string): Promise<Outcome> {
  const bar = progress({ title, isWanted: !run.quiet, nameOf: (task) => nameOf(run, task), plan: run.plan });
  const spinning = (): string => {
    const [first] = bar.running();
    if (first === undefined || first.milliseconds < 10_000) return "";
    return `${nameOf(run, first.task)} had been running for ${roughly(first.milliseconds)}.\n`;
  };
  // Each finished replication is in the journal already.
  const release = onInterrupt(
    bar,
    () =>
      `${spinning()}Interrupted: ${bar.done} of ${bar.total} replications are kept in ${run.directory}. ${goingOn(run)}`,
  );
  const queue = run.queue === undefined ? undefined : await openedQueue(run, run.queue);
  try {
    return await runSession(run, bar, queue?.hire);
  } catch (error) {
    if (error instanceof ReplicationFailure) {
      const kept = `\n\nThe ${bar.done} finished replications are kept in ${run.directory}.`;
      throw failureOf(run, error, bar.done === 0 ? "" : kept);
    }
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new CommandFailed(
      `${run.directory}: ${reason}. ${bar.done} of ${bar.total} replications are kept there. ${goingOn(run).trimEnd()}`,
    );
  } finally {
    bar.stop();
    release();
    queue?.close();
  }
}

/** Opens a file for a trace, which the user has named by an option. */
export function traceFile(option: string, path: string): TraceFile {
  try {
    return new TraceFile(path);
  } catch (error) {
    throw new BadData(`--${option} ${path}: it cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** Waits for a replication in this process. If it never ends, the process does, with the last words of `failed`. */
export async function ended<T>(replication: Promise<T>, failed: (thrown: Thrown) => Error): Promise<T> {
  const stuck = (): never => {
    process.stderr.write(`troupe: ${failed(withoutStack(neverEnds)).message}\n`);
    process.exit(1);
  };
  // Node asks before it leaves with a promise still pending.
  process.once("beforeExit", stuck);
  try {
    return await replication;
  } finally {
    process.removeListener("beforeExit", stuck);
  }
}

/** Writes a history whole, or not at all. */
function writeHistory(
  { path, form }: NonNullable<RunArguments["history"]>,
  transactions: readonly Transaction[],
): void {
  const text = historyText(transactions, form);
  try {
    makeDirectory(dirname(path));
    writeWhole(dirname(path), basename(path), text);
  } catch (error) {
    throw new CommandFailed(`--history ${path}: ${systemReason(error) ?? (error as Error).message}.`);
  }
}

async function runAlone(run: RunArguments, number: number): Promise<void> {
  const { seed, cells } = run.plan;
  const { experiment, precision } = judgement(run.plan);
  const cell = cells[0]!;
  const file = run.events === undefined ? undefined : traceFile("events", run.events);
  const failed = (thrown: Thrown): Error =>
    failureOf(run, new ReplicationFailure({ seed, cell: 0, replication: number }, thrown));
  let kept = undefined as readonly Transaction[] | undefined;
  const heirs = { history: (transactions: readonly Transaction[]): void => void (kept = transactions) };
  let row;
  try {
    try {
      row = await ended(replicate(experiment, cell, seed, number, file?.listener, heirs), failed);
    } finally {
      file?.close();
    }
  } catch (error) {
    // The history of a run that failed is wanted most.
    if (kept !== undefined && run.history !== undefined) writeHistory(run.history, kept);
    const reason = run.events === undefined ? undefined : systemReason(error);
    throw reason === undefined ? failed(thrownOf(error)) : new CommandFailed(`--events ${run.events}: ${reason}.`);
  }
  if (run.history !== undefined) {
    if (kept === undefined) throw new BadData(`--history ${run.history.path}: ${experiment.name} keeps no history.`);
    writeHistory(run.history, kept);
  }
  const summary = summarize(experiment, cell, [row], precision);
  const lines = Object.entries(row.observations).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const remarks = row.remarks.map(({ kind, text }) => `${kind}: ${text}`);
  const text = run.json ? jsonDocument(experiment, seed, [summary]) : [...lines, ...remarks].join("\n");
  if (run.json || !run.quiet) process.stdout.write(`${text}\n`);
}

/** At most so many messages are listed, and so many commands for each of them. */
const listedMessages = 10;
const listedCommands = 3;

/** What failed, by its messages, with the commands that replay it. */
function failureList(run: RunArguments, failures: readonly Failure[]): string {
  const { experiment, seed } = run.plan;
  const byMessage = new Map<string, Failure[]>();
  for (const failure of failures) {
    const [message = ""] = failure.thrown.message.split("\n");
    const alike = byMessage.get(message);
    if (alike === undefined) byMessage.set(message, [failure]);
    else alike.push(failure);
  }
  const lines = [...byMessage].slice(0, listedMessages).flatMap(([message, alike]) => [
    `  ${message}${alike.length === 1 ? "" : ` (${alike.length} replications)`}`,
    ...alike.slice(0, listedCommands).map(({ cell, replication }) => {
      return `    ${replayCommand(run.source, experiment, cell, seed, replication)}`;
    }),
    ...(alike.length > listedCommands
      ? [`    and ${alike.length - listedCommands} more: manifest.json has them all`]
      : []),
  ]);
  const others = byMessage.size - listedMessages;
  if (others > 0) lines.push(`  and ${others} other messages: manifest.json has them all`);
  const count = failures.length === 1 ? "1 replication" : `${failures.length} replications`;
  const again = `troupe sweep ${quoted(run.source.name)} --out ${quoted(run.directory)} --rerun failed`;
  return [`${count} failed:`, ...lines, "To run them again, once the reason is gone:", `    ${again}`].join("\n");
}

/** What is printed about reproducibility has been checked, or is not said. */
function againLine(outcome: Outcome, directory: string): string {
  const { isSameAgain, checked, plan } = outcome;
  // What a directory's own manifest tells is found from here.
  const command = outcome.command.replace(
    " --config manifest.json",
    ` --config ${quoted(`${directory}/manifest.json`)}`,
  );
  if (isSameAgain === true) return `The same again: ${command}`;
  if (isSameAgain === null || checked === undefined) return `The command: ${command}`;
  return (
    `NOT the same again: ${nameOf({ plan }, checked)} came out differently when it was run a second time. ` +
    "Something in it depends on more than its seed, such as Math.random, a clock, or what an earlier replication left behind."
  );
}

export async function runCommand(
  verb: "run" | "sweep",
  words: Words,
  source: Source,
  experiment: Experiment,
): Promise<void> {
  const run = readRun(verb, words, source, experiment);
  if (run.isDry) return dryRun(run);
  if (run.replication !== undefined) return runAlone(run, run.replication);
  const outcome = await runWithProgress(run, experiment.name);
  const { cells, differences, files, failures } = outcome;
  if (run.json) {
    process.stdout.write(`${jsonDocument(experiment, run.plan.seed, cells, differences)}\n`);
    if (outcome.isSameAgain === false) process.stderr.write(`troupe: ${againLine(outcome, run.directory)}\n`);
  } else if (!run.quiet) {
    const { question, reproduces } = experiment;
    const counts = [...new Set(cells.map(({ replications }) => replications))];
    const replications = counts.length === 1 ? counts[0] : `${least(counts)} to ${greatest(counts)}`;
    const { shard } = run.plan;
    const output = [
      question,
      ...(reproduces === undefined ? [] : [`Reproduces ${reproduces}.`]),
      `Seed ${run.plan.seed}, ${replications} ${replications === 1 ? "replication" : "replications"} of each cell.`,
      "",
      ...(shard === undefined
        ? [
            resultTable(outcome.plan.experiment, cells),
            "",
            ...(differences.length === 0 ? [] : [differenceTable(experiment, differences), ""]),
            ...remarkLines(experiment, cells),
          ]
        : [`This is shard ${shard.index} of ${shard.of} (from 0): troupe merge OUT DIR... puts all of them together.`]),
      `Written to ${run.directory}: ${files.join(", ")}`,
      againLine(outcome, run.directory),
    ];
    process.stdout.write(`${output.join("\n")}\n`);
  }
  if (failures.length > 0) throw new ExperimentFailed(failureList(run, failures));
}
