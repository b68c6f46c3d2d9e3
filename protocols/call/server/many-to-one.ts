/**
 * The server's half of a replicated call: gather the CALLs of all members of the client troupe, collate them into one,
 * execute once, send the RETURN to every member of the client troupe.
 *
 * Source: dissertation, many-to-one calls. An unreplicated client makes a single CALL, which needs no gathering.
 *
 * The server waits for a member while that member is alive and may still call. The server asks the member for both
 * (client-troupe.ts, inquiry.ts).
 */
import { noTimer, type Timer } from "../../host.ts";
import type { Retainer, ServerExchange } from "../../message/incoming-call.ts";
import { Arrivals } from "../../thread/arrivals.ts";
import { describeCall } from "../../thread/context.ts";
import { supersedes } from "../../troupe/troupe-id.ts";
import { Writer } from "../../wire/bytes.ts";
import { contentOf, writeFailed, writeInquiry, type Call } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import { disagreement, noMajority, sameBody, wait } from "../collator.ts";
import type { Process } from "../process.ts";
import { argumentsOf, type CallerArguments } from "./caller-arguments.ts";
import { Callers, type Gatherer } from "./callers.ts";
import type { ClientTroupe, Waiting } from "./client-troupe.ts";
import type { Export, Procedure } from "./export.ts";
import { refuse, refuseAll, type Incoming } from "./incoming.ts";
import { Invocation } from "./invocation.ts";
import type { Electorate, OrderedAnswer } from "./ordering.ts";
import type { RetainedCall } from "./retained-call.ts";
import { RetentionPeriod } from "./retention-period.ts";

const writer = new Writer();

/** The CALLs of one replicated call, as they arrive from the members of a replicated client. */
export class Gathering implements Waiting, Retainer, OrderedAnswer {
  readonly #owner: Gatherer;
  readonly #process: Process;
  readonly key: string;
  readonly exported: Export;
  readonly #procedure: Procedure;
  #callers: Callers;
  /** The CALL that is executed; before the decision, the first CALL to arrive. */
  call: Call;
  #timer: Timer = noTimer;
  /** Whether the call is executed or refused on the basis of the CALLs so far. */
  decided = false;
  #reply: Uint8Array | undefined = undefined;
  readonly #retention: RetentionPeriod;
  place = 0;
  /** The generator for a program that reads the arguments one by one. */
  #arrivals: Arrivals<CallerArguments> | undefined = undefined;

  constructor(owner: Gatherer, client: ClientTroupe, key: string, exported: Export, procedure: Procedure, call: Call) {
    const { process } = owner;
    this.#owner = owner;
    this.#process = process;
    this.key = key;
    this.exported = exported;
    this.#procedure = procedure;
    this.call = call;
    this.#callers = this.#expect(new Callers(client));
    this.#retention = new RetentionPeriod(process.host, process.endpoint.options.datagramLifetime);
  }

