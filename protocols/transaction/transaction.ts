/**
 * One attempt of a transaction at one member: the calls of it that are executed here, what they have changed, and what they call.
 *
 * The first call of a transaction is its *root*; there is one at each member of the troupe that was called first. At the members of troupes
 * that are called from there it has calls and no root. What a call does vanishes with the attempt, whatever it has answered.
 */
import type { Attempt, CallWithin } from "../thread/attempt.ts";
import type { Export } from "../call/server/export.ts";
import type { OrderedCall } from "../call/server/ordering.ts";
import { noTimer, type Timer } from "../host.ts";
import type { Owner } from "./locks.ts";
import type { MethodMarks } from "./marks.ts";
import type { Poll } from "./poll.ts";
import { Log, Recorder } from "./recorder.ts";
import { Snapshot } from "./snapshot.ts";

/** Which of two transactions goes first: the one that was called first; at the same time, by name. */
export interface Age {
  /** When the call was made, by the clock of its thread. */
  readonly clock: number;
  readonly name: string;
}

export function isOlder(a: Age, b: Age): boolean {
  return a.clock < b.clock || (a.clock === b.clock && a.name < b.name);
}

/** One call of the transaction that is executed here. */
export class Part {
  readonly invocation: OrderedCall;
  readonly owner: Owner;
  readonly marks: MethodMarks;
  /** The RETURN, once the procedure has ended. */
  message: Uint8Array | undefined = undefined;
  /** Of a call in a transaction whose root is elsewhere: asks the members of its caller what becomes of that. */
  poll: Poll | undefined = undefined;
  #recorder: Recorder | undefined = undefined;
  #snapshot: Snapshot | undefined = undefined;

  constructor(invocation: OrderedCall, owner: Owner, marks: MethodMarks) {
    this.invocation = invocation;
    this.owner = owner;
    this.marks = marks;
  }

  /** What the procedure is called on: notes all changes, and forbids them to a method that is marked as reading. */
  open(module: object, log: Log): object {
    if ("getState" in module) {
      this.#snapshot = new Snapshot(module);
      log.add(this.#snapshot);
      return module;
    }
    const { name } = this.invocation.form;
    const forbid = (place: string): void => {
      throw wroteWhileReading(module, name, place);
    };
    this.#recorder = new Recorder(log, this.marks.reads ? forbid : undefined);
    return this.#recorder.open(module);
  }

  /** What is wrong with the changes that the call has made; of a state that is noted whole it shows only now. */
  complaint(module: object): TypeError | undefined {
    if (!this.marks.reads || this.#snapshot?.changed !== true) return undefined;
    return wroteWhileReading(module, this.invocation.form.name, "the state");
  }

  /** Undoes what the call has done, and keeps what it holds. */
  undo(log: Log): void {
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
 * - *working*: waits for objects, executes, or waits for what it calls.
 * - *ready*: has said so; whether it commits is the client's to say.
 * - *withdrawing*: asks whether it may be undone.
 * - *in doubt*: those who could say are dead; the members settle it among themselves.
 */
export type State = "working" | "ready" | "withdrawing" | "in doubt";

export class Transaction implements Attempt {
  /** Of the attempt. */
  readonly name: string;
  /** From 1; a member whose attempt is the same as the next one need not make it again. */
  number: number;
  readonly age: Age;
  state: State = "working";
  /** Undefined at members that did not get the transaction's first call. */
  root: Part | undefined = undefined;
  readonly parts: Part[] = [];
  readonly log = new Log();
  /** Asks the members of the root's client. */
  poll: Poll | undefined = undefined;
  /** For waits that are too long. */
  timer: Timer = noTimer;
  /** The code of this attempt does not go on any more. */
  over = false;
  drew = false;
  /** Its callers are dead for good. */
  orphaned = false;
  /** The RETURN of an error that ends the transaction: it commits nothing but that. */
  failure: Uint8Array | undefined = undefined;
  /** By what makes calls: which wait for those before them to be answered. */
  readonly #lanes = new Map<object, (() => void)[]>();
  /** Calls that were made in the attempt, and how many of them have not been answered by all members. */
  readonly #calls: CallWithin[] = [];
  #unanswered = 0;
  readonly #changed: (transaction: Transaction, doomed: boolean) => void;

  /** `changed`: the last call under way has been answered; or (`doomed`) the attempt cannot commit. */
  constructor(name: string, number: number, age: Age, changed: (transaction: Transaction, doomed: boolean) => void) {
    this.name = name;
    this.number = number;
    this.age = age;
    this.#changed = changed;
  }

  /** Whether another attempt would do the same, and nobody else knows of this one. */
  get isRepeatable(): boolean {
    return this.#calls.length === 0 && !this.drew;
  }

  get hasCalled(): boolean {
    return this.#calls.length > 0;
  }

  /** In a first attempt, branches and calls that are made at once go their ways; in a later one, one after the other. */
  get isOrderly(): boolean {
    return this.number > 1;
  }

  get hasEnded(): boolean {
    return this.#unanswered === 0 && this.parts.every(({ message }) => message !== undefined);
  }

  /** Whether some client member may have heard that it is ready. */
  get isKnown(): boolean {
    return this.state !== "working" || this.parts.some(({ poll }) => poll !== undefined);
  }

  /** Makes a call: at once, or when those before it from the same code have been answered. */
  inTurn(code: object, make: () => void): void {
    this.#unanswered++;
    const lane = this.#lanes.get(code);
    if (lane !== undefined) lane.push(make);
    else {
      if (this.isOrderly) this.#lanes.set(code, []);
      make();
    }
  }

  /** The troupe may change, for all that this transaction matters. */
  release(exported: Export): void {
    for (const { poll } of this.parts) if (poll !== undefined) exported.end();
  }

  called(call: CallWithin): void {
    this.#calls.push(call);
  }

  answered(code: object): void {
    this.#unanswered--;
    if (this.over) return;
    const lane = this.#lanes.get(code);
    const next = lane?.shift();
    if (next !== undefined) next();
    else this.#lanes.delete(code);
    this.#changed(this, false);
  }

  failed(message: Uint8Array): void {
    this.failure ??= message;
  }

  doom(): void {
    if (!this.over) this.#changed(this, true);
  }

  /** Tells the troupes that were called what has become of the attempt. */
  settle(commits: boolean): void {
    this.over = true;
    for (const call of this.#calls) call.settle(commits);
  }
}
