/** What is called: a membership, and the CALLs that carry its ID. */
import type { Address } from "../../host.ts";
import type { Program } from "../../program/program.ts";
import type { Context } from "../../thread/context.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import { Writer } from "../../wire/bytes.ts";
import { readCallHeader } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { ProcedureForm } from "../../wire/procedure.ts";

/** A membership, with what is derived from it once for all calls. */
export class Bound {
  readonly troupe: Troupe;
  readonly addresses: readonly Address[];
  /** Undefined in a static table. */
  readonly incarnations: readonly number[] | undefined;

  constructor(troupe: Troupe) {
    const { members } = troupe;
    this.troupe = troupe;
    this.addresses = members.map(({ address }) => address);
    const known = members.some(({ incarnation }) => incarnation !== undefined);
    this.incarnations = known ? members.map(({ incarnation }) => incarnation ?? 0) : undefined;
  }
}

/** What a stub calls: shared by all its calls, so that what one of them learns of the binding serves the next. */
export class Callee {
  bound: Bound;
  /** Whether the binding agent is asked when a member refuses the binding or crashes. */
  readonly rebinds: boolean;
  /** Calls that have failed, since no member could be reached, and are not finished. */
  #stragglers = 0;
  #waiting: (() => void)[] = [];

  constructor(troupe: Troupe, rebinds: boolean) {
    this.bound = new Bound(troupe);
    this.rebinds = rebinds;
  }

  /** Whether a call has to wait for those that go on in the background, so that it does not overtake them. */
  get busy(): boolean {
    return this.#stragglers > 0;
  }

  /** Sends when no call has to wait any more. */
  later(send: () => void): void {
    this.#waiting.push(send);
  }

  straggles(): void {
    this.#stragglers++;
  }

  straggledIn(): void {
    if (--this.#stragglers > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const send of waiting) send();
  }
}

const writer = new Writer();

/** Externalizes a CALL; throws TypeError for arguments that are not plain data, RangeError if it is too long. */
export function writeCall(
  program: Program,
  context: Context,
  troupe: Troupe,
  form: ProcedureForm,
  args: readonly unknown[],
): Uint8Array {
  writer.begin(headerBytes);
  writer.copy(context.source, context.from, context.to);
  writer.integer(++context.sequence);
  writer.byte(0);
  writer.byte(0);
  writer.integer(context.troupe);
  writer.integer(troupe.id);
  writer.integer(troupe.module);
  writer.integer(form.number);
  writer.float(context.clock ?? program.host.now());
  form.externalizeArguments(writer, args);
  const message = writer.finish();
  program.endpoint.checkLength(program.endpoint.segmentsOf(message));
  return message;
}

/** The same CALL under another binding; `first` is the call number of its first attempt. */
export function writeCallAgain(message: Uint8Array, troupe: Troupe, first: number): Uint8Array {
  const { pathEnd, clientTroupe, module, procedure, clock, argumentsAt } = readCallHeader(message);
  writer.begin(headerBytes);
  writer.copy(message, headerBytes, pathEnd);
  writer.byte(0);
  writer.integer(first);
  writer.integer(clientTroupe);
  writer.integer(troupe.id);
  writer.integer(module);
  writer.integer(procedure);
  writer.float(clock);
  writer.copy(message, argumentsAt);
  return writer.finish();
}
