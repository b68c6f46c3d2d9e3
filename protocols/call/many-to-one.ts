/**
 * The server's half of a replicated call: gather the CALLs of all members of the client troupe, collate them into one,
 * execute once, send the RETURN to every member of the client troupe.
 *
 * Source: dissertation, many-to-one calls. An unreplicated client makes one CALL, and there is nothing to gather.
 *
 * A member is waited for as long as it lives and may still call: it is asked for both (client-troupe.ts, inquiry.ts).
 */
import { sameMember } from "../binding/binding.ts";
import { supersedes } from "../binding/troupe-id.ts";
import { noTimer, type Milliseconds, type Timer } from "../host.ts";
import type { Keeper, ServerExchange } from "../message/incoming-call.ts";
import { Writer } from "../wire/bytes.ts";
import { writeFailed, writeRaised, type CallHeader } from "../wire/call.ts";
import { headerBytes } from "../wire/segment.ts";
import { Arrivals } from "./arrivals.ts";
import { argumentsOf, type CallerArguments } from "./caller-arguments.ts";
import type { ClientTroupe, Waiting } from "./client-troupe.ts";
import { disagreement, noMajority, sameBody, wait, type Collator, type Entry } from "./collator.ts";
import { describeCall } from "./context.ts";
import type { Export, Procedure } from "./export.ts";
import { writeInquiry } from "./inquiry.ts";
import { Invocation, refuse } from "./invocation.ts";
import type { KeptCall } from "./kept-calls.ts";
import type { Program } from "./program.ts";

const writer = new Writer();

/** In the place of the CALL of a member that has made the call elsewhere: it differs from every CALL. */
const madeElsewhere = new Uint8Array(headerBytes);

