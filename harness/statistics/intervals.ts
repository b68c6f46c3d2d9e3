/**
 * Confidence intervals at 95%. `low` and `high` are null where the sample cannot give an interval (one value); they
 * equal the mean where nothing varied. Only what was waited for in vain has a lower limit alone.
 */
import { normalQuantile } from "../../sim/chance/special.ts";
import { chiSquareQuantile, studentQuantile } from "./distributions.ts";
import { moments } from "./moments.ts";

export interface Estimate {
  /** Null where there was nothing to estimate from. */
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The probability that an interval misses on one side. */
const tail = 0.025;
export const nothing: Estimate = { mean: null, low: null, high: null };

/**
 * Numerator and denominator of one replication; for rare events also what one event adds to the numerator, 1 if left
 * out, as is right for counts.
 */
export type Pair = readonly [numerator: number, denominator: number, event?: number];

/** The mean of independent values, by Student's t. */
export function meanInterval(values: readonly number[]): Estimate {
  const { count, mean, variance } = moments(values);
  if (count === 0) return nothing;
  if (count === 1) return { mean, low: null, high: null };
  const half = studentQuantile(1 - tail, count - 1) * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half };
}

interface Linearized {
  readonly numerator: number;
  readonly denominator: number;
  readonly ratio: number;
  /** Of the sum of the residuals `numerator - ratio * denominator`. */
  readonly variance: number;
}

/** The ratio of sums and the variance of its linearized numerator (delta method; Cochran, Sampling Techniques, 6). */
function linearize(pairs: readonly Pair[]): Linearized {
  let numerator = 0;
  let denominator = 0;
  for (const [x, y] of pairs) {
    numerator += x;
    denominator += y;
  }
  const ratio = numerator / denominator;
  let squares = 0;
  for (const [x, y] of pairs) squares += (x - ratio * y) ** 2;
  return { numerator, denominator, ratio, variance: (squares * pairs.length) / (pairs.length - 1) };
}

/** The quotient of two means, by Student's t on the linearized residuals; nothing if the denominators sum to zero. */
export function ratioInterval(pairs: readonly Pair[]): Estimate {
  const { denominator, ratio, variance } = linearize(pairs);
  if (pairs.length === 0 || denominator === 0) return nothing;
  if (pairs.length === 1) return { mean: ratio, low: null, high: null };
  const half = (studentQuantile(1 - tail, pairs.length - 1) * Math.sqrt(variance)) / Math.abs(denominator);
  return { mean: ratio, low: ratio - half, high: ratio + half };
}

/**
 * A rate or share of rare events: the quotient of sums, whose numerator adds up contributions of independent events,
 * none negative. Fay and Feuer's gamma interval (Statistics in Medicine 16, 1997) treats it as a weighted sum of Poisson
 * counts: exact for equal weights, and never too narrow where a normal interval fails because events are few. The
 * variance is the one seen between replications, so that failures that come in bursts count as what they are; it is
 * enlarged by Student's t over the normal quantile for few replications (as Korn and Graubard do), and never less
 * than independent events of one size would give. The largest weight is estimated by variance over sum, the mean size of an
 * event as the events themselves see it. When none has been seen, the upper limit is that of 3.69 events.
 */
export function rareInterval(pairs: readonly Pair[]): Estimate {
  // A share cannot exceed one: where all fails, nothing varies.
  return gammaInterval(pairs, (share) => Math.max(0, 1 - share));
}

/** `varying`: the variance of independent events, over that of as many of a Poisson process. */
function gammaInterval(pairs: readonly Pair[], varying: (ratio: number) => number): Estimate {
  const { numerator, denominator, ratio, variance } = linearize(pairs);
  const event = Math.max(...pairs.map(([, , event = 1]) => event));
  if (pairs.length === 0 || denominator === 0) return nothing;
  if (numerator === 0) {
    return { mean: 0, low: 0, high: ((event / 2) * chiSquareQuantile(1 - tail, 2)) / denominator };
  }
  if (pairs.length === 1) return { mean: ratio, low: null, high: null };
  const inflation = (studentQuantile(1 - tail, pairs.length - 1) / normalQuantile(1 - tail)) ** 2;
  const ofEqualEvents = event * numerator * varying(ratio);
  const v = Math.max(variance, ofEqualEvents) * inflation;
  if (v === 0) return { mean: ratio, low: ratio, high: ratio };
  const weight = v / numerator;
  const low = (v / (2 * numerator)) * chiSquareQuantile(tail, (2 * numerator ** 2) / v);
  const withOneMore = numerator + weight;
  const variance1 = v + weight ** 2;
  const high = (variance1 / (2 * withOneMore)) * chiSquareQuantile(1 - tail, (2 * withOneMore ** 2) / variance1);
  return { mean: ratio, low: low / denominator, high: high / denominator };
}

/**
 * The mean time to a rare event: the time exposed over the number of events. It is the inverse of a rate of rare events, and so
 * is its interval, which for few events is far from symmetric, and has no upper limit where none was seen.
 */
export function waitingInterval(pairs: readonly Pair[]): Estimate {
  const { mean, low, high } = gammaInterval(
    pairs.map(([time, events]) => [events, time]),
    () => 1,
  );
  const inverse = (rate: number | null): number | null => (rate === null || rate === 0 ? null : 1 / rate);
  return { mean: inverse(mean), low: inverse(high), high: inverse(low) };
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
