/**
 * An experiment as data: what may be varied, what is measured, how one replication is run, what theory or a paper says
 * the answer is, and which charts show it. The harness does the rest for all experiments alike.
 */
import { BadData } from "../sim/bad-data.ts";
import type { Chart } from "./chart.ts";
import type { World, WorldOptions } from "../sim/world.ts";
import { didYouMean } from "../languages/nearest.ts";
import type { Parameters, Plain, Values } from "./parameters.ts";
import type { Pair } from "./statistics/intervals.ts";

const estimators = ["mean", "ratio", "rare", "waiting", "quantile", "steady"] as const;

/** One quantity that every replication measures. */
export interface Measure {
  /** Of the estimate, for axis titles: `"ms"`, `"calls/s"`; left out for a bare number. */
  readonly unit?: string;
  /** One line. */
  readonly help: string;
  /**
   * How the replications' values become an estimate and its interval:
   * - `mean` (the default): each replication gives a number; their mean, with Student's t corrected for skewness.
   * - `ratio`: each gives `[numerator, denominator]`; the quotient of the sums, with the same on the linearized
   *   residuals. For a mean over something whose number varies: time per call, calls per hour. Where all numerators are
   *   zero there is no upper limit.
   * - `rare`: as `ratio`, where the numerator adds up contributions, none negative, of events that may be few or none:
   *   failed calls, time out of service. The interval is Fay and Feuer's gamma interval, which stays sound for few
   *   events, and after none still has an upper limit: that of 3 events. What an event adds may be given as a third
   *   number, `[numerator, denominator, event]`; it is 1 if left out, as is right for counts. For sums of events of
   *   unequal size D it is E[D^2]/E[D]: for time out of service, twice the mean of an outage that is exponential.
   *   Without a unit it is a share, and the interval ends at 1.
   * - `waiting`: each gives `[time, events]`, none negative; the mean time to an event of which there may be few or
   *   none, with the inverse of the interval of their rate. After none it still has a lower limit.
   * - `quantile`: each gives a number; the `quantile` of their law, with the interval between two of them, whatever the
   *   law.
   * - `steady`: each gives a list of values in the order of time, none missing, from one long run. The warm-up is
   *   removed (MSER-5), and the mean of the rest is taken, with Student's t over replications or, of one replication,
   *   over batches of its values. A run in which the warm-up does not end makes the cell unconverged.
   */
  readonly estimator?: (typeof estimators)[number];
  /** With the estimator `quantile`: which, between 0 and 1. */
  readonly quantile?: number;
  /** Values may be negative. Left out: they cannot, and no interval reaches below 0. */
  readonly signed?: true;
  /**
   * The relative half-width of the interval at which a cell has converged, 0.1 unless set; null: it is never judged.
   */
  readonly precision?: number | null;
  /** It is a share of time out of service: tables tell beside it how long that is in a year. */
  readonly isDowntime?: boolean;
  /** A half-width, in the measure's unit, that is always narrow enough, however small the estimate. */
  readonly resolution?: number;
}

/** An experiment's measures, by name. */
export type Measures = Readonly<Record<string, Measure>>;

/**
 * What every replication measures at several places of an axis that is no parameter: latency over time. It is never
 * judged.
 */
export interface Series extends Measure {
  readonly along: {
    /** For the axis and the columns of results. */
    readonly name: string;
    readonly unit?: string;
    /** The places, ascending. */
    readonly at: readonly number[];
  };
}

/** What a replication gives for a measure; null where there was nothing to measure (no call was answered at all). */
export type Observation = number | Pair | null;

/** What `run` returns: one observation for each measure, of the form that its estimator takes. */
export type Observations<M extends Measures> = {
  readonly [K in keyof M]: M[K] extends { readonly estimator: "ratio" | "rare" | "waiting" }
    ? Pair | null
    : M[K] extends { readonly estimator: "steady" }
      ? readonly number[] | null
      : number | null;
};

/** One replication: its key to all randomness, and its means to say what a number alone would hide. */
export interface Replication {
  /** The run's seed. Alike in all cells: two policies under one seed and number meet the same failures. */
  readonly seed: string;
  /** Counts from 0. */
  readonly number: number;
  /**
   * A simulated world under this seed and number. What is asked for by `--events` is its trace, and what the cell's
   * warnings tell is whether the faults of all its worlds had an effect.
   */
  world(options?: Omit<WorldOptions, "seed" | "replication">): World;
  /**
   * A stream of numbers, uniform on [0, 1), keyed by seed, number and purpose. Equal keys give equal streams; a draw
   * from one disturbs no other.
   */
  readonly random: (purpose: string) => () => number;
  /** Hands over a series: one observation for each of its places. Each series that the experiment names, once. */
  readonly series: (name: string, observations: readonly Observation[]) => void;
  /** A fact to be shown with the results, once for each cell: what was calibrated, which law was fitted. */
  readonly note: (sentence: string) => void;
  /** A doubt to be shown with the results, once for each cell: a fault that had no effect. */
  readonly warn: (sentence: string) => void;
  /** As `warn`; and the cell is marked as not converged, whatever its interval. */
  readonly unconverged: (sentence: string) => void;
}

