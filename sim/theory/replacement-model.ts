/**
 * The theory of a troupe whose members fail independently, each at a constant rate, and are replaced by a policy:
 * Markov chains over the number of living members.
 *
 * Source: dissertation, chapter 6 (parallel replacement). The variants for one repairer, for replacement together at a
 * threshold or at visits, and with total loss as an absorbing state, are birth-death chains and similar chains (S. M.
 * Ross, Introduction to Probability Models, chapter 6).
 */
import type { ReplacementPolicy } from "../../protocols/troupe/replacement-policy.ts";
import { meanTimeTo, noRates, stationary, stationaryUnderVisits, timesBetween, type Rates } from "./markov.ts";

/**
 * All times are means in one unit, which is also the unit of the policy's period and delay. A replacement together
 * includes the members that fail while it is under way.
 */
export interface ReplacementModel {
  readonly members: number;
  readonly lifetime: number;
  readonly replacement: number;
  readonly policy: ReplacementPolicy;
  /**
   * Mean time until a machine comes back by itself, which the policies `delayed` and `none` wait for. Left out: never.
   */
  readonly comeback?: number;
  /** Left out: spares never run out. */
  readonly spares?: { readonly number: number; readonly repair: number };
  /** Left out: no racks. `inside`: how many members are in each rack. */
  readonly racks?: { readonly inside: readonly number[]; readonly lifetime: number; readonly repair: number };
}

/** An observed span of time. `from` and `to` count from the beginning, at which the troupe has all its members. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The longest mean replacement time with which n members of mean lifetime T reach the availability A: T q/(1-q), where
 * q = (1-A)^(1/n).
 */
export function requiredReplacement(members: number, lifetime: number, availability: number): number {
  const q = (1 - availability) ** (1 / members);
  return (lifetime * q) / (1 - q);
}

/** State a: a members live. For the policies `eager` and `threshold`, without spares. */
export function chain({ members, lifetime, replacement, policy, racks }: ReplacementModel): Rates {
  const rates = noRates(members + 1);
  for (let a = 0; a <= members; a++) {
    if (a > 0) rates[a]![a - 1] = a / lifetime;
    if (a > 0 && racks !== undefined) rates[a]![0]! += 1 / racks.lifetime;
    if (policy.kind === "threshold") {
      if (a <= policy.threshold && a < members) rates[a]![members]! += 1 / replacement;
    } else if (policy.kind === "eager" && a < members) {
      rates[a]![a + 1] = (policy.repairers === "many" ? members - a : 1) / replacement;
    }
  }
  return rates;
}

/**
 * The equivalent troupe under the policy `eager`; null if there is none. A machine that comes back by itself counts as
 * a replacement in parallel. If places are independent, the shares of time depend only on the mean downtime of a place
 * (alternating renewal processes: Ross, chapter 7). Under `delayed` the mean downtime is the mean wait, which the
 * comeback or the end of the delay ends, and then the mean of the race between comeback and replacement.
 */
function asEager(model: ReplacementModel): ReplacementModel | null {
  const { policy, replacement, comeback = Infinity } = model;
  const eager = { kind: "eager", repairers: "many" } as const;
  if (policy.kind === "none") return { ...model, policy: eager, replacement: comeback };
  if (policy.kind !== "delayed") return model;
  if (policy.repairers === "one") return null;
  const { delay } = policy;
  const back = 1 / comeback;
  const waited = back === 0 ? delay : -Math.expm1(-back * delay) / back;
  const down = waited + Math.exp(-back * delay) / (back + 1 / replacement);
  return { ...model, policy: eager, replacement: down };
}

/**
 * Whether the chain over the number of members gives the state at any time after the beginning. Otherwise only the
 * long-run shares are known.
 */
export function isKnownFromBeginning({ policy, spares, racks }: ReplacementModel): boolean {
  const isChain = policy.kind === "eager" || policy.kind === "threshold" || policy.kind === "none";
  return isChain && spares === undefined && racks === undefined;
}

/** The shares of time with 0, 1, ... n members, in the span or in the long run; null where no chain is known. */
export function sharesOfTime(given: ReplacementModel, span?: Span): number[] | null {
  const model = asEager(given);
  if (model === null) return null;
  if (span !== undefined && isKnownFromBeginning(given)) {
    const { from, to } = span;
    return timesBetween(chain(model), model.members, from, to).map((time) => time / (to - from));
  }
  const { policy, spares, racks } = model;
  if (policy.kind === "eager" && (spares === undefined || racks === undefined)) {
    if (spares !== undefined) return sharesWithSpares(model, policy.repairers, spares);
    if (racks !== undefined) return policy.repairers === "one" ? null : sharesInRacks(model, racks);
  }
  if (spares !== undefined || racks !== undefined) return null;
  return policy.kind === "periodic" ? sharesUnderVisits(model, policy.period) : sharesOfChain(chain(model));
}

/** Solves the chain with its states in the order of falling shares, which keeps the last digits exact. */
function sharesOfChain(rates: Rates): number[] {
  return stationary([...rates].reverse().map((row) => [...row].reverse())).reverse();
}

function sharesUnderVisits({ members, lifetime, replacement }: ReplacementModel, period: number): number[] {
  // State 2a: a members live, and no replacement is under way. State 2a + 1: the failed members are being replaced.
  const rates = noRates(2 * members + 1);
  const visited: number[] = [];
  for (let a = 0; a <= members; a++) {
    for (const state of a < members ? [2 * a, 2 * a + 1] : [2 * a]) {
      if (a > 0) rates[state]![state - 2] = a / lifetime;
      if (state % 2 === 1) rates[state]![2 * members] = 1 / replacement;
      visited.push(a < members ? 2 * a + 1 : state);
    }
  }
  const shares = stationaryUnderVisits(rates, period, visited);
  return Array.from({ length: members + 1 }, (_, a) => shares[2 * a]! + (shares[2 * a + 1] ?? 0));
}

