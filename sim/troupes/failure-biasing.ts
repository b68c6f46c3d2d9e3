/**
 * Failure biasing: members are made to fail oftener, and replacements to take longer, such that an outage is near, and what is
 * seen counts with its likelihood (sim/chance/likelihood.ts).
 *
 * The chain over the number of members that live (replacement-model.ts) is the guide. In each state the next step is a failure with the
 * probability that it has in the chain given that all members will fail before all are members again: for the chain itself that
 * leaves almost no variance (P. L'Ecuyer and B. Tuffin, Approximating zero-variance importance sampling in a reliability
 * setting, Annals of Operations Research 189, 2011). A small share is left to replacements, for other things are measured too. The
 * sum of all rates remains, so that the times between steps have no weight of their own.
 *
 * The estimates are unbiased whatever the guide is. How good they are depends on how near the troupe is to its chain.
 */
import type { Rates } from "../theory/markov.ts";

/** How many times as soon, with so many that live, the lives of members and the replacements of others end. */
export interface Bias {
  readonly lives: number;
  readonly replacements: number;
}

/** The greatest probability of a failure that is not greater by nature. */
const greatest = 0.9;

export const unbiased: Bias = { lives: 1, replacements: 1 };

/** The product of chances to come down by single steps. */
function path(down: readonly number[], from: number, to: number): number {
  return down.slice(to + 1, from + 1).reduce((product, chance) => product * chance, 1);
}

/** By state a of a chain that goes down by single steps: the probability to come from a to a - 1 before the highest state. */
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

/** The probability that from one below the highest state the chain comes to 0 before the highest. */
export function chanceOfLoss(rates: Rates): number {
  return path(chancesDown(rates), rates.length - 2, 0);
}

/** The mean of the likelihood and of its square, over cycles of a biased chain; 0 counts for those that do not come to a state. */
interface Likelihoods {
  readonly first: number;
  readonly second: number;
}

/** Over cycles from one below the highest state to the highest, for those that come down to `to`. */
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
    // Sweeps upwards: each is exact for paths that turn back once less often than the next.
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
 * What an outage adds to the time of outages, as that time sees it, with the likelihood that it has: the size of an event. E[D] and E[D^2] are
 * those of an outage's length. It is less where most cycles have one, which are no rare events.
 */
export function sizeOfOutage({ first, second }: Likelihoods, mean: number, meanSquare: number): number {
  return (second * meanSquare) / (first * mean) - first * mean;
}

/** By the number that live, for a chain that goes down by single steps. */
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
