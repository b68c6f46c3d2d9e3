/** One replication: its functions to report, and the check that it returned what the experiment measures. */
import { setImmediate } from "node:timers/promises";
import { inspect } from "node:util";
import { streams } from "../../sim/chance/random.ts";
import type { Transaction } from "../../sim/checkers/history/history.ts";
import type { Fault, Ledger } from "../../sim/ledger.ts";
import type { Check, Violation } from "../../sim/checkers/violation.ts";
import type { TraceListener } from "../../sim/trace.ts";
import { TransactionAudit } from "../../sim/troupes/transaction-audit.ts";
import { World } from "../../sim/world.ts";
import type { Experiment, Measure, Observation, Replication } from "../experiment.ts";
import type { Cell } from "../plan/grid.ts";
import { batches, warmUp } from "../statistics/steady-state.ts";
import type { Remark, Row } from "../plan/row.ts";

/** The form of an observation, for each estimator: the count of numbers, and their least value. */
const forms = {
  mean: { lengths: [1], least: -Infinity, text: "a number" },
  ratio: { lengths: [2], least: -Infinity, text: "[numerator, denominator]" },
  rare: { lengths: [2, 3], least: 0, text: "[numerator, denominator], none negative" },
  waiting: { lengths: [2], least: 0, text: "[time, events], none negative" },
  quantile: { lengths: [1], least: -Infinity, text: "a number" },
} as const;

function formOf({ estimator = "mean" }: Measure): { lengths: readonly number[]; least: number; text: string } {
  if (estimator === "steady") return { lengths: [], least: -Infinity, text: "a list of numbers" };
  return forms[estimator];
}

/** The observation of a long run, as a row stores it: mean, number of batches, variance of a batch. */
function steadied(values: readonly number[], name: string, doubt: (text: string) => void): Observation {
  const from = warmUp(values);
  if (from === null) {
    doubt(`${name}: no steady state is seen in the first half of a replication's ${values.length} values.`);
  }
  const { mean, count, variance } = batches(values, from ?? 0);
  return Number.isNaN(variance) ? [mean, count] : [mean, count, variance];
}

function isObservation(measure: Measure, value: unknown): value is Observation {
  if (value === null) return true;
  const { lengths, least } = formOf(measure);
  if (Array.isArray(value) === lengths.includes(1)) return false;
  const parts = [value].flat();
  return lengths.includes(parts.length) && parts.every((part) => Number.isFinite(part) && (part as number) >= least);
}

function checked(experiment: Experiment, returned: unknown, doubt: (text: string) => void): Row["observations"] {
  if (typeof returned !== "object" || returned === null) {
    throw new TypeError(`run returned ${inspect(returned)} instead of one value for each measure`);
  }
  const unknown = Object.keys(returned).find((name) => !Object.hasOwn(experiment.measures, name));
  if (unknown !== undefined) throw new TypeError(`run returned ${unknown}, which is none of the measures`);
  const observations: Record<string, Observation> = {};
  for (const [name, measure] of Object.entries(experiment.measures)) {
    const value: unknown = (returned as Record<string, unknown>)[name];
    const isList = Array.isArray(value) && value.every((one) => Number.isFinite(one));
    if (measure.estimator === "steady" && isList) {
      observations[name] = value.length === 0 ? null : steadied(value as readonly number[], name, doubt);
      continue;
    }
    if (!isObservation(measure, value)) {
      const text = inspect(value, { breakLength: Infinity });
      throw new TypeError(`the measure ${name} came out as ${text} instead of ${formOf(measure).text} or null`);
    }
    observations[name] = value;
  }
  return observations;
}

