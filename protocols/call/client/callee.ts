/** The callee of a stub: a membership, and the CALLs that carry its troupe ID. */
import type { Address } from "../../host.ts";
import type { Context } from "../../thread/context.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import { Writer } from "../../wire/bytes.ts";
import { writeCall } from "../../wire/call.ts";
import type { ProcedureForm } from "../../wire/procedure.ts";
import type { Entry } from "../collator.ts";
import type { Process } from "../process.ts";

/** A membership, with the data that all calls derive from it. */
export class BoundMembership {
  readonly troupe: Troupe;
  readonly addresses: readonly Address[];
  /** The members' incarnations; undefined in a static table. */
  readonly incarnations: readonly number[] | undefined;
  /** What is expected of each member when a call begins. */
  readonly expected: readonly Entry[];

  constructor(troupe: Troupe) {
    const { members } = troupe;
    this.troupe = troupe;
    this.addresses = members.map(({ address }) => address);
    const known = members.some(({ incarnation }) => incarnation !== undefined);
    this.incarnations = known ? members.map(({ incarnation }) => incarnation ?? 0) : undefined;
    this.expected = members.map(() => undefined);
  }
}

/** The callee of a stub. All calls of the stub share it: what one call learns of the binding serves the next call. */
export class Callee {
  #bound: BoundMembership;
  /** Whether a call asks the binding agent when a member refuses the binding or crashes. */
  readonly rebinds: boolean;
  /** The number of failed calls that could reach no member and continue in the background. */
  #stragglers = 0;
  #waiting: (() => void)[] = [];

  constructor(troupe: Troupe, rebinds: boolean) {
    this.#bound = new BoundMembership(troupe);
    this.rebinds = rebinds;
  }

  /** The latest membership that any call has learned. */
  get bound(): BoundMembership {
    return this.#bound;
  }

  /** A call has learned this membership. */
  learn(bound: BoundMembership): void {
    const { id, founded } = bound.troupe;
    // A troupe that was founded again may have lower IDs (binding/verbs/ringmaster-binding.ts).
    if (id > this.#bound.troupe.id || founded !== this.#bound.troupe.founded) this.#bound = bound;
  }

  /** Whether a new call must wait, so that it does not overtake calls that continue in the background. */
  get busy(): boolean {
    return this.#stragglers > 0;
  }

  /** Runs `send` when no call continues in the background any more. */
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

/**
 * Writes the next CALL of the context.
 *
 * @throws TypeError for arguments that are not plain data
 * @throws RangeError if the CALL is too long
 */
export function nextCall(
  { host, endpoint }: Process,
  context: Context,
  troupe: Troupe,
  form: ProcedureForm,
  args: readonly unknown[],
): Uint8Array {
  const sequence = ++context.sequence;
  const clock = context.clock ?? host.wall();
  const message = writeCall(writer, context, sequence, troupe, clock, form, args);
  endpoint.checkLength(endpoint.segmentsOf(message));
  return message;
}
