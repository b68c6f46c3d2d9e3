/** Distributions of spans of time, given as data and drawn from streams. */
import type { Random } from "../protocols/host.ts";

/** A distribution on the non-negative numbers; in simulations its unit is the millisecond. */
export interface Distribution {
  readonly mean: number;
  draw(random: Random): number;
}

export interface ConstantDistribution extends Distribution {
  /** The one value: a network with such a delay draws nothing. */
  readonly constant: number;
}

export function constant(value: number): ConstantDistribution {
  return { mean: value, constant: value, draw: () => value };
}

export function exponential(mean: number): Distribution {
  return { mean, draw: (random) => -mean * Math.log(1 - random.next()) };
}

export function uniform(low: number, high: number): Distribution {
  return { mean: (low + high) / 2, draw: (random) => low + (high - low) * random.next() };
}
