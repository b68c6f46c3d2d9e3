/**
 * When failed members of a troupe are replaced: a policy is a small value, and what is due is a function of it and of what is
 * known. Who repairs asks after each change of what it knows, and at the time that `nextVisit` gives.
 *
 * Source: the question is that of the dissertation, chapter 6; the choice of policies is ours.
 */
import type { Milliseconds } from "../host.ts";

export type ReplacementPolicy =
  /** Each as soon as its failure is known; if there is one repairer, one after the other, in the order of their failures. */
  | { readonly kind: "eager"; readonly repairers: "one" | "many" }
  /** As eager, but a machine has so much time first to come back by itself. */
  | { readonly kind: "delayed"; readonly delay: Milliseconds; readonly repairers: "one" | "many" }
  /** All that have failed, together, when at most so many survive. */
  | { readonly kind: "threshold"; readonly threshold: number }
  /** All that have failed, together, at each multiple of the period. */
  | { readonly kind: "periodic"; readonly period: Milliseconds }
  /** Nobody: a machine comes back by itself or not at all. */
  | { readonly kind: "none" };

export interface Failed {
  /** The place in the troupe. */
  readonly place: number;
  /** When the failure became known. */
  readonly since: Milliseconds;
}

export interface Situation {
  readonly now: Milliseconds;
  /** The degree of replication that is wanted. */
  readonly members: number;
  /** Members that are known to have failed and are not being replaced, in the order in which that became known. */
  readonly failed: readonly Failed[];
  /** How many members are being replaced. */
  readonly underWay: number;
  /** Machines that are ready to take a member's place. Infinity: as many as are asked for. */
  readonly spares: number;
}

/**
 * The groups of places whose replacement is to begin now; those of one group take one replacement time together. Each place takes
 * a spare; whoever gets none waits.
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

/** Whether a group takes in the members that fail while it is being replaced: they come back with it, as far as there are spares. */
export function takesIn({ kind }: ReplacementPolicy): boolean {
  return kind === "threshold" || kind === "periodic";
}

/** When to ask again though nothing will have changed; undefined: not before something changes. */
export function nextVisit(policy: ReplacementPolicy, { now, failed }: Situation): Milliseconds | undefined {
  if (policy.kind === "periodic") return (Math.floor(now / policy.period) + 1) * policy.period;
  if (policy.kind !== "delayed") return undefined;
  const times = failed.map(({ since }) => since + policy.delay).filter((time) => time > now);
  return times.length === 0 ? undefined : Math.min(...times);
}
