/**
 * Calls troupes of real processes from a program of one's own:
 *
 *     import { connect } from "troupe/client";
 *     import Bank from "./bank.ts";
 *
 *     const client = connect();
 *     const bank = await client.bind(Bank, "bank");
 *     console.log(await bank.deposit("alice", 100));
 *     client.close();
 *
 * Each call is a thread of its own. Calls may be made at any time, also at the same time.
 */
import type { Reply } from "../protocols/call/client/explicit-call.ts";
import type { ImportOptions, Stub } from "../protocols/call/client/stub.ts";
import { collators } from "../protocols/call/collator.ts";
import { interfaceOf, type ModuleType } from "../protocols/call/interface.ts";
import type { Method } from "../protocols/call/module.ts";
import type { Milliseconds } from "../protocols/host.ts";
import type { Program } from "../protocols/program/program.ts";
import { didYouMean } from "../languages/nearest.ts";
import { BadData } from "../sim/bad-data.ts";
import { classWith, findTroupe } from "./real/directory.ts";
import { ownIp, readPlaces, standardPlaces } from "./real/places.ts";
import { openProcess, type RealProcess } from "./real/process.ts";

/** Where the Ringmaster is, and how the client sends. */
export interface ConnectOptions {
  /** The Ringmaster's well-known addresses. Default: three ports of this machine, 1985 to 1987. */
  readonly ringmaster?: string;
  /** This machine's IPv4 address, as others reach it. Default: 127.0.0.1, if the Ringmaster is there. */
  readonly host?: string;
  /** The UDP port. Default: any free port. */
  readonly port?: number;
  /** The secret that all processes share. Default: the environment variable TROUPE_KEY. */
  readonly key?: string;
}

/** How results are collated, and how long a call may take. */
export interface BindOptions extends Omit<ImportOptions, "collator"> {
  /** Default: "unanimous", or what a compiled interface states. */
  readonly collator?: ImportOptions["collator"] | "unanimous" | "first-come" | "majority" | "watchdog";
  /** Wait until the troupe has at least so many members. Default: 1. */
  readonly members?: number;
  /** The longest wait in ms for the troupe and its members. Default: 10,000. */
  readonly wait?: Milliseconds;
}

/**
 * Opens a UDP socket for calls. The socket keeps Node alive until `close`.
 *
 * @throws BadData for an address or a key that cannot be one; CommandFailed if the address cannot be used
 */
export function connect(options: ConnectOptions = {}): Client {
  const places = readPlaces(options.ringmaster ?? standardPlaces);
  const ip = ownIp(options.host, places);
  const key = options.key === undefined ? {} : { key: options.key };
  return new Client(openProcess({ ip, port: options.port ?? 0, places, ...key }));
}

/** A client of troupes of real processes, until it is closed. */
class Client {
  readonly #real: RealProcess;
  /** Troupes that were called by name. */
  readonly #bound = new Map<string, Promise<{ stub: Stub<Record<string, Method>>; procedures: readonly string[] }>>();

  constructor(real: RealProcess) {
    this.#real = real;
  }

  /**
   * A stub of the troupe of that name, with the methods of the class or of a compiled interface.
   *
   * @throws BadData if the Ringmaster knows no such troupe, or its members have other methods than the class
   * @throws CommandFailed if nobody answers, or members are missing, in the time of waiting
   */
  async bind<T extends object>(type: ModuleType<T>, name: string, options: BindOptions = {}): Promise<Stub<T>> {
    const { members = 1, wait = 10_000, collator, ...rest } = options;
    const { troupe, procedures } = await findTroupe(this.#real.binding, name, { members, wait });
    const own = interfaceOf(type);
    const wanted = own.procedures.map((procedure) => procedure.name);
    const missing = wanted.find((procedure) => !procedures.includes(procedure));
    if (missing !== undefined || (typeof type === "function" && wanted.length !== procedures.length)) {
      throw new BadData(
        `${own.name} does not fit the troupe ${name}: it has the methods ${wanted.join(", ")}, and the members have ${procedures.join(", ")}.`,
      );
    }
    const by = typeof collator === "string" ? collatorNamed(collator) : collator;
    const { program } = this.#real;
    const stub = program.import(type, troupe, { ...rest, ...(by === undefined ? {} : { collator: by }) });
    return inThreads(program, stub, wanted);
  }

  /**
   * Calls a method of a troupe without its class.
   *
   * @throws As `bind`; BadData if the troupe has no such method; CallError and RemoteError as every call
   */
  async call(name: string, method: string, ...args: readonly unknown[]): Promise<unknown> {
    let bound = this.#bound.get(name);
    if (bound === undefined) {
      bound = this.#bindByName(name);
      this.#bound.set(name, bound);
      // A troupe that is not there may come.
      bound.catch(() => this.#bound.delete(name));
    }
    const { stub, procedures } = await bound;
    if (!procedures.includes(method)) {
      throw new BadData(
        `${name} has no method ${method}.${didYouMean(method, procedures) || ` It has ${procedures.join(", ")}.`}`,
      );
    }
    return (stub[method] as unknown as (...args: readonly unknown[]) => Promise<unknown>)(...args);
  }

  async #bindByName(name: string) {
    const { troupe, procedures } = await findTroupe(this.#real.binding, name, { members: 1, wait: 10_000 });
    const { program } = this.#real;
    return { stub: inThreads(program, program.import(classWith(procedures), troupe), procedures), procedures };
  }

  /** Closes the socket. Calls under way are not answered any more. */
  close(): void {
    this.#real.host.close();
  }
}

export type { Client };

function collatorNamed(name: string): NonNullable<ImportOptions["collator"]> {
  const known = Object.hasOwn(collators, name) ? collators[name] : undefined;
  if (known !== undefined) return known;
  const names = Object.keys(collators);
  throw new BadData(`there is no collator ${name}.${didYouMean(name, names) || ` There are ${names.join(", ")}.`}`);
}

type Replies = AsyncIterableIterator<Reply<unknown>>;
type Procedure = ((...args: unknown[]) => Promise<unknown>) & { replies(...args: unknown[]): Replies };

/** The stub, each of whose calls begins a thread. */
function inThreads<T extends object>(program: Program, stub: Stub<T>, names: readonly string[]): Stub<T> {
  const threaded: Record<string, unknown> = {};
  for (const name of names) {
    const procedure = (stub as unknown as Record<string, Procedure>)[name]!;
    const call = (...args: unknown[]): Promise<unknown> => program.thread(() => procedure(...args));
    const replies = async function* (...args: unknown[]): AsyncGenerator<Reply<unknown>> {
      yield* await program.thread(() => procedure.replies(...args));
    };
    threaded[name] = Object.assign(call, { replies });
  }
  return threaded as Stub<T>;
}