/** The CALLs of one replicated call, as they come from the members of a replicated client. */
export class Gathering implements Waiting, Keeper {
  readonly #program: Program;
  readonly key: string;
  readonly exported: Export;
  readonly #procedure: Procedure;
  #client: ClientTroupe;
  #entries: Entry[] = [];
  #exchanges: (ServerExchange | undefined)[] = [];
  /** The call number of each member's first attempt. */
  #firsts: number[] = [];
  readonly #header: CallHeader;
  #message: Uint8Array;
  #patience: Timer = noTimer;
  /** The call is executed, or refused, by what has come so far. */
  decided = false;
  #reply: Uint8Array | undefined = undefined;
  /** Until then a CALL may come from a member that was absent. */
  #strayUntil: Milliseconds = 0;
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
    this.key = key;
    this.#client = client;
    this.exported = exported;
    this.#procedure = procedure;
    this.#message = message;
    this.#header = header;
    this.#expect(client);
  }

  #expect(client: ClientTroupe): void {
    this.#entries = client.members.map((_, i) => (client.hasCrashed(i) ? null : undefined));
    this.#exchanges = client.members.map(() => undefined);
    this.#firsts = [];
    // Members of the caller make the same call at about the same time. Only when one is late is it asked whether it lives.
    const { host, endpoint } = this.#program;
    this.#patience = host.after(
      endpoint.options.retransmitInterval,
      (gathering) => gathering.#watchMissing(),
      this as Gathering,
    );
  }

  /** The membership of the caller has changed in the middle of the call: who does not belong any more is not waited for. */
  #expectInstead(client: ClientTroupe): void {
    this.#stopWaiting();
    const { members } = this.#client;
    const [entries, exchanges, firsts] = [this.#entries, this.#exchanges, this.#firsts];
    this.#expect(client);
    client.members.forEach((member, index) => {
      const before = members.findIndex((other) => sameMember(other, member));
      if (before < 0 || !entries[before]) return;
      this.#entries[index] = entries[before];
      this.#exchanges[index] = exchanges[before];
      this.#firsts[index] = firsts[before]!;
    });
    this.#client = client;
  }

  /**
   * A CALL of a member of the client troupe, whose membership is that of the CALL's client troupe ID. `first` is the call number
   * of its first attempt, if it is a repetition, else 0.
   */
  add(exchange: ServerExchange, message: Uint8Array, client: ClientTroupe, first: number): void {
    if (supersedes(client.id, this.#client.id)) this.#expectInstead(client);
    const index = this.#client.place(exchange);
    if (index < 0) {
      refuse(exchange, "not-a-member");
      return;
    }
    if (this.#procedure.takesGenerator && !this.decided) this.#startExplicit();
    const again = this.#exchanges[index] !== undefined;
    this.#entries[index] = message;
    this.#exchanges[index] = exchange;
    this.#firsts[index] = first === 0 ? exchange.number : first;
    this.#client.awaitNoMore(index, this);
    if (!again) this.#arrivals?.push(argumentsOf(this.#program, index, message));
    if (this.decided) this.#late(exchange, message);
    else this.#collate();
    this.#checkComplete();
  }

  inquiry(): Uint8Array {
    return writeInquiry(this.#message, this.#header);
  }

  absent(index: number, elsewhere: boolean): void {
    // It sends no CALL any more, but one that it sent before it gave us up may be on its way.
    const { host, endpoint } = this.#program;
    this.#strayUntil = host.now() + endpoint.options.datagramLifetime;
    this.#client.awaitNoMore(index, this);
    this.#missing(index, elsewhere ? madeElsewhere : null);
  }

  crashed(index: number): void {
    this.#missing(index, null);
  }

  #missing(index: number, entry: Entry): void {
    if (this.#entries[index] !== undefined) return;
    this.#entries[index] = entry;
    this.#arrivals?.push({ member: index, type: "crashed" });
    if (!this.decided) this.#collate();
    this.#checkComplete();
  }

  /** A slower member of the caller: it gets the RETURN of the one execution, which was kept for it. */
  #late(exchange: ServerExchange, message: Uint8Array): void {
    if (this.#procedure.collator.watches === true && !sameBody(message, this.#message)) {
      this.#traceDisagreement();
      refuse(exchange, "caller-disagreement");
    } else if (this.#reply !== undefined) {
      this.#keep(exchange);
      exchange.reply(this.#reply.slice());
    }
  }

  #collate(): void {
    if (this.#arrivals !== undefined) return;
    const collator: Collator = this.#procedure.collator;
    const verdict = collator.decide(this.#entries);
    if (verdict === wait) return;
    this.decided = true;
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
    return new Invocation(this.#program, this.exported, this.#procedure, this.#message, this.#header, this, args);
  }

  /** Hands the CALLs one by one to the module's own collator, or to the procedure itself. */
  #startExplicit(): void {
    const arrivals = new Arrivals<CallerArguments>(this.#program);
    this.#arrivals = arrivals;
    this.decided = true;
    this.exported.running++;
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

  /** The RETURN, for every member that has called; the others get it when they do. */
  reply(message: Uint8Array): void {
    this.#reply = message;
    for (const exchange of this.#exchanges) {
      if (exchange === undefined) continue;
      this.#keep(exchange);
      exchange.reply(message.slice());
    }
    const { exported } = this;
    if (this.#arrivals !== undefined && --exported.running === 0) exported.gate?.idle();
    this.#checkComplete();
  }

  /** A troupe that may change keeps its RETURNs until the client is finished with the call. */
  #keep(exchange: ServerExchange): void {
    if (this.exported.gate !== undefined) exchange.keep(undefined, this);
  }

  /** A client member is finished with the call. */
  forgotten(): void {
    this.#checkComplete();
  }

  /**
   * The gathering is over when each member of the caller has its RETURN, has crashed, or was absent for so long that no CALL
   * of it is on its way; if the troupe may change, only when each that lives is finished with the call.
   */
  #checkComplete(): void {
    if (this.#entries.includes(undefined)) return;
    this.#arrivals?.end();
    this.#stopWaiting();
    if (this.#reply === undefined || this.#exchanges.some((exchange) => exchange?.kept !== undefined)) return;
    const { host, reception } = this.#program;
    const rest = this.#strayUntil - host.now();
    if (rest > 0) this.#patience = host.after(rest, (gathering) => gathering.#checkComplete(), this as Gathering);
    else reception.gathered(this);
  }

  #stopWaiting(): void {
    this.#program.host.cancel(this.#patience);
    this.#patience = noTimer;
    this.#entries.forEach((_, index) => this.#client.awaitNoMore(index, this));
  }

  /** Executes the call, which other members of this troupe have executed, whoever has called here. */
  execute(): void {
    this.decided = true;
    this.#invoke().start();
  }

  /** The call as it is kept here; undefined if it has not been executed. */
  kept(): KeptCall | undefined {
    const reply = this.#reply;
    if (reply === undefined) return undefined;
    const exchanges = this.#exchanges.filter((exchange) => exchange !== undefined);
    return {
      key: this.key,
      origins: this.#exchanges.flatMap((exchange, index) => {
        if (exchange === undefined) return [];
        const { peer: address, peerIncarnation: incarnation } = exchange;
        return [{ address, incarnation, call: this.#firsts[index]! }];
      }),
      oldest: exchanges.map(({ client }) => client.oldest),
      call: this.#message.subarray(headerBytes),
      repeatable: !this.#procedure.takesGenerator,
      reply: reply.subarray(headerBytes),
      client: { id: this.#client.id, members: this.#client.members },
    };
  }

  /** The call was executed elsewhere, and its effect is in the state that was received with the reply. */
  restore(reply: Uint8Array, { origins, oldest }: KeptCall): void {
    this.decided = true;
    origins.forEach((origin, i) => {
      const exchange = this.#program.endpoint.retention.home(origin, oldest[i]!);
      const index = exchange === undefined ? -1 : this.#client.place(exchange);
      if (exchange === undefined || index < 0) return;
      exchange.retire();
      this.#entries[index] = this.#message;
      this.#exchanges[index] = exchange;
      this.#firsts[index] = origin.call;
    });
    this.reply(reply);
  }

  /** Forgets that the call was executed. */
  discard(): void {
    this.#stopWaiting();
    this.#program.reception.gathered(this);
    for (const exchange of this.#exchanges) exchange?.unkeep();
  }

  /** Gives up a gathering that is not decided; the answer is what has come. */
  dissolve(): { exchange: ServerExchange; message: Uint8Array }[] {
    this.#stopWaiting();
    this.#program.reception.gathered(this);
    return this.#exchanges.flatMap((exchange, index) => {
      return exchange === undefined ? [] : [{ exchange, message: this.#entries[index]! }];
    });
  }

  /** Some member has not called for a while. */
  #watchMissing(): void {
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
    host.trace({ type: "disagreement", ...names, troupe: this.exported.troupe.id });
  }
}