  /** Members of a caller call at about the same time. A member is asked whether it is alive only when it is late. */
  #expect(callers: Callers): Callers {
    const { host, endpoint } = this.#process;
    const late = endpoint.options.retransmitInterval;
    this.#timer = host.after(late, (gathering) => gathering.#watchMissing(), this as Gathering);
    return callers;
  }

  /** A member calls under a later membership: the call waits for members of that membership only. */
  #expectInstead(client: ClientTroupe): void {
    this.#stopWaiting();
    const callers = this.#callers.succeededBy(client);
    this.#callers = this.#expect(callers);
    this.#remember();
    if (this.#reply === undefined) refuseAll(callers.dismiss(), "not-a-member");
  }

  /** Adds a CALL. `client` is the membership of the CALL's client troupe ID. */
  add(incoming: Incoming, client: ClientTroupe): void {
    if (supersedes(client.id, this.#callers.client.id)) this.#expectInstead(client);
    const callers = this.#callers;
    const { exchange, call } = incoming;
    const index = callers.client.place(exchange);
    if (index < 0) {
      refuse(exchange, "not-a-member");
      return;
    }
    if (this.#procedure.takesGenerator && !this.decided) this.#startExplicit();
    const expected = callers.entries[index] === undefined;
    callers.called(index, incoming);
    callers.client.awaitNoMore(index, this);
    if (expected) this.#arrivals?.push(argumentsOf(this.#process, index, call, this.#procedure.form));
    if (this.decided) this.#late(incoming);
    else this.#collate();
    this.#checkComplete();
  }

  inquiry(): Uint8Array {
    return writeInquiry(writer, this.call);
  }

  absent(index: number, elsewhere: boolean): void {
    // The member sends no further CALL, but an earlier CALL may still be on its way.
    this.#retention.prolongForStrays();
    this.#callers.client.awaitNoMore(index, this);
    if (this.#callers.misses(index, elsewhere)) this.#goOnWithout(index);
    this.#checkComplete();
  }

  crashed(index: number): void {
    this.#remember();
    if (this.#callers.misses(index, false)) this.#goOnWithout(index);
    this.#checkComplete();
  }

  doubtful(index: number): void {
    if (this.#callers.doubts(index)) this.#goOnWithout(index);
    this.#checkComplete();
  }

  superseded(): void {
    this.#checkComplete();
  }

  #goOnWithout(index: number): void {
    this.#arrivals?.push({ member: index, type: "crashed" });
    if (!this.decided) this.#collate();
  }

  /** A member is gone. Only a membership that changes can have departed members that still call. */
  #remember(): void {
    if (this.#callers.client.changes) this.#retention.prolongForTheGone();
  }

  /** A slower member of the caller called. It gets the RETURN of the single execution, which was retained for it. */
  #late({ exchange, call }: Incoming): void {
    const executed = contentOf(this.call);
    if (this.#procedure.collator.watches === true && !sameBody(contentOf(call), executed)) {
      this.#traceDisagreement();
      refuse(exchange, "caller-disagreement");
    } else if (this.#reply !== undefined) {
      this.#retain(exchange);
      exchange.reply(this.#reply.slice());
    } else this.exported.ordering?.joined(this.key);
  }

  get electorate(): Electorate {
    return this.#callers;
  }

  #collate(): void {
    if (this.#arrivals !== undefined) return;
    const verdict = this.#procedure.collator.decide(this.#callers.entries);
    if (verdict === wait) return;
    const { admission } = this.exported;
    if (!admission.admits(this.call.serverTroupe)) {
      // The lease has expired during the wait for members.
      for (const incoming of this.dissolve()) admission.notAdmitted(incoming);
      return;
    }
    this.decided = true;
    if (verdict >= 0) {
      this.call = this.#callers.firstOf(verdict).call;
      this.#invocation().start();
      return;
    }
    if (verdict === disagreement) this.#traceDisagreement();
    // The verdict cannot be "unavailable", since at least one member has called.
    this.reply(writeFailed(writer, verdict === noMajority ? "caller-no-majority" : "caller-disagreement"));
  }

  #invocation(): Invocation {
    return new Invocation(this.#process, this.exported, this.#procedure, this.call, this);
  }

  /** Passes the CALLs one by one to the module's own collator, or to the procedure. */
  #startExplicit(): void {
    const arrivals = new Arrivals<CallerArguments>(this.#process.runtime);
    this.#arrivals = arrivals;
    this.decided = true;
    const { collate } = this.#procedure;
    if (collate === undefined) this.#invocation().start([arrivals]);
    else this.#invocation().startWith(collate, arrivals);
  }

  /** Sends the RETURN to every member that has called. The other members get it when they call. */
  reply(message: Uint8Array): void {
    this.#reply = message;
    for (const { exchange } of this.#callers.incoming) {
      this.#retain(exchange);
      exchange.reply(message.slice());
    }
    this.#checkComplete();
  }

  /** Retains the RETURN for later repetitions. Answers the waiting CALLs, which do not get the RETURN. */
  retainReply(message: Uint8Array): ServerExchange[] {
    this.#reply = message;
    const waiting = this.#callers.incoming.map(({ exchange }) => exchange);
    for (const exchange of waiting) this.#retain(exchange);
    this.#checkComplete();
    return waiting;
  }

  /** A troupe that may change retains its RETURNs until the client is finished with the call. */
  #retain(exchange: ServerExchange): void {
    if (this.exported.admission.changes) exchange.retain(undefined, this);
  }

  /** A client member is finished with the call. */
  forgotten(): void {
    this.#checkComplete();
  }

  /**
   * Ends the gathering when each member of the caller has its RETURN or will not call, and the retention period has
   * passed. In a troupe that may change, each living member must also be finished with the call.
   */
  #checkComplete(): void {
    const callers = this.#callers;
    if (callers.areAwaited) return;
    this.#arrivals?.end();
    if (!callers.areSettled) return;
    this.#stopWaiting();
    for (const index of callers.missing) {
      callers.misses(index, false);
      this.#remember();
    }
    if (this.#reply === undefined || callers.isRetained) return;
    const { host } = this.#process;
    const { rest } = this.#retention;
    if (rest > 0) this.#timer = host.after(rest, (gathering) => gathering.#checkComplete(), this as Gathering);
    else this.#owner.over(this);
  }

  #stopWaiting(): void {
    this.#process.host.cancel(this.#timer);
    this.#timer = noTimer;
    const { client } = this.#callers;
    for (const index of client.members.keys()) client.awaitNoMore(index, this);
  }

  /** Executes a call that other members of this troupe have executed, whichever CALLs have arrived here. */
  execute({ origins, place }: RetainedCall): void {
    this.decided = true;
    this.place = place;
    for (const origin of origins) this.#callers.origins.push(origin);
    this.#invocation().start();
  }

  /** Whether the call is being executed, or its RETURN is withheld. */
  get isUnanswered(): boolean {
    return this.decided && this.#reply === undefined;
  }

  /** The retained call; undefined if it has not been executed, or was executed too long ago. */
  retainedCall(): RetainedCall | undefined {
    const reply = this.#reply;
    if (reply === undefined) return undefined;
    const { retention } = this.#process.endpoint;
    const { client, origins, isRetained, areSettled } = this.#callers;
    const { rest, isTold } = this.#retention;
    if (areSettled && !isRetained && !isTold && client.changes) return undefined;
    return {
      key: this.key,
      place: this.place,
      origins,
      oldest: origins.map((origin) => retention.oldestOf(origin)),
      call: this.call.message.subarray(headerBytes),
      repeatable: !this.#procedure.takesGenerator,
      reply: reply.subarray(headerBytes),
      client: { id: client.id, members: client.members.filter((_, i) => !client.hasCrashed(i)) },
      rest,
    };
  }

  /** Another member executed the call. The received state contains its effect, and `reply` is its RETURN. */
  restore(reply: Uint8Array, retained: RetainedCall): void {
    this.decided = true;
    this.place = retained.place;
    this.#retention.prolong(retained.rest);
    this.#callers.restore(this.#process.endpoint.retention, retained, this.call);
    this.reply(reply);
  }

  /** Forgets that the call was executed. */
  discard(): void {
    for (const { exchange } of this.dissolve()) exchange.endRetention();
  }

  /** Dissolves a gathering that is not decided. Answers its CALLs. */
  dissolve(): Incoming[] {
    this.#stopWaiting();
    this.#owner.over(this);
    const { incoming, client } = this.#callers;
    this.#callers = new Callers(client);
    return incoming;
  }

  /** Some member has not called for some time. */
  #watchMissing(): void {
    this.#timer = noTimer;
    const { client, missing } = this.#callers;
    for (const index of missing) {
      if (client.hasCrashed(index)) this.crashed(index);
      else client.await(index, this);
    }
  }

  #traceDisagreement(): void {
    const { host } = this.#process;
    if (!host.traced) return;
    const names = describeCall(this.call.message, headerBytes, this.call.pathEnd);
    host.trace({ type: "disagreement", ...names, troupe: this.exported.troupe.id });
  }
}
