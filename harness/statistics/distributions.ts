/**
 * Distribution functions and quantiles that intervals need: normal, Student's t, chi-square, beta. Continued fractions
 * and series as in Press et al., Numerical Recipes, chapter 6; quantiles by bisection on the distribution function.
 */

const lanczos = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_572e-6,
  1.505_632_735_149_311_6e-7,
];

/** The natural logarithm of the gamma function of `x` > 0 (Lanczos, g = 7). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  let sum = lanczos[0]!;
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i]! / (z + i);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

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

/** P(X <= x) of the gamma distribution with this shape and scale 1. */
export function gammaCdf(x: number, shape: number): number {
  if (x <= 0) return 0;
  const factor = Math.exp(-x + shape * Math.log(x) - logGamma(shape));
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let n = 1; n < maxTerms && term > sum * epsilon; n++) {
      term *= x / (shape + n);
      sum += term;
    }
    return factor * sum;
  }
  let b = x + 1 - shape;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < maxTerms; i++) {
    const a = -i * (i - shape);
    b += 2;
    d = 1 / (a * d + b || tiny);
    c = b + a / c || tiny;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < epsilon) break;
  }
  return 1 - factor * fraction;
}

/** P(T <= t) of Student's distribution. */
export function studentCdf(t: number, freedom: number): number {
  const tail = betaCdf(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The point at which an increasing function reaches `target`, between two bounds, to the last bit that it resolves. */
function bisect(cdf: (x: number) => number, target: number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (;;) {
    const middle = (a + b) / 2;
    if (middle <= a || middle >= b) return middle;
    if (cdf(middle) < target) a = middle;
    else b = middle;
  }
}

function upperBound(cdf: (x: number) => number, target: number): number {
  let bound = 1;
  while (cdf(bound) < target) bound *= 2;
  return bound;
}

/** Student's t below which lies the share `p`, 0.5 <= p < 1, with any positive degrees of freedom. */
export function studentQuantile(p: number, freedom: number): number {
  // By the symmetric tail: 1 - p is exact where the distribution function is flat.
  const upperTail = (t: number): number => -betaCdf(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  const target = p - 1;
  return p === 0.5 ? 0 : bisect(upperTail, target, 0, upperBound(upperTail, target));
}

/** The standard normal quantile, 0.5 <= p < 1. */
export function normalQuantile(p: number): number {
  const cdf = (x: number): number => 0.5 + gammaCdf((x * x) / 2, 0.5) / 2;
  return p === 0.5 ? 0 : bisect(cdf, p, 0, upperBound(cdf, p));
}

/** The chi-square quantile with any positive degrees of freedom. */
export function chiSquareQuantile(p: number, freedom: number): number {
  const cdf = (x: number): number => gammaCdf(x / 2, freedom / 2);
  return p <= 0 ? 0 : bisect(cdf, p, 0, upperBound(cdf, p));
}

/** The quantile of the beta distribution. */
export function betaQuantile(p: number, a: number, b: number): number {
  return bisect((x) => betaCdf(x, a, b), p, 0, 1);
}
