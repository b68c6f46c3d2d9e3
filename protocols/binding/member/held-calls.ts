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

  /** Lets all go on: whatever is not admitted yet is held again. */
  dispatch(): void {
    const held = this.#held;
    this.#held = [];
    for (const incoming of held) {
      const { exchange } = incoming;
      // One that was executed for the sake of a change has its answer, and the client may be finished with it by now.
      if (exchange.kept === undefined && !exchange.finished) this.#reception.dispatch(incoming);
    }
  }
}
