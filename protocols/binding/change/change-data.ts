/** What coordinator and members send each other in a change of membership: plain data. */
import type { CallName, RetainedCall } from "../../call/server/retained-call.ts";
import type { Milliseconds } from "../../host.ts";
import type { ClientProgress } from "../../message/retention.ts";
import type { TroupeId } from "../../troupe/troupe.ts";
import type { ProcessId } from "../register/register.ts";

/** The null procedure's argument: what a Ringmaster member tells the member that it asks. */
export interface Greeting {
  readonly from: ProcessId;
  /** The Ringmaster's own epoch and number of members. */
  readonly epoch: number;
  readonly size: number;
  /** The present troupe ID, as far as the asker knows. */
  readonly id: TroupeId;
  /** What the member answered last time, if that was heard. */
  readonly echo: Milliseconds | null;
}

/** An office: who may change the membership of the epoch. */
export interface Office {
  readonly epoch: number;
  readonly term: number;
  readonly coordinator: ProcessId;
}

/** What a frozen member has executed and keeps. */
export interface FreezeReport {
  /** False if executions under way did not end in time, or the member was told of a loss just now: fellows may be at any moment. */
  readonly quiet: boolean;
  readonly calls: readonly CallName[];
  /** Calls that it made itself and that ended without an answer, since their callee is lost; in order. */
  readonly losses: readonly string[];
  /** What it has executed and has not answered, because of those. */
  readonly withheld: readonly CallName[];
}

/** What a frozen member has executed and keeps, whole. */
export interface RetainedCalls {
  readonly calls: readonly RetainedCall[];
  readonly clients: readonly ClientProgress[];
}

/** A part of it. */
export interface RetainedCallsPage extends RetainedCalls {
  /** How many calls come after these. */
  readonly left: number;
}

/** The pieces of a state, in order, and the digest of the whole. */
export interface Manifest {
  readonly digest: number;
  readonly bytes: number;
  readonly pieces: readonly number[];
}
