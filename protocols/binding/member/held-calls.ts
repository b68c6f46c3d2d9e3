/** CALLs that wait until their module admits them. */
import type { Incoming } from "../../call/server/incoming.ts";
import type { Reception } from "../../call/server/reception.ts";

export class HeldCalls {
  readonly #reception: Reception;
  #held: Incoming[] = [];

  constructor(reception: Reception) {
    this.#reception = reception;
  }

  hold(...calls: readonly Incoming[]): void {
    for (const call of calls) this.#held.push(call);
  }

  /** Dispatches every held CALL. A CALL that the module still does not admit is held again. */
  dispatch(): void {
    const held = this.#held;
    this.#held = [];
    for (const { exchange, call } of held) {
      // A change may have executed this CALL meanwhile. Its answer then exists, or the client is already finished with
      // it.
      if (exchange.retained === undefined && !exchange.finished) this.#reception.dispatch(exchange, call);
    }
  }
}
