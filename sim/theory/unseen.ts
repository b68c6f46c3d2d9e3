/**
 * How many nodes there are at least that were never seen to fail, judged by those that were.
 *
 * Source: A. Chao, Nonparametric estimation of the number of classes in a population, Scandinavian Journal of Statistics 11 (1984):
 * if f1 nodes failed once and f2 twice, at least f1^2 / (2 f2) did not fail. By the Cauchy-Schwarz inequality this holds on
 * average whatever the nodes' rates are, as long as each fails by a Poisson process. Here in the form without bias,
 * f1 (f1 - 1) / (2 (f2 + 1)).
 */
export function unseenAtLeast(failures: readonly number[]): number {
  const times = (wanted: number): number => failures.filter((count) => count === wanted).length;
  const once = times(1);
  return (once * (once - 1)) / (2 * (times(2) + 1));
}
