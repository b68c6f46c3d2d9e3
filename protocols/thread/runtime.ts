/**
 * The threads of one process: the context in which user code runs, and where user code waits.
 *
 * Source: dissertation, threads of control. User code runs in turns (Host.turn), each in the context of one thread.
 * User code waits only for events that the runtime provides. Therefore the context of a turn is also the context of all
 * promise jobs in that turn, and a thread keeps its identity across `await` without support from the language.
 */
import type { Host, Milliseconds } from "../host.ts";
import type { TroupeId } from "../troupe/troupe.ts";
import { Context, type Home } from "./context.ts";
import { ThreadTimers, type ThreadTimer } from "./timers.ts";
import { Unfinished } from "./unfinished.ts";

let running: Runtime | undefined = undefined;

/**
 * The runtime whose user code runs at present; undefined outside of turns. It serves what stands in for the language's
 * own clock, chance and timers, which are names without an object.
 */
export function runningRuntime(): Runtime | undefined {
  return running;
}

function nowRunning(runtime: Runtime): void {
  running = runtime;
}

/** Code that gets a context when it first asks for one. Most procedures only compute, and never do. */
export interface Code {
  readonly context: Context;
}

export class Runtime implements Home {
  readonly host: Host;
  /** The number of threads begun so far, by the troupe in whose name they began; undefined before the first. */
  #threads: Map<TroupeId, number> | undefined = undefined;
  #current: Context | undefined = undefined;
  /** What runs at present, as long as it has not asked for its context. */
  #code: Code | undefined = undefined;
  /** The waiting contexts of troupes' code. They show which calls may still be made (program/inquiries.ts). */
  readonly suspended = new Set<Context>();
  /**
   * Code that waits for nothing of its own; undefined before the first. Other code of its troupe, which waits for an
   * event, may yet help it.
   */
  #stalled: Set<Context> | undefined = undefined;

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
   * Makes a module that gets no state of other members. Its clock stands at 0 and its chance is the same at all
   * members: a member that is made later has the same first state.
   */
  construct<T>(make: () => T): T {
    const before = this.#present();
    this.enter(Context.beginning());
    try {
      return make();
    } finally {
      if (before === undefined) this.leave();
      else this.enter(before);
    }
  }

