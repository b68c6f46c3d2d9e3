/** Distributions of spans of time, given as data and drawn from streams: what they have in common, and plain ones. */
import type { Random } from "../../protocols/host.ts";
import { BadData } from "../bad-data.ts";

/** A distribution on the non-negative numbers; in simulations its unit is the millisecond. */
export interface Distribution {
  /** The law and its parameters, for manifests and messages: "weibull(shape 0.5, scale 1000)". */
  readonly name: string;
  readonly mean: number;
  readonly variance: number;
  /** The rest of a span has the same law, whatever its age: exponential. */
  readonly memoryless?: boolean;
  /** One value, from a stream of numbers that are uniform on [0, 1). */
  draw(random: Random): number;
  /** The probability of a value of at most x. */
  cdf(x: number): number;
  /** The least x with cdf(x) >= p, for 0 < p < 1. */
  quantile(p: number): number;
  /**
   * The distribution with density x f(x) / mean: that of the interval under way at a moment long after the start of a
   * renewal process (D. R. Cox, Renewal Theory, 1962). The moment lies uniformly in it.
   */
  lengthBiased(): Distribution;
}

export interface ConstantDistribution extends Distribution {
  /** The one value: a network with such a delay draws nothing. */
  readonly constant: number;
}

/** A uniform number on (0, 1): laws with an infinite quantile at 0 or 1 draw from this. */
export function open01(random: Random): number {
  return random.next() || 2 ** -54;
}

/** Refuses a parameter of a law that is not finite or is below (or at) its least value. */
export function check(law: string, parameter: string, value: number, least: number, positive = false): void {
  if (Number.isFinite(value) && (positive ? value > least : value >= least)) return;
  throw new BadData(
    `${law} distribution with ${parameter} ${value}: expected a finite number ${positive ? "above" : "of at least"} ${least}.`,
  );
}

/** Always the same value. */
export function constant(value: number): ConstantDistribution {
  check("constant", "value", value, 0);
  const distribution: ConstantDistribution = {
    name: `constant(${value})`,
    constant: value,
    mean: value,
    variance: 0,
    draw: () => value,
    cdf: (x) => (x >= value ? 1 : 0),
    quantile: () => value,
    lengthBiased: () => distribution,
  };
  return distribution;
}

/** Density proportional to x^power between the bounds; power 0 is the uniform distribution. */
function powerLaw(name: string, low: number, high: number, power: number): Distribution {
  /** Integral of x^exponent between the bounds, times the constant that all integrals share. */
  const integral = (exponent: number): number => (high ** (exponent + 1) - low ** (exponent + 1)) / (exponent + 1);
  const mass = integral(power);
  const mean = integral(power + 1) / mass;
  const quantile = (p: number): number =>
    power === 0 ? low + (high - low) * p : (low ** (power + 1) + p * (power + 1) * mass) ** (1 / (power + 1));
  return {
    name,
    mean,
    variance: power === 0 ? (high - low) ** 2 / 12 : integral(power + 2) / mass - mean * mean,
    draw: (random) => quantile(random.next()),
    cdf: (x) => (x <= low ? 0 : x >= high ? 1 : (x ** (power + 1) - low ** (power + 1)) / (power + 1) / mass),
    quantile,
    lengthBiased: () => powerLaw(`length-biased ${name}`, low, high, power + 1),
  };
}

/** The uniform law between two values, `low` < `high`. */
export function uniform(low: number, high: number): Distribution {
  check("uniform", "low", low, 0);
  check("uniform", "high", high, low, true);
  return powerLaw(`uniform(${low} to ${high})`, low, high, 0);
}

/** A value plus a draw: a least delay and what comes on top. */
export function shifted(least: number, rest: Distribution): Distribution {
  check("shifted", "least value", least, 0);
  return {
    name: `${least} + ${rest.name}`,
    mean: least + rest.mean,
    variance: rest.variance,
    draw: (random) => least + rest.draw(random),
    cdf: (x) => rest.cdf(x - least),
    quantile: (p) => least + rest.quantile(p),
    // (least + y) f(y) splits into a part that is not biased and one that is.
    lengthBiased: () =>
      shifted(
        least,
        mixture([
          [least, rest],
          [rest.mean, rest.lengthBiased()],
        ]),
      ),
  };
}

/** Draws from one of several distributions, chosen with probability proportional to its weight. */
export function mixture(parts: readonly (readonly [weight: number, part: Distribution])[]): Distribution {
  const total = parts.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight] of parts) check("mixture", "weight", weight, 0);
  check("mixture", "sum of weights", total, 0, true);
  const average = (value: (part: Distribution) => number): number =>
    parts.reduce((sum, [weight, part]) => sum + (weight / total) * value(part), 0);
  const mean = average((part) => part.mean);
  const cdf = (x: number): number => average((part) => part.cdf(x));
  const last = parts.at(-1)![1];
  return {
    name: `mixture(${parts.map(([weight, part]) => `${weight} x ${part.name}`).join(", ")})`,
    mean,
    variance: average((part) => part.variance + (part.mean - mean) ** 2),
    draw(random) {
      let left = random.next() * total;
      for (const [weight, part] of parts) if ((left -= weight) < 0) return part.draw(random);
      return last.draw(random);
    },
    cdf,
    quantile: (p) => invert(cdf, p, mean),
    lengthBiased: () => mixture(parts.map(([weight, part]) => [weight * part.mean, part.lengthBiased()])),
  };
}

/** One of the given values, chosen with probability proportional to its weight (all alike if none are given). */
export function empirical(values: readonly number[], weights?: readonly number[]): Distribution {
  if (values.length === 0) throw new BadData("empirical distribution of no values: expected at least one.");
  const pairs = values.map((value, i) => ({ value, weight: weights === undefined ? 1 : (weights[i] ?? 0) }));
  pairs.sort((a, b) => a.value - b.value);
  const reached: number[] = [];
  let total = 0;
  for (const { value, weight } of pairs) {
    check("empirical", "value", value, 0);
    check("empirical", "weight", weight, 0);
    reached.push((total += weight));
  }
  check("empirical", "sum of weights", total, 0, true);
  const average = (f: (value: number) => number): number =>
    pairs.reduce((sum, { value, weight }) => sum + (weight / total) * f(value), 0);
  const mean = average((value) => value);
  /** Number of values whose weights, added up, come to no more than `bound`. */
  const count = (bound: number): number => {
    let low = 0;
    let high = pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (reached[middle]! <= bound) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const at = (index: number): number => pairs[Math.min(index, pairs.length - 1)]!.value;
  return {
    name: `empirical(${values.length} values, mean ${mean})`,
    mean,
    variance: average((value) => (value - mean) ** 2),
    draw: (random) => at(count(random.next() * total)),
    cdf: (x) => average((value) => (value <= x ? 1 : 0)),
    quantile(p) {
      const i = reached.findIndex((weight) => weight >= p * total);
      return at(i < 0 ? pairs.length : i);
    },
    lengthBiased: () =>
      empirical(
        pairs.map(({ value }) => value),
        pairs.map(({ value, weight }) => value * weight),
      ),
  };
}

/** Solves cdf(x) = p by bisection; `start` is any positive x of the right size. */
export function invert(cdf: (x: number) => number, p: number, start: number): number {
  let high = start > 0 ? start : 1;
  while (cdf(high) < p) high *= 2;
  let low = 0;
  for (let i = 0; i < 200 && low < high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return high;
}
