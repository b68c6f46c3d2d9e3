/**
 * The threads of one process: in which context user code runs, and where it waits.
 *
 * User code runs in turns (Host.turn), each in the context of one thread. Everything that user code may wait for comes from
 * the runtime. So the context of a turn is also that of all promise jobs that run in the turn: a thread keeps its identity
 * across `await` with no help from the language.
 */
import type { Host, Milliseconds } from "../host.ts";
import type { TroupeId } from "../troupe/troupe.ts";
import { Context } from "./context.ts";

export class Runtime {
  readonly host: Host;
  /** Threads begun so far, by the troupe in whose name. */
  readonly #threads = new Map<TroupeId, number>();
  #current: Context | undefined = undefined;
  /** Contexts of troupes' code that waits. They show which calls may still come (program/inquiries.ts). */
  readonly suspended = new Set<Context>();

  constructor(host: Host) {
    this.host = host;
  }

  /**
   * Starts a thread at its root. A replicated root (`as` its troupe) must start the same threads in the same order at
   * every member. The promise settles with `main`, in a turn of the thread.
   */
  thread<R>(main: () => R | Promise<R>, as: TroupeId = 0): Promise<R> {
    return new Promise((resolve, reject) => {
      this.resume(this.#newRoot(as), () => {
        try {
          resolve(main());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  /**
   * Runs `main` in a thread of its own that has no root but this process, and answers in the thread that asked: so that what
   * it calls leaves no mark on the path of that thread, which must be the same at every member of a troupe.
   */
  apart<R>(main: () => Promise<R>): Promise<R> {
    const context = this.#current;
    return new Promise((resolve, reject) => {
      const back = (piece: () => void): void => {
        if (context === undefined) piece();
        else this.wake(context, piece);
      };
      if (context !== undefined) this.suspend(context);
      this.resume(this.#newRoot(0), () => {
        main().then(
          (value) => back(() => resolve(value)),
          (error: unknown) => back(() => reject(error as Error)),
        );
      });
    });
  }

  /**
   * Runs branches of the thread at the same time, and answers their results in order when all have ended; if some of them threw,
   * throws what the first of these in order threw.
   *
   * Each branch has a path of its own, so that its calls and random numbers are the same at every member of a troupe,
   * in whatever order answers come. `Promise.all` does as well for calls that are all made at once; with code that
   * makes one call after the other in each branch it does not, for calls are numbered as they are made.
   */
  parallel<const B extends readonly (() => unknown)[]>(
    branches: B,
  ): Promise<{ -readonly [I in keyof B]: Awaited<ReturnType<B[I]>> }> {
    type Results = { -readonly [I in keyof B]: Awaited<ReturnType<B[I]>> };
    const trunk = this.context();
    const contexts = branches.map(() => trunk.branch());
    const orderly = trunk.undertaking?.isOrderly === true;
    let before: Promise<unknown> = Promise.resolve();
    this.suspend(trunk);
    return new Promise((resolve, reject) => {
      const all = branches.map((branch, index) => {
        // A branch may also throw before it answers a promise.
        const begin = (settle: (ended: Promise<unknown>) => void) => settle(new Promise((answer) => answer(branch())));
        const start = (): Promise<unknown> =>
          new Promise((settle) => this.resume(contexts[index]!, () => begin(settle)));
        if (!orderly) return start();
        before = before.then(start, start);
        return before;
      });
      void Promise.allSettled(all).then((outcomes) => {
        this.wake(trunk, () => {
          const failed = outcomes.find((outcome) => outcome.status === "rejected");
          if (failed !== undefined) reject(failed.reason as Error);
          else resolve(outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as Results);
        });
      });
    });
  }

  /** The time of the thread, the same at every member of a troupe that executes it: when its unreplicated root made the call. */
  now(): Milliseconds {
    return this.context().clock ?? this.host.now();
  }

  /** Uniform on [0, 1), the same at every member of a troupe; the run's seed and replication make it another number. */
  random(): number {
    return this.context().random(this.host.threads);
  }

  /** Waits. The thread goes on in the same context. */
  sleep(delay: Milliseconds): Promise<void> {
    const context = this.context();
    this.suspend(context);
    return new Promise((resolve) => {
      this.host.after(delay, () => this.wake(context, resolve), undefined);
    });
  }

  /** Where the code that asks is running. A call made outside of any thread begins one of its own. */
  context(): Context {
    return (this.#current ??= this.#newRoot(0));
  }

  #newRoot(troupe: TroupeId): Context {
    const number = this.threadsOf(troupe) + 1;
    this.#threads.set(troupe, number);
    if (troupe !== 0) return Context.root(troupe, 0, number, troupe);
    return Context.root(this.host.address, this.host.incarnation, number, 0);
  }

  /** Threads begun so far in the name of a troupe. */
  threadsOf(troupe: TroupeId): number {
    return this.#threads.get(troupe) ?? 0;
  }

  /** Code in the context is about to wait: for one thing more, if it waits for several. */
  suspend(context: Context): void {
    if (context.waits++ === 0 && context.troupe !== 0) this.suspended.add(context);
  }

  /** One of the things that are waited for in the context has come; what happens next is up to the caller. */
  awake(context: Context): void {
    if (--context.waits === 0 && context.troupe !== 0) this.suspended.delete(context);
  }

  /** Goes on after `suspend`. */
  wake(context: Context, piece: () => void): void {
    this.resume(context, () => {
      this.awake(context);
      piece();
    });
  }

  /** Runs a piece of user code in the context, in a turn of its own. */
  resume(context: Context, piece: () => void): void {
    this.host.turn(() => {
      if (context.over) {
        this.suspended.delete(context);
        return false;
      }
      this.enter(context);
      piece();
      this.leaveLater();
      return true;
    }, undefined);
  }

  /** For code inside a turn: from here on, and in the promise jobs that follow, the context is this. */
  enter(context: Context): void {
    this.#current = context;
  }

  leave(): void {
    this.#current = undefined;
  }

  /** The context ends with the present turn and its promise jobs. */
  leaveLater(): void {
    this.host.turn(leave, this as Runtime);
  }
}

function leave(runtime: Runtime): boolean {
  runtime.leave();
  return false;
}
