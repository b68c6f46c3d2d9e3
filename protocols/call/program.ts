/**
 * The runtime of one process: the modules that it exports, the stubs through which it calls, and its threads.
 *
 * User code runs in turns (Host.turn), each in the context of one thread. As everything that it may wait for comes from here,
 * the context of a turn is that of all promise jobs that run in it: a thread keeps its identity across `await`
 * with no help from the language.
 */
import type { Binding, Troupe, TroupeId } from "../binding/binding.ts";
import { CallError } from "../errors.ts";
import type { Host, Milliseconds } from "../host.ts";
import { Endpoint, type Receiver } from "../message/endpoint.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import type { MessageOptions } from "../message/options.ts";
import { MalformedError } from "../wire/bytes.ts";
import { callKey, readCallHeader, type CallHeader } from "../wire/call.ts";
import { Context } from "./context.ts";
import { Export, type ExportOptions, type ModuleClass, type Procedure } from "./export.ts";
import { Invocation, refuse } from "./invocation.ts";
import { ClientTroupe } from "./client-troupe.ts";
import { Gathering } from "./many-to-one.ts";
import { makeStub, type ImportOptions, type Stub } from "./stub.ts";

export class Program implements Receiver {
  readonly host: Host;
  readonly binding: Binding;
  readonly endpoint: Endpoint;
  /** Few: mostly one. */
  readonly #exports: Export[] = [];
  /** Both only where a caller is replicated. */
  #gatherings: Map<string, Gathering> | undefined = undefined;
  #clients: Map<TroupeId, ClientTroupe> | undefined = undefined;
  /** Threads begun so far, by the troupe in whose name. */
  readonly #threads = new Map<TroupeId, number>();
  #current: Context | undefined = undefined;

  constructor(host: Host, binding: Binding, options?: Partial<MessageOptions>) {
    this.host = host;
    this.binding = binding;
    this.endpoint = new Endpoint(host, this, options);
  }

  /** Makes an object a member of a troupe: its methods can be called from now on. */
  export<T extends object>(module: T, options: ExportOptions<T>): void {
    const { troupe } = options;
    if (this.#exported(troupe.module) !== undefined) {
      throw new RangeError(`module number ${troupe.module} of troupe "${troupe.name}" is exported already`);
    }
    this.#exports.push(new Export(module, options as ExportOptions<object>));
    if (troupe.group !== undefined) this.host.join(troupe.group);
  }

  #exported(module: number): Export | undefined {
    const exports = this.#exports;
    for (let i = 0; i < exports.length; i++) if (exports[i]!.troupe.module === module) return exports[i];
    return undefined;
  }

  /**
   * A stub for the troupe's module, of the given class. A name is looked up with the binding agent: a promise if that is.
   * Throws CallError "unknown-troupe".
   */
  import<T extends object>(type: ModuleClass<T>, troupe: Troupe | string, options: ImportOptions = {}): Stub<T> {
    if (typeof troupe !== "string") return makeStub(this, type, troupe, options);
    const found = this.binding.lookupByName(troupe);
    if (found === undefined) throw new CallError("unknown-troupe", troupe);
    if (found instanceof Promise)
      throw new TypeError(`troupe "${troupe}" must be looked up first: this binding answers later`);
    return makeStub(this, type, found, options);
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

  /** The time of the thread, the same at every member of a troupe that executes it: when its unreplicated root made the call. */
  now(): Milliseconds {
    return this.context().clock ?? this.host.now();
  }

  /** Uniform on [0, 1), the same at every member of a troupe. */
  random(): number {
    return this.context().random();
  }

  /** Waits. The thread goes on in the same context. */
  sleep(delay: Milliseconds): Promise<void> {
    const context = this.context();
    return new Promise((resolve) => {
      this.host.after(delay, () => this.resume(context, resolve), undefined);
    });
  }

  /** Where the code that asks is running. A call made outside of any thread begins one of its own. */
  context(): Context {
    return (this.#current ??= this.#newRoot(0));
  }

  #newRoot(troupe: TroupeId): Context {
    const number = (this.#threads.get(troupe) ?? 0) + 1;
    this.#threads.set(troupe, number);
    if (troupe !== 0) return Context.root(troupe, 0, number, troupe);
    return Context.root(this.host.address, this.host.incarnation, number, 0);
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

  /** A CALL has come (Receiver). */
  called(exchange: ServerExchange, message: Uint8Array): void {
    let header: CallHeader;
    try {
      header = readCallHeader(message);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.endpoint.counters.malformed++;
      refuse(exchange, "bad-arguments");
      return;
    }
    const exported = this.#exported(header.module);
    const procedure = exported?.procedures[header.procedure];
    if (exported === undefined || procedure === undefined) refuse(exchange, "unknown-procedure");
    else if (header.serverTroupe !== exported.troupe.id) refuse(exchange, "stale-binding");
    else if (header.clientTroupe === 0 && !beganThread(exchange, header)) refuse(exchange, "not-a-member");
    else if (header.clientTroupe === 0 && !procedure.takesGenerator) {
      new Invocation(this, exported, procedure, message, header, exchange).start();
    } else this.#gather(exchange, message, header, exported, procedure);
  }

  #gather(
    exchange: ServerExchange,
    message: Uint8Array,
    header: CallHeader,
    exported: Export,
    procedure: Procedure,
  ): void {
    const add = (client: ClientTroupe | undefined): void => {
      const place = client?.place(exchange) ?? -1;
      if (client === undefined) refuse(exchange, "unknown-troupe");
      else if (place < 0) refuse(exchange, "not-a-member");
      else {
        const key = callKey(message, header.pathEnd);
        const gatherings = (this.#gatherings ??= new Map());
        let gathering = gatherings.get(key);
        if (gathering === undefined) {
          gathering = new Gathering(this, client, key, exported, procedure, message, header);
          gatherings.set(key, gathering);
        }
        gathering.add(place, exchange, message);
      }
    };
    if (header.clientTroupe === 0) add(new ClientTroupe(this.endpoint, [exchange.peer]));
    else this.#withClient(header.clientTroupe, add);
  }

  /** Looks a client troupe up with the binding agent, once. */
  #withClient(id: TroupeId, use: (client: ClientTroupe | undefined) => void): void {
    const clients = (this.#clients ??= new Map());
    const known = clients.get(id);
    if (known !== undefined) {
      use(known);
      return;
    }
    const found = (troupe: Troupe | undefined): void => {
      let client = clients.get(id);
      if (client === undefined && troupe !== undefined) {
        client = new ClientTroupe(
          this.endpoint,
          troupe.members.map((member) => member.address),
        );
        clients.set(id, client);
      }
      use(client);
    };
    const answer = this.binding.lookupById(id);
    if (answer instanceof Promise) answer.then(found, () => use(undefined));
    else found(answer);
  }

  /** For Gathering: it is over. */
  gathered(key: string): void {
    this.#gatherings?.delete(key);
  }
}

/** Who calls in its own name began the thread: a CALL that was captured elsewhere is not executed for another process. */
function beganThread(exchange: ServerExchange, { origin, incarnation }: CallHeader): boolean {
  return origin === exchange.peer && incarnation === exchange.peerIncarnation;
}

function leave(program: Program): boolean {
  program.leave();
  return false;
}
