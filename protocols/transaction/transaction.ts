/**
 * One attempt of a transaction at one member: the calls that are executed here, their changes, and the calls that they
 * make.
 *
 * The first call of a transaction is its *root*. Each member of the troupe that was called first has the root. Members
 * of troupes that are called from there have calls of the transaction and no root. If the attempt is undone, all
 * changes of its calls are undone, also of calls that have been answered.
 */
import type { Attempt, CallWithin } from "../thread/attempt.ts";
import type { Export } from "../call/server/export.ts";
import type { OrderedCall, Run } from "../call/server/ordering.ts";
import { noTimer, type Timer } from "../host.ts";
import { Writer } from "../wire/bytes.ts";
import { writeFailed } from "../wire/call.ts";
import type { Claim, Holder, Lock, Owner } from "./locks.ts";
import type { MethodMarks } from "./marks.ts";
import type { Poll } from "./poll.ts";
import { hasObjects } from "../call/module-state.ts";
import { Log, Recorder, type Guard } from "./recorder.ts";
import { Snapshot } from "./snapshot.ts";

const writer = new Writer();

/** The age of a transaction. The transaction that was called first is older; of two called at one time, by name. */
export interface Age {
  /** The time of the call, by the clock of its thread. */
  readonly clock: number;
  readonly name: string;
}

export function isOlder(a: Age, b: Age): boolean {
  return a.clock < b.clock || (a.clock === b.clock && a.name < b.name);
}

/** The executor of parts. */
export interface Executor {
  readonly module: object;
  /** Whether the module's state is noted as a whole (call/module-state.ts). */
  readonly isWhole: boolean;
  /** The procedure has ended. `raised`: whether its effects must be undone. */
  executed(part: Part, message: Uint8Array, raised: boolean): void;
}

/** One call of the transaction at this member. */
export class Part implements Owner, Run {
  readonly #executor: Executor;
  readonly transaction: Transaction;
  readonly invocation: OrderedCall;
  readonly path: readonly number[];
  readonly marks: MethodMarks;
  ended = false;
  /** What it holds, or waits for. */
  claims: readonly Claim[] = [];
  /** The RETURN, once the procedure has ended. */
  message: Uint8Array | undefined = undefined;
  /** If the root is at another troupe: asks the members of the caller for the outcome of the transaction. */
  poll: Poll<Transaction> | undefined = undefined;
  /**
   * Whether it has met an object whose changes cannot be seen, and must be made again with the state noted whole. Not
   * if transactions on other objects may be under way: their changes are in the state too.
   */
  isBlind = false;
  #recorder: Recorder | undefined = undefined;
  #snapshot: Snapshot | undefined = undefined;

  constructor(
    executor: Executor,
    transaction: Transaction,
    invocation: OrderedCall,
    path: readonly number[],
    marks: MethodMarks,
  ) {
    this.#executor = executor;
    this.transaction = transaction;
    this.invocation = invocation;
    this.path = path;
    this.marks = marks;
  }

  /** The object of the procedure. It notes all changes, and refuses changes by a method that is marked as reading. */
  open(): object {
    const { module, isWhole } = this.#executor;
    const { log } = this.transaction;
    if (isWhole) {
      this.#snapshot = new Snapshot(module);
      log.add(this.#snapshot);
      return module;
    }
    const blind = (): void => void (this.isBlind = !hasObjects(module));
    this.#recorder = new Recorder(log, this.marks.reads ? this.#forbidding(module) : undefined, blind);
    return this.#recorder.open(module);
  }

  done(message: Uint8Array, raised: boolean): void {
    this.#executor.executed(this, message, raised);
  }

  #forbidding(module: object): Guard {
    const { name } = this.invocation.form;
    return (place) => {
      throw wroteWhileReading(module, name, place);
    };
  }

  /**
   * What is found only when the call has ended: that a reading method has changed what was noted whole, or that what
   * was put into the state hides something.
   */
  complaint(module: object): TypeError | undefined {
    try {
      this.#recorder?.close();
    } catch (error) {
      if (error instanceof TypeError) return error;
      throw error;
    }
    if (!this.marks.reads) return undefined;
    const place = this.#snapshot?.changed === true ? "the state" : this.#recorder?.changedWhole;
    return place === undefined ? undefined : wroteWhileReading(module, this.invocation.form.name, place);
  }

  /** Refuses a call within a transaction, so that the caller's attempt is undone. */
  refuse(): void {
    this.invocation.abandon();
    this.message = writeFailed(writer, "transaction-aborted");
    this.invocation.answer(this.message);
  }

