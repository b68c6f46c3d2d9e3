/**
 * Repetition of a call after a member refused the binding as stale, or crashed. The client asks the binding agent for
 * the present membership, and repeats the call, under the same thread and path, at the members that have not answered.
 *
 * Source: dissertation, chapter 6 (rebinding). This rule makes execution exactly-once (binding/change/change.ts has the
 * other half): **a call is finished when every member of one membership has answered it.** A member answers after it
 * has executed the call, and executes no call under a replaced ID. A newcomer's state contains all calls that the
 * earlier members executed. Therefore every later membership has executed a finished call. The client continues until
 * the call is finished, in the background after a collator has decided early or no member could be reached.
 *
 * If the binding agent knows of no member that is left, or the troupe has been founded again since, the call fails,
 * even if some member answered it before: the state with its effect is lost.
 *
 * A server that refuses the caller as no member of its troupe ends the call: members that stay make it themselves. No
 * further member is called, since other servers may not know yet that the caller is out, and would execute what is
 * refused here. What was executed is still brought to all members by a change (retained-calls.ts): they must not take
 * the refused call for finished. Therefore it stays open for a datagram's lifetime.
 *
 * A crash alone settles nothing. The client reports the crash, and waits for a membership without the crashed member,
 * or for that member's answer. While the call is unfinished, its message-layer call stays open, so that members retain
 * their RETURNs.
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

/** A replicated call, as its repetition sees it. Members are named by their index in `bound`. */
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
  /** The membership has changed. Indexes refer to the new membership from now on. */
  rebind(bound: BoundMembership): void;
  /** No answer will come: the callee is lost. */
  lose(): void;
  /** No answer will come, for this reason. */
  fail(kind: CallErrorKind): void;
}

/** One attempt: the call as it was sent once, to some members under one binding. */
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
  /** The attempt under way at each process, by the key of the process. */
  readonly #under = new Map<string, Attempt | "first">();
  /** Members that refused or crashed. The call is not sent to them again before the binding agent has answered. */
  readonly #troubled = new Map<string, Member>();
  /** Consecutive silences of each member. The members need not fall silent at the same time. */
  readonly #silences = new Map<string, number>();
  #asking = false;
  #over = false;
  /** Whether the call has failed and continues in the background. Later calls of the stub wait for it. */
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
    // A member that was dropped meanwhile no longer counts.
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
    if (this.#call.context.expelled) {
      this.#withdraw();
      return;
    }
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
    if (call.context.expelled) {
      this.#withdraw();
      return;
    }
    const { host, endpoint } = call.process;
    if (call.decided && host.now() - this.#begun > endpoint.options.datagramLifetime) {
      this.#finish();
      return;
    }
    if (troupe !== undefined && this.#isLost(troupe)) this.#lose(troupe);
    else if (troupe !== undefined && troupe.id > call.bound.troupe.id) this.#adopt(troupe);
    // A member that was executing the call may be heard again, and the other members must then get the call too. A
    // caller in a troupe waits for this: other members of its troupe may reach members that it cannot, and a call must
    // not fail at one member only.
    else if (call.context.troupe === 0 && this.#isOutOfReach) this.#straggle();
    if (!this.#over) this.#sendAgain();
  }

  /** Whether all members that were called are gone, as the binding agent sees it. */
  #isLost({ members, founded = 0, lost = false }: Troupe): boolean {
    // A troupe that was founded again is another one. Its IDs may be lower, if the Ringmaster had died too.
    if (members.length === 0 || founded !== (this.#call.bound.troupe.founded ?? 0)) return true;
    // Members that are heard again continue with their state. A call that was answered early is brought to them like
    // any other call.
    const answered = this.#call.decided && !this.#straggles;
    return lost && !answered && this.#unanswered().every((member) => this.#silences.has(keyOf(member)));
  }

  /**
   * Whether no member has answered, and each was silent twice in a row while the binding agent knew no other
   * membership.
   */
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

  /** Abandons what was sent under an earlier binding, or to members that did not answer. */
  #abandonAll(): void {
    const { outgoing } = this.#call;
    for (const [life, attempt] of this.#under) {
      const members = attempt === "first" ? this.#firstMembers : attempt.members;
      const of = attempt === "first" ? outgoing! : attempt.outgoing!;
      of.abandon(members.findIndex((member) => keyOf(member) === life));
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

  /** The caller does not belong to its troupe any more. */
  #withdraw(): void {
    this.#over = true;
    this.#abandonAll();
    const { host, endpoint } = this.#call.process;
    host.after(endpoint.options.datagramLifetime, (outgoing) => outgoing.release(), this.#call.outgoing!);
    if (this.#straggles) this.#call.callee.straggledIn();
    if (!this.#call.decided) this.#call.fail("not-a-member");
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
