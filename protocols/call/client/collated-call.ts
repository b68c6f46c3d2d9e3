/** A replicated call whose RETURNs a built-in collator reduces to one result. */
import type { CallErrorKind } from "../../errors.ts";
import { noTimer, type Milliseconds, type Timer } from "../../host.ts";
import type { Context } from "../../thread/context.ts";
import { sameMember } from "../../troupe/troupe.ts";
import { MalformedError } from "../../wire/bytes.ts";
import { readOutcome, type Outcome } from "../../wire/call.ts";
import type { ProcedureForm } from "../../wire/procedure.ts";
import { disagreement, noMajority, sameBody, unavailable, type Collator, type Entry } from "../collator.ts";
import type { Process } from "../process.ts";
import type { BoundMembership, Callee } from "./callee.ts";
import { OneToMany, errorOf } from "./one-to-many.ts";
import { RollCall } from "./roll-call.ts";

export class CollatedCall extends OneToMany {
  readonly #collator: Collator;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: Error) => void;
  #entries: Entry[];
  #timer: Timer = noTimer;
  decided = false;
  /** The bytes of the result, retained only for comparison with later RETURNs. */
  #chosen: Uint8Array | undefined = undefined;
  #outcome: Outcome | undefined = undefined;
  #rollCall: RollCall | undefined = undefined;

  constructor(
    process: Process,
    context: Context,
    callee: Callee,
    form: ProcedureForm,
    collator: Collator,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
  ) {
    super(process, context, callee, form);
    this.#collator = collator;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#entries = this.bound.expected.slice();
  }

  /** Ends the call with "timed-out" after `limit` ms. */
  limit(limit: Milliseconds): void {
    this.#timer = this.process.host.after(limit, (call) => call.fail("timed-out"), this as CollatedCall);
  }

  protected override send(message: Uint8Array, multicast: boolean): void {
    super.send(message, multicast);
    this.process.runtime.suspend(this.context);
  }

  answered(index: number, message: Uint8Array): void {
    this.#entries[index] = message;
    if (!this.decided) this.#collate();
    else if (this.#chosen !== undefined && !sameBody(message, this.#chosen)) {
      this.context.abort();
      this.traceDisagreement();
    }
  }

  lost(index: number): void {
    this.#entries[index] = null;
    if (!this.decided) this.#collate();
  }

  hasAnswered(index: number): boolean {
    return this.#entries[index] !== undefined;
  }

  protected rebound({ troupe: { members } }: BoundMembership): void {
    const entries = this.#entries;
    this.#entries = this.bound.troupe.members.map((member) => {
      return entries[members.findIndex((old) => sameMember(old, member))];
    });
    if (!this.decided) this.#collate();
  }

  #collate(): void {
    const verdict = this.#collator.decide(this.#entries);
    if (verdict >= 0) this.#succeed(this.#entries[verdict]!);
    else if (verdict === unavailable) this.fail("troupe-unavailable");
    else if (verdict === noMajority) this.fail("no-majority");
    else if (verdict === disagreement && this.isProvisional && !this.callee.rebinds) this.#doubt();
    else if (verdict === disagreement) this.#disagree();
  }

  /**
   * Living members execute the calls of transactions in one order. A member that has died since its answer may have had
   * another order, and its answer does not count.
   */
  #doubt(): void {
    this.#rollCall ??= new RollCall(this, {
      lives: () => {
        if (!this.decided && !this.#rollCall!.isOpen) this.#disagree();
      },
      died: (index) => this.crashed(index),
    });
    this.#rollCall.ask();
  }

  #disagree(): void {
    this.traceDisagreement();
    this.fail("disagreement");
  }

  #succeed(message: Uint8Array): void {
    if (this.#collator.watches === true) this.#chosen = message;
    try {
      this.#settle(readOutcome(message, this.form));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.process.endpoint.counters.malformed++;
      this.fail("bad-answer");
    }
  }

  fail(kind: CallErrorKind): void {
    if (!this.decided) this.#settle({ type: "failed", kind });
  }

  #settle(outcome: Outcome): void {
    this.decided = true;
    this.#outcome = outcome;
    if (this.#timer !== noTimer) this.process.host.cancel(this.#timer);
    this.#rollCall?.stop();
    this.traceDone(outcome.type === "failed" ? outcome.kind : outcome.type === "returned" ? "returned" : "raised");
    this.process.host.turn(resumeCaller, this as CollatedCall);
  }

  /** Resumes the caller in a turn of its own. */
  resume(): boolean {
    this.process.runtime.awake(this.context);
    if (this.context.over) return false;
    this.process.runtime.enter(this.context);
    const outcome = this.#outcome!;
    if (outcome.type === "returned") this.#resolve(outcome.value);
    else this.#reject(errorOf(outcome, this.describe()));
    this.process.runtime.leaveLater(this.context);
    return true;
  }
}

function resumeCaller(call: CollatedCall): boolean {
  return call.resume();
}
