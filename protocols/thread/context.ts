/**
 * Threads and call paths.
 *
 * Source: dissertation, replicated procedure call. A CALL carries the thread ID of the thread's root, which is equal at
 * every member of a replicated caller, and the path of call sequence numbers below the root. Two CALLs belong to the
 * same replicated call if and only if both are equal. The path distinguishes nested calls, parallel calls inside one
 * procedure, call-backs and re-entrant chains.
 *
 * Calls are numbered in the order in which code makes them. Code that runs in several concurrent branches, each with
 * several calls in sequence, must declare the branches (Program.parallel). A branch takes a sequence number, and its
 * calls are numbered below that number. If the arrival of answers determined the numbers, the same calls would have
 * different names at different members.
 *
 * On the wire: origin, incarnation and number of the thread, then the path's sequence numbers (from 1), then 0. The
 * origin of an unreplicated root is its address and incarnation. The origin of a replicated root is its troupe ID, with
 * incarnation 0, so that every member gives its n-th thread the same name.
 */
import type { Milliseconds, Random } from "../host.ts";
import type { TroupeId } from "../troupe/troupe.ts";
import { Reader, Writer } from "../wire/bytes.ts";
import type { Attempt } from "./attempt.ts";
import type { ThreadTimers } from "./timers.ts";

const writer = new Writer();

/** Hears what code in a context learns of the troupes that it calls. */
export interface LossListener {
  /**
   * A call of the code ended without an answer, because its callee is lost. Another member of the caller's troupe may
   * have been answered before the loss.
   */
  toldOfLoss(call: string): void;
}

/** Where contexts run. */
export interface Home {
  /** The code has run in this context for one turn, with all promise jobs of the turn. */
  left(context: Context): void;
}

/** Where user code runs: a thread, at one point of its path. */
export class Context {
  /** Thread ID and path, encoded, without the closing 0: bytes `from` to `to` of `source`. */
  readonly source: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** The sequence number of an attempt of a transaction, at the end of the path; 0 if there is none. */
  readonly step: number;
  /** The troupe in whose name this context makes calls; 0 for an unreplicated root. */
  readonly troupe: TroupeId;
  /**
   * The thread's clock in ms when this code began, carried by its CALLs; undefined at an unreplicated root, which reads
   * its host's clock.
   */
  readonly clock: Milliseconds | undefined;
  /**
   * How long in ms this code has slept and waited for its timers, as it asked for. Its calls do not carry this time:
   * members that wait differently still make the same calls.
   */
  elapsed: Milliseconds = 0;
  /** The timers of this code, made with the first timer. */
  timers: ThreadTimers | undefined = undefined;
  /**
   * Ends the code that runs here, if it waits for what nobody will bring about. Undefined: the code has ended, or may
   * wait for anything.
   */
  forsake: (() => void) | undefined = undefined;
  /** The threads of the process in which this code runs. Set when the code first runs. */
  home: Home | undefined = undefined;
  /** The sequence number of the last call made from here. */
  sequence = 0;
  /** The attempt of a transaction that contains the code in this context. */
  undertaking: Attempt | undefined = undefined;
  /** The number of events that code in this context waits for. Code that waits for none and does not run has ended. */
  waits = 0;
  /** Whether a called troupe has refused this caller as no member of its troupe. */
  #expelled = false;
  #aborted = false;
  #draws: Random | undefined = undefined;
  /** Undefined at a root, and in a procedure whose troupe cannot change. */
  readonly #losses: LossListener | undefined;
  /** The context of which this context is a branch. */
  readonly #trunk: Context | undefined;

  constructor(
    source: Uint8Array,
    from: number,
    to: number,
    troupe: TroupeId,
    clock: Milliseconds | undefined,
    losses?: LossListener,
    trunk?: Context,
    step = 0,
  ) {
    this.step = step;
    this.source = source;
    this.from = from;
    this.to = to;
    this.troupe = troupe;
    this.clock = clock;
    this.#losses = losses;
    this.#trunk = trunk;
  }

