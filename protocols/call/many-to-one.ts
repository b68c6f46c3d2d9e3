/**
 * The server's half of a replicated call: gather the CALLs of all members of the client troupe, collate them into one,
 * execute once, send the RETURN to every member of the client troupe.
 *
 * Source: dissertation, many-to-one calls. An unreplicated client makes one CALL, and there is nothing to gather.
 */
import { noTimer, type Address, type Timer } from "../host.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import type { Watch } from "../message/watch.ts";
import { MalformedError, Reader, Writer } from "../wire/bytes.ts";
import { callKey, readCallHeader, writeFailed, writeRaised, type CallHeader } from "../wire/call.ts";
import { headerBytes } from "../wire/segment.ts";
import { internalizeList } from "../wire/value.ts";
import { Arrivals } from "./arrivals.ts";
import { disagreement, noMajority, sameBody, wait, type Collator, type Entry } from "./collator.ts";
import { describeCall } from "./context.ts";
import type { Export, Procedure } from "./export.ts";
import { Invocation, refuse } from "./invocation.ts";
import type { Program } from "./program.ts";

/** The arguments that one member of the client troupe called with, as the generator of arguments hands them out. */
export type CallerArguments =
  | { readonly member: number; readonly type: "called"; readonly arguments: readonly unknown[] }
  | { readonly member: number; readonly type: "crashed" };

const writer = new Writer();

/**
 * A client troupe as a server member knows it. Machines are fail-stop: a member that was declared crashed, or that was
 * replaced by a later process at its address, does not belong any more, whatever it sends. It would name new
 * calls like old ones.
 */
export class ClientTroupe {
  readonly addresses: readonly Address[];
  /** By member: the incarnation that has called, 0 if none has, `excluded` once it crashed. */
  readonly #incarnations: number[];

  constructor(addresses: readonly Address[]) {
    this.addresses = addresses;
    this.#incarnations = addresses.map(() => 0);
  }

  /** The place of the exchange's peer among the members; -1 if it has none. */
  place(exchange: ServerExchange): number {
    const index = this.addresses.indexOf(exchange.peer);
    if (index < 0) return -1;
    this.#incarnations[index] ||= exchange.peerIncarnation;
    return this.#incarnations[index] === exchange.peerIncarnation ? index : -1;
  }

  crashed(index: number): void {
    this.#incarnations[index] = excluded;
  }
}

const excluded = -1;

/** The CALLs of one replicated call, as they come from the members of a replicated client. */
export class Gathering {
  readonly #program: Program;
  readonly #key: string;
  readonly #client: ClientTroupe;
  readonly #exported: Export;
  readonly #procedure: Procedure;
  readonly #entries: Entry[] = [];
  readonly #exchanges: (ServerExchange | undefined)[] = [];
  readonly #watches: Watch[] = [];
  readonly #header: CallHeader;
  #message: Uint8Array;
  #patience: Timer;
  #decided = false;
  #reply: Uint8Array | undefined = undefined;
  /** For a program that wants the arguments one by one. */
  #arrivals: Arrivals<CallerArguments> | undefined = undefined;

  constructor(
    program: Program,
    client: ClientTroupe,
    exported: Export,
    procedure: Procedure,
    message: Uint8Array,
    header: CallHeader,
  ) {
    this.#program = program;
    this.#key = callKey(message, header.pathEnd);
    this.#client = client;
    this.#exported = exported;
    this.#procedure = procedure;
    this.#message = message;
    this.#header = header;
    for (let i = 0; i < client.addresses.length; i++) {
      this.#entries.push(undefined);
      this.#exchanges.push(undefined);
    }
    // Members of the caller make the same call at about the same time. Only when one is late is it asked whether it lives.
    const { host, endpoint } = program;
    this.#patience = host.after(endpoint.options.retransmitInterval, watchMissing, this as Gathering);
    if (procedure.takesGenerator) this.#startExplicit();
  }

