/** Computes the estimates of a cell from its rows, and judges whether they have converged. */
import { modelOf, type Experiment, type Means, type Measure, type Observation } from "../experiment.ts";
import type { Cell } from "../plan/grid.ts";
import type { Row } from "../plan/row.ts";
import { inVain, meanInterval, nothing, ratioInterval, type Estimate, type Pair } from "../statistics/intervals.ts";
import { quantileInterval } from "../statistics/quantile-interval.ts";
import { batchInterval } from "../statistics/steady-state.ts";
import { fewestEvents, rareInterval, waitingInterval } from "../statistics/rare-events.ts";

/** The estimate of one measure in one cell, beside its model. All figures are in the unit of the measure. */
export interface MeasureSummary extends Estimate {
  readonly model: number | null;
  /** The assumption of the model that does not hold; null if all hold. */
  readonly outside: string | null;
  /** The estimate divided by the model; an empty estimate if the model is 0 or missing. */
  readonly ratio: Estimate;
  /** Whether the interval is narrow enough and no replication reported a lack of convergence. */
  readonly converged: boolean;
}

/** All estimates of one cell, with what replications noted and what is doubtful. */
export interface CellSummary {
  readonly parameters: Cell;
  readonly replications: number;
  /** Whether all measures have converged. */
  readonly converged: boolean;
  readonly measures: Readonly<Record<string, MeasureSummary>>;
  /** The estimates of each series, at each of its places. */
  readonly series: Readonly<Record<string, readonly Estimate[]>>;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** The estimates of a cell, for a model that takes measured values as its input. */
export function meansOf({ measures }: Pick<CellSummary, "measures">): Means {
  return Object.fromEntries(Object.entries(measures).map(([name, { mean }]) => [name, mean]));
}

const standardPrecision = 0.1;

/** Limits the interval of a measure without a unit to at most 1: the measure is a share. */
function ofShare({ unit }: Measure, estimate: Estimate): Estimate {
  const { mean, high } = estimate;
  if (unit !== undefined || high === null || mean! > 1) return estimate;
  return { ...estimate, high: Math.min(1, high) };
}

function interval(measure: Measure, observations: readonly (Observation | undefined)[]): Estimate {
  const observed = observations.filter((value) => value !== null && value !== undefined);
  // Whoever forgot to say so has his negative values all the same.
  const isNegative = (value: Observation): boolean => (typeof value === "number" ? value < 0 : value![0] < 0 || value![1] < 0);
  const isSigned = measure.signed === true || observed.some(isNegative);
  switch (measure.estimator ?? "mean") {
    case "mean":
      return meanInterval(observed as readonly number[], isSigned);
    case "ratio":
      return ratioInterval(observed as readonly Pair[], isSigned);
    case "rare":
      return ofShare(measure, rareInterval(observed as readonly Pair[]));
    case "waiting":
      return waitingInterval(observed as readonly Pair[]);
    case "quantile":
      return quantileInterval(observed as readonly number[], measure.quantile!);
    case "steady":
      return steadyInterval(observed as readonly Pair[], isSigned);
  }
}

/** The steady-state interval: from the means of several long runs, or from the batches of one run. */
function steadyInterval(observed: readonly Pair[], isSigned: boolean): Estimate {
  const [first, second] = observed;
  if (first !== undefined && second === undefined) {
    const [mean, count, variance = NaN] = first;
    return batchInterval({ mean, count, variance }, isSigned);
  }
  return meanInterval(
    observed.map(([mean]) => mean),
    isSigned,
  );
}

/** If the experiment states that one replication is enough, nothing is random, and the estimate is exact. */
export function whereExact<E extends Estimate>(experiment: Experiment, estimate: E): E {
  const isExact = estimate.low === null && experiment.replications === 1;
  return isExact ? { ...estimate, low: estimate.mean, high: estimate.mean } : estimate;
}

function estimateOf(experiment: Experiment, name: string, measure: Measure, rows: readonly Row[]): Estimate {
  const observed = rows.map((row) => row.observations[name]);
  return whereExact(experiment, interval(measure, observed));
}

/** The estimate and interval of every measure. */
export function estimatesOf(experiment: Experiment, rows: readonly Row[]): Record<string, Estimate> {
  return Object.fromEntries(
    Object.entries(experiment.measures).map(([name, measure]) => [name, estimateOf(experiment, name, measure, rows)]),
  );
}

/** Width of an interval / allowed width; Infinity without an interval. Too few events count as too wide. */
function excessOf(measure: Measure, { mean, low, high, events }: Estimate, precision: number | null): number {
  if (measure.precision === null) return 0;
  if (mean === null || low === null || high === null) return Infinity;
  const half = (high - low) / 2;
  if (half === 0) return 0;
  const relative = precision ?? measure.precision ?? standardPrecision;
  const excess = half / Math.max(relative * Math.abs(mean), measure.resolution ?? 0);
  return events === undefined ? excess : Math.max(excess, Math.sqrt(fewestEvents / events));
}

/**
 * The greatest width / allowed width over the judged measures. The cell has converged if excessWidth <= 1. `precision`,
 * if given, replaces the precision of every judged measure.
 */
export function excessWidth(
  experiment: Experiment,
  estimates: Readonly<Record<string, Estimate>>,
  precision: number | null,
): number {
  let worst = 0;
  for (const [name, measure] of Object.entries(experiment.measures)) {
    worst = Math.max(worst, excessOf(measure, estimates[name]!, precision));
  }
  return worst;
}

/** The estimate divided by the model. */
function ratioTo(model: number | null, { mean, low, high }: Estimate): Estimate {
  if (model === null || model === 0 || mean === null) return nothing;
  if (low === null || high === null) return { mean: mean / model, low: null, high: null };
  const [a, b] = [low / model, high / model];
  return { mean: mean / model, low: Math.min(a, b), high: Math.max(a, b) };
}

/** The sentences of models that state that they do not apply. */
function outsideNotes(measures: CellSummary["measures"]): string[] {
  const names = new Map<string, string[]>();
  for (const [name, { outside }] of Object.entries(measures)) {
    if (outside !== null) names.set(outside, [...(names.get(outside) ?? []), name]);
  }
  return [...names].map(([sentence, ofMeasures]) => `${ofMeasures.join(", ")}: outside the model: ${sentence}`);
}

/** The faults that had no effect in any replication. */
function idle(rows: readonly Row[]): string[] {
  const counts = new Map<string, number>();
  for (const { remarks } of rows) {
    for (const { kind, text } of remarks) if (kind === "idle") counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count === rows.length)
    .map(([name]) => `the fault "${name}" had no effect in any replication.`);
}

function withoutData(experiment: Experiment, rows: readonly Row[]): string[] {
  return Object.keys(experiment.measures).flatMap((name) => {
    const missing = rows.filter((row) => row.observations[name] === null).length;
    return missing === 0 ? [] : [`${name}: there was nothing to measure in ${missing} of ${rows.length} replications.`];
  });
}

/**
 * Whether an estimate rests on too few events to be compared with the model. If the size of an event is known, the
 * expected number of events under the model counts instead of the number seen, if that is greater.
 */
export function tooFewEvents({ estimator }: Measure, estimate: Estimate, model: number | null): boolean {
  const { mean, low, high, events = Infinity } = estimate;
  if (model === null || model === 0 || events >= fewestEvents) return false;
  if (estimator === "waiting") return (events > 0 ? events * mean! : inVain * low!) / model < fewestEvents;
  if (estimator === "rare") return (events > 0 ? events / mean! : inVain / high!) * model < fewestEvents;
  return true;
}

function withTooFewEvents(experiment: Experiment, measures: CellSummary["measures"]): string[] {
  const names = Object.entries(measures).flatMap(([name, summary]) => {
    const isScant = summary.outside === null && tooFewEvents(experiment.measures[name]!, summary, summary.model);
    return isScant ? [name] : [];
  });
  const reason = `an interval is given, but no verdict rests on fewer than ${fewestEvents} events of equal size.`;
  return names.length === 0 ? [] : [`${names.join(", ")}: not enough data: ${reason}`];
}

/** The summary of a cell: all that is shown of it. */
export function summarize(
  experiment: Experiment,
  parameters: Cell,
  rows: readonly Row[],
  precision: number | null,
): CellSummary {
  const remarks = rows.flatMap((row) => row.remarks);
  const isDoubted = remarks.some(({ kind }) => kind === "unconverged");
  const estimates = estimatesOf(experiment, rows);
  const means: Means = Object.fromEntries(Object.entries(estimates).map(([name, { mean }]) => [name, mean]));
  const measures = Object.fromEntries(
    Object.entries(estimates).map(([name, estimate]): [string, MeasureSummary] => {
      const { value: model = null, outside = null } = modelOf(experiment, name, parameters, means) ?? {};
      const converged = !isDoubted && excessOf(experiment.measures[name]!, estimate, precision) <= 1;
      return [name, { ...estimate, model, outside, ratio: ratioTo(model, estimate), converged }];
    }),
  );
  const series = Object.entries(experiment.series ?? {}).map(([name, each]): [string, Estimate[]] => {
    return [name, each.along.at.map((_, i) => interval(each, rows.map((row) => row.series[name]![i])))];
  });
  const texts = (isWanted: (kind: string) => boolean): string[] => [
    ...new Set(remarks.filter(({ kind }) => isWanted(kind)).map(({ text }) => text)),
  ];
  return {
    parameters,
    replications: rows.length,
    converged: Object.values(measures).every((measure) => measure.converged),
    measures,
    series: Object.fromEntries(series),
    notes: [...texts((kind) => kind === "note"), ...outsideNotes(measures)],
    warnings: [
      ...texts((kind) => kind === "warning" || kind === "unconverged"),
      ...idle(rows),
      ...withoutData(experiment, rows),
      ...withTooFewEvents(experiment, measures),
    ],
  };
}
