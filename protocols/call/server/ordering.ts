/**
 * What makes the order of a module's calls the same at all members of its troupe, and their effects last or vanish: the door through which
 * transactions (transaction/) come in.
 */
import type { Milliseconds } from "../../host.ts";
import type { ServerExchange } from "../../message/incoming-call.ts";
import type { CallOrigin } from "../../message/retention.ts";
import type { Context } from "../../thread/context.ts";
import type { Call } from "../../wire/call.ts";
import type { InterfaceProcedure } from "../interface.ts";
import type { Incoming } from "./incoming.ts";

/**
 * `none`: calls of unrelated threads are executed as they come, which may be in different orders at different members. `commit`: the
 * troupe commit protocol. `broadcast`: ordered broadcast. All members of a troupe must have the same.
 */
export type OrderingName = "none" | "commit" | "broadcast";

export const orderingNames: readonly OrderingName[] = ["none", "commit", "broadcast"];

export interface TransactionOptions {
  /**
   * How long an older transaction waits for what a younger one holds, before it takes that for a deadlock and the younger is undone.
   * Much longer than a call takes, or what would have ended by itself is undone.
   */
  readonly deadlockTimeout: Milliseconds;
  /** The mean wait of a transaction before its second attempt; later ones wait twice as long each. */
  readonly backOff: Milliseconds;
  /** Messages that a member has queued for ordered broadcast at most; further calls fail as "overloaded". */
  readonly queue: number;
}

/** Who calls in a transaction. */
export interface Electorate {
  /**
   * By which calls of the message layer each client process that has called made the call. One that has not called here yet cannot have said
   * "commit" to anybody: it has not heard this member's vote.
   */
  readonly origins: readonly CallOrigin[];
}

/** Where a RETURN goes. */
export interface Answer {
  reply(message: Uint8Array): void;
  /** Keeps it for repetitions of the CALL; answers the CALLs that wait. */
  keepReply(message: Uint8Array): readonly ServerExchange[];
}

/** Where the RETURN of a call in a transaction goes. */
export interface OrderedAnswer extends Answer {
  /** The place of the call in the order of all, where there is one. */
  order: number;
  readonly electorate: Electorate;
  /** The call is not executed. Answers the CALLs that wait. */
  dissolve(): Incoming[];
}

/** A call as an ordering sees it, which executes it when, and as often as, it is time. */
export interface OrderedCall {
  /** Names the call alike at all members. */
  readonly name: string;
  readonly call: Call;
  /** Where its procedure runs if it is executed once. */
  readonly origin: Context;
  /** Where it runs: there, or in an attempt of it. */
  context: Context;
  readonly form: InterfaceProcedure;
  readonly answers: OrderedAnswer;
  /** The arguments; undefined if they are malformed. */
  read(): readonly unknown[] | undefined;
  /** Whether the procedure of that other call, or what it has called, has made this one. */
  isWithin(other: OrderedCall): boolean;
  /** Executes the procedure once more, on what `open` answers, unless it is abandoned. `raised`: its effects are to be undone. */
  run(open: () => object, done: (message: Uint8Array, raised: boolean) => void): void;
  /** What is being executed does not go on. */
  abandon(): void;
  /** The RETURN, which lasts. */
  answer(message: Uint8Array): void;
}

/** Decides when the calls of a module are executed, and which effects last. */
export interface Ordering {
  readonly protocol: OrderingName;
  /** A call is to be executed. */
  submit(call: OrderedCall): void;
  /** A further member of a replicated caller has called. By name of the call. */
  joined(name: string): void;
  /** The sequence number of the present attempt of that call, if it is one of several. */
  attemptOf(call: string): number | undefined;
  /** A fellow asks what has become of a transaction (transaction/settlement.ts). */
  asked(exchange: ServerExchange, name: string, round: number, leads: boolean): void;
  /** From now on nothing is begun or decided, and the state shows what has committed and nothing else. Answers CALLs that have to wait. */
  freeze(): Incoming[];
  /** Goes on: in the same epoch with what was under way; in another one that is void. */
  thaw(same: boolean): void;
  /** Whether a call is under way whose effects do not last yet. */
  isUndecided(origins: readonly CallOrigin[], key: string): boolean;
  /** While frozen: another member has executed the call, as that number in order. False if it is not under way here. */
  level(name: string, order: number): boolean;
  /** A call of that number in order is in the state that was received. */
  learn(order: number): void;
}
