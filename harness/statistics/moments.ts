/** Mean, variance and quantiles of a sample. */

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** The unbiased estimate, with n - 1; NaN of fewer than two values. */
  readonly variance: number;
}

/** Mean and variance in one pass without cancellation (Welford 1962). */
export function moments(values: Iterable<number>): Moments {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    count++;
    const before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }
  return { count, mean: count === 0 ? NaN : mean, variance: count < 2 ? NaN : squares / (count - 1) };
}

/**
 * The quantile `p`, 0 <= p <= 1, of a sample in any order, by linear interpolation between order statistics (Hyndman
 * and Fan's type 7, the default of R and NumPy); NaN of an empty sample.
 */
export function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = p * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return NaN;
  return below + (above - below) * (position - Math.floor(position));
}
