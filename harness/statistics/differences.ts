/**
 * The difference of two policies, estimated from pairs of replications that met the same random numbers. The common
 * part of the variance cancels (common random numbers; Law, Simulation Modeling and Analysis, chapter 11).
 */
import { fisherQuantile } from "./distributions.ts";
import { contributions, meanInterval, nothing, type Estimate, type Pair } from "./intervals.ts";
import { moments } from "./moments.ts";
import { largestEvent, remainderInterval } from "./rare-events.ts";

/** other - baseline, with an interval at 95%. */
export interface Difference extends Estimate {
  /** Number of pairs. */
  readonly pairs: number;
  /**
   * Variance of the difference without pairing / variance with pairing: the factor by which pairing saves replications.
   * About 1 if the runs have nothing in common; null if the difference does not vary.
   */
  readonly pairing: number | null;
}

/** Relative rounding error: smaller differences count as 0. */
const rounding = 1e-12;

/** What one event adds to a quotient of rare events, at the most. */
function eventOf(pairs: readonly Pair[]): number {
  const denominator = pairs.reduce((sum, [, y]) => sum + y, 0);
  return (largestEvent(pairs) * pairs.length) / denominator;
}

/**
 * The interval of a difference of rare events. Equal events of both runs cancel. The positive and the negative
 * differences form two sums of rare contributions, like McNemar's discordant pairs of proportions. Each sum has an
 * interval of rare events, which is valid for few events and for none. The method of variance estimates recovery (Zou
 * and Donner, Statistics in Medicine 27, 2008) combines both intervals, with the correlation that follows from each
 * pair contributing to at most one sum.
 */
function rareDifference(differences: readonly number[], event: number): Estimate {
  const count = differences.length;
  const parts = [1, -1].map((sign) => differences.map((value) => Math.max(0, sign * value)));
  const [more, less] = parts.map((part) => remainderInterval(part.map((value): Pair => [value, 1, event])));
  const [ofMore, ofLess] = parts.map(moments);
  const mean = more!.mean! - less!.mean!;
  if (more!.low === null || less!.low === null) return { mean, low: null, high: null };
  const common = (count * ofMore!.mean * ofLess!.mean) / (count - 1);
  const correlation = common > 0 ? -common / Math.sqrt(ofMore!.variance * ofLess!.variance) : 0;
  const together = (a: number, b: number): number => Math.sqrt(a ** 2 + b ** 2 - 2 * correlation * a * b);
  return {
    mean,
    low: mean - together(more!.mean! - more!.low, less!.high! - less!.mean!),
    high: mean + together(more!.high! - more!.mean!, less!.mean! - less!.low),
  };
}

/**
 * What the other run's quotient of sums has more than the baseline's; for a mean, all denominators are 1. Replications
 * that make a pair stand at the same place. By the interval of a mean on the differences of contributions, or, if
 * `areRare`, by what is sound for few events.
 *
 * @throws RangeError if the runs differ in length.
 */
export function pairedDifference(baseline: readonly Pair[], other: readonly Pair[], areRare: boolean): Difference {
  const pairs = baseline.length;
  if (pairs !== other.length) throw new RangeError(`paired samples of ${pairs} and of ${other.length} values`);
  const [a, b] = [contributions(baseline)?.values, contributions(other)?.values];
  if (a === undefined || b === undefined) return { ...nothing, pairs, pairing: null };
  const differences = b.map((value, i) => value - a[i]!);
  const alone = moments(a).variance + moments(b).variance;
  const paired = moments(differences).variance;
  const pairing = paired > rounding ** 2 * alone ? alone / paired : null;
  const estimate = areRare
    ? rareDifference(differences, Math.max(eventOf(baseline), eventOf(other)))
    : meanInterval(differences);
  return { ...estimate, pairs, pairing };
}

/**
 * Between which factors chance alone brings the one of pairs that have nothing in common, in 95% of cases, if values
 * are normal and vary alike: sum and difference are then independent, so that their variances' quotient follows
 * Fisher's F.
 */
export function pairingByChance(pairs: number): readonly [low: number, high: number] | null {
  if (pairs < 2) return null;
  const f = fisherQuantile(0.975, pairs - 1);
  return [(1 + 1 / f) / 2, (1 + f) / 2];
}
