/**
 * A replicated call whose RETURNs go to the program one by one, as the generator of results.
 *
 * Source: dissertation, explicit replication.
 */
import { CallError, type CallErrorKind } from "../../errors.ts";
import { noTimer, type Milliseconds, type Timer } from "../../host.ts";
import { Arrivals } from "../../thread/arrivals.ts";
import type { Context } from "../../thread/context.ts";
import { keyOf } from "../../troupe/troupe.ts";
import { MalformedError } from "../../wire/bytes.ts";
import { readOutcome } from "../../wire/call.ts";
import type { ProcedureForm } from "../../wire/procedure.ts";
import type { Process } from "../process.ts";
import type { BoundMembership, Callee } from "./callee.ts";
import { OneToMany, errorOf } from "./one-to-many.ts";

/** The answer of one member. `member`: the member's place in the troupe at the time of the answer. */
export type Reply<T> =
  | { readonly member: number; readonly type: "returned"; readonly value: T }
  | { readonly member: number; readonly type: "raised"; readonly error: Error }
  | { readonly member: number; readonly type: "crashed" };

export class ExplicitCall<T> extends OneToMany {
  readonly replies: Arrivals<Reply<T>>;
  /** Keys of the processes that have answered or are known to have crashed. */
  readonly #heard = new Set<string>();

  #timer: Timer = noTimer;

  constructor(process: Process, context: Context, callee: Callee, form: ProcedureForm) {
    super(process, context, callee, form);
    this.replies = new Arrivals(process.runtime);
    if (this.bound.addresses.length === 0) this.replies.end();
  }

  /** Ends the generator with CallError "timed-out" after `limit` ms. */
  limit(limit: Milliseconds): void {
    const giveUp = (call: ExplicitCall<T>): void => call.replies.end(new CallError("timed-out", call.describe()));
    this.#timer = this.process.host.after(limit, giveUp, this as ExplicitCall<T>);
  }

  get decided(): boolean {
    return this.replies.ended;
  }

  answered(member: number, message: Uint8Array): void {
    try {
      const outcome = readOutcome(message, this.form);
      if (outcome.type === "returned") this.#push({ member, type: "returned", value: outcome.value as T });
      else this.#push({ member, type: "raised", error: errorOf(outcome, this.describe()) });
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.process.endpoint.counters.malformed++;
      this.#push({ member, type: "raised", error: new CallError("bad-answer", this.describe()) });
    }
  }

  lost(member: number): void {
    this.#push({ member, type: "crashed" });
  }

  hasAnswered(index: number): boolean {
    return this.#heard.has(keyOf(this.bound.troupe.members[index]!));
  }

  protected rebound(before: BoundMembership): void {
    const present = new Set(this.bound.troupe.members.map(keyOf));
    before.troupe.members.forEach((member, index) => {
      if (!present.has(keyOf(member)) && !this.#heard.has(keyOf(member))) {
        this.replies.push({ member: index, type: "crashed" });
      }
    });
    this.#endIfComplete();
  }

  fail(kind: CallErrorKind): void {
    this.bound.troupe.members.forEach((_, member) => {
      if (this.hasAnswered(member)) return;
      this.#push({ member, type: "raised", error: new CallError(kind, this.describe()) });
    });
    this.#endIfComplete();
  }

  #push(reply: Reply<T>): void {
    const member = this.bound.troupe.members[reply.member]!;
    // Two places of a static table may name the same process.
    this.#heard.add(this.callee.rebinds ? keyOf(member) : `${reply.member}`);
    this.replies.push(reply);
    this.#endIfComplete();
  }

  #endIfComplete(): void {
    if (this.replies.ended) return;
    const { members } = this.bound.troupe;
    const complete = this.callee.rebinds
      ? members.every((member) => this.#heard.has(keyOf(member)))
      : this.#heard.size === members.length;
    if (!complete) return;
    this.process.host.cancel(this.#timer);
    this.replies.end();
    this.traceDone("all replies");
  }
}
