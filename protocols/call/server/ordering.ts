/**
 * The interface between calls and transactions (transaction/): an ordering makes the order of a module's calls equal at
 * all members of its troupe, and makes their effects permanent or undoes them.
 *
 * Source: dissertation, chapter 5.
 */
import type { Milliseconds } from "../../host.ts";
import type { ServerExchange } from "../../message/incoming-call.ts";
import type { CallOrigin } from "../../message/retention.ts";
import type { Attempt } from "../../thread/attempt.ts";
import type { Context } from "../../thread/context.ts";
import type { Call } from "../../wire/call.ts";
import type { InterfaceProcedure } from "../interface.ts";
import type { Incoming } from "./incoming.ts";

/**
 * `none`: calls of unrelated threads are executed as they arrive, possibly in different orders at different members.
 * `commit`: the troupe commit protocol. `broadcast`: ordered broadcast. Invariant: all members of a troupe use the same
 * ordering.
 */
export type OrderingName = "none" | "commit" | "broadcast";

export const orderingNames: readonly OrderingName[] = ["none", "commit", "broadcast"];

export interface TransactionOptions {
  /**
   * How long an older transaction waits for an object that a younger one holds. Then the wait counts as a deadlock, and
   * the younger transaction is undone. The time must be much longer than a call, or transactions that would have ended
   * are undone.
   */
  readonly deadlockTimeout: Milliseconds;
  /** The mean wait of a transaction before its second attempt. The mean doubles with each later attempt. */
  readonly backOff: Milliseconds;
  /** The most messages that a member queues for ordered broadcast. Further calls fail with "overloaded". */
  readonly queue: number;
}

/** The callers of a call within a transaction. */
export interface Electorate {
  /**
   * The message-layer calls of the client processes that have called. A client process that has not called here cannot
   * have told any member "commit", since it has not heard this member's vote.
   */
  readonly origins: readonly CallOrigin[];
  /** A client process has died before it answered this member's vote on the attempt. */
  died(origin: CallOrigin, attempt: number): void;
  /** Whether the process is known to have died before the attempt, in a membership that does not change. */
  diedBefore(origin: CallOrigin, attempt: number): boolean;
}

/** The destination of a RETURN. */
export interface Answer {
  reply(message: Uint8Array): void;
  /** Retains the RETURN for repetitions of the CALL. Answers the CALLs that wait. */
  retainReply(message: Uint8Array): readonly ServerExchange[];
}

/** The destination of the RETURN of a call within a transaction. */
export interface OrderedAnswer extends Answer {
  /**
   * What another member must know to execute the call in the same way: its time in the total order of ordered
   * broadcast, or the number of the attempt that troupe commit has committed. 0 if there is neither.
   */
  place: number;
  readonly electorate: Electorate;
  /** Drops the call without executing it. Answers the CALLs that wait. */
  dissolve(): Incoming[];
}

/** One execution within a transaction. */
export interface Run {
  /** The object that the procedure is called on. */
  open(): object;
  /** The procedure has ended. `raised`: whether its effects must be undone. */
  done(message: Uint8Array, raised: boolean): void;
}

/** A call, as an ordering sees it. The ordering executes the call when, and as often as, its protocol requires. */
export interface OrderedCall {
  /** The name of the call, equal at all members. */
  readonly name: string;
  readonly call: Call;
  /** The context of the procedure if it is executed once. */
  readonly origin: Context;
  readonly form: InterfaceProcedure;
  readonly answers: OrderedAnswer;
  /** The sequence number of the attempt that is executed; 0 for none. */
  readonly step: number;
  /**
   * What is executed next belongs to the undertaking: in a branch of `origin` with that number, or in `origin` if it is
   * 0.
   */
  undertake(undertaking: Attempt | undefined, step: number): void;
  /** The arguments; undefined if they are malformed. */
  read(): readonly unknown[] | undefined;
  /** Whether the procedure of `other`, or a procedure below it, has made this call. */
  isWithin(other: OrderedCall): boolean;
  /** Executes the procedure again, unless it is abandoned. */
  run(run: Run): void;
  /** Stops the execution under way: its code does not continue. */
  abandon(): void;
  /** Sends the RETURN, which is final. */
  answer(message: Uint8Array): void;
}

/** Decides when the calls of a module are executed, and which effects last. */
export interface Ordering {
  readonly protocol: OrderingName;
  /** Takes a call that is to be executed. */
  submit(call: OrderedCall): void;
  /** Another member of a replicated caller has made the call of that name. */
  joined(name: string): void;
  /** The sequence number of the call's present attempt; undefined if the call has no attempts. */
  attemptOf(call: string): number | undefined;
  /** Another member of this troupe asks for the outcome of a transaction (transaction/settlement.ts). */
  asked(exchange: ServerExchange, name: string, round: number, leads: boolean): void;
  /**
   * Freezes the ordering: no call begins or is decided, and the state shows committed effects only. Answers the CALLs
   * that must wait.
   */
  freeze(): Incoming[];
  /** Ends the freeze. In the same epoch, calls under way continue; in another epoch, they are void. */
  thaw(same: boolean): void;
  /** Whether a call is under way whose effects are not permanent yet. */
  isUndecided(origins: readonly CallOrigin[], key: string): boolean;
  /**
   * While frozen: another member has executed the call at that place. Answers false if the call is not under way here.
   */
  level(name: string, place: number): boolean;
  /** The received state contains a call at that place. */
  learn(place: number): void;
}
