/**
 * An experiment as data: its parameters, its measures, the course of one replication, the answer of theory or of a
 * paper, and its charts. The harness does everything else, in the same way for all experiments.
 */
import { BadData } from "../sim/bad-data.ts";
import type { Chart } from "./chart.ts";
import type { Stage } from "../sim/stage.ts";
import type { TransactionAudit } from "../sim/troupes/transaction-audit.ts";
import type { World, WorldOptions } from "../sim/world.ts";
import { didYouMean } from "../languages/nearest.ts";
import type { Matters } from "./matters.ts";
import type { Parameters, Plain, Values } from "./parameters.ts";
import type { Pair } from "./statistics/intervals.ts";

const estimators = ["mean", "ratio", "rare", "waiting", "quantile", "steady"] as const;

/** One quantity that every replication measures. */
export interface Measure {
  /** The unit of the estimate, for axis titles: `"ms"`, `"calls/s"`. Left out: a number without unit. */
  readonly unit?: string;
  /** One line for help and reports. */
  readonly help: string;
  /**
   * The estimator: how the values of the replications give an estimate and its interval.
   * - `mean` (the default): each replication gives a number. The estimate is their mean, with Student's t corrected for
   *   skewness.
   * - `ratio`: each gives `[numerator, denominator]`. The estimate is the quotient of the sums, with Student's t
   *   corrected for skewness on the linearized residuals. For a mean over a varying number of things: time per call,
   *   calls per hour. If all numerators are zero, there is no upper limit.
   * - `rare`: as `ratio`, for a numerator that adds up contributions >= 0 of events that may be few or none: failed
   *   calls, time out of service. The interval is Fay and Feuer's gamma interval, which is sound for few events. After
   *   no event it has an upper limit, that of 3 events. The contribution of one event may be given as a third number,
   *   `[numerator, denominator, event]`. It is 1 if left out, which is right for counts. For sums of events of unequal
   *   size D it is E[D^2]/E[D]: for time out of service, twice the mean of an exponential outage. A measure without a
   *   unit is a share, and its interval ends at 1.
   * - `waiting`: each gives `[time, events]`, both >= 0. The estimate is the mean time to an event, for few events or
   *   none, with the inverse of the interval of their rate. After no event it has a lower limit.
   * - `quantile`: each gives a number. The estimate is the `quantile` of their law, with an interval between two of the
   *   numbers. The interval holds for every law.
   * - `steady`: each gives a list of values in the order of time, from one long run, without gaps. The warm-up is
   *   removed (MSER-5). The estimate is the mean of the rest, with Student's t over replications, or over batches of
   *   values if there is one replication. If the warm-up of a run does not end, the cell is unconverged.
   */
  readonly estimator?: (typeof estimators)[number];
  /** With the estimator `quantile`: the quantile, between 0 and 1. */
  readonly quantile?: number;
  /** Values may be negative. Left out: values are >= 0, and no interval reaches below 0. */
  readonly signed?: true;
  /** A cell has converged at this relative half-width of the interval; 0.1 unless set; null: it is never judged. */
  readonly precision?: number | null;
  /** The measure is a share of time out of service. Tables add its length in a year. */
  readonly isDowntime?: boolean;
  /** At this half-width, in the measure's unit, a cell has converged whatever the estimate is. */
  readonly resolution?: number;
}

/** An experiment's measures, by name. */
export type Measures = Readonly<Record<string, Measure>>;

/**
 * A quantity that every replication measures at several places of an axis that is no parameter: latency over time. A
 * series is never judged.
 */
export interface Series extends Measure {
  readonly along: {
    /** The name of the axis and of its column in results. */
    readonly name: string;
    readonly unit?: string;
    /** The places on the axis, ascending. */
    readonly at: readonly number[];
  };
}

/** The value of a measure in one replication; null if there was nothing to measure (for example, no answered call). */
export type Observation = number | Pair | null;

/** The result of `run`: one observation for each measure, in the form that its estimator takes. */
export type Observations<M extends Measures> = {
  readonly [K in keyof M]: M[K] extends { readonly estimator: "ratio" | "rare" | "waiting" }
    ? Pair | null
    : M[K] extends { readonly estimator: "steady" }
      ? readonly number[] | null
      : number | null;
};

