/** Intervals at 95% for rates and shares of events of which there may be few or none, and for the time to such an event. */
import { gammaP, normalQuantile } from "../../sim/chance/special.ts";
import { bisect, chiSquareQuantile, studentQuantile, upperBound } from "./distributions.ts";
import { counted, inVain, nothing, tail, type Estimate, type Pair } from "./intervals.ts";

/**
 * On fewer events of equal size no verdict rests, and no cell has converged: the standard error is above 45%, and few events
 * say little of how much larger than any of them others may be.
 */
export const fewestEvents = 5;

/** Replications vary more than independent events would, unless chance brings that in at least one of ten cases. */
const byChance = 0.9;

/** What one event adds to the numerator of any pair. */
export function largestEvent(pairs: readonly Pair[]): number {
  return pairs.reduce((largest, [, , event = 1]) => Math.max(largest, event), 0);
}

/**
 * A rate or share of rare events: the quotient of sums, whose numerator adds up contributions of independent events,
 * none negative. Fay and Feuer's gamma interval (Statistics in Medicine 16, 1997) treats it as a weighted sum of Poisson
 * counts; not all of the probability of what was seen counts (like Fay and Kim's mid-P interval, Biometrical Journal 59, 2017).
 *
 * An event's size is known beforehand, and gives the variance: independent events with sizes D add up to a sum whose variance
 * over its mean is E[D^2]/E[D], the mean size of an event as the sum sees it. A sample of few events does not tell it: the largest,
 * which make up the sum, are seldom seen. Only if replications vary by more than chance explains, since events come in
 * bursts, their own variance is taken, enlarged by Student's t over the normal quantile (as Korn and Graubard do).
 */
export function rareInterval(pairs: readonly Pair[]): Estimate {
  // A share cannot exceed one: where all fails, nothing varies.
  return gammaInterval(pairs, { varying: (share) => Math.max(0, 1 - share) });
}

/** The same where a numerator is what is left of events of which others have cancelled: their variance is a lower limit only. */
export function remainderInterval(pairs: readonly Pair[]): Estimate {
  return gammaInterval(pairs, { isRemainder: true });
}

/** The quantile of a mixture of gamma laws with scale 1: of this shape, and, as often as `more` says, of one more. */
function mixtureQuantile(p: number, shape: number, more: number): number {
  const cdf = (x: number): number => (1 - more) * gammaP(shape, x) + more * gammaP(shape + 1, x);
  return bisect(cdf, p, 0, upperBound(cdf, p));
}

/** `varying`: the variance of independent events, over that of as many of a Poisson process. */
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
 * The mean time to a rare event: the time exposed over the number of events. It is the inverse of a rate of rare events, and so
 * is its interval, which for few events is far from symmetric, and has no upper limit where none was seen.
 */
export function waitingInterval(pairs: readonly Pair[]): Estimate {
  const estimate = gammaInterval(
    pairs.map(([time, events]) => [events, time]),
    {},
  );
  const inverse = (rate: number | null): number | null => (rate === null || rate === 0 ? null : 1 / rate);
  return { ...estimate, mean: inverse(estimate.mean), low: inverse(estimate.high), high: inverse(estimate.low) };
}
