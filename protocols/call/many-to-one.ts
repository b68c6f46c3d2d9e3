/**
 * The server's half of a replicated call: gather the CALLs of all members of the client troupe, collate them into one,
 * execute once, send the RETURN to every member of the client troupe.
 *
 * Source: dissertation, many-to-one calls. An unreplicated client makes one CALL, and there is nothing to gather.
 */
import { noTimer, type Timer } from "../host.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import { MalformedError, Writer } from "../wire/bytes.ts";
import { readArguments, readCallHeader, writeFailed, writeRaised, type CallHeader } from "../wire/call.ts";
import { headerBytes } from "../wire/segment.ts";
import { Arrivals } from "./arrivals.ts";
import type { ClientTroupe, Waiting } from "./client-troupe.ts";
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

/** The CALLs of one replicated call, as they come from the members of a replicated client. */
export class Gathering implements Waiting {
  readonly #program: Program;
  readonly #key: string;
  readonly #client: ClientTroupe;
  readonly #exported: Export;
  readonly #procedure: Procedure;
  readonly #entries: Entry[] = [];
  readonly #exchanges: ServerExchange[] = [];
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
    key: string,
    exported: Export,
    procedure: Procedure,
    message: Uint8Array,
    header: CallHeader,
  ) {
    this.#program = program;
    this.#key = key;
    this.#client = client;
    this.#exported = exported;
    this.#procedure = procedure;
    this.#message = message;
    this.#header = header;
    for (let i = 0; i < client.addresses.length; i++) {
      this.#entries.push(client.hasCrashed(i) ? null : undefined);
    }
    // Members of the caller make the same call at about the same time. Only when one is late is it asked whether it lives.
    const { host, endpoint } = program;
    this.#patience = host.after(endpoint.options.retransmitInterval, watchMissing, this as Gathering);
    if (procedure.takesGenerator) this.#startExplicit();
  }

  /** A CALL of the client troupe's member at this place. */
  add(index: number, exchange: ServerExchange, message: Uint8Array): void {
    this.#entries[index] = message;
    this.#exchanges.push(exchange);
    this.#client.awaitNoMore(index, this);
    if (this.#arrivals !== undefined) this.#pushArguments(index, message, this.#arrivals);
    if (this.#decided) this.#late(exchange, message);
    else this.#collate();
    this.#checkComplete();
  }

  crashed(index: number): void {
    if (this.#entries[index] !== undefined) return;
    this.#entries[index] = null;
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
      // The program's collator may also throw before it answers a promise.
      new Promise<readonly unknown[]>((resolve) => resolve(collate(arrivals))).then(
        (args) => this.#invoke(args).start(),
        (error: unknown) => this.reply(writeRaised(writer, error)),
      );
    });
  }

  #pushArguments(member: number, message: Uint8Array, arrivals: Arrivals<CallerArguments>): void {
    try {
      const args = readArguments(message, readCallHeader(message).argumentsAt);
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
    for (const exchange of this.#exchanges) exchange.reply(message.slice());
    this.#checkComplete();
  }

  /** The gathering is over when each member of the caller has its RETURN or has crashed. */
  #checkComplete(): void {
    if (this.#entries.includes(undefined)) return;
    this.#arrivals?.end();
    this.#program.host.cancel(this.#patience);
    this.#patience = noTimer;
    if (this.#reply !== undefined) this.#program.gathered(this.#key);
  }

  watchMissing(): void {
    this.#patience = noTimer;
    this.#entries.forEach((entry, index) => {
      if (entry !== undefined) return;
      if (this.#client.hasCrashed(index)) this.crashed(index);
      else this.#client.await(index, this);
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
