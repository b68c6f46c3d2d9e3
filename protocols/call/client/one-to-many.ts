/**
 * The client's half of a replicated call: send the same CALL to every member of the server troupe, gather the RETURNs,
 * collate.
 *
 * Source: dissertation, one-to-many calls. Each member of the client troupe makes the call alone, without knowing the
 * other members. This file has what both ways of calling share. collated-call.ts gives the program one result;
 * explicit-call.ts gives it the generator of all results. repetition.ts takes over when the binding is stale or a
 * member crashes.
 */
import { CallError, RemoteError, type CallErrorKind } from "../../errors.ts";
import type { Address } from "../../host.ts";
import type { Caller, OutgoingCall } from "../../message/outgoing-call.ts";
import type { Attempt, CallWithin } from "../../thread/attempt.ts";
import type { Context } from "../../thread/context.ts";
import { failureOf, fatalIn, isProvisional, type Outcome } from "../../wire/call.ts";
import type { ProcedureForm } from "../../wire/procedure.ts";
import type { CallStatus } from "../call-status.ts";
import type { Process } from "../process.ts";
import type { BoundMembership, Callee } from "./callee.ts";
import { Repetition, type RepeatedCall } from "./repetition.ts";

/** Receives a callee's votes on one call within a transaction, and answers them (transaction/election.ts). */
export interface Votes {
  /** A member has answered, is dead, or the membership is another. */
  reconsider(): void;
  /** The outcome of the transaction that contains the call is known. */
  settled(): void;
}

/** One replicated call at its client. Members are named by their index in `bound`. */
export abstract class OneToMany implements Caller, RepeatedCall, CallWithin {
  readonly process: Process;
  readonly context: Context;
  readonly callee: Callee;
  #bound: BoundMembership;
  readonly form: ProcedureForm;
  readonly #sequence: number;
  #message: Uint8Array | undefined = undefined;
  #outgoing: OutgoingCall | undefined = undefined;
  /** Undefined until a member has voted. */
  votes: Votes | undefined = undefined;
  /** What has become of the transaction that the call was made in. */
  outcome: boolean | undefined = undefined;
  /** Whether the call is part of a transaction and some members have not answered it. */
  #incomplete = false;
  /** Whether the call is part of a transaction whose outcome the callee's members wait for. */
  protected isProvisional = false;
  /** The members found dead, in a membership that does not change. */
  #dead: Set<number> | undefined = undefined;
  /** Whether a member, in a membership that does not change, no longer takes the caller for a member of its troupe. */
  isDisowned = false;
  /** The number of members that have not answered; counted until a repetition begins. */
  #unanswered = 0;
  #repetition: Repetition | undefined = undefined;

  constructor(process: Process, context: Context, callee: Callee, form: ProcedureForm) {
    this.process = process;
    this.context = context;
    this.callee = callee;
    this.#bound = callee.bound;
    this.form = form;
    this.#sequence = context.sequence;
  }

  get bound(): BoundMembership {
    return this.#bound;
  }

  get message(): Uint8Array | undefined {
    return this.#message;
  }

  get outgoing(): OutgoingCall | undefined {
    return this.#outgoing;
  }

  /** A member's RETURN. */
  abstract answered(index: number, message: Uint8Array): void;
  /** A member crashed. If the binding can change: called only once the membership no longer contains the member. */
  abstract lost(index: number): void;
  abstract hasAnswered(index: number): boolean;
  /** The membership has changed from `before`. Indexes refer to `bound` from now on. */
  protected abstract rebound(before: BoundMembership): void;
  /** No answer will come. */
  abstract fail(kind: CallErrorKind): void;
  /** Whether the program needs no further answer. */
  abstract get decided(): boolean;

  /** Sends the CALL: at once, or when its turn comes within a transaction. */
  make(message: Uint8Array, multicast: boolean): void {
    if (this.context.undertaking === undefined && !this.callee.busy) this.send(message, multicast);
    else this.#makeLater(message, multicast);
  }

