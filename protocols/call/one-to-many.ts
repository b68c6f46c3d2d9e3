/**
 * The client's half of a replicated call: send the same CALL to every member of the server troupe, gather the RETURNs, collate.
 *
 * Source: dissertation, one-to-many calls. No member of the client troupe knows of the others: each does this alone.
 */
import type { Troupe } from "../binding/binding.ts";
import { CallError, RemoteError, type CallErrorKind } from "../errors.ts";
import { noTimer, type Address, type Milliseconds, type Timer } from "../host.ts";
import type { Caller } from "../message/outgoing-call.ts";
import { MalformedError, Writer } from "../wire/bytes.ts";
import { readOutcome, type Outcome } from "../wire/call.ts";
import { headerBytes } from "../wire/segment.ts";
import { externalizeList } from "../wire/value.ts";
import { Arrivals } from "./arrivals.ts";
import { disagreement, noMajority, sameBody, unavailable, type Collator, type Entry } from "./collator.ts";
import { describeCall, type Context } from "./context.ts";
import type { Program } from "./program.ts";

/** A troupe, with what is derived from it once for all calls. */
export interface Callee {
  readonly troupe: Troupe;
  readonly addresses: readonly Address[];
}

const writer = new Writer();

/** Externalizes a CALL; throws TypeError for arguments that are not plain data. */
export function writeCall(
  program: Program,
  context: Context,
  troupe: Troupe,
  procedure: number,
  name: string,
  args: readonly unknown[],
): Uint8Array {
  writer.begin(headerBytes);
  writer.copy(context.source, context.from, context.to);
  writer.integer(++context.sequence);
  writer.byte(0);
  writer.integer(context.troupe);
  writer.integer(troupe.id);
  writer.integer(troupe.module);
  writer.integer(procedure);
  writer.float(context.clock ?? program.host.now());
  externalizeList(writer, args, name);
  return writer.finish();
}

/** Common to both ways of calling: the trace, and what each member has done so far. */
abstract class OneToMany implements Caller {
  protected readonly program: Program;
  protected readonly context: Context;
  protected readonly callee: Callee;
  protected readonly name: string;
  readonly #sequence: number;

  constructor(program: Program, context: Context, callee: Callee, name: string) {
    this.program = program;
    this.context = context;
    this.callee = callee;
    this.name = name;
    this.#sequence = context.sequence;
  }

  abstract returned(index: number, message: Uint8Array): void;
  abstract crashed(index: number): void;