  /** A CALL of the client troupe's member. */
  add(exchange: ServerExchange, message: Uint8Array): void {
    const index = this.#client.place(exchange);
    if (index < 0) {
      refuse(exchange, "not-a-member");
      return;
    }
    this.#entries[index] = message;
    this.#exchanges[index] = exchange;
    if (this.#arrivals !== undefined) this.#pushArguments(index, message, this.#arrivals);
    if (this.#decided) this.#late(exchange, message);
    else this.#collate();
    this.#checkComplete();
  }

  crashed(index: number): void {
    if (this.#entries[index] !== undefined) return;
    this.#entries[index] = null;
    this.#client.crashed(index);
    this.#arrivals?.push({ member: index, type: "crashed" });
    if (!this.#decided) this.#collate();
    this.#checkComplete();
  }

  /** A slower member of the caller: it gets the RETURN of the one execution, which was kept for it. */
  #late(exchange: ServerExchange, message: Uint8Array): void {
    if (this.#procedure.collator.watches === true && !sameBody(message, this.#message)) {
      this.#traceDisagreement();
      refuse(exchange, "caller-disagreement");
    } else if (this.#reply !== undefined) exchange.reply(this.#reply.slice());
  }

  #collate(): void {
    if (this.#arrivals !== undefined) return;
    const collator: Collator = this.#procedure.collator;
    const verdict = collator.decide(this.#entries);
    if (verdict === wait) return;
    this.#decided = true;
    if (verdict >= 0) {
      this.#message = this.#entries[verdict]!;
      this.#invoke().start();
      return;
    }
    if (verdict === disagreement) this.#traceDisagreement();
    // "Unavailable" cannot be: at least one member called.
    this.reply(writeFailed(writer, verdict === noMajority ? "caller-no-majority" : "caller-disagreement"));
  }

  #invoke(args?: readonly unknown[]): Invocation {
    return new Invocation(this.#program, this.#exported, this.#procedure, this.#message, this.#header, this, args);
  }

  /** Hands the CALLs one by one to the module's own collator, or to the procedure itself. */
  #startExplicit(): void {
    const arrivals = new Arrivals<CallerArguments>(this.#program);
    this.#arrivals = arrivals;
    this.#decided = true;
    const { collate } = this.#procedure;
    if (collate === undefined) {
      this.#invoke([arrivals]).start();
      return;
    }
    this.#program.resume(this.#invoke().context(), () => {
      collate(arrivals).then(
        (args) => this.#invoke(args).start(),
        (error: unknown) => this.reply(writeRaised(writer, error)),
      );
    });
  }

  #pushArguments(member: number, message: Uint8Array, arrivals: Arrivals<CallerArguments>): void {
    try {
      const args = internalizeList(new Reader(message, readCallHeader(message).argumentsAt));
      arrivals.push({ member, type: "called", arguments: args });
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#program.endpoint.counters.malformed++;
      arrivals.push({ member, type: "crashed" });
    }
  }

  /** The RETURN, for every member that has called; the others get it when they do. */
  reply(message: Uint8Array): void {
    this.#reply = message;
    for (const exchange of this.#exchanges) exchange?.reply(message.slice());
    this.#checkComplete();
  }

  /** The gathering is over when each member of the caller has its RETURN or has crashed. */
  #checkComplete(): void {
    if (this.#entries.includes(undefined)) return;
    this.#arrivals?.end();
    this.#program.host.cancel(this.#patience);
    this.#patience = noTimer;
    for (const watch of this.#watches) watch.stop();
    this.#watches.length = 0;
    if (this.#reply !== undefined) this.#program.gathered(this.#key);
  }

  watchMissing(): void {
    this.#patience = noTimer;
    this.#entries.forEach((entry, index) => {
      if (entry !== undefined) return;
      const address = this.#client.addresses[index]!;
      this.#watches.push(this.#program.endpoint.watch(address, () => this.crashed(index)));
    });
  }

  #traceDisagreement(): void {
    const { host } = this.#program;
    if (!host.traced) return;
    const names = describeCall(this.#message, headerBytes, this.#header.pathEnd);
    host.trace({ type: "disagreement", ...names, troupe: this.#exported.troupe.id });
  }
}

function watchMissing(gathering: Gathering): void {
  gathering.watchMissing();
}
