/**
 * The client's half of a replicated call: send the same CALL to every member of the server troupe, gather the RETURNs, collate.
 *
 * Source: dissertation, one-to-many calls. No member of the client troupe knows of the others: each does this alone.
 * What is common to both ways of calling is here: collated-call.ts hands the program one result, explicit-call.ts the generator
 * of all results. repetition.ts takes over when the binding turns out to be stale or a member crashes.
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

/** Hears the votes of a callee with transactions on one call, and answers them (transaction/election.ts). */
export interface Votes {
  /** A member has answered, is dead, or the membership is another. */
  reconsider(): void;
  /** It is known what becomes of the transaction that the call was made in. */
  settled(): void;
}

/** One replicated call as its client makes it. Members are named by their place in `bound`. */
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
  /** Made in a transaction, and not answered by all members. */
  #incomplete = false;
  /** Made in a transaction: the callee's members wait to hear what becomes of it. */
  #provisional = false;
  /** How many members have been found dead, in a membership that does not change. */
  losses = 0;
  /** While there is no repetition: members that have not answered. */
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
  /** A member crashed; with a binding that changes, only once the membership is without it. */
  abstract lost(index: number): void;
  abstract hasAnswered(index: number): boolean;
  /** The membership is another than `before`: places are those in `bound` from now on. */
  protected abstract rebound(before: BoundMembership): void;
  /** No answer will come. */
  abstract fail(kind: CallErrorKind): void;
  /** Whether the program needs no further answer. */
  abstract get decided(): boolean;

  /** Sends the CALL: at once, or when it is its turn. */
  make(message: Uint8Array, multicast: boolean): void {
    const { undertaking } = this.context;
    if (undertaking === undefined && !this.callee.busy) {
      this.send(message, multicast);
      return;
    }
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
    // Members keep their RETURNs until the whole call is finished, repetitions included.
    this.#outgoing.hold();
    this.#unanswered = addresses.length;
  }

  returned(index: number, message: Uint8Array): void {
    if (!this.callee.rebinds) this.accept(index, message);
    else if (failureOf(message) === "stale-binding") this.#repeat().refused(this.bound.troupe.members[index]!);
    else if (this.#repetition === undefined) {
      this.accept(index, message);
      if (--this.#unanswered === 0) this.outgoing!.release();
    } else this.#repetition.answered(this.bound.troupe.members[index]!, message);
  }

  /** A member's RETURN, which is not a refusal of the binding. */
  accept(index: number, message: Uint8Array): void {
    if (this.#asNoMember(message)) this.context.expel();
    this.answered(index, message);
    const { undertaking } = this.context;
    if (undertaking !== undefined) {
      if (isProvisional(message)) this.#provisional = true;
      const error = fatalIn(message);
      if (error !== undefined) undertaking.failed(error);
      if (failureOf(message) === "transaction-aborted") undertaking.doom();
    }
    this.#reconsider();
  }

  #joinTransaction(undertaking: Attempt): void {
    // Members may ask what becomes of the transaction when all have answered already.
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

  /** The transaction that the call was made in has committed, or was undone. */
  settle(commits: boolean): void {
    const { host, endpoint } = this.process;
    this.outcome = commits;
    this.votes?.settled();
    if (this.votes === undefined && !this.#provisional && !this.#incomplete) this.#outgoing!.release();
    else host.after(endpoint.options.datagramLifetime, (call) => call.release(), this.#outgoing!);
  }

  /** Where memberships change, that a server does not take the caller for a member is known before the caller knows it. */
  #asNoMember(message: Uint8Array): boolean {
    return (
      this.context.troupe !== 0 && this.process.binding.rebind !== undefined && failureOf(message) === "not-a-member"
    );
  }

  /** No answer will come, since the callee is lost. Fellows of a troupe's member may have been answered: it is for the troupe to settle. */
  lose(): void {
    if (!this.decided) this.context.toldOfLoss(`${this.#sequence}`);
    this.fail("troupe-lost");
  }

  crashed(index: number): void {
    if (this.callee.rebinds) this.#repeat().suspected(this.bound.troupe.members[index]!);
    else {
      this.losses++;
      this.lost(index);
      this.#reconsider();
    }
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
    if (this.callee.rebinds) return "coming";
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
  return outcome.type === "raised" ? new RemoteError(outcome.name, outcome.message) : new CallError(outcome.kind, call);
}
