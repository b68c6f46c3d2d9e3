/**
 * For how long a replaced troupe is observed, and from when on: it begins with all members, which the long run has not. Also how long its
 * outages are.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import { law } from "../chance/lifetimes.ts";
import { outageLength } from "../theory/outage-length.ts";
import { isKnownFromBeginning, type ReplacementModel, type Span } from "../theory/replacement-model.ts";
import type { Assumed } from "./replacement-assumptions.ts";

/** Names as in the `replacement` experiment. */
export interface Timed extends Assumed {
  readonly lifetimeLaw: string;
  readonly replacementLaw: string;
  readonly comebackLaw: string;
  readonly comeback: Milliseconds;
  readonly period: Milliseconds;
  readonly delay: Milliseconds;
  readonly spares: number;
  readonly repair: Milliseconds;
  readonly racks: number;
  readonly rackLifetime: Milliseconds;
  readonly rackRepair: Milliseconds;
  readonly trace: string;
  /** 0: 200 lifetimes. */
  readonly horizon: Milliseconds;
}

/** What is measured as a share of time begins after this share of it. */
export const warmUpShare = 0.1;

export function lengthOf({ horizon, lifetime }: Timed): Milliseconds {
  return horizon || 200 * lifetime;
}

/** The law of the time for which a place is down after its failure is known. */
function downLaw({ policy, comebackLaw, replacementLaw }: Timed): string {
  return policy === "none" ? comebackLaw : replacementLaw;
}

function isKnown(p: Timed, model: ReplacementModel): boolean {
  return p.lifetimeLaw === "exponential" && downLaw(p) === "exponential" && isKnownFromBeginning(model);
}

/** The span in which shares of time are measured, if the chain is known from the beginning on; else its long run is all that is known. */
export function spanOf(p: Timed, model: ReplacementModel): Span | undefined {
  if (p.trace !== "" || !isKnown(p, model)) return undefined;
  return { from: warmUpShare * lengthOf(p), to: lengthOf(p) };
}

/**
 * Where only the long run is known, a troupe must have forgotten by the time that counts that it began with all members: for two times what a
 * member can be down on average; if lifetimes are not exponential, for five lives with what is down between them. A sentence if it has not; else null.
 */
export function tooShort(p: Timed, model: ReplacementModel): string | null {
  if (p.trace !== "" || isKnown(p, model)) return null;
  const { policy, replacement, detection, period, delay, comeback, spares, repair, racks, rackRepair } = p;
  const down =
    (policy === "none" ? comeback : replacement + detection) +
    (policy === "periodic" ? period : policy === "delayed" ? delay : 0) +
    (spares > 0 ? repair : 0) +
    (racks > 0 ? rackRepair : 0);
  const least = (p.lifetimeLaw === "exponential" ? 2 * down : 5 * (p.lifetime + down)) / warmUpShare;
  if (lengthOf(p) >= least) return null;
  const hours = Number((least / 3_600_000).toPrecision(3));
  return `the horizon is shorter than ${hours} h, and all members are up at its beginning.`;
}

/** What outages with so many members missing add to the time of outages, as that time sees them: E[D^2]/E[D]. */
export function outageOf(p: Timed, missing: number): Milliseconds {
  const { policy, repairers, replacement, comeback, detection } = p;
  const down = law(downLaw(p), policy === "none" ? comeback : replacement);
  // All together; or each place by itself, until the first returns.
  const apart = policy === "none" || (policy === "eager" && repairers === "many");
  return detection + outageLength(down, apart ? missing : 1);
}