  /** Undoes the changes of the call. Its transaction still holds the locks. */
  undo(): void {
    const { log } = this.transaction;
    this.#recorder?.undo();
    if (this.#snapshot !== undefined) log.takeBack([this.#snapshot]);
    this.#snapshot = undefined;
  }
}

function wroteWhileReading(module: object, method: string, place: string): TypeError {
  return new TypeError(
    `class ${module.constructor.name} marks the method ${method} as reading, but it changes ${place}; mark it as writing`,
  );
}

/**
 * - *working*: waits for objects, executes, or waits for calls that it has made.
 * - *ready*: has voted that it is ready; the client decides whether it commits.
 * - *withdrawing*: has withdrawn its vote, and waits for the client to decide.
 * - *in doubt*: the clients are dead; the members settle the outcome among themselves.
 */
export type State = "working" | "ready" | "withdrawing" | "in doubt";

export class Transaction implements Attempt, Holder {
  /** The name of the attempt. */
  readonly name: string;
  /** The number of the attempt, from 1. A repeatable attempt gets the next number without being made again. */
  number: number;
  readonly age: Age;
  state: State = "working";
  /** Undefined at members that did not receive the transaction's first call. */
  root: Part | undefined = undefined;
  parts: Part[] = [];
  locks: Lock[] = [];
  readonly log = new Log();
  /** The poll of the client members that have called the root. */
  poll: Poll<Transaction> | undefined = undefined;
  /** The time limit of its wait for objects (waits.ts). */
  timer: Timer = noTimer;
  /** Whether the attempt has ended. Then its code does not continue. */
  over = false;
  drew = false;
  /** Whether its callers are dead for ever. */
  orphaned = false;
  /** The RETURN of an error that ends the transaction. The transaction then commits no changes, only this RETURN. */
  failure: Uint8Array | undefined = undefined;
  /** The calls that wait for earlier calls of the same code to be answered, by that code. */
  #lanes: Map<object, (() => void)[]> | undefined = undefined;
  /** Calls that were made in the attempt, and the number of them that some member has not answered. */
  readonly #calls: CallWithin[] = [];
  #unanswered = 0;
  readonly #changed: (transaction: Transaction, doomed: boolean) => void;

  /** `changed` hears that a call has been answered, or (`doomed`) that the attempt cannot commit. */
  constructor(name: string, number: number, age: Age, changed: (transaction: Transaction, doomed: boolean) => void) {
    this.name = name;
    this.number = number;
    this.age = age;
    this.#changed = changed;
  }

  /** Whether another attempt would do the same, and no other process knows of this attempt. */
  get isRepeatable(): boolean {
    return this.#calls.length === 0 && !this.drew;
  }

  /** Whether it has ended, or others end it. */
  get isLeft(): boolean {
    return this.over || this.state === "withdrawing" || this.state === "in doubt";
  }

  get hasCalled(): boolean {
    return this.#calls.length > 0;
  }

  /** Whether calls of one branch are made one after the other. In a first attempt they are made at once. */
  get isOrderly(): boolean {
    return this.number > 1;
  }

  get hasEnded(): boolean {
    return this.#unanswered === 0 && this.parts.every(({ message }) => message !== undefined);
  }

  /** Whether a client member may have heard that the attempt is ready. */
  get isKnown(): boolean {
    return this.state !== "working" || this.parts.some(({ poll }) => poll !== undefined);
  }

  add(part: Part): void {
    // An array grows from nothing to room for seventeen, and most transactions are one call.
    if (this.parts.length === 0) this.parts = [part];
    else this.parts.push(part);
  }

  /** Makes a call: at once, or when the earlier calls of the same code have been answered. */
  inTurn(code: object, make: () => void): void {
    this.#unanswered++;
    const lane = this.#lanes?.get(code);
    if (lane !== undefined) lane.push(make);
    else {
      if (this.isOrderly) (this.#lanes ??= new Map()).set(code, []);
      make();
    }
  }

  /** A change of membership need not wait for this transaction any longer. */
  release(exported: Export): void {
    for (const { poll } of this.parts) if (poll !== undefined) exported.end();
  }

  called(call: CallWithin): void {
    this.#calls.push(call);
  }

  answered(code: object): void {
    this.#unanswered--;
    if (this.over) return;
    const lane = this.#lanes?.get(code);
    const next = lane?.shift();
    if (next !== undefined) next();
    else this.#lanes?.delete(code);
    this.#changed(this, false);
  }

  failed(message: Uint8Array): void {
    this.failure ??= message;
  }

  doom(): void {
    if (!this.over) this.#changed(this, true);
  }

  /** Tells the called troupes the outcome of the attempt. */
  settle(commits: boolean): void {
    this.over = true;
    for (const call of this.#calls) call.settle(commits);
  }
}