/** One replication: the source of its randomness, and the functions that report more than numbers. */
export interface Replication {
  /** The run's seed, equal in all cells: two policies under one seed and number meet the same failures. */
  readonly seed: string;
  /** Counts from 0. */
  readonly number: number;
  /**
   * A simulated world under this seed and number. `--events` writes its trace. A warning of the cell reports faults
   * that had no effect in any of its worlds.
   */
  world(options?: Omit<WorldOptions, "seed" | "replication">): World;
  /**
   * The books of a run with transactions on this stage, from now on. `--history` writes the history that clients note
   * there. When `run` has ended, history and commits of members are judged (docs/transactions.md): a violation fails the
   * replication, unless `isJudged` is false, as for troupes without an ordering. Nothing may be under way then.
   *
   * @throws Error if the replication has an audit already.
   */
  audit(stage: Stage, options?: { readonly isJudged?: boolean }): TransactionAudit;
  /**
   * A stream of random numbers, uniform on [0, 1), keyed by seed, number and purpose. Equal keys give equal streams,
   * and streams of different keys do not influence each other.
   */
  readonly random: (purpose: string) => () => number;
  /** Gives a series: one observation for each place. Must be called once for each series of the experiment. */
  readonly series: (name: string, observations: readonly Observation[]) => void;
  /** Shows a fact with the results, once for each cell: a calibrated value, a fitted law. */
  readonly note: (sentence: string) => void;
  /** Shows a doubt with the results, once for each cell: a fault that had no effect. */
  readonly warn: (sentence: string) => void;
  /** Shows a doubt as `warn` does, and marks the cell as not converged, whatever its interval is. */
  readonly unconverged: (sentence: string) => void;
}

/** The estimates of a cell by measure; null if nothing was measured. Unknown estimates are left out. */
export type Means = Readonly<Partial<Record<string, number | null>>>;

/** The figure that a measure should have, and the tolerance. */
export interface Model<P extends Parameters> {
  /**
   * The figure for these parameters, in the measure's unit; null if there is none. The figure may be the estimate of
   * another measure, such as a prediction that the replications made.
   */
  of(p: Values<P>, means: Means): number | null;
  /** `closed form` unless set. Only closed forms are drawn between cells. */
  readonly label?: "closed form" | "published" | "predicted";
  /** The source of the figure: "dissertation, chapter 6", "SOSP 1985, table 1". */
  readonly source?: string;
  /**
   * The assumption of the model that does not hold for these parameters, or did not hold in the run by its measures, as
   * a sentence; null if all assumptions hold. If one does not hold, the figure is shown but not used for a verdict.
   */
  outside?(p: Values<P>, means: Means): string | null;
  /**
   * The expected value of a replication, if it is known although an assumption does not hold; otherwise null. The real
   * coverage of intervals is judged by it.
   */
  expected?(p: Values<P>): number | null;
  /** The verdict is "agrees" within this relative error. Without `within`: within three standard errors. */
  readonly within?: number;
}

/** A model of one measure. A function alone is a closed form that must agree within three standard errors. */
type ModelOrFunction<P extends Parameters> = Model<P> | Model<P>["of"];

/**
 * Values for some parameters: a value, a list of values, or a text as on the command line (`"1..5"`, `"10s,1m"`). A
 * setting stands for the cells of the whole grid. Parameters that are left out have their defaults.
 */
export type Setting<P extends Parameters> = {
  readonly [K in keyof P]?: Values<P>[K] | readonly Values<P>[K][] | string;
};

/**
 * What an experiment file exports, by `experiment`: parameters `P`, measures `M`, one replication, and the figures of theory.
 */
