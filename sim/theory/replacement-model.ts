/**
 * What theory says of a troupe whose members fail independently, at a constant rate each, and are replaced by a policy: chains over the
 * number of members that live.
 *
 * Source: dissertation, chapter 6 (parallel replacement); its variants for one repairer, for replacement together at a threshold or
 * at visits, and with total loss absorbing, are birth-death chains and their kin (S. M. Ross, Introduction to
 * Probability Models, chapter 6).
 */
import type { ReplacementPolicy } from "../../protocols/troupe/replacement-policy.ts";
import { meanTimeTo, noRates, stationary, stationaryUnderVisits, timesBetween, type Rates } from "./markov.ts";

/** Mean times in any one unit; a policy's period and delay in the same. Those that fail during a replacement together are included. */
export interface ReplacementModel {
  readonly members: number;
  readonly lifetime: number;
  readonly replacement: number;
  readonly policy: ReplacementPolicy;
  /** Mean time until a machine comes back by itself, which the policies `delayed` and `none` wait for. Left out: never. */
  readonly comeback?: number;
  /** Left out: never short of them. */
  readonly spares?: { readonly number: number; readonly repair: number };
  /** Left out: there are none. `inside`: how many members are in each. */
  readonly racks?: { readonly inside: readonly number[]; readonly lifetime: number; readonly repair: number };
}

/** A time that is observed, of a troupe that begins with all members: from and to so long after that. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The longest mean replacement time with which n members reach an availability: (1/L) q/(1-q), q = (1-A)^(1/n). */
export function requiredReplacement(members: number, lifetime: number, availability: number): number {
  const q = (1 - availability) ** (1 / members);
  return (lifetime * q) / (1 - q);
}

/** State a: so many members live. For the policies `eager` and `threshold`, without spares. */
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
 * The same troupe under a policy that is eager; null if there is none. What comes back by itself is a replacement in parallel. When
 * each place is looked after by itself, shares of time depend on the mean time alone that one is down (alternating renewal
 * processes: Ross, chapter 7): the delay with the machine not back yet, and the rest of a race.
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
 * Whether a troupe is known at any time after its beginning, by the number of its members alone; else only its long-run shares are known.
 */
export function isKnownFromBeginning({ policy, spares, racks }: ReplacementModel): boolean {
  const isChain = policy.kind === "eager" || policy.kind === "threshold" || policy.kind === "none";
  return isChain && spares === undefined && racks === undefined;
}

/** The shares of a span of time, or in the long run, with 0, 1, ... n members; null where no chain is known. */
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

/** States in the order in which their shares fall: the last digits count. */
function sharesOfChain(rates: Rates): number[] {
  return stationary([...rates].reverse().map((row) => [...row].reverse())).reverse();
}

function sharesUnderVisits({ members, lifetime, replacement }: ReplacementModel, period: number): number[] {
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
  const shares = stationaryUnderVisits(rates, period, visited);
  return Array.from({ length: members + 1 }, (_, a) => shares[2 * a]! + (shares[2 * a + 1] ?? 0));
}

/** State: how many live, and how many machines are in repair. All others are spares, or about to take a place. */
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

/** Racks are independent. State 2k: the rack is up, and k machines are. State 2k + 1: it is down, and k machines wait for it. */
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
 * The mean time from all members up to the first moment with none; null where it depends on more than how many live. If
 * time is observed for a span from the beginning on: the mean time, from all members up, that is seen until there is none or the span ends, over
 * the mean number of moments with none. It is longer, since what begins late in a span seldom comes to its end.
 */
export function timeToTotalLoss(given: ReplacementModel, span?: number): number | null {
  const { policy, spares, racks, members } = given;
  if (policy.kind === "periodic" || policy.kind === "delayed" || spares !== undefined) return null;
  const model = asEager(given)!;
  if (racks !== undefined && (racks.inside.length > 1 || policy.kind === "threshold")) return null;
  const rates = chain(model);
  if (span === undefined) return meanTimeTo(rates, members, 0);
  // State a: a live, and there was no moment with none since all did; n + 1 + a: there was.
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

/** Members replaced per unit of time: in the long run as many as fail, but for those that come back by themselves. */
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