  /**
   * Runs `main` in a thread of its own, whose only root is this process, and answers in the calling thread. The calls
   * of `main` do not change the path of the calling thread, which must be equal at every member of a troupe.
   */
  apart<R>(main: () => Promise<R>): Promise<R> {
    const context = this.#present();
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
   * Runs branches of the thread concurrently, and answers their results in order when all have ended. If branches
   * threw, throws the error of the first such branch in order. Program.parallel says when branches are needed.
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
        const context = contexts[index]!;
        const begin = (settle: (ended: Promise<unknown>) => void): void => {
          // A branch may throw before it answers a promise.
          const ended = new Promise((answer, refuse) => {
            if (trunk.code.forsake !== undefined) context.forsake = () => refuse(new Unfinished("a branch", "waits"));
            answer(branch());
          });
          settle(ended.finally(() => (context.forsake = undefined)));
        };
        const start = (): Promise<unknown> => new Promise((settle) => this.resume(context, () => begin(settle)));
        if (!orderly) return start();
        before = before.then(start, start);
        return before;
      });
      void Promise.allSettled(all).then((outcomes) => {
        this.wake(trunk, () => {
          // The branches ran side by side.
          trunk.elapsed += contexts.reduce((longest, { elapsed }) => Math.max(longest, elapsed), 0);
          const failed = outcomes.find((outcome) => outcome.status === "rejected");
          if (failed !== undefined) reject(failed.reason as Error);
          else resolve(outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as Results);
        });
      });
    });
  }

  /**
   * The time of the thread in ms since 1970, equal at every member that executes it: when its unreplicated root made
   * the call, and how long it has slept since.
   */
  now(): Milliseconds {
    return this.context().now() ?? this.host.wall();
  }

  /** A number uniform on [0, 1), equal at every member of a troupe. It depends on the run's seed and replication. */
  random(): number {
    return this.context().random(this.host.threads);
  }

  /** Waits `delay` ms. The thread continues in the same context. */
  sleep(delay: Milliseconds): Promise<void> {
    const context = this.context();
    this.suspend(context);
    const due = context.elapsed + delay;
    return new Promise((resolve) => {
      const wake = (): void => {
        context.elapsed = Math.max(context.elapsed, due);
        resolve();
      };
      this.host.after(delay, () => this.wake(context, wake), undefined);
    });
  }

  /** Calls `fire` after `delay` ms of the thread's time, in the same context (timers.ts). */
  timer(delay: Milliseconds, fire: () => void): { cancel(): void } {
    const timers = (this.context().timers ??= new ThreadTimers());
    const timer = timers.set(this.context().elapsed + delay, fire);
    return { cancel: () => timers.cancel(timer) };
  }

  /** The context of the running code. A call outside every thread begins a new thread. */
  context(): Context {
    return this.#present() ?? (this.#current = this.#newRoot(0));
  }

  /** The context of the running code; undefined outside every thread. */
  #present(): Context | undefined {
    if (this.#code !== undefined) this.enter(this.#code.context);
    return this.#current;
  }

  #newRoot(troupe: TroupeId): Context {
    const number = this.threadsOf(troupe) + 1;
    (this.#threads ??= new Map<TroupeId, number>()).set(troupe, number);
    if (troupe !== 0) return Context.root(troupe, 0, number, troupe);
    return Context.root(this.host.address, this.host.incarnation, number, 0);
  }

  /** The number of threads begun so far in the name of a troupe. */
  threadsOf(troupe: TroupeId): number {
    return this.#threads?.get(troupe) ?? 0;
  }

  /** Code in the context is about to wait for one more event. */
  suspend(context: Context): void {
    if (context.waits++ === 0 && context.troupe !== 0) this.suspended.add(context);
  }

  /** One of the awaited events has occurred. The caller decides what runs next. */
  awake(context: Context): void {
    if (--context.waits === 0 && context.troupe !== 0) this.suspended.delete(context);
  }

  /** Continues after `suspend`. */
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
      this.leaveLater(context);
      return true;
    }, undefined);
  }

  /** Sets the context for the rest of the present turn and the promise jobs that follow. */
  enter(context: Context): void {
    this.#current = context;
    this.#code = undefined;
    context.home = this;
    nowRunning(this);
  }

  /** As `enter`, for code that may never ask for its context. */
  begin(code: Code): void {
    this.#code = code;
    nowRunning(this);
  }

  leave(): void {
    this.#current = undefined;
    this.#code = undefined;
    running = undefined;
  }

  /** The context ends with the present turn and its promise jobs. */
  leaveLater(context: Context): void {
    this.host.turn(leave, context);
  }

  /** Code that waits for nothing but its timers goes on with the first of them. */
  left(context: Context): void {
    this.leave();
    if (context.waits === 0 && !context.over) {
      const timer = context.timers?.next();
      if (timer !== undefined) this.#await(context, timer);
      else if (context.forsake !== undefined) (this.#stalled ??= new Set()).add(context);
    }
    if (this.#stalled !== undefined) this.#forsakeAll(this.#stalled, context.troupe);
  }

  #await(context: Context, timer: ThreadTimer): void {
    const { due, fire } = timer;
    const piece = (): void => {
      if (timer.cancelled) return;
      context.elapsed = Math.max(context.elapsed, due);
      fire();
    };
    this.suspend(context);
    this.host.after(Math.max(0, due - context.elapsed), () => this.wake(context, piece), undefined);
  }

  /** Ends what waits in the name of the troupe, unless code of the troupe waits for an event that will come. */
  #forsakeAll(stalled: Set<Context>, troupe: TroupeId): void {
    if (stalled.size === 0) return;
    for (const context of this.suspended) if (context.troupe === troupe) return;
    for (const context of stalled) {
      if (context.troupe !== troupe) continue;
      stalled.delete(context);
      context.forsake?.();
    }
  }
}

function leave(context: Context): boolean {
  context.home!.left(context);
  return false;
}
