/** What is called: a membership, and the CALLs that carry its ID. */
import type { Address } from "../../host.ts";
import type { Context } from "../../thread/context.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import { Writer } from "../../wire/bytes.ts";
import { writeCall } from "../../wire/call.ts";
import type { ProcedureForm } from "../../wire/procedure.ts";
import type { Process } from "../process.ts";

/** A membership, with what is derived from it once for all calls. */
export class BoundMembership {
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
  #bound: BoundMembership;
  /** Whether the binding agent is asked when a member refuses the binding or crashes. */
  readonly rebinds: boolean;
  /** Calls that have failed, since no member could be reached, and are not finished. */
  #stragglers = 0;
  #waiting: (() => void)[] = [];

  constructor(troupe: Troupe, rebinds: boolean) {
    this.#bound = new BoundMembership(troupe);
    this.rebinds = rebinds;
  }

  /** The latest membership that a call has learned of. */
  get bound(): BoundMembership {
    return this.#bound;
  }

  /** A call has learned of this membership. */
  learn(bound: BoundMembership): void {
    if (bound.troupe.id > this.#bound.troupe.id) this.#bound = bound;
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

/**
 * The next CALL of the context.
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
  const { source, from, to, step, troupe: clientTroupe } = context;
  const sequence = ++context.sequence;
  const clock = context.clock ?? host.now();
  const { id: serverTroupe, module } = troupe;
  const head = { source, from, to, step, sequence, clientTroupe, serverTroupe, module, clock };
  const message = writeCall(writer, head, form, args);
  endpoint.checkLength(endpoint.segmentsOf(message));
  return message;
}
