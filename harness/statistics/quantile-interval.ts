/** Quantiles of a law, from independent values. */
import { betaCdf } from "./distributions.ts";
import { nothing, tail, type Estimate } from "./intervals.ts";
import { quantile } from "./moments.ts";

/**
 * The quantile `p`, 0 < p < 1, with a distribution-free interval between two order statistics: the number of values
 * below the quantile is binomial (Hahn and Meeker, Statistical Intervals, 1991, 5.2). A limit is null if even the least
 * or greatest value does not reach far enough: the 99% quantile has an upper limit from 368 values on.
 */
export function quantileInterval(values: readonly number[], p: number): Estimate {
  const count = values.length;
  if (count === 0) return nothing;
  const sorted = values.toSorted((a, b) => a - b);
  /** P(at least k of the values are below the quantile). */
  const atLeast = (k: number): number => (k <= 0 ? 1 : k > count ? 0 : betaCdf(p, k, count - k + 1));
  // The lower limit is the greatest value of which at least so many are below the quantile with 97.5%.
  let low = 0;
  while (low < count && atLeast(low + 1) >= 1 - tail) low++;
  let high = count + 1;
  while (high > 0 && atLeast(high - 1) <= tail) high--;
  return { mean: quantile(values, p), low: sorted[low - 1] ?? null, high: sorted[high - 1] ?? null };
}
