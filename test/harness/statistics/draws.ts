/** Plain draws from known laws, for intervals to be held against: independent of the simulator's. */
export type Uniform = () => number;

export function exponential(random: Uniform, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** Of mean 0 and variance 1 (G. E. P. Box and M. E. Muller, 1958). */
export function normal(random: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function poisson(random: Uniform, mean: number): number {
  let events = -1;
  for (let time = 0; time < mean; events++) time += exponential(random, 1);
  return events;
}