/** State: the number of living members, and of machines in repair. All other machines are spares or replacements. */
function sharesWithSpares(
  { members, lifetime, replacement }: ReplacementModel,
  repairers: "one" | "many",
  { number, repair }: { readonly number: number; readonly repair: number },
): number[] {
  const states: (readonly [number, number])[] = [];
  for (let a = members; a >= 0; a--) for (let r = 0; r <= members + number - a; r++) states.push([a, r]);
  const at = new Map(states.map(([a, r], index) => [`${a} ${r}`, index]));
  const rates = noRates(states.length);
  for (const [index, [a, r]] of states.entries()) {
    const underWay = Math.min(members - a, members + number - a - r, repairers === "one" ? 1 : Infinity);
    if (a > 0) rates[index]![at.get(`${a - 1} ${r + 1}`)!] = a / lifetime;
    if (underWay > 0) rates[index]![at.get(`${a + 1} ${r}`)!] = underWay / replacement;
    if (r > 0) rates[index]![at.get(`${a} ${r - 1}`)!] = r / repair;
  }
  const shares = Array.from({ length: members + 1 }, () => 0);
  for (const [index, share] of stationary(rates).entries()) shares[states[index]![0]]! += share;
  return shares;
}

/**
 * Racks are independent. State 2k: the rack and k machines are up. State 2k + 1: the rack is down; k machines wait for
 * it.
 */
function sharesInRacks(
  { lifetime, replacement }: ReplacementModel,
  racks: { readonly inside: readonly number[]; readonly lifetime: number; readonly repair: number },
): number[] {
  let all = [1];
  for (const inside of racks.inside) {
    const rates = noRates(2 * inside + 2);
    for (let k = 0; k <= inside; k++) {
      if (k > 0) rates[2 * k]![2 * k - 2] = k / lifetime;
      rates[2 * k]![1]! += 1 / racks.lifetime;
      rates[2 * k + 1]![2 * k]! += 1 / racks.repair;
      for (const state of [2 * k, 2 * k + 1]) if (k < inside) rates[state]![state + 2] = (inside - k) / replacement;
    }
    const shares = sharesOfChain(rates);
    const up = Array.from({ length: inside + 1 }, (_, k) => shares[2 * k]!);
    for (let k = 0; k <= inside; k++) up[0]! += shares[2 * k + 1]!;
    const sum = Array.from({ length: all.length + inside }, () => 0);
    for (const [a, share] of all.entries()) for (const [k, more] of up.entries()) sum[a + k]! += share * more;
    all = sum;
  }
  return all;
}

/** The share of time with fewer than `needed` members. */
export function shareBelow(model: ReplacementModel, needed: number, span?: Span): number | null {
  return (
    sharesOfTime(model, span)
      ?.slice(0, needed)
      .reduce((sum, share) => sum + share, 0) ?? null
  );
}

/**
 * The mean time from all members up until no member is up; null where it depends on more than the number of living
 * members.
 *
 * With `span`, the observation lasts `span` from the beginning: the mean time observed between all members up and
 * either total loss or the end of the span, divided by the mean number of total losses. This is longer than the mean
 * without `span`, since a run that begins late in the span seldom reaches its total loss.
 */
export function timeToTotalLoss(given: ReplacementModel, span?: number): number | null {
  const { policy, spares, racks, members } = given;
  if (policy.kind === "periodic" || policy.kind === "delayed" || spares !== undefined) return null;
  const model = asEager(given)!;
  if (racks !== undefined && (racks.inside.length > 1 || policy.kind === "threshold")) return null;
  const rates = chain(model);
  if (span === undefined) return meanTimeTo(rates, members, 0);
  // State a: a members live, with no total loss since all members lived. State n + 1 + a: a live, after a total loss.
  const after = members + 1;
  const told = noRates(2 * after);
  for (const [a, row] of rates.entries()) {
    for (const [b, rate] of row.entries()) {
      told[a]![b === 0 ? after : b]! += rate;
      told[after + a]![b === members ? members : after + b]! += rate;
    }
  }
  const times = timesBetween(told, members, 0, span);
  let [exposed, losses] = [0, 0];
  for (let a = 1; a <= members; a++) {
    exposed += times[a]!;
    losses += times[a]! * rates[a]![0]!;
  }
  return exposed / losses;
}

/**
 * Replacements per unit of time: in the long run the rate of failures, less the machines that come back by themselves.
 */
export function replacementRate(model: ReplacementModel, span?: Span): number | null {
  const { policy, lifetime, replacement, comeback = Infinity, racks } = model;
  if (policy.kind === "none") return 0;
  const shares = sharesOfTime(model, span);
  if (shares === null) return null;
  if (span !== undefined && isKnownFromBeginning(model)) {
    const rates = chain(model);
    return shares.reduce(
      (sum, share, a) => sum + share * rates[a]!.reduce((up, rate, b) => up + (b > a ? rate * (b - a) : 0), 0),
      0,
    );
  }
  const living = shares.reduce((sum, share, a) => sum + share * a, 0);
  const failures = living * (1 / lifetime + (racks === undefined ? 0 : 1 / racks.lifetime));
  if (policy.kind !== "delayed") return failures;
  return (failures * Math.exp(-policy.delay / comeback)) / (1 + replacement / comeback);
}
