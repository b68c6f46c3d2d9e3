/**
 * The mean of one long run in its steady state. The values are a time series: they are correlated, and the first values
 * still depend on the initial state.
 */
import { studentQuantile } from "./distributions.ts";
import { tail } from "./intervals.ts";
import { moments } from "./moments.ts";

/** The mean and variance of batch means. */
export interface Batches {
  readonly mean: number;
  /** Number of batches, all of one size. */
  readonly count: number;
  /** Variance of the mean of one batch; NaN for too few values. */
  readonly variance: number;
}

const group = 5;

/**
 * The number of first values that belong to the warm-up, by MSER-5 (K. P. White, Simulation 69, 1997): the cut that
 * minimizes the standard error of the mean of the remaining values, taken over means of five values. Null if the
 * minimum is in the second half: the run is too short.
 */
export function warmUp(values: readonly number[]): number | null {
  const groups = Math.floor(values.length / group);
  if (groups < 4) return null;
  // From the end, so that each cut adds one mean to the later means.
  let [count, sum, squares] = [0, 0, 0];
  let [best, cut] = [Infinity, 0];
  const shift = moments(values).mean;
  for (let i = groups - 1; i >= 0; i--) {
    let mean = 0;
    for (let j = 0; j < group; j++) mean += (values[i * group + j]! - shift) / group;
    count++;
    sum += mean;
    squares += mean ** 2;
    // A few means at the end are alike by chance.
    if (count < groups / 10) continue;
    const error = (squares - sum ** 2 / count) / count ** 2;
    if (error <= best) [best, cut] = [error, i];
  }
  return cut * 2 > groups ? null : cut * group;
}

/**
 * Limits of the number of batches: fewer give wide intervals, more gain little (Schmeiser, Operations Research 30,
 * 1982).
 */
const mostBatches = 40;
const fewestBatches = 10;

/** The lag-1 correlation in standard errors: for independent values it is normal around 0 (von Neumann's ratio). */
function dependence(means: readonly number[]): number {
  const { mean, variance, count } = moments(means);
  if (!(variance > 0)) return 0;
  let products = 0;
  for (let i = 1; i < count; i++) products += (means[i - 1]! - mean) * (means[i]! - mean);
  return (products / ((count - 1) * variance)) * Math.sqrt(count);
}

function batchMeans(values: readonly number[], from: number, batches: number): number[] {
  const size = Math.floor((values.length - from) / batches);
  // Values that do not fill a batch are left out at the beginning, where the run is least steady.
  const first = values.length - batches * size;
  return Array.from({ length: batches }, (_, batch) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += values[first + batch * size + i]!;
    return sum / size;
  });
}

/**
 * The values from `from` on, in the greatest number of batches, at most forty, that leaves no correlation between
 * neighbours. If not even ten batches do, the variance is NaN: the run is too short for an interval.
 */
export function batches(values: readonly number[], from = 0): Batches {
  const { mean } = moments(values.slice(from));
  for (let count = mostBatches; count >= fewestBatches; count -= 5) {
    if (values.length - from < 2 * count) continue;
    const means = batchMeans(values, from, count);
    if (dependence(means) < 1) return { mean, count, variance: moments(means).variance };
  }
  return { mean, count: 1, variance: NaN };
}

/**
 * The interval of one run's mean, by Student's t on the means of its batches. If not `isSigned`, no value can be
 * negative: the interval ends at 0 where Student's does not, which leaves its coverage as it is.
 */
export function batchInterval(
  { mean, count, variance }: Batches,
  isSigned = true,
): {
  mean: number;
  low: number | null;
  high: number | null;
} {
  if (Number.isNaN(variance)) return { mean, low: null, high: null };
  const half = studentQuantile(1 - tail, count - 1) * Math.sqrt(variance / count);
  return { mean, low: isSigned ? mean - half : Math.max(0, mean - half), high: mean + half };
}