export interface Definition<P extends Parameters, M extends Measures> {
  /** The name of the experiment and of its file: small letters, digits and hyphens. */
  readonly name: string;
  /** The question of the experiment, one sentence with a question mark: the title of report and charts. */
  readonly question: string;
  /** The published result that the experiment reproduces, and its place in the literature. */
  readonly reproduces?: string;
  readonly parameters: P;
  readonly measures: M;
  readonly series?: Readonly<Record<string, Series>>;
  /** One replication. Deterministic: everything random comes from the replication's seed and number. */
  run(p: Values<P>, replication: Replication): Observations<M> | Promise<Observations<M>>;
  /** The figures of theory or of a paper, by measure. */
  readonly model?: { readonly [K in keyof M]?: ModelOrFunction<P> };
  readonly charts?: readonly Chart<keyof P & string, keyof M & string>[];
  /** Where parameters have an effect: `{ threshold: (p) => p.policy === "threshold" }`. Charts name no others. */
  readonly matters?: Matters<P>;
  /** Refuses parameters that contradict each other, with one sentence; null accepts them. */
  refuse?(p: Values<P>): string | null;
  /** False: figures are measured on the real machine with its real clock, so that no two runs are equal. */
  readonly reproducible?: false;
  /** The default number of replications of a cell; 20 unless set. 1 if the experiment is not random. */
  readonly replications?: number;
  /** The cells of `troupe sweep NAME`, for the parameters that the command does not name. */
  readonly sweep?: Setting<P> | readonly Setting<P>[];
  /** Settings by name, for `--preset NAME`. */
  readonly presets?: Readonly<Record<string, Setting<P> | readonly Setting<P>[]>>;
  /** The small cells of `troupe demo`, which runs all experiments within a minute. */
  readonly demo?: {
    readonly cells: Setting<P> | readonly Setting<P>[];
    readonly replications?: number;
    /** The parameter whose values are compared in pairs of cells. */
    readonly compare?: keyof P & string;
  };
}

/** A definition that has been checked. */
export type Experiment<P extends Parameters = Parameters, M extends Measures = Measures> = Definition<P, M>;

/** Names of options that every experiment has. No parameter may have such a name. */
export const commonOptions = (
  "seed replications replication events history history-form precision precision-of max-replications compare campaigns where set preset config " +
  "dry-run out charts workers timeout keep-going fail-fast resume rerun accept-changes overwrite fresh shard check json " +
  "quiet experiment help version"
).split(" ");

function mustBeKnown(what: string, name: string, known: readonly string[], where: string): void {
  if (known.includes(name)) return;
  throw new BadData(`${where} names the ${what} ${name}, which the experiment has not.${didYouMean(name, known)}`);
}

/**
 * Checks a definition and returns it, with the types of its parameters and measures inferred.
 * @throws BadData with one sentence that names the experiment and its error
 */
