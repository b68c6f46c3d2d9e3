/** Mean, variance, skewness and quantiles of a sample. */

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** The unbiased estimate, with n - 1; NaN of fewer than two values. */
  readonly variance: number;
  /**
   * m3 / m2^1.5, with the central moments of the sample, not bias-corrected; 0 for fewer than 3 values or if nothing
   * varies.
   */
  readonly skewness: number;
}

/** Moments in one pass without cancellation (Welford 1962; Pébay, Sandia report SAND2008-6212, for the third). */
export function moments(values: Iterable<number>): Moments {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let cubes = 0;
  for (const value of values) {
    count++;
    const before = value - mean;
    const step = before / count;
    const added = before * step * (count - 1);
    mean += step;
    cubes += added * step * (count - 2) - 3 * step * squares;
    squares += added;
  }
  return {
    count,
    mean: count === 0 ? NaN : mean,
    variance: count < 2 ? NaN : squares / (count - 1),
    skewness: count < 3 || squares === 0 ? 0 : cubes / count / (squares / count) ** 1.5,
  };
}

/**
 * The least value; Infinity without values. A spread of the values into Math.min fails beyond some hundred thousand.
 */
export function least(values: readonly number[]): number {
  return values.reduce((first, value) => Math.min(first, value), Infinity);
}

/** The greatest value; -Infinity without values. */
export function greatest(values: readonly number[]): number {
  return values.reduce((last, value) => Math.max(last, value), -Infinity);
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
