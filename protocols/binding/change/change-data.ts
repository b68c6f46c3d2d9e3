/** Data that a coordinator and the members exchange during a change of membership. All of it is plain data. */
import type { CallName, RetainedCall } from "../../call/server/retained-call.ts";
import type { Milliseconds } from "../../host.ts";
import type { ClientProgress } from "../../message/retention.ts";
import type { TroupeId } from "../../troupe/troupe.ts";
import type { ProcessId } from "../register/register.ts";

/** The null procedure's argument: what a Ringmaster member tells the member that it calls. */
export interface Greeting {
  readonly from: ProcessId;
  /** The Ringmaster's own epoch and number of members. */
  readonly epoch: number;
  readonly size: number;
  /** The latest troupe ID that the Ringmaster member knows. */
  readonly id: TroupeId;
  /** The clock reading in the member's previous answer, in ms; null if the Ringmaster member heard no answer. */
  readonly echo: Milliseconds | null;
}

/** An office: the right of one coordinator to change the membership of one epoch. */
export interface Office {
  readonly epoch: number;
  readonly term: number;
  readonly coordinator: ProcessId;
}

/** The calls that a frozen member has executed and retains, and the losses that it was told of. */
export interface FreezeReport {
  /**
   * False if executions did not end in time, or if the member was told of a loss so recently that other members may
   * still be told.
   */
  readonly quiet: boolean;
  readonly calls: readonly CallName[];
  /** This member's own calls that ended without an answer because their callee is lost, in order. */
  readonly losses: readonly string[];
  /** Calls that this member has executed and not answered, because of its losses. */
  readonly withheld: readonly CallName[];
}

/** All calls that a frozen member retains, with their bytes, and the progress of each client. */
export interface RetainedCalls {
  readonly calls: readonly RetainedCall[];
  readonly clients: readonly ClientProgress[];
}

/** One page of the retained calls. */
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

/** The state of a member after a call, as far as members compare their states (state/samples.ts). */
export interface Sample {
  /** Stands for the set of calls that the member had executed in this epoch. */
  readonly mark: number;
  /** The call that was executed last, as a person knows it. */
  readonly call: string;
  /** The digest of the whole state. */
  readonly state: number;
  /** Field and digest, in the order of the fields. What getState leaves out is here too. */
  readonly fields: readonly (readonly [string, number])[];
}