export function experiment<const P extends Parameters, const M extends Measures>(
  definition: Definition<P, M>,
): Experiment<P, M> {
  const where = `experiment ${definition.name}`;
  if (!/^[a-z][a-z0-9-]*$/.test(definition.name)) {
    throw new BadData(`${where}: a name has small letters, digits and hyphens only, and begins with a letter.`);
  }
  const parameters: readonly (readonly [string, Parameters[string]])[] = Object.entries(definition.parameters);
  for (const [name, parameter] of parameters) {
    if (!/^[a-zA-Z][a-zA-Z0-9]*$/.test(name)) {
      throw new BadData(`${where}: parameter ${name}: a name has letters and digits only.`);
    }
    if (commonOptions.includes(name)) {
      throw new BadData(`${where}: parameter ${name}: that is the name of an option of every experiment.`);
    }
    // The types in users' files are not checked.
    if (typeof (parameter as Partial<Parameters[string]> | null)?.accepts !== "function") {
      const like = `${name}: count(3, "degree of replication")`;
      throw new BadData(`${where}: parameter ${name} is made by a function of troupe/parameters, as in ${like}.`);
    }
    if (!parameter.accepts(parameter.default)) {
      const given = JSON.stringify(parameter.default);
      throw new BadData(`${where}: the default of parameter ${name} must be ${parameter.expects}, not ${given}.`);
    }
  }
  const parameterNames = parameters.map(([name]) => name);
  const measureNames = Object.keys(definition.measures);
  if (measureNames.length === 0) throw new BadData(`${where} measures nothing.`);
  for (const name of measureNames) {
    if (!/^[a-zA-Z][a-zA-Z0-9]*$/.test(name)) {
      throw new BadData(`${where}: measure ${name}: a name has letters and digits only.`);
    }
    if (parameterNames.includes(name)) throw new BadData(`${where}: ${name} is both a parameter and a measure.`);
    const { estimator = "mean" } = definition.measures[name]!;
    if (!estimators.includes(estimator)) {
      const hint = didYouMean(estimator, estimators) || ` There are ${estimators.join(", ")}.`;
      throw new BadData(`${where}: measure ${name} has the estimator ${estimator}, which is none.${hint}`);
    }
    const { quantile } = definition.measures[name]!;
    if (estimator === "quantile" ? !(quantile! > 0 && quantile! < 1) : quantile !== undefined) {
      const sentence = "a quantile between 0 and 1 goes with the estimator quantile, and with no other";
      throw new BadData(`${where}: measure ${name}: ${sentence}.`);
    }
  }
  for (const name of Object.keys(definition.model ?? {})) mustBeKnown("measure", name, measureNames, `${where}: model`);
  for (const name of Object.keys(definition.matters ?? {}))
    mustBeKnown("parameter", name, parameterNames, `${where}: matters`);
  const series = Object.entries(definition.series ?? {});
  for (const [name, { along, estimator }] of series) {
    if (estimator === "steady") throw new BadData(`${where}: series ${name}: values at one place have no warm-up.`);
    const isTaken = [...parameterNames, ...measureNames].some((other) => other === name || other === along.name);
    if (isTaken)
      throw new BadData(`${where}: series ${name} along ${along.name}: a parameter or measure has the name.`);
  }
  const seriesNames = series.map(([name]) => name);
  for (const chart of definition.charts ?? []) {
    const { by, facet } = chart;
    const through = chart.type === "trade-off" ? chart.through : chart.type === "series" ? undefined : chart.x;
    for (const name of [through, by, facet]) {
      if (name !== undefined) mustBeKnown("parameter", name, parameterNames, `${where}: a chart`);
    }
    if (chart.type === "series") mustBeKnown("series", chart.y, seriesNames, `${where}: a chart`);
    else for (const y of [chart.y].flat()) mustBeKnown("measure", y, measureNames, `${where}: a chart`);
    if (chart.type === "trade-off") mustBeKnown("measure", chart.x, measureNames, `${where}: a chart`);
  }
  const named = Object.values(definition.presets ?? {}).flat();
  const settings = [definition.sweep ?? [], definition.demo?.cells ?? [], ...named].flat() as readonly Setting<P>[];
  for (const setting of settings) {
    for (const name of Object.keys(setting)) mustBeKnown("parameter", name, parameterNames, `${where}: a setting`);
  }
  const compared = definition.demo?.compare;
  if (compared !== undefined) mustBeKnown("parameter", compared, parameterNames, `${where}: the demo`);
  if (definition.replications !== undefined && !(definition.replications >= 1)) {
    throw new BadData(`${where}: replications must be a whole number of at least 1.`);
  }
  return definition;
}

/** The model of a measure, with its defaults filled in; null if it has no figure for these parameters. */
export function modelOf(
  experiment: Experiment,
  measure: string,
  p: Readonly<Record<string, Plain>>,
  means: Means = {},
): {
  readonly value: number;
  readonly label: string;
  readonly source: string;
  readonly within: number | null;
  readonly outside: string | null;
  /** The expected value of the estimate; null if it is not known. */
  readonly expected: number | null;
} | null {
  const model = experiment.model?.[measure];
  if (model === undefined) return null;
  const whole: Model<Parameters> = typeof model === "function" ? { of: model } : model;
  const value = whole.of(p, means);
  if (value === null) return null;
  const { label = "closed form", source = "", within = null } = whole;
  const outside = whole.outside?.(p, means) ?? null;
  const expected = whole.expected?.(p) ?? (outside === null ? value : null);
  return { value, label, source, within, outside, expected };
}
