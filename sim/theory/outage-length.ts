/** How long outages are, as the time of outages sees them. */
import type { Distribution } from "../chance/distribution.ts";
import { simpson } from "../chance/special.ts";

/**
 * E[D^2]/E[D] of outages that begin when the last of so many places goes down, and end when the first of them returns; each is down for
 * times of this law. The variance of the time of many independent outages is this times its mean.
 *
 * An outage outlasts t if the new downtime does, and the rests of the others. With S(t) = P(downtime > t), mean m, and R(t) of the rest, R' = -S/m, so
 * P(D > t) = S R^(n-1), E[D] = m/n and E[D^2] = 2 m/n times the integral of R^n (D. R. Cox, Renewal Theory, 1962, chapter 5).
 */
export function outageLength(down: Distribution, places: number): number {
  const { mean, variance } = down;
  if (places === 1) return mean + variance / mean;
  if (down.memoryless === true) return (2 * mean) / places;
  const biased = down.lengthBiased();
  const rest = (t: number): number => Math.max(0, 1 - biased.cdf(t) - (t * (1 - down.cdf(t))) / mean);
  // t = mean x / (1 - x)^2, which is dense at 0 and reaches far.
  const integrand = (x: number): number =>
    x >= 1 ? 0 : (rest((mean * x) / (1 - x) ** 2) ** places * mean * (1 + x)) / (1 - x) ** 3;
  return 2 * simpson(integrand, 0, 1, 2000);
}
