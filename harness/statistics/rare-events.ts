/**
 * Intervals at 95% for rates and shares of events of which there may be few or none, and for the time to such an event.
 */
import { gammaP, logGamma, normalQuantile } from "../../sim/chance/special.ts";
import { bisect, chiSquareQuantile, studentQuantile, upperBound } from "./distributions.ts";
import { counted, inVain, nothing, tail, type Estimate, type Pair } from "./intervals.ts";

/**
 * With fewer events of equal size there is no verdict, and no cell has converged: the standard error exceeds 45%, and
 * few events say little of the size of larger events.
 */
export const fewestEvents = 5;

/**
 * Replications vary more than independent events if their variance exceeds this quantile of its law for such events.
 */
const byChance = 0.9;

/** The largest contribution of one event to the numerator of a pair. */
export function largestEvent(pairs: readonly Pair[]): number {
  return pairs.reduce((largest, [, , event = 1]) => Math.max(largest, event), 0);
}

/**
 * A rate or share of rare events: the quotient of sums, whose numerator adds up contributions of independent events,
 * none negative. Fay and Feuer's gamma interval (Statistics in Medicine 16, 1997) treats it as a weighted sum of
 * Poisson counts; not all of the probability of what was seen counts (like Fay and Kim's mid-P interval, Biometrical
 * Journal 59, 2017).
 *
 * An event's size is known beforehand, and gives the variance: independent events with sizes D add up to a sum whose
 * variance over its mean is E[D^2]/E[D], the mean size of an event as the sum sees it. A sample of few events does not
 * tell it: the largest, which make up the sum, are seldom seen. Only if replications vary by more than chance explains,
 * since events come in bursts, their own variance is taken, enlarged by Student's t over the normal quantile (as Korn
 * and Graubard do).
 */
export function rareInterval(pairs: readonly Pair[]): Estimate {
  // A share is at most 1: its variance falls to 0 as the share approaches 1.
  return gammaInterval(pairs, { varying: (share) => Math.max(0, 1 - share) });
}

/** The interval for numerators that remain after events have cancelled: the events' variance is only a lower limit. */
export function remainderInterval(pairs: readonly Pair[]): Estimate {
  return gammaInterval(pairs, { isRemainder: true });
}

/**
 * Above this shape a gamma law is near enough to normal; the series of its distribution function takes sqrt(shape)
 * steps.
 */
const largeShape = 1e5;

/** The quantile of a mixture of gamma laws with scale 1: shape + 1 with probability `more`, otherwise `shape`. */
export function mixtureQuantile(p: number, shape: number, more: number): number {
  if (shape > largeShape) {
    // E. B. Wilson and M. M. Hilferty, PNAS 17 (1931): the cube root is normal. The mixture's mean is shape + more.
    const mean = shape + more;
    return mean * (1 - 1 / (9 * mean) + normalQuantile(p) / (3 * Math.sqrt(mean))) ** 3;
  }
  const [one, other] = [logGamma(shape), logGamma(shape + 1)];
  const cdf = (x: number): number => (1 - more) * gammaP(shape, x, one) + more * gammaP(shape + 1, x, other);
  return bisect(cdf, p, 0, upperBound(cdf, p));
}

/** `varying`: variance of independent events / variance of a Poisson process with the same mean. */
function gammaInterval(
  pairs: readonly Pair[],
  { varying = () => 1, isRemainder = false }: { varying?: (ratio: number) => number; isRemainder?: boolean },
): Estimate {
  let numerator = 0;
  let denominator = 0;
  for (const [x, y] of pairs) {
    numerator += x;
    denominator += y;
  }
  const count = pairs.length;
  if (count === 0 || denominator === 0) return nothing;
  const event = largestEvent(pairs);
  if (numerator === 0) return { mean: 0, low: 0, high: (inVain * event) / denominator, events: 0 };
  const ratio = numerator / denominator;
  if (count === 1) return { mean: ratio, low: null, high: null };
  let squares = 0;
  for (const [x, y] of pairs) squares += (x - ratio * y) ** 2;
  const seen = (squares * count) / (count - 1);
  const ofEvents = event * numerator * varying(ratio);
  const explained = (ofEvents * chiSquareQuantile(byChance, count - 1)) / (count - 1);
  const inflation = (studentQuantile(1 - tail, count - 1) / normalQuantile(1 - tail)) ** 2;
  const variance = isRemainder ? Math.max(seen, ofEvents) * inflation : seen > explained ? seen * inflation : ofEvents;
  if (variance === 0) return { mean: ratio, low: ratio, high: ratio };
  const weight = variance / numerator;
  const events = numerator / weight;
  const limit = (p: number, more: number): number => (weight * mixtureQuantile(p, events, more)) / denominator;
  return { mean: ratio, low: limit(tail, 1 - counted), high: limit(1 - tail, counted), events };
}

/**
 * The mean time to a rare event: exposed time / number of events. Estimate and interval are the inverses of a rate of
 * rare events. For few events the interval is far from symmetric; without an event it has no upper limit.
 */
export function waitingInterval(pairs: readonly Pair[]): Estimate {
  const estimate = gammaInterval(
    pairs.map(([time, events]) => [events, time]),
    {},
  );
  const inverse = (rate: number | null): number | null => (rate === null || rate === 0 ? null : 1 / rate);
  return { ...estimate, mean: inverse(estimate.mean), low: inverse(estimate.high), high: inverse(estimate.low) };
}
