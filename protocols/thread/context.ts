/**
 * Threads and call paths.
 *
 * Source: dissertation, replicated procedure call: a CALL carries the thread ID of the thread's root, the same at every member of a
 * replicated caller, and the path of call sequence numbers below it. Two CALLs belong to the same replicated call if both agree.
 * The path tells apart nested calls, parallel calls inside one procedure, call-backs and re-entrant chains.
 *
 * Calls are numbered in the order in which code makes them. So code that runs in several branches at the same time, each with
 * several calls one after the other, must say so (Program.parallel): a branch takes a number itself, and its calls are numbered
 * below it. Numbered by the arrival of answers, they would have other names at other members.
 *
 * On the wire: origin, incarnation and number of the thread, then the path's sequence numbers (from 1), then 0. An
 * unreplicated root's origin is its address and incarnation; a replicated root's is its troupe ID, with incarnation 0,
 * so that every member names its n-th thread alike.
 */
import type { Milliseconds, Random } from "../host.ts";
import type { TroupeId } from "../troupe/troupe.ts";
import { Reader, Writer } from "../wire/bytes.ts";
import type { Attempt } from "./attempt.ts";

const writer = new Writer();

/** Is told what code in a context learns of the troupes that it calls. */
export interface LossListener {
  /** A call that the code made has ended without an answer, since its callee is lost: a fellow may have been answered before. */
  toldOfLoss(call: string): void;
}

/** Where user code runs: a thread, at one point of its path. */
export class Context {
  /** Thread ID and path, encoded, without the closing 0: bytes `from` to `to` of `source`. */
  readonly source: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** One more sequence number at the end of the path, of an attempt of a transaction; 0 if there is none. */
  readonly step: number;
  /** In whose name calls are made from here; 0 for an unreplicated root. */
  readonly troupe: TroupeId;
  /** The thread's clock, carried by its CALLs; undefined at an unreplicated root, which reads its own. */
  readonly clock: Milliseconds | undefined;
  /** The sequence number of the last call made from here. */
  sequence = 0;
  /** The attempt of a transaction that code runs in here. */
  undertaking: Attempt | undefined = undefined;
  /** What code in this context waits for. With nothing to wait for, and not running, it has ended. */
  waits = 0;
  /** A troupe that was called in the name of this one has refused the caller: it does not belong any more. */
  #expelled = false;
  #aborted = false;
  #draws: Random | undefined = undefined;
  /** Undefined at a root, and where the troupe whose procedure runs here cannot change. */
  readonly #losses: LossListener | undefined;
  /** What this is a branch of. */
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

  /** A branch of this code, which takes a sequence number as a call does: its own calls are numbered below that. */
  branch(): Context {
    writer.begin(0);
    writer.copy(this.source, this.from, this.to);
    if (this.step > 0) writer.integer(this.step);
    writer.integer(++this.sequence);
    const source = writer.finish();
    const branch = new Context(source, 0, source.length, this.troupe, this.clock, this.#losses, this);
    branch.undertaking = this.undertaking;
    return branch;
  }

  /** An attempt of what is executed here, as a branch of that number. */
  attempt(step: number): Context {
    return new Context(this.source, this.from, this.to, this.troupe, this.clock, this.#losses, this, step);
  }

  /** The procedure, or the root of a thread, that this is a branch of, or itself. */
  get code(): Context {
    return this.#trunk?.code ?? this;
  }

  /** Whether code does not go on here. */
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

  /** Code here was told that a callee is lost, or is not there; `what` names that alike at all members of the troupe. */
  toldOfLoss(what: string): void {
    const { thread, path } = this.describe();
    this.#losses?.toldOfLoss(`${thread} ${path} ${what}`);
  }

  /** Thread ID and path, as they stand in a trace. */
  describe(): { thread: string; path: string } {
    const { thread, path } = describeCall(this.source, this.from, this.to);
    return { thread, path: this.step > 0 ? `${path}.${this.step}` : path };
  }

  /** Uniform on [0, 1), the same at every member that executes this call: keyed by the run, thread and path. */
  random(threads: Random): number {
    if (this.undertaking !== undefined) this.undertaking.drew = true;
    if (this.#draws === undefined) {
      const { thread, path } = this.describe();
      this.#draws = threads.fork(`thread ${thread}`).fork(`path ${path}`);
    }
    return this.#draws.next();
  }
}

/** Where the last sequence number of an encoded path begins: the name of what made the call ends there. `to` if the path is empty. */
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

/** Thread ID and path of an encoded call, as they stand in a trace: `origin.incarnation.number` and `1.2`. */
export function describeCall(source: Uint8Array, from: number, to: number): { thread: string; path: string } {
  const reader = new Reader(source.subarray(0, to), from);
  const thread = `${reader.integer()}.${reader.integer()}.${reader.integer()}`;
  const path: number[] = [];
  while (reader.left > 0) path.push(reader.integer());
  return { thread, path: path.join(".") };
}