/** The estimates of a cell by measure, null where nothing was measured; without one that is not known. */
export type Means = Readonly<Partial<Record<string, number | null>>>;

/** What a measure should be, and how near is near enough. */
export interface Model<P extends Parameters> {
  /**
   * The figure for these parameters, in the measure's unit; null where there is none. It may be another measure's
   * estimate: a prediction that the replications made before they measured.
   */
  of(p: Values<P>, means: Means): number | null;
  /** `closed form` unless set. Only closed forms are drawn between cells. */
  readonly label?: "closed form" | "published" | "predicted";
  /** Where it comes from: "dissertation, chapter 6", "SOSP 1985, table 1". */
  readonly source?: string;
  /**
   * Which assumption of the model does not hold for these parameters, or did not hold in the run by what was measured,
   * as a sentence; null if all hold. The figure is shown all the same, but nothing is held to it.
   */
  outside?(p: Values<P>, means: Means): string | null;
  /**
   * What a replication gives on average, where that is known although an assumption does not hold; null where it is
   * not. The real coverage of intervals is judged by it.
   */
  expected?(p: Values<P>): number | null;
  /** The verdict: agree within this relative error, or, as without it, within three standard errors of the estimate. */
  readonly within?: number;
}

/** A model of one measure; a bare function is a closed form that must agree within three standard errors. */
type ModelOrFunction<P extends Parameters> = Model<P> | Model<P>["of"];

/**
 * Values for some parameters: a value, a list of values, or a text as on the command line (`"1..5"`, `"10s,1m"`). It
 * stands for the cells of the whole grid; parameters that are left out have their defaults.
 */
export type Setting<P extends Parameters> = {
  readonly [K in keyof P]?: Values<P>[K] | readonly Values<P>[K][] | string;
};

export interface Definition<P extends Parameters, M extends Measures> {
  /** Also the name of its file. Small letters, digits and hyphens. */
  readonly name: string;
  /** One sentence that ends in a question mark; the title of report and charts. */
  readonly question: string;
  /** Which published result this reproduces, and where that is found. */
  readonly reproduces?: string;
  readonly parameters: P;
  readonly measures: M;
  readonly series?: Readonly<Record<string, Series>>;
  /** One replication. Deterministic: everything random comes from the replication's seed and number. */
  run(p: Values<P>, replication: Replication): Observations<M> | Promise<Observations<M>>;
  /** What theory or a paper says, by measure. */
  readonly model?: { readonly [K in keyof M]?: ModelOrFunction<P> };
  readonly charts?: readonly Chart<keyof P & string, keyof M & string>[];
  /** Refuses parameters that do not go together, with one sentence; null accepts. */
  refuse?(p: Values<P>): string | null;
  /** False: figures are measured on the real machine with its real clock, and no two runs are alike. */
  readonly reproducible?: false;
  /** How many replications a cell has unless the command says otherwise; 20 unless set. 1 if nothing is random. */
  readonly replications?: number;
  /** The cells of `troupe sweep NAME` for the parameters that the command does not give. */
  readonly sweep?: Setting<P> | readonly Setting<P>[];
  /** Settings with names, for `--preset NAME`. */
  readonly presets?: Readonly<Record<string, Setting<P> | readonly Setting<P>[]>>;
  /** The small cells of `troupe demo`, which has a minute for all experiments together. */
  readonly demo?: {
    readonly cells: Setting<P> | readonly Setting<P>[];
    readonly replications?: number;
    /** The parameter by whose values cells are compared in pairs. */
    readonly compare?: keyof P & string;
  };
}

/** A definition that has been checked. */
export type Experiment<P extends Parameters = Parameters, M extends Measures = Measures> = Definition<P, M>;

/** Names of options that every experiment has, which none of its parameters may take. */
export const commonOptions = (
  "seed replications replication events precision precision-of max-replications compare campaigns where set preset config " +
  "dry-run out charts workers timeout keep-going fail-fast resume rerun accept-changes overwrite fresh shard check json " +
  "quiet experiment help version"
).split(" ");

function mustBeKnown(what: string, name: string, known: readonly string[], where: string): void {
  if (known.includes(name)) return;
  throw new BadData(`${where} names the ${what} ${name}, which the experiment has not.${didYouMean(name, known)}`);
}

/**
 * Checks a definition and returns it, with the types of its parameters and measures inferred.
 *
 * @throws BadData with one sentence that names the experiment and what is wrong in it.
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
    // Files of the user's own are run without a check of types.
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

/** What the model says of a measure, with its defaults filled in; null where it has no figure for these parameters. */
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
  /** What the estimate should be on average; null if nobody knows. */
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