  send(message: Uint8Array, multicast: boolean): void {
    const { troupe, addresses } = this.callee;
    const { endpoint } = this.program;
    endpoint.checkLength(endpoint.segmentsOf(message));
    if (this.program.host.traced) {
      const members = addresses.length;
      this.program.host.trace({ type: "call", ...this.#names(), troupe: troupe.id, procedure: this.name, members });
    }
    endpoint.call(addresses, multicast ? troupe.group : undefined, message, this);
  }

  #names(): { thread: string; path: string } {
    const { thread, path } = describeCall(this.context.source, this.context.from, this.context.to);
    return { thread, path: path === "" ? `${this.#sequence}` : `${path}.${this.#sequence}` };
  }

  protected traceDone(outcome: string): void {
    if (!this.program.host.traced) return;
    this.program.host.trace({ type: "call-done", ...this.#names(), troupe: this.callee.troupe.id, outcome });
  }

  protected traceDisagreement(): void {
    if (!this.program.host.traced) return;
    this.program.host.trace({ type: "disagreement", ...this.#names(), troupe: this.callee.troupe.id });
  }

  protected describe(): string {
    return `${this.callee.troupe.name}.${this.name}`;
  }
}

/** A call whose RETURNs a built-in collator reduces to one result. */
export class CollatedCall extends OneToMany {
  readonly #collator: Collator;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: Error) => void;
  readonly #entries: Entry[] = [];
  #timer: Timer = noTimer;
  #decided = false;
  /** The result's bytes, kept only to compare later ones with it. */
  #chosen: Uint8Array | undefined = undefined;
  #outcome: Outcome | undefined = undefined;

  constructor(
    program: Program,
    context: Context,
    callee: Callee,
    name: string,
    collator: Collator,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
  ) {
    super(program, context, callee, name);
    this.#collator = collator;
    this.#resolve = resolve;
    this.#reject = reject;
    for (let i = 0; i < callee.addresses.length; i++) this.#entries.push(undefined);
  }

  /** Gives up after `limit`. */
  limit(limit: Milliseconds): void {
    this.#timer = this.program.host.after(limit, (call) => call.#fail("timed-out"), this as CollatedCall);
  }

  returned(index: number, message: Uint8Array): void {
    if (this.#decided) {
      if (this.#chosen !== undefined && !sameBody(message, this.#chosen)) {
        this.context.aborted = true;
        this.traceDisagreement();
      }
      return;
    }
    this.#entries[index] = message;
    this.#collate();
  }

  crashed(index: number): void {
    if (this.#decided) return;
    this.#entries[index] = null;
    this.#collate();
  }

  #collate(): void {
    const verdict = this.#collator.decide(this.#entries);
    if (verdict >= 0) this.#succeed(this.#entries[verdict]!);
    else if (verdict === unavailable) this.#fail("troupe-unavailable");
    else if (verdict === noMajority) this.#fail("no-majority");
    else if (verdict === disagreement) {
      this.traceDisagreement();
      this.#fail("disagreement");
    }
  }

  #succeed(message: Uint8Array): void {
    if (this.#collator.watches === true) this.#chosen = message;
    try {
      this.#settle(readOutcome(message));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.program.endpoint.counters.malformed++;
      this.#fail("bad-answer");
    }
  }

  #fail(kind: CallErrorKind): void {
    if (!this.#decided) this.#settle({ type: "failed", kind });
  }

  #settle(outcome: Outcome): void {
    this.#decided = true;
    this.#outcome = outcome;
    if (this.#timer !== noTimer) this.program.host.cancel(this.#timer);
    this.traceDone(outcome.type === "failed" ? outcome.kind : outcome.type);
    this.program.host.turn(resumeCaller, this as CollatedCall);
  }

  /** In a turn of its own: the caller goes on. */
  resume(): boolean {
    this.program.enter(this.context);
    const outcome = this.#outcome!;
    if (outcome.type === "returned") this.#resolve(outcome.value);
    else this.#reject(errorOf(outcome, this.describe()));
    this.program.leaveLater();
    return true;
  }
}

function resumeCaller(call: CollatedCall): boolean {
  return call.resume();
}

function errorOf(outcome: Exclude<Outcome, { type: "returned" }>, call: string): Error {
  return outcome.type === "raised" ? new RemoteError(outcome.name, outcome.message) : new CallError(outcome.kind, call);
}

/** What one member answered, as the generator of results hands it out. `member` is its place in the troupe. */
export type Reply<T> =
  | { readonly member: number; readonly type: "returned"; readonly value: T }
  | { readonly member: number; readonly type: "raised"; readonly error: Error }
  | { readonly member: number; readonly type: "crashed" };

/** A call whose RETURNs go to the program one by one. */
export class ExplicitCall<T> extends OneToMany {
  readonly replies: Arrivals<Reply<T>>;
  #pending: number;
  #timer: Timer = noTimer;

  constructor(program: Program, context: Context, callee: Callee, name: string) {
    super(program, context, callee, name);
    this.replies = new Arrivals(program);
    this.#pending = callee.addresses.length;
    if (this.#pending === 0) this.replies.end();
  }

  /** Gives up after `limit`: the generator throws. */
  limit(limit: Milliseconds): void {
    const giveUp = (call: ExplicitCall<T>): void => call.replies.end(new CallError("timed-out", call.describe()));
    this.#timer = this.program.host.after(limit, giveUp, this as ExplicitCall<T>);
  }

  returned(member: number, message: Uint8Array): void {
    try {
      const outcome = readOutcome(message);
      if (outcome.type === "returned") this.#push({ member, type: "returned", value: outcome.value as T });
      else this.#push({ member, type: "raised", error: errorOf(outcome, this.describe()) });
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.program.endpoint.counters.malformed++;
      this.#push({ member, type: "raised", error: new CallError("bad-answer", this.describe()) });
    }
  }

  crashed(member: number): void {
    this.#push({ member, type: "crashed" });
  }

  #push(reply: Reply<T>): void {
    this.replies.push(reply);
    if (--this.#pending > 0) return;
    this.program.host.cancel(this.#timer);
    this.replies.end();
    this.traceDone("all replies");
  }
}
