/**
 * What theory says of a troupe whose members fail independently, at a constant rate each, and are replaced by a policy: chains over the
 * number of members that live.
 *
 * Source: dissertation, chapter 6 (parallel replacement); its variants for one repairer, for replacement together at a threshold or
 * at visits, and with total loss absorbing, are birth-death chains and their kin (S. M. Ross, Introduction to
 * Probability Models, chapter 6).
 */
import type { ReplacementPolicy } from "../protocols/binding/policy.ts";
import { meanTimeTo, noRates, stationary, stationaryUnderVisits, type Rates } from "./markov.ts";

/** Mean times in any one unit; a policy's period in the same. Those that fail during a replacement together are included. */
export interface ReplacementModel {
  readonly members: number;
  readonly lifetime: number;
  readonly replacement: number;
  readonly policy: ReplacementPolicy;
}

/** The longest mean replacement time with which n members reach an availability: (1/L) q/(1-q), q = (1-A)^(1/n). */
export function requiredReplacement(members: number, lifetime: number, availability: number): number {
  const q = (1 - availability) ** (1 / members);
  return (lifetime * q) / (1 - q);
}

/** State a: so many members live. For `delayed`, as for `eager`. */
function chain({ members, lifetime, replacement, policy }: ReplacementModel): Rates {
  const rates = noRates(members + 1);
  for (let a = 0; a <= members; a++) {
    if (a > 0) rates[a]![a - 1] = a / lifetime;
    if (policy.kind === "threshold") {
      if (a <= policy.threshold && a < members) rates[a]![members]! += 1 / replacement;
    } else if (policy.kind !== "periodic" && a < members) {
      rates[a]![a + 1] = (policy.repairers === "many" ? members - a : 1) / replacement;
    }
  }
  return rates;
}

/** The shares of time with 0, 1, ... n members; null for `delayed`, whose delay is no exponential time. */
export function sharesOfTime(model: ReplacementModel): number[] | null {
  const { members, lifetime, replacement, policy } = model;
  if (policy.kind === "delayed") return null;
  if (policy.kind !== "periodic") {
    return stationary([...chain(model)].reverse().map((row) => [...row].reverse())).reverse();
  }
  // State 2a: nothing is under way. State 2a + 1: the failed are being replaced.
  const rates = noRates(2 * members + 1);
  const visited: number[] = [];
  for (let a = 0; a <= members; a++) {
    for (const state of a < members ? [2 * a, 2 * a + 1] : [2 * a]) {
      if (a > 0) rates[state]![state - 2] = a / lifetime;
      if (state % 2 === 1) rates[state]![2 * members] = 1 / replacement;
      visited.push(a < members ? 2 * a + 1 : state);
    }
  }
  const shares = stationaryUnderVisits(rates, policy.period, visited);
  return Array.from({ length: members + 1 }, (_, a) => shares[2 * a]! + (shares[2 * a + 1] ?? 0));
}

/** The share of time with fewer than `needed` members. */
export function shareBelow(model: ReplacementModel, needed: number): number | null {
  return (
    sharesOfTime(model)
      ?.slice(0, needed)
      .reduce((sum, share) => sum + share, 0) ?? null
  );
}

/** The mean time from all members up to the first moment with none; null where it depends on when visits are. */
export function timeToTotalLoss(model: ReplacementModel): number | null {
  const { kind } = model.policy;
  if (kind === "periodic" || kind === "delayed") return null;
  return meanTimeTo(chain(model), model.members, 0);
}

/** Members replaced per unit of time: as many as fail. */
export function replacementRate(model: ReplacementModel): number | null {
  const shares = sharesOfTime(model);
  return shares === null ? null : shares.reduce((sum, share, a) => sum + share * a, 0) / model.lifetime;
}
