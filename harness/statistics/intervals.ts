/**
 * Confidence intervals at 95%. `low` and `high` are null where the sample cannot give a limit: both for a single value,
 * and the upper limit for an event that was never seen. low = mean = high if nothing varied.
 *
 * Few values of a skewed law, which simulated outages and waits have, miss their mean too low by Student's t (87%
 * instead of 95% of five exponential values). So the t statistic is corrected for skewness: Hall's cubic transformation
 * (P. Hall, On the removal of skewness by transformation, Journal of the Royal Statistical Society B 54, 1992).
 * docs/intervals.md has the table of real coverage.
 */
import { normalQuantile } from "../../sim/chance/special.ts";
import { studentQuantile } from "./distributions.ts";
import { moments } from "./moments.ts";

/** An estimate with its interval at 95%, in the unit of what is estimated. */
export interface Estimate {
  /** Null if there was no data. */
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /**
   * mean^2 / variance: the number of independent events of equal size that give an estimate of the same relative error.
   * Left out: the estimate may be negative, or has no variance.
   */
  readonly events?: number;
}

/** The probability that an interval misses on one side. */
export const tail = 0.025;
/** The estimate from no data. */
export const nothing: Estimate = { mean: null, low: null, high: null };

/**
 * Numerator and denominator of one replication; for rare events also what one event adds to the numerator, 1 if left
 * out, as is right for counts.
 */
export type Pair = readonly [numerator: number, denominator: number, event?: number];

/**
 * The share of the probability of the observed count that counts towards a tail. The share 1 makes exact intervals,
 * which are wider than nominal for few events. The share 1/2 (mid-P) covers a Poisson mean near 4 in only 91.6%. With
 * this share the coverage is 93.9 to 98.8% from 3 events on, 95.4% on average.
 */
export const counted = 0.6;

/** The upper limit on the expected number of events if none was seen: counted * exp(-inVain) = tail. */
export const inVain = Math.log(counted / tail);

/**
 * The estimated skewness of a law of non-negative values. Few values say little of the skewness, so that the skewness
 * of the gamma law, twice the coefficient of variation, enters with the weight of five values; not if the values are
 * skewed to the left.
 */
function skewnessOf(
  { count, skewness, variance }: ReturnType<typeof moments>,
  mean: number,
  isSigned: boolean,
): number {
  if (isSigned || count < 3 || skewness <= 0 || mean <= 0) return skewness;
  return (count * skewness + 5 * 2 * (Math.sqrt(variance) / mean)) / (count + 5);
}

/** The t at which Hall's transformation t + a t^2 + a^2 t^3 / 3 + a / 2, a = skewness / (3 sqrt(n)), is y. */
function untransformed(y: number, skewness: number, count: number): number {
  const a = skewness / (3 * Math.sqrt(count));
  return Math.abs(a) < 1e-9 ? y : (Math.cbrt(1 + 3 * a * (y - a / 2)) - 1) / a;
}

/** About the mean of independent values, which is given with its last bits. */
function about(mean: number, values: Iterable<number>, isSigned: boolean): Estimate {
  const of = moments(values);
  if (of.count === 1) return { mean, low: null, high: null };
  const skewness = skewnessOf(of, mean, isSigned);
  const error = Math.sqrt(of.variance / of.count);
  const t = studentQuantile(1 - tail, of.count - 1);
  const low = mean - untransformed(t, skewness, of.count) * error;
  const high = mean - untransformed(-t, skewness, of.count) * error;
  if (isSigned || error === 0) return { mean, low, high };
  return { mean, low: Math.max(0, low), high, events: (mean / error) ** 2 };
}

/** The mean of independent values. If not `isSigned`, none of them can be negative, and the interval is not. */
export function meanInterval(values: readonly number[], isSigned = true): Estimate {
  const { count, mean } = moments(values);
  return count === 0 ? nothing : about(mean, values, isSigned);
}

/**
 * The contribution of each replication to a quotient of sums: linearized values v with mean(v) = quotient and
 * variance(v) / n = variance(quotient) (delta method; Cochran, Sampling Techniques, 6). Undefined if the denominators
 * sum to zero.
 */
export function contributions(pairs: readonly Pair[]): { ratio: number; values: number[] } | undefined {
  let numerator = 0;
  let denominator = 0;
  for (const [x, y] of pairs) {
    numerator += x;
    denominator += y;
  }
  if (denominator === 0) return undefined;
  const ratio = numerator / denominator;
  const scale = pairs.length / denominator;
  return { ratio, values: pairs.map(([x, y]) => ratio + (x - ratio * y) * scale) };
}

function relativeVariance(values: readonly number[]): number {
  const { mean, variance } = moments(values);
  return variance / mean ** 2;
}

/**
 * The quotient of two means; an empty estimate if the denominators sum to zero. If not `isSigned`, no part can be
 * negative. Then there is no upper limit if all numerators are zero, since the size of an unseen event is not known. If
 * the denominators vary more than the numerators, the interval is computed from the inverse quotient.
 */
export function ratioInterval(pairs: readonly Pair[], isSigned = true): Estimate {
  const linear = contributions(pairs);
  if (linear === undefined) return nothing;
  const { ratio, values } = linear;
  if (isSigned || pairs.length === 1) return about(ratio, values, isSigned);
  if (ratio === 0) return { mean: 0, low: 0, high: null, events: 0 };
  const vary = relativeVariance(pairs.map(([, y]) => y)) > relativeVariance(pairs.map(([x]) => x));
  if (!vary) return about(ratio, values, false);
  const { low, high, ...inverse } = about(1 / ratio, contributions(pairs.map(([x, y]): Pair => [y, x]))!.values, false);
  return { ...inverse, mean: ratio, low: 1 / high!, high: low === 0 ? null : 1 / low! };
}

/**
 * A proportion of independent trials (Wilson 1927): its real coverage is near the nominal one for any number of trials
 * and any proportion, where the textbook's normal interval fails near 0 and 1.
 */
export function proportionInterval(successes: number, trials: number): Estimate {
  if (trials === 0) return nothing;
  const mean = successes / trials;
  const z2 = normalQuantile(1 - tail) ** 2;
  const centre = (successes + z2 / 2) / (trials + z2);
  const half = (Math.sqrt(z2) * Math.sqrt(trials * mean * (1 - mean) + z2 / 4)) / (trials + z2);
  return { mean, low: successes === 0 ? 0 : centre - half, high: successes === trials ? 1 : centre + half };
}
