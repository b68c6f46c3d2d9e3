/**
 * The laws that lifetimes, repairs and delays are modelled by: exponential, Weibull, gamma, lognormal; and a table of
 * all laws that have a mean and at most one shape.
 */
import type { Random } from "../../protocols/host.ts";
import { BadData } from "../bad-data.ts";
import { check, constant, invert, open01, uniform, type Distribution } from "./distribution.ts";
import { gammaP, logGamma, normalCdf, normalQuantile } from "./special.ts";

/** A gamma variable of scale 1, shape >= 1: G. Marsaglia and W. W. Tsang, ACM TOMS 26 (2000) 363. */
function drawGamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = normalQuantile(open01(random));
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(open01(random)) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}

/**
 * scale * G^(1/power), where G is a gamma variable of the given shape (E. W. Stacy, 1962). Shape 1 is Weibull's law,
 * power 1 the gamma law, both 1 the exponential; the family is closed under length-biasing.
 */
function generalizedGamma(name: string, scale: number, shape: number, power: number): Distribution {
  const moment = (order: number): number =>
    scale ** order * Math.exp(logGamma(shape + order / power) - logGamma(shape));
  const memoryless = shape === 1 && power === 1;
  const mean = memoryless ? scale : moment(1);
  const cdf = (x: number): number =>
    x <= 0 ? 0 : shape === 1 ? -Math.expm1(-((x / scale) ** power)) : gammaP(shape, (x / scale) ** power);
  const quantile =
    shape === 1
      ? (p: number): number => scale * (-Math.log1p(-p)) ** (1 / power)
      : (p: number): number => invert(cdf, p, mean);
  const draw = memoryless
    ? (random: Random): number => -scale * Math.log(1 - random.next())
    : shape === 1
      ? (random: Random): number => scale * (-Math.log(1 - random.next())) ** (1 / power)
      : shape >= 1
        ? (random: Random): number => scale * drawGamma(shape, random) ** (1 / power)
        : // A gamma variable of shape + 1 times U^(1/shape).
          (random: Random): number =>
            scale * (drawGamma(shape + 1, random) * open01(random) ** (1 / shape)) ** (1 / power);
  return {
    name,
    mean,
    variance: moment(2) - mean * mean,
    memoryless,
    draw,
    cdf,
    quantile,
    lengthBiased: () => generalizedGamma(`length-biased ${name}`, scale, shape + 1 / power, power),
  };
}

/** The exponential law with this mean, which has no memory: constant failure rate 1 / mean. */
export function exponential(mean: number): Distribution {
  check("exponential", "mean", mean, 0, true);
  return generalizedGamma(`exponential(mean ${mean})`, mean, 1, 1);
}

/** P(X > x) = exp(-(x / scale)^shape). A shape below 1 means that the longer it has lived, the longer it will. */
export function weibull(shape: number, scale: number): Distribution {
  check("weibull", "shape", shape, 0, true);
  check("weibull", "scale", scale, 0, true);
  return generalizedGamma(`weibull(shape ${shape}, scale ${scale})`, scale, 1, shape);
}

/** The gamma law. Mean: shape * scale; variance: shape * scale^2. */
export function gamma(shape: number, scale: number): Distribution {
  check("gamma", "shape", shape, 0, true);
  check("gamma", "scale", scale, 0, true);
  return generalizedGamma(`gamma(shape ${shape}, scale ${scale})`, scale, shape, 1);
}

/** exp(Z), where Z is normal with this mean and standard deviation. */
export function lognormal(mu: number, sigma: number): Distribution {
  if (!Number.isFinite(mu)) throw new BadData(`lognormal distribution with mu ${mu}: expected a finite number.`);
  check("lognormal", "sigma", sigma, 0, true);
  const mean = Math.exp(mu + (sigma * sigma) / 2);
  const quantile = (p: number): number => Math.exp(mu + sigma * normalQuantile(p));
  return {
    name: `lognormal(mu ${mu}, sigma ${sigma})`,
    mean,
    variance: Math.expm1(sigma * sigma) * mean * mean,
    draw: (random) => quantile(open01(random)),
    cdf: (x) => (x <= 0 ? 0 : normalCdf((Math.log(x) - mu) / sigma)),
    quantile,
    lengthBiased: () => lognormal(mu + sigma * sigma, sigma),
  };
}

/** A law of the table: what its shape is, and the distribution with that shape and a given mean. */
export interface Law {
  /** What the shape parameter means and its value unless given; left out where the mean says all. */
  readonly shape?: { readonly help: string; readonly preset: number };
  /** The distribution with this mean and shape. */
  of(mean: number, shape: number): Distribution;
}

/** Laws by name. Presets of Weibull's and the gamma law are typical of machines: failures become rarer with age. */
export const laws: Readonly<Record<string, Law>> = {
  constant: { of: (mean) => constant(mean) },
  exponential: { of: (mean) => exponential(mean) },
  weibull: {
    shape: { help: "below 1: the failure rate falls with age", preset: 0.7 },
    of: (mean, shape) => weibull(shape, mean / Math.exp(logGamma(1 + 1 / shape))),
  },
  gamma: {
    shape: { help: "below 1: the failure rate falls with age", preset: 0.7 },
    of: (mean, shape) => gamma(shape, mean / shape),
  },
  lognormal: {
    shape: { help: "standard deviation of the logarithm", preset: 1 },
    of: (mean, shape) => lognormal(Math.log(mean) - (shape * shape) / 2, shape),
  },
  uniform: {
    shape: { help: "half the range over the mean, at most 1", preset: 1 },
    of: (mean, shape) => uniform(mean * (1 - shape), mean * (1 + shape)),
  },
};

/** The distribution with this law and mean. Throws BadData for an unknown law, a mean or shape out of range. */
export function law(name: string, mean: number, shape?: number): Distribution {
  const found = Object.hasOwn(laws, name) ? laws[name] : undefined;
  if (found === undefined) throw new BadData(`law "${name}": expected one of ${Object.keys(laws).join(", ")}.`);
  check(name, "mean", mean, 0, name !== "constant");
  if (shape !== undefined) {
    if (found.shape === undefined) throw new BadData(`law "${name}" with shape ${shape}: it has no shape.`);
    check(name, "shape", shape, 0, true);
  }
  return found.of(mean, shape ?? found.shape?.preset ?? 1);
}
