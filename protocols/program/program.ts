/**
 * What user code may do in one process: export modules, import modules, and run threads.
 *
 * Source: dissertation, the run-time library. This class is the face of the process. Behind it are the threads
 * (thread/runtime.ts), the client's half of calls (call/client), the server's half (call/server) and the messages
 * (message/endpoint.ts).
 */
import { makeStub, type ImportOptions, type Stub } from "../call/client/stub.ts";
import type { ModuleType } from "../call/interface.ts";
import type { Process } from "../call/process.ts";
import type { Export, ExportOptions } from "../call/server/export.ts";
import { Reception } from "../call/server/reception.ts";
import { CallError } from "../errors.ts";
import type { Host, Milliseconds } from "../host.ts";
import { Endpoint } from "../message/endpoint.ts";
import type { MessageOptions } from "../message/options.ts";
import { runningRuntime, Runtime } from "../thread/runtime.ts";
import { orderingOf } from "../transaction/ordering.ts";
import type { Binding } from "../troupe/binding.ts";
import type { Troupe } from "../troupe/troupe.ts";
import { CallReceiver } from "./receiver.ts";

/** A binding agent that is reached over the network. It calls through the program that uses it. */
export interface RemoteBinding extends Binding {
  /** Called once, by the program's constructor. */
  attach(program: Program): void;
}

/**
 * The threads of a program. No WeakMap leads from threads to their program: what it holds would outlive every
 * collection of the young, and a simulation makes programs by the thousand.
 */
class ProgramRuntime extends Runtime {
  readonly program: Program;

  constructor(host: Host, program: Program) {
    super(host);
    this.program = program;
  }
}

/**
 * The program whose code runs at present.
 *
 * @throws Error outside of every thread
 */
export function runningProgram(): Program {
  const runtime = runningRuntime();
  if (runtime instanceof ProgramRuntime) return runtime.program;
  throw new Error("no thread of a program runs here; call this in a procedure of a module");
}

/** What a process may do: export modules, import and bind troupes, run threads, sleep. */
export class Program implements Process {
  readonly host: Host;
  readonly binding: Binding;
  readonly endpoint: Endpoint;
  readonly runtime: Runtime;
  readonly reception: Reception;

  constructor(host: Host, binding: Binding | RemoteBinding, options?: Partial<MessageOptions>) {
    this.host = host;
    this.binding = binding;
    this.runtime = new ProgramRuntime(host, this);
    this.reception = new Reception(this, orderingOf);
    this.endpoint = new Endpoint(host, new CallReceiver(this, this.reception), options);
    if ("attach" in binding) binding.attach(this);
  }

  /** Exports an object as a member of a troupe. Its methods can be called from now on. */
  export<T extends object>(module: T, options: ExportOptions<T>): Export {
    return this.reception.export(module, options);
  }

  /**
   * A stub for the troupe's module, of the given class. A name is looked up with the binding agent, which must answer
   * at once.
   *
   * @throws CallError "unknown-troupe"
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
   * As `import`, for a binding agent that answers later. A member of a troupe waits for an agent that does not answer,
   * because other members of its troupe may get an answer.
   *
   * @throws CallError "unknown-troupe", and every error of the agent
   */
  async bind<T extends object>(type: ModuleType<T>, name: string, options: ImportOptions = {}): Promise<Stub<T>> {
    const context = this.runtime.context();
    const waits = context.troupe !== 0;
    for (;;) {
      try {
        const found = await this.binding.lookupByName(name);
        if (found !== undefined) return makeStub(this, type, found, options);
        // Another member of this troupe may have found the callee.
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
    return this.runtime.thread(main, as?.id);
  }

  /**
   * Runs `main` in a thread of its own, whose only root is this process, and answers in the calling thread. The calls
   * of `main` do not change the path of the calling thread, which must be equal at every member of a troupe.
   */
  apart<R>(main: () => Promise<R>): Promise<R> {
    return this.runtime.apart(main);
  }

  /**
   * Runs branches of the thread concurrently, and answers their results in order when all have ended. If branches
   * threw, throws the error of the first such branch in order.
   *
   * Each branch has its own path. Its calls and random numbers are therefore equal at every member of a troupe, in
   * whatever order answers arrive. `Promise.all` suffices for calls that are all made at once. It does not suffice for
   * branches that each make several calls in sequence, since calls are numbered as they are made.
   *
   * @typeParam B the branches, each a function
   */
  parallel<const B extends readonly (() => unknown)[]>(
    branches: B,
  ): Promise<{ -readonly [I in keyof B]: Awaited<ReturnType<B[I]>> }> {
    return this.runtime.parallel(branches);
  }

  /**
   * The time of the thread in ms, equal at every member that executes it: when its unreplicated root made the call.
   */
  now(): Milliseconds {
    return this.runtime.now();
  }

  /** A number uniform on [0, 1), equal at every member of a troupe. It depends on the run's seed and replication. */
  random(): number {
    return this.runtime.random();
  }

  /** Waits `delay` ms. The thread continues in the same context. */
  sleep(delay: Milliseconds): Promise<void> {
    return this.runtime.sleep(delay);
  }
}
