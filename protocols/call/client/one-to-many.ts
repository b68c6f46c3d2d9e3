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
import type { Context } from "../../thread/context.ts";
import { failureOf, type Outcome } from "../../wire/call.ts";
import type { ProcedureForm } from "../../wire/procedure.ts";
import type { CallStatus } from "../call-status.ts";
import type { Process } from "../process.ts";
import type { BoundMembership, Callee } from "./callee.ts";
import { Repetition, type RepeatedCall } from "./repetition.ts";

/** One replicated call as its client makes it. Members are named by their place in `bound`. */
export abstract class OneToMany implements Caller, RepeatedCall {
  readonly process: Process;
  readonly context: Context;
  readonly callee: Callee;
  #bound: BoundMembership;
  readonly form: ProcedureForm;
  readonly #sequence: number;
  #message: Uint8Array | undefined = undefined;
  #outgoing: OutgoingCall | undefined = undefined;
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

  send(message: Uint8Array, multicast: boolean): void {
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
    else this.lost(index);
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
