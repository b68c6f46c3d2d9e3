/**
 * What the client does when a member refuses its binding as stale, or crashes: it asks the binding agent for the present
 * membership and repeats the call, under the same thread and path, at the members that have not answered.
 *
 * The rule that makes this exactly once (binding/change/change.ts has the other half): **a call is finished when every member of
 * one membership has answered it.** A member answers once it has executed the call, and executes nothing under an ID that
 * has been replaced; a newcomer's state holds all that the members before it have executed. So from then on every later
 * membership has executed the call. Until then the client goes on, in the background too, after a collator has decided early
 * or no member could be reached.
 *
 * If no member is left, by what the agent knows, or the troupe has been founded anew since, the call fails, whoever has answered it
 * before: the state with its effect is lost.
 *
 * A crash alone therefore settles nothing: the client reports it, and waits for the membership without that member, or
 * for the member to answer after all. As long as the call is unfinished its message-layer call stays open, so that members keep
 * their RETURNs of it.
 */
import type { CallErrorKind } from "../../errors.ts";
import type { Milliseconds } from "../../host.ts";
import type { Caller, OutgoingCall } from "../../message/outgoing-call.ts";
import type { Context } from "../../thread/context.ts";
import { keyOf } from "../../troupe/troupe.ts";
import type { Member, Troupe } from "../../troupe/troupe.ts";
import { Writer } from "../../wire/bytes.ts";
import { failureOf, readCall, writeRepetition } from "../../wire/call.ts";
import type { Process } from "../process.ts";
import { BoundMembership, type Callee } from "./callee.ts";

const writer = new Writer();

/** A replicated call, as its repetition sees it. Members are named by their place in `bound`. */
export interface RepeatedCall {
  readonly process: Process;
  readonly context: Context;
  readonly callee: Callee;
  readonly bound: BoundMembership;
  /** The CALL of the first attempt. */
  readonly message: Uint8Array | undefined;
  /** The first attempt. */
  readonly outgoing: OutgoingCall | undefined;
  /** Whether the program needs no further answer. */
  readonly decided: boolean;
  hasAnswered(index: number): boolean;
  /** A member's RETURN has come, which is no refusal of the binding. */
  accept(index: number, message: Uint8Array): void;
  /** The membership is another. Places are those in the new one from now on. */
  rebind(bound: BoundMembership): void;
  /** No answer will come: the callee is lost. */
  lose(): void;
  /** No answer will come, for this reason. */
  fail(kind: CallErrorKind): void;
}

/** The call as it was sent once, to some members under one binding. */
class Attempt implements Caller {
  readonly #of: Repetition;
  readonly members: readonly Member[];
  outgoing: OutgoingCall | undefined = undefined;

  constructor(of: Repetition, members: readonly Member[]) {
    this.#of = of;
    this.members = members;
  }

  returned(index: number, message: Uint8Array): void {
    const member = this.members[index]!;
    if (failureOf(message) === "stale-binding") this.#of.refused(member);
    else this.#of.answered(member, message);
  }

  crashed(index: number): void {
    this.#of.suspected(this.members[index]!);
  }
}

export class Repetition {
  readonly #call: RepeatedCall;
  readonly #firstMembers: readonly Member[];
  /** Lives to which an attempt is under way, and by which. */
  readonly #under = new Map<string, Attempt | "first">();
  /** Members that refused or crashed, and are not asked again before the agent has been. */
  readonly #troubled = new Map<string, Member>();
  /** How often in a row each member was silent. They need not fall silent at the same time. */
  readonly #silences = new Map<string, number>();
  #asking = false;
  #over = false;
  /** The call has failed, and goes on in the background; later calls wait for it. */
  #straggles = false;
  readonly #begun: Milliseconds;

  constructor(call: RepeatedCall) {
    this.#call = call;
    const { members } = call.bound.troupe;
    this.#firstMembers = members;
    members.forEach((member, index) => {
      if (!call.hasAnswered(index)) this.#under.set(keyOf(member), "first");
    });
    this.#begun = call.process.host.now();
  }

  answered(member: Member, message: Uint8Array): void {
    this.#under.delete(keyOf(member));
    this.#silences.delete(keyOf(member));
    const index = this.#place(member);
    // One that was dropped meanwhile answers for nobody.
    if (index >= 0 && !this.#call.hasAnswered(index)) this.#call.accept(index, message);
    this.#goOn();
  }

  refused(member: Member): void {
    this.#under.delete(keyOf(member));
    this.#silences.delete(keyOf(member));
    this.#troubled.set(keyOf(member), member);
    this.#goOn();
  }

  suspected(member: Member): void {
    this.#under.delete(keyOf(member));
    this.#troubled.set(keyOf(member), member);
    this.#silences.set(keyOf(member), (this.#silences.get(keyOf(member)) ?? 0) + 1);
    this.#goOn();
  }

  #place(member: Member): number {
    const life = keyOf(member);
    return this.#call.bound.troupe.members.findIndex((other) => keyOf(other) === life);
  }

