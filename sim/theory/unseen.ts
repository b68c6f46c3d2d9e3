/**
 * A lower bound on the number of nodes that were never seen to fail. `failures`: the number of failures of each node
 * seen.
 *
 * Source: A. Chao, Nonparametric estimation of the number of classes in a population, Scandinavian Journal of
 * Statistics 11 (1984): if f1 nodes failed once and f2 twice, at least f1^2 / (2 f2) did not fail. By the
 * Cauchy-Schwarz inequality this holds on average for any rates of the nodes, as long as each node fails by a Poisson
 * process. This function computes the bias-corrected form, f1 (f1 - 1) / (2 (f2 + 1)).
 */
export function unseenAtLeast(failures: readonly number[]): number {
  const times = (wanted: number): number => failures.filter((count) => count === wanted).length;
  const once = times(1);
  return (once * (once - 1)) / (2 * (times(2) + 1));
}
