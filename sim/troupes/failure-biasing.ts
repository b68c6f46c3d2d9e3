/**
 * Failure biasing: members fail more often, and replacements take longer, so that outages are frequent. Each
 * observation counts with its likelihood (sim/chance/likelihood.ts).
 *
 * The guide is the chain over the number of living members (replacement-model.ts). In each state the next step is a
 * failure with the conditional probability that it has in the chain, given that all members fail before all are members
 * again. For the chain itself this leaves almost no variance (P. L'Ecuyer and B. Tuffin, Approximating zero-variance
 * importance sampling in a reliability setting, Annals of Operations Research 189, 2011). Replacements keep a small
 * share of the probability, since other quantities are measured too. The sum of all rates stays the same, so that the
 * times between steps have no weight of their own.
 *
 * The estimates are unbiased for any guide. Their variance depends on how closely the troupe follows its chain.
 */
import type { Rates } from "../theory/markov.ts";

/** Factors on the rates at which the lives of members, and the replacements, end. */
export interface Bias {
  readonly lives: number;
  readonly replacements: number;
}

/** The greatest biased probability of a failure; a greater unbiased probability is kept. */
const greatest = 0.9;

export const unbiased: Bias = { lives: 1, replacements: 1 };

/** The probability to come down from state `from` to state `to` by single steps: a product of `down`. */
function path(down: readonly number[], from: number, to: number): number {
  return down.slice(to + 1, from + 1).reduce((product, chance) => product * chance, 1);
}

/** By state a of a chain that goes down by single steps: the probability to reach a - 1 before the highest state. */
function chancesDown(rates: Rates): number[] {
  const highest = rates.length - 1;
  const down = rates.map(() => 1);
  for (let a = highest - 1; a > 0; a--) {
    let escapes = 0;
    for (let b = a + 1; b <= highest; b++) escapes += rates[a]![b]! * (1 - (b === highest ? 0 : path(down, b, a)));
    down[a] = rates[a]![a - 1]! / (rates[a]![a - 1]! + escapes);
  }
  return down;
}

/** The probability that the chain, from one below its highest state, reaches state 0 before the highest state. */
export function chanceOfLoss(rates: Rates): number {
  return path(chancesDown(rates), rates.length - 2, 0);
}

/**
 * Means of the likelihood and of its square, over cycles of a biased chain. A cycle that misses the state counts as 0.
 */
interface Likelihoods {
  readonly first: number;
  readonly second: number;
}

/** Likelihoods over cycles from one below the highest state to the highest state; the state to reach is `to`. */
export function likelihoods(rates: Rates, bias: readonly Bias[], to: number): Likelihoods {
  const highest = rates.length - 1;
  const chances = (row: readonly number[], a: number, of: Bias): number[] => {
    const hurried = row.map((rate, b) => (b === a ? 0 : rate * (b < a ? of.lives : of.replacements)));
    const sum = hurried.reduce((total, rate) => total + rate, 0);
    return hurried.map((rate) => (sum === 0 ? 0 : rate / sum));
  };
  const natural = rates.map((row, a) => chances(row, a, unbiased));
  const biased = rates.map((row, a) => chances(row, a, bias[a]!));
  const mean = (weight: (chance: number, hurried: number) => number): number => {
    const values = rates.map((_, a): number => (a <= to ? 1 : 0));
    // Sweeps upwards. The k-th sweep is exact for all paths that turn back fewer than k times.
    for (let sweep = 0; sweep < 1000; sweep++) {
      for (let a = to + 1; a < highest; a++) {
        values[a] = natural[a]!.reduce(
          (sum, chance, b) => sum + (chance === 0 ? 0 : weight(chance, biased[a]![b]!) * values[b]!),
          0,
        );
      }
    }
    return values[highest - 1]!;
  };
  return { first: mean((chance) => chance), second: mean((chance, hurried) => (chance * chance) / hurried) };
}

/**
 * The size of an event: the likelihood-weighted contribution of one outage to the time of outages, weighted by length.
 * `mean` and `meanSquare` are E[D] and E[D^2] of the length D of an outage. The subtracted term matters where most
 * cycles have an outage, so that outages are not rare events.
 */
export function sizeOfOutage({ first, second }: Likelihoods, mean: number, meanSquare: number): number {
  return (second * meanSquare) / (first * mean) - first * mean;
}

/** The bias for each number of living members, for a chain that goes down by single steps. */
export function failureBias(rates: Rates): Bias[] {
  const down = chancesDown(rates);
  const highest = rates.length - 1;
  return rates.map((row, a) => {
    const replacements = row.slice(a + 1).reduce((sum, rate) => sum + rate, 0);
    if (a === 0 || replacements === 0) return unbiased;
    const failures = row[a - 1]!;
    const sum = failures + replacements;
    let returns = 0;
    for (let b = a + 1; b < highest; b++) returns += row[b]! * path(down, b, a - 1);
    const guided = failures / (failures + returns);
    const share = Math.max(failures / sum, Math.min(guided, greatest));
    return { lives: (share * sum) / failures, replacements: ((1 - share) * sum) / replacements };
  });
}