  #unanswered(): Member[] {
    return this.#call.bound.troupe.members.filter((_, index) => !this.#call.hasAnswered(index));
  }

  #goOn(): void {
    if (this.#over) return;
    const missing = this.#unanswered();
    if (missing.length === 0) this.#finish();
    else if (missing.some((member) => this.#troubled.has(keyOf(member)))) this.#ask();
  }

  #ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    const { process, bound } = this.#call;
    const silent = bound.troupe.members.filter((member) => this.#silences.has(keyOf(member)));
    process.binding.rebind!(bound.troupe, silent).then(
      (troupe) => this.#rebound(troupe),
      () => this.#rebound(undefined),
    );
  }

  #rebound(troupe: Troupe | undefined): void {
    this.#asking = false;
    if (this.#over) return;
    const call = this.#call;
    const { host, endpoint } = call.process;
    if (call.decided && host.now() - this.#begun > endpoint.options.datagramLifetime) {
      this.#finish();
      return;
    }
    if (troupe !== undefined && this.#isLost(troupe)) this.#lose(troupe);
    else if (troupe !== undefined && troupe.id > call.bound.troupe.id) this.#adopt(troupe);
    // One of them may be executing the call, and be heard again: the others must get it then too. A member of a troupe waits for
    // that: its fellows may reach those that are silent to it, and no member's call fails for a reason of its own.
    else if (call.context.troupe === 0 && this.#isOutOfReach) this.#straggle();
    if (!this.#over) this.#sendAgain();
  }

  /** Whether the members that were called are no more, as the agent sees it. */
  #isLost({ members, founded = 0, lost = false }: Troupe): boolean {
    if (members.length === 0 || founded > this.#call.bound.troupe.id) return true;
    // Those that are heard again carry on with their state. A call that was answered early is brought to them as long as any.
    const answered = this.#call.decided && !this.#straggles;
    return lost && !answered && this.#unanswered().every((member) => this.#silences.has(keyOf(member)));
  }

  /** No member has answered the call, and each was silent twice in a row, while the agent knew of no other membership. */
  get #isOutOfReach(): boolean {
    const { members } = this.#call.bound.troupe;
    return members.every((member, index) => {
      return !this.#call.hasAnswered(index) && (this.#silences.get(keyOf(member)) ?? 0) >= 2;
    });
  }

  #lose(troupe: Troupe): void {
    if (troupe.members.length > 0) this.#call.callee.learn(new BoundMembership(troupe));
    this.#call.lose();
    this.#finish();
  }

  #adopt(troupe: Troupe): void {
    const bound = new BoundMembership(troupe);
    const call = this.#call;
    call.callee.learn(bound);
    this.#silences.clear();
    this.#abandonAll();
    call.rebind(bound);
  }

  /** What was sent under the binding before, or to those that did not answer, is not waited for. */
  #abandonAll(): void {
    const { outgoing } = this.#call;
    for (const [life, attempt] of this.#under) {
      const members = attempt === "first" ? this.#firstMembers : attempt.members;
      const of = attempt === "first" ? outgoing! : attempt.outgoing!;
      of.exchanges[members.findIndex((member) => keyOf(member) === life)]!.abandon();
    }
    this.#under.clear();
  }

  #sendAgain(): void {
    this.#troubled.clear();
    const call = this.#call;
    const members = this.#unanswered().filter((member) => !this.#under.has(keyOf(member)));
    if (members.length === 0) {
      this.#goOn();
      return;
    }
    const attempt = new Attempt(this, members);
    for (const member of members) this.#under.set(keyOf(member), attempt);
    const repetition = writeRepetition(writer, readCall(call.message!), call.bound.troupe.id, call.outgoing!.number);
    attempt.outgoing = call.process.endpoint.call(
      members.map(({ address }) => address),
      undefined,
      repetition,
      attempt,
      members.map(({ incarnation }) => incarnation ?? 0),
    );
  }

  #straggle(): void {
    if (this.#call.decided) return;
    this.#straggles = true;
    this.#call.callee.straggles();
    this.#call.fail("troupe-unavailable");
  }

  #finish(): void {
    this.#over = true;
    this.#abandonAll();
    this.#call.outgoing!.release();
    if (this.#straggles) this.#call.callee.straggledIn();
  }
}
