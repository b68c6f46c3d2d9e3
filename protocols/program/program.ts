/**
 * The runtime of one process: the modules that it exports, the stubs through which it calls, and its threads.
 *
 * User code runs in turns (Host.turn), each in the context of one thread. As everything that it may wait for comes from here,
 * the context of a turn is that of all promise jobs that run in it: a thread keeps its identity across `await`
 * with no help from the language.
 */
import { makeStub, type ImportOptions, type Stub } from "../call/client/stub.ts";
import type { ModuleType } from "../call/interface.ts";
import type { Export, ExportOptions } from "../call/server/export.ts";
import { Reception } from "../call/server/reception.ts";
import { CallError } from "../errors.ts";
import type { Host, Milliseconds } from "../host.ts";
import { Endpoint } from "../message/endpoint.ts";
import type { MessageOptions } from "../message/options.ts";
import { Context } from "../thread/context.ts";
import type { Binding } from "../troupe/binding.ts";
import type { Troupe, TroupeId } from "../troupe/troupe.ts";

/** A binding agent that is asked over the network: it calls through the program that uses it. */
export interface RemoteBinding extends Binding {
  /** Called once, by the program's constructor. */
  attach(program: Program): void;
}

export class Program {
  readonly host: Host;
  readonly binding: Binding;
  readonly endpoint: Endpoint;
  readonly reception: Reception;
  /** Threads begun so far, by the troupe in whose name. */
  readonly #threads = new Map<TroupeId, number>();
  #current: Context | undefined = undefined;
  /** Where code of troupes waits: for whoever asks which calls may still come (program/call-status.ts). */
  readonly suspended = new Set<Context>();

  constructor(host: Host, binding: Binding | RemoteBinding, options?: Partial<MessageOptions>) {
    this.host = host;
    this.binding = binding;
    this.reception = new Reception(this);
    this.endpoint = new Endpoint(host, this.reception, options);
    if ("attach" in binding) binding.attach(this);
  }

  /** Makes an object a member of a troupe: its methods can be called from now on. */
  export<T extends object>(module: T, options: ExportOptions<T>): Export {
    return this.reception.export(module, options);
  }

  /**
   * A stub for the troupe's module, of the given class. A name is looked up with the binding agent: a promise if that is.
   * Throws CallError "unknown-troupe".
   */
  import<T extends object>(type: ModuleType<T>, troupe: Troupe | string, options: ImportOptions = {}): Stub<T> {
    if (typeof troupe !== "string") return makeStub(this, type, troupe, options);
    const found = this.binding.lookupByName(troupe);
    if (found === undefined) throw new CallError("unknown-troupe", troupe);
    if (found instanceof Promise)
      throw new TypeError(`troupe "${troupe}" must be looked up first, by bind: this binding answers later`);
    return makeStub(this, type, found, options);
  }

  /**
   * As `import`, for a binding agent that answers later. Rejects with CallError "unknown-troupe", and as the agent does; but a
   * member of a troupe waits for an agent that does not answer, as its fellows may be answered.
   */
  async bind<T extends object>(type: ModuleType<T>, name: string, options: ImportOptions = {}): Promise<Stub<T>> {
    const context = this.context();
    const waits = context.troupe !== 0;
    for (;;) {
      try {
        const found = await this.binding.lookupByName(name);
        if (found !== undefined) return makeStub(this, type, found, options);
        // A fellow may have found it.
        context.toldOfLoss(name);
        throw new CallError("unknown-troupe", name);
      } catch (error) {
        if (!waits || !(error instanceof CallError) || error.kind !== "ringmaster-unavailable") throw error;
      }
    }
  }

  /**
   * Starts a thread at its root. A replicated root (`as` its troupe) must start the same threads in the same order at
   * every member. The promise settles with `main`, in a turn of the thread.
   */
  thread<R>(main: () => R | Promise<R>, as?: Troupe): Promise<R> {
    return new Promise((resolve, reject) => {
      this.resume(this.#newRoot(as?.id ?? 0), () => {
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
    this.suspend(trunk);
    return new Promise((resolve, reject) => {
      const all = branches.map((branch, index) => {
        // A branch may also throw before it answers a promise.
        const begin = (settle: (ended: Promise<unknown>) => void) => settle(new Promise((answer) => answer(branch())));
        return new Promise((settle) => this.resume(contexts[index]!, () => begin(settle)));
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
    this.host.turn(leave, this as Program);
  }
}

function leave(program: Program): boolean {
  program.leave();
  return false;
}