function checkedSeries(experiment: Experiment, given: ReadonlyMap<string, readonly unknown[]>): Row["series"] {
  const named = experiment.series ?? {};
  const unknown = [...given.keys()].find((name) => !Object.hasOwn(named, name));
  if (unknown !== undefined) throw new TypeError(`run handed over ${unknown}, which is none of the series`);
  const series: Record<string, readonly Observation[]> = {};
  for (const [name, each] of Object.entries(named)) {
    const { at } = each.along;
    const values = given.get(name) ?? [];
    if (values.length !== at.length) {
      throw new TypeError(`the series ${name} came out with ${values.length} values instead of ${at.length}`);
    }
    const wrong = values.findIndex((value) => !isObservation(each, value));
    if (wrong >= 0) {
      const text = inspect(values[wrong], { breakLength: Infinity });
      throw new TypeError(
        `the series ${name} came out as ${text} at ${at[wrong]!} instead of ${formOf(each).text} or null`,
      );
    }
    series[name] = values as readonly Observation[];
  }
  return series;
}

/** Counts of faults, added up by fault. */
export function sumOfFaults(counts: readonly (readonly Readonly<Fault>[])[]): Fault[] {
  const faults = new Map<string, Fault>();
  for (const { name, injected, effective } of counts.flat()) {
    const before = faults.get(name) ?? { name, injected: 0, effective: 0 };
    faults.set(name, { name, injected: before.injected + injected, effective: before.effective + effective });
  }
  return [...faults.values()];
}

/** At most so many violations are told. */
const told = 5;

function judge(violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  const more = violations.length > told ? [`and ${violations.length - told} more`] : [];
  throw new Error([...violations.slice(0, told).map(({ sentence }) => sentence), ...more].join("\n"));
}

/** Are given what a replication leaves behind besides its row. */
export interface Heirs {
  /** The history of its transactions, if there is one, when the run has ended or failed. */
  readonly history?: (transactions: readonly Transaction[]) => void;
  /** The faults that were configured, with their counts in all worlds, when the run has ended. */
  readonly faults?: (faults: readonly Readonly<Fault>[]) => void;
}

/**
 * Runs one replication. `listener` hears the traces of all its worlds.
 *
 * @throws What the experiment throws; Error if a checker found a violation of a rule; TypeError if it returned
 * something else than one value for each measure.
 */
export async function replicate(
  experiment: Experiment,
  cell: Cell,
  seed: string,
  number: number,
  listener?: TraceListener,
  heirs: Heirs = {},
): Promise<Row> {
  const remarks: Remark[] = [];
  const series = new Map<string, readonly Observation[]>();
  // Only the ledgers are kept, not the worlds: a replication may make a hundred thousand worlds.
  const ledgers: Ledger[] = [];
  const checks: Check[] = [];
  const remark = (kind: Remark["kind"]) => (text: string) => {
    if (!remarks.some((earlier) => earlier.kind === kind && earlier.text === text)) remarks.push({ kind, text });
  };
  let books = undefined as { readonly audit: TransactionAudit; readonly isJudged: boolean } | undefined;
  const replication: Replication = {
    seed,
    number,
    world(options) {
      const world = new World({ checks, ...options, seed, replication: number });
      if (listener !== undefined) world.listen(listener);
      ledgers.push(world.ledger);
      return world;
    },
    audit(stage, { isJudged = true } = {}) {
      if (books !== undefined) throw new Error("a replication has one audit, and this one has begun a second");
      const audit = new TransactionAudit(stage, seed);
      books = { audit, isJudged };
      return audit;
    },
    random(purpose) {
      const stream = streams(seed, number).fork("experiment").fork(purpose);
      return () => stream.next();
    },
    series: (name, observations) => series.set(name, observations),
    note: remark("note"),
    warn: remark("warning"),
    unconverged: remark("unconverged"),
  };
  let returned: unknown;
  try {
    returned = await experiment.run(cell, replication);
    // An unhandled rejection is reported here, so that it counts for this replication and not for the next one.
    await setImmediate();
  } finally {
    if (books !== undefined) heirs.history?.(books.audit.history.transactions);
  }
  if (books?.isJudged === true) judge(books.audit.violations());
  judge(checks.flatMap((check) => check()));
  const observations = checked(experiment, returned, remark("unconverged"));
  const faults = sumOfFaults(ledgers.map((ledger) => ledger.summary()));
  heirs.faults?.(faults);
  for (const { name, effective } of faults) if (effective === 0) remark("idle")(name);
  return { replication: number, observations, series: checkedSeries(experiment, series), remarks };
}