  #makeLater(message: Uint8Array, multicast: boolean): void {
    const { undertaking } = this.context;
    const send = (): void => this.send(message, multicast);
    const make = (): void => {
      if (this.callee.busy) this.callee.later(send);
      else send();
    };
    if (undertaking === undefined) make();
    else undertaking.inTurn(this.context.code, make);
  }

  protected send(message: Uint8Array, multicast: boolean): void {
    const { troupe, addresses, incarnations } = this.bound;
    const { endpoint } = this.process;
    if (this.process.host.traced) {
      const members = addresses.length;
      this.process.host.trace({
        type: "call",
        ...this.#names(),
        troupe: troupe.id,
        procedure: this.form.name,
        members,
      });
    }
    if (this.callee.rebinds) this.#message = message;
    const group = multicast ? troupe.group : undefined;
    this.#outgoing = endpoint.call(addresses, group, message, this, incarnations);
    if (this.context.undertaking !== undefined) this.#joinTransaction(this.context.undertaking);
    if (!this.callee.rebinds) return;
    // Holding the call open makes members retain their RETURNs until the whole call is finished, repetitions included.
    this.#outgoing.hold();
    this.#unanswered = addresses.length;
  }

  returned(index: number, message: Uint8Array): void {
    if (!this.callee.rebinds) this.accept(index, message);
    else if (failureOf(message) === "stale-binding") this.#repeat().refused(this.bound.troupe.members[index]!);
    else if (this.#repetition === undefined && !this.#asNoMember(message)) {
      this.accept(index, message);
      if (--this.#unanswered === 0) this.outgoing!.release();
    } else this.#repeat().answered(this.bound.troupe.members[index]!, message);
  }

  /** A member's RETURN, which is not a refusal of the binding. */
  accept(index: number, message: Uint8Array): void {
    if (this.#asNoMember(message)) {
      // Where memberships change, the server may know this before the caller does.
      if (this.process.binding.rebind === undefined) this.isDisowned = true;
      else this.context.expel();
    }
    const { undertaking } = this.context;
    if (undertaking !== undefined && isProvisional(message)) this.isProvisional = true;
    this.answered(index, message);
    if (undertaking !== undefined) {
      const error = fatalIn(message);
      if (error !== undefined) undertaking.failed(error);
      if (failureOf(message) === "transaction-aborted") undertaking.doom();
    }
    this.#reconsider();
  }

  #joinTransaction(undertaking: Attempt): void {
    // Members may ask for the outcome of the transaction even after all of them have answered.
    this.#outgoing!.hold();
    this.#incomplete = true;
    undertaking.called(this);
  }

  /** A member has answered, is dead, or the membership is another. */
  #reconsider(): void {
    this.votes?.reconsider();
    if (!this.#incomplete || !this.bound.troupe.members.every((_, index) => this.hasAnswered(index))) return;
    this.#incomplete = false;
    this.context.undertaking!.answered(this.context.code);
  }

  get isReplicated(): boolean {
    return this.context.troupe !== 0;
  }

  /** The transaction that contains the call has committed or aborted. */
  settle(commits: boolean): void {
    const { host, endpoint } = this.process;
    this.outcome = commits;
    this.votes?.settled();
    if (this.votes === undefined && !this.isProvisional && !this.#incomplete) this.#outgoing!.release();
    else host.after(endpoint.options.datagramLifetime, (call) => call.release(), this.#outgoing!);
  }

  /** Whether the RETURN shows that the server no longer takes the caller for a member. */
  #asNoMember(message: Uint8Array): boolean {
    return this.context.troupe !== 0 && failureOf(message) === "not-a-member";
  }

  /**
   * The callee is lost, so that no answer will arrive. Other members of the calling troupe may have been answered
   * before the loss: the troupe must settle the difference.
   */
  lose(): void {
    if (!this.decided) this.context.toldOfLoss(`${this.#sequence}`);
    this.fail("troupe-lost");
  }

  crashed(index: number): void {
    if (this.callee.rebinds) this.#repeat().suspected(this.bound.troupe.members[index]!);
    else {
      this.died(index);
      this.lost(index);
      this.#reconsider();
    }
  }

  /** A member was found dead, be it before or after its answer. */
  died(index: number): void {
    (this.#dead ??= new Set()).add(index);
  }

  isDead(index: number): boolean {
    return this.#dead?.has(index) === true;
  }

  /** The number of members found dead, in a membership that does not change. */
  get losses(): number {
    return this.#dead?.size ?? 0;
  }

  #repeat(): Repetition {
    return (this.#repetition ??= new Repetition(this));
  }

  isNamed(thread: string, path: string): boolean {
    const names = this.#names();
    return names.path === path && names.thread === thread;
  }

  /** The status of this open call at a server that expects it. */
  statusAt(server: Address): CallStatus {
    if (this.callee.rebinds) return this.context.expelled ? "gone" : "coming";
    const exchange = this.outgoing!.exchangeWith(server);
    if (exchange === undefined) return "elsewhere";
    return exchange.done ? "gone" : "coming";
  }

  #names(): { thread: string; path: string } {
    const { thread, path } = this.context.describe();
    return { thread, path: path === "" ? `${this.#sequence}` : `${path}.${this.#sequence}` };
  }

  protected traceDone(outcome: string): void {
    if (!this.process.host.traced) return;
    this.process.host.trace({ type: "call-done", ...this.#names(), troupe: this.bound.troupe.id, outcome });
  }

  protected traceDisagreement(): void {
    if (!this.process.host.traced) return;
    this.process.host.trace({ type: "disagreement", ...this.#names(), troupe: this.bound.troupe.id });
  }

  rebind(bound: BoundMembership): void {
    const before = this.#bound;
    this.#bound = bound;
    this.rebound(before);
    this.#reconsider();
    if (!this.process.host.traced) return;
    this.process.host.trace({ type: "rebind", ...this.#names(), troupe: this.bound.troupe.id });
  }

  protected describe(): string {
    return `${this.bound.troupe.name}.${this.form.name}`;
  }
}

export function errorOf(outcome: Exclude<Outcome, { type: "returned" }>, call: string): Error {
  if (outcome.type === "reported") return outcome.error;
  return outcome.type === "raised"
    ? new RemoteError(outcome.name, outcome.message, outcome.fields)
    : new CallError(outcome.kind, call);
}
