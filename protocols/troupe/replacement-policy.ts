/**
 * Replacement policies: when failed members of a troupe are replaced. A policy is a small value. The replacements that
 * are due are a function of the policy and of the known situation. A repairer asks after each change of the situation,
 * and at the time that `nextVisit` gives.
 *
 * Source: the question is from the dissertation, chapter 6; the choice of policies is ours.
 */
import type { Milliseconds } from "../host.ts";

export type ReplacementPolicy =
  /**
   * Each member as soon as its failure is known. A single repairer replaces members one after the other, in the order
   * of failure.
   */
  | { readonly kind: "eager"; readonly repairers: "one" | "many" }
  /** As eager, after `delay` ms in which the machine may return by itself. */
  | { readonly kind: "delayed"; readonly delay: Milliseconds; readonly repairers: "one" | "many" }
  /** All failed members together, when at most `threshold` members survive. */
  | { readonly kind: "threshold"; readonly threshold: number }
  /** All failed members together, at each multiple of the period. */
  | { readonly kind: "periodic"; readonly period: Milliseconds }
  /** No replacement: a machine returns by itself or not at all. */
  | { readonly kind: "none" };

export interface Failed {
  /** The member's place in the troupe. */
  readonly place: number;
  /** When the failure became known. */
  readonly since: Milliseconds;
}

export interface Situation {
  readonly now: Milliseconds;
  /** The intended degree of replication. */
  readonly members: number;
  /** Members that are known to have failed and are not being replaced, in the order of discovery. */
  readonly failed: readonly Failed[];
  /** How many members are being replaced. */
  readonly underWay: number;
  /** The number of machines that can take a member's place. Infinity: no limit. */
  readonly spares: number;
}

/**
 * The groups of places whose replacement must begin now. The places of one group share one replacement time. Each place
 * takes a spare, and waits if there is none.
 */
export function due(policy: ReplacementPolicy, situation: Situation): readonly number[][] {
  const { now, members, failed, underWay, spares } = situation;
  switch (policy.kind) {
    case "none":
      return [];
    case "eager":
    case "delayed": {
      const least = policy.kind === "delayed" ? policy.delay : 0;
      const ripe = failed.filter(({ since }) => now >= since + least);
      const free = policy.repairers === "many" ? ripe.length : 1 - underWay;
      return ripe.slice(0, Math.max(0, Math.min(free, spares))).map(({ place }) => [place]);
    }
    case "threshold":
    case "periodic": {
      if (failed.length === 0 || underWay > 0 || spares === 0) return [];
      const begins =
        policy.kind === "threshold" ? members - failed.length <= policy.threshold : now % policy.period === 0;
      return begins ? [failed.slice(0, spares).map(({ place }) => place)] : [];
    }
  }
}

/**
 * Whether a group includes members that fail during its replacement. They return with the group, as far as there are
 * spares.
 */
export function takesIn({ kind }: ReplacementPolicy): boolean {
  return kind === "threshold" || kind === "periodic";
}

/** When to ask again although nothing has changed; undefined: not before a change. */
export function nextVisit(policy: ReplacementPolicy, { now, failed }: Situation): Milliseconds | undefined {
  if (policy.kind === "periodic") return (Math.floor(now / policy.period) + 1) * policy.period;
  if (policy.kind !== "delayed") return undefined;
  const times = failed.map(({ since }) => since + policy.delay).filter((time) => time > now);
  return times.length === 0 ? undefined : Math.min(...times);
}
