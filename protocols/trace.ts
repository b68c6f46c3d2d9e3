/** The events that protocols report. Hosts stamp each event with time and process; the protocols print nothing. */
import type { Address } from "./host.ts";

/** Which half of a message pair a segment belongs to. */
export type MessageKind = "call" | "return";

export type TraceEvent =
  /** A segment was sent again because it had not been acknowledged in time. `attempt` counts from 1. */
  | {
      readonly type: "retransmit";
      readonly to: Address;
      readonly kind: MessageKind;
      readonly call: number;
      readonly segment: number;
      readonly attempt: number;
    }
  | { readonly type: "probe"; readonly to: Address; readonly call: number; readonly attempt: number }
  | {
      readonly type: "acknowledge";
      readonly to: Address;
      readonly kind: MessageKind;
      readonly call: number;
      readonly segment: number;
    }
  /** A whole CALL or RETURN has been handed to the network for the first time. */
  | {
      readonly type: "message-sent";
      readonly to: Address;
      readonly kind: MessageKind;
      readonly call: number;
      readonly bytes: number;
    }
  | {
      readonly type: "message-received";
      readonly from: Address;
      readonly kind: MessageKind;
      readonly call: number;
      readonly bytes: number;
    }
  | { readonly type: "duplicate"; readonly from: Address; readonly kind: MessageKind; readonly call: number }
  | { readonly type: "malformed"; readonly from: Address; readonly bytes: number; readonly reason: string }
  /** `given-up`: a member of a client troupe is alive, but its own caller gave it up, so that it has missed a call. */
  | { readonly type: "peer-crashed"; readonly peer: Address; readonly reason: "silent" | "restarted" | "given-up" }
  /** A client member made a replicated call. `thread` and `path` give the call the same name at every party. */
  | {
      readonly type: "call";
      readonly thread: string;
      readonly path: string;
      readonly troupe: number;
      readonly procedure: string;
      readonly members: number;
    }
  | {
      readonly type: "call-done";
      readonly thread: string;
      readonly path: string;
      readonly troupe: number;
      readonly outcome: string;
    }
  /** A server member executed a procedure: the event that the exactly-once checker counts. */
  | {
      readonly type: "execute";
      readonly thread: string;
      readonly path: string;
      readonly troupe: number;
      readonly procedure: string;
    }
  | {
      readonly type: "executed";
      readonly thread: string;
      readonly path: string;
      readonly troupe: number;
      readonly outcome: string;
    }
  /** A client has learned of the membership with this ID, and repeats the call there. */
  | { readonly type: "rebind"; readonly thread: string; readonly path: string; readonly troupe: number }
  | { readonly type: "disagreement"; readonly thread: string; readonly path: string; readonly troupe: number }
  /**
   * Two members of a troupe differ, first in that field of their states: seen after that call, and not known to have
   * been so before.
   */
  | {
      readonly type: "divergence";
      readonly name: string;
      readonly troupe: number;
      readonly field: string;
      readonly call: string;
      readonly members: readonly [number, number];
    }
  /** A process has entered a state of membership: "member", "frozen" or "out" of the troupe with that ID. */
  | { readonly type: "membership"; readonly name: string; readonly troupe: number; readonly state: string }
  /**
   * An event of a transaction at a member: ready, committed (with ordered broadcast: delivered), attempt undone, or
   * deadlock found. `thread` and `path` are the name of the transaction's first call at this member, alike in all its
   * attempts. Of a transaction that committed, `claims` are the objects of the module that it held ("": the whole
   * module), in which modes (transaction/locks.ts); none if the member executed it late, in a change of the membership.
   */
  | {
      readonly type: "transaction";
      readonly thread: string;
      readonly path: string;
      readonly troupe: number;
      readonly attempt: number;
      readonly outcome: "ready" | "committed" | "undone" | "deadlock";
      readonly claims?: readonly { readonly object: string; readonly mode: string }[];
    }
  /** The user's own mark, for scenarios and checkers. */
  | { readonly type: "note"; readonly text: string };
