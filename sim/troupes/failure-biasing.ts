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