  static root(origin: number, incarnation: number, number: number, troupe: TroupeId): Context {
    writer.begin(0);
    writer.integer(origin);
    writer.integer(incarnation);
    writer.integer(number);
    const source = writer.finish();
    return new Context(source, 0, source.length, troupe, troupe === 0 ? undefined : 0);
  }

  /** Where a module is made that gets no state of other members: equal at all members, whenever they are made. */
  static beginning(): Context {
    const { source } = Context.root(0, 0, 0, 0);
    return new Context(source, 0, source.length, 0, 0);
  }

  /** The thread's clock in ms; undefined at an unreplicated root. It stands still while code computes or calls. */
  now(): Milliseconds | undefined {
    return this.clock === undefined ? undefined : this.clock + this.elapsed;
  }

  /**
   * A branch of this code. The branch takes a sequence number, as a call does, and its own calls are numbered below it.
   */
  branch(): Context {
    writer.begin(0);
    writer.copy(this.source, this.from, this.to);
    if (this.step > 0) writer.integer(this.step);
    writer.integer(++this.sequence);
    const source = writer.finish();
    const branch = new Context(source, 0, source.length, this.troupe, this.now(), this.#losses, this);
    branch.undertaking = this.undertaking;
    return branch;
  }

  /** An attempt of the code executed here: a branch with the number `step`. */
  attempt(step: number): Context {
    return new Context(this.source, this.from, this.to, this.troupe, this.clock, this.#losses, this, step);
  }

  /** The context of the procedure or thread root that contains this branch; this context if it is no branch. */
  get code(): Context {
    return this.#trunk?.code ?? this;
  }

  /** Whether code in this context does not continue. */
  get over(): boolean {
    return this.undertaking?.over === true;
  }

  /** The watchdog found a disagreement: no further calls. */
  get aborted(): boolean {
    return this.#aborted || this.#trunk?.aborted === true;
  }

  abort(): void {
    this.#aborted = true;
    this.#trunk?.abort();
  }

  get expelled(): boolean {
    return this.#expelled;
  }

  expel(): void {
    this.#expelled = true;
    this.#trunk?.expel();
  }

  /**
   * Code in this context learned that a callee is lost or unknown. `what` names the fact, equally at all members of the
   * troupe.
   */
  toldOfLoss(what: string): void {
    const { thread, path } = this.describe();
    this.#losses?.toldOfLoss(`${thread} ${path} ${what}`);
  }

  /** Thread ID and path, as a trace shows them. */
  describe(): { thread: string; path: string } {
    const { thread, path } = describeCall(this.source, this.from, this.to);
    return { thread, path: this.step > 0 ? `${path}.${this.step}` : path };
  }

  /**
   * A number uniform on [0, 1), equal at every member that executes this call: keyed by the run, the thread and the
   * path.
   */
  random(threads: Random): number {
    if (this.undertaking !== undefined) this.undertaking.drew = true;
    if (this.#draws === undefined) {
      const { thread, path } = this.describe();
      this.#draws = threads.fork(`thread ${thread}`).fork(`path ${path}`);
    }
    return this.#draws.next();
  }
}

/**
 * Where the last sequence number of an encoded path begins, which is where the name of the calling code ends. `to` if
 * the path is empty.
 */
export function lastStep(source: Uint8Array, from: number, to: number): number {
  const reader = new Reader(source.subarray(0, to), from);
  for (let i = 0; i < 3; i++) reader.integer();
  let last = to;
  while (reader.left > 0) {
    last = reader.at;
    reader.integer();
  }
  return last;
}

/** Thread ID and path of an encoded call, as a trace shows them: `origin.incarnation.number` and `1.2`. */
export function describeCall(source: Uint8Array, from: number, to: number): { thread: string; path: string } {
  const reader = new Reader(source.subarray(0, to), from);
  const thread = `${reader.integer()}.${reader.integer()}.${reader.integer()}`;
  const path: number[] = [];
  while (reader.left > 0) path.push(reader.integer());
  return { thread, path: path.join(".") };
}
