/**
 * The mean of one long run in its steady state: values that come one after the other, that depend on one another, and whose first
 * ones still tell of how the run began.
 */
import { studentQuantile } from "./distributions.ts";
import { tail } from "./intervals.ts";
import { moments } from "./moments.ts";

/** The means of batches that are summed up by their own mean and variance. */
export interface Batches {
  readonly mean: number;
  /** How many, all of one size. */
  readonly count: number;
  /** Of one batch's mean; NaN where there are too few values to tell it. */
  readonly variance: number;
}

const group = 5;

/**
 * How many of the first values belong to the warm-up, by MSER-5 (K. P. White, Simulation 69, 1997): the cut after which the
 * standard error of the mean of the rest is least, of means of five values. Null if the least is in the second half: the run is too
 * short to tell.
 */
export function warmUp(values: readonly number[]): number | null {
  const groups = Math.floor(values.length / group);
  if (groups < 4) return null;
  // From the end, so that each cut adds one mean to those behind it.
  let [count, sum, squares] = [0, 0, 0];
  let [best, cut] = [Infinity, 0];
  const shift = moments(values).mean;
  for (let i = groups - 1; i >= 0; i--) {
    let mean = 0;
    for (let j = 0; j < group; j++) mean += (values[i * group + j]! - shift) / group;
    count++;
    sum += mean;
    squares += mean ** 2;
    // A few means at the end are always alike.
    if (count < groups / 10) continue;
    const error = (squares - sum ** 2 / count) / count ** 2;
    if (error <= best) [best, cut] = [error, i];
  }
  return cut * 2 > groups ? null : cut * group;
}

/** Between these numbers of batches: fewer give wide intervals, more gain little (Schmeiser, Operations Research 30, 1982). */
const mostBatches = 40;
const fewestBatches = 10;

/** The correlation of neighbours, in standard errors: that of independent values is normal around 0 (von Neumann's ratio). */
function dependence(means: readonly number[]): number {
  const { mean, variance, count } = moments(means);
  if (!(variance > 0)) return 0;
  let products = 0;
  for (let i = 1; i < count; i++) products += (means[i - 1]! - mean) * (means[i]! - mean);
  return (products / ((count - 1) * variance)) * Math.sqrt(count);
}

function batchMeans(values: readonly number[], from: number, batches: number): number[] {
  const size = Math.floor((values.length - from) / batches);
  // What does not fill a batch is left out at the beginning, where it is least steady.
  const first = values.length - batches * size;
  return Array.from({ length: batches }, (_, batch) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += values[first + batch * size + i]!;
    return sum / size;
  });
}

/**
 * The values from `from` on in as many batches, at most forty, as leave no correlation between neighbours; where not even ten do, the
 * variance is NaN, as the run is too short for an interval.
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

/** The interval of one run's mean, by Student's t on the means of its batches. */
export function batchInterval({ mean, count, variance }: Batches): {
  mean: number;
  low: number | null;
  high: number | null;
} {
  if (Number.isNaN(variance)) return { mean, low: null, high: null };
  const half = studentQuantile(1 - tail, count - 1) * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half };
}
