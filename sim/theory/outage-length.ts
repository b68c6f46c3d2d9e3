/** The length of outages, weighted by length. */
import type { Distribution } from "../chance/distribution.ts";
import { simpson } from "../chance/special.ts";

/**
 * E[D^2]/E[D], where D is the length of an outage. An outage begins when the last of n = `places` places goes down, and
 * ends when the first of them returns. The downtimes have the law `down`. The variance of the total time of many
 * independent outages is E[D^2]/E[D] times its mean.
 *
 * An outage outlasts t if the last downtime and the residual downtimes of the other places outlast t. With
 * S(t) = P(downtime > t), m = E[downtime] and R(t) = P(residual downtime > t): R' = -S/m, P(D > t) = S R^(n-1),
 * E[D] = m/n, and E[D^2] = 2 m/n times the integral of R^n (D. R. Cox, Renewal Theory, 1962, chapter 5).
 */
export function outageLength(down: Distribution, places: number): number {
  const { mean, variance } = down;
  if (places === 1) return mean + variance / mean;
  if (down.memoryless === true) return (2 * mean) / places;
  const biased = down.lengthBiased();
  const rest = (t: number): number => Math.max(0, 1 - biased.cdf(t) - (t * (1 - down.cdf(t))) / mean);
  // The substitution t = mean x / (1 - x)^2 puts many points near 0 and maps x = 1 to infinity.
  const integrand = (x: number): number =>
    x >= 1 ? 0 : (rest((mean * x) / (1 - x) ** 2) ** places * mean * (1 + x)) / (1 - x) ** 3;
  return 2 * simpson(integrand, 0, 1, 2000);
}
