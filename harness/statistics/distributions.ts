/**
 * Distribution functions and quantiles that intervals need: Student's t, chi-square, beta, Fisher's F. The continued
 * fraction is that of Press et al., Numerical Recipes, chapter 6; quantiles are found by bisection on the distribution
 * function.
 */
import { gammaP, logGamma } from "../../sim/chance/special.ts";

const tiny = 1e-300;
const epsilon = 1e-16;
const maxTerms = 100_000;

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / Math.max(tiny, 1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < maxTerms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || tiny);
    c = 1 + even / c || tiny;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || tiny);
    c = 1 + odd / c || tiny;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < epsilon) break;
  }
  return fraction;
}

/** P(X <= x) of the beta distribution: the regularized incomplete beta function. */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const factor = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return (factor * betaFraction(a, b, x)) / a;
  return 1 - (factor * betaFraction(b, a, 1 - x)) / b;
}

/** P(T <= t) of Student's distribution. */
export function studentCdf(t: number, freedom: number): number {
  const tail = betaCdf(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/**
 * The point in [low, high] at which an increasing function reaches `target`, to the last bit that the function
 * resolves.
 */
export function bisect(cdf: (x: number) => number, target: number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (;;) {
    const middle = (a + b) / 2;
    if (middle <= a || middle >= b) return middle;
    if (cdf(middle) < target) a = middle;
    else b = middle;
  }
}

/** A power of two at which an increasing function has reached `target`. */
export function upperBound(cdf: (x: number) => number, target: number): number {
  let bound = 1;
  while (cdf(bound) < target) bound *= 2;
  return bound;
}

/** A function of a probability and of degrees of freedom that remembers: many intervals are of equally many values. */
function remembering(quantile: (p: number, freedom: number) => number): (p: number, freedom: number) => number {
  const known = new Map<string, number>();
  return (p, freedom) => {
    const key = `${p} ${freedom}`;
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = quantile(p, freedom)));
    return value;
  };
}

/** Student's t below which lies the share `p`, 0.5 <= p < 1, with any positive degrees of freedom. */
export const studentQuantile = remembering((p, freedom) => {
  // By the symmetric tail: 1 - p is exact where the distribution function is flat.
  const upperTail = (t: number): number => -betaCdf(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  const target = p - 1;
  return p === 0.5 ? 0 : bisect(upperTail, target, 0, upperBound(upperTail, target));
});

/** The chi-square quantile with any positive degrees of freedom. */
export const chiSquareQuantile = remembering((p, freedom) => {
  const cdf = (x: number): number => gammaP(freedom / 2, x / 2);
  return p <= 0 ? 0 : bisect(cdf, p, 0, upperBound(cdf, p));
});

/** The quantile of the beta distribution. */
export function betaQuantile(p: number, a: number, b: number): number {
  return bisect((x) => betaCdf(x, a, b), p, 0, 1);
}

/**
 * The quantile of Fisher's F with the same degrees of freedom above and below: if B is beta(d/2, d/2), then B/(1-B) is
 * F.
 */
export function fisherQuantile(p: number, freedom: number): number {
  const b = betaQuantile(p, freedom / 2, freedom / 2);
  return b / (1 - b);
}
