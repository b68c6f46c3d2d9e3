/**
 * The span in which a replaced troupe is observed, and the length of its outages. The troupe begins with all members,
 * which differs from the long run.
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

/** Shares of time are measured after this share of the horizon. */
export const warmUpShare = 0.1;

export function lengthOf({ horizon, lifetime }: Timed): Milliseconds {
  return horizon || 200 * lifetime;
}

/** The law of the time from the detection of a failure until the place is up again. */
function downLaw({ policy, comebackLaw, replacementLaw }: Timed): string {
  return policy === "none" ? comebackLaw : replacementLaw;
}

function isKnown(p: Timed, model: ReplacementModel): boolean {
  return p.lifetimeLaw === "exponential" && downLaw(p) === "exponential" && isKnownFromBeginning(model);
}

/**
 * The span in which shares of time are measured, if the chain is known from the beginning; undefined: only the long run
 * is.
 */
export function spanOf(p: Timed, model: ReplacementModel): Span | undefined {
  if (p.trace !== "" || !isKnown(p, model)) return undefined;
  return { from: warmUpShare * lengthOf(p), to: lengthOf(p) };
}

/**
 * A sentence if the horizon is too short; else null. Where only the long run is known, the effect of the beginning with
 * all members must have faded before the counted span. The warm-up must last 2 mean downtimes of a member; if lifetimes
 * are not exponential, 5 mean lifetimes and downtimes.
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

/** E[D^2]/E[D], where D is the length of an outage with `missing` members missing. */
export function outageOf(p: Timed, missing: number): Milliseconds {
  const { policy, repairers, replacement, comeback, detection } = p;
  const down = law(downLaw(p), policy === "none" ? comeback : replacement);
  // Places return together; or each place returns by itself, and the first return ends the outage.
  const apart = policy === "none" || (policy === "eager" && repairers === "many");
  return detection + outageLength(down, apart ? missing : 1);
}
