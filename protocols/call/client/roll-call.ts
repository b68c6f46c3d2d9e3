/**
 * The question to members that have answered a call whether they still live, in a membership that does not change.
 * Nobody else asks: a message that has been answered needs no probe.
 */
import type { Watch } from "../../message/watch.ts";
import type { OneToMany } from "./one-to-many.ts";

export interface RollCallListener {
  /** A member lives. */
  lives(): void;
  /** The member with that index is dead. */
  died(index: number): void;
}

export class RollCall {
  readonly #call: OneToMany;
  readonly #listener: RollCallListener;
  readonly #watches = new Map<number, Watch>();

  constructor(call: OneToMany, listener: RollCallListener) {
    this.#call = call;
    this.#listener = listener;
  }

  /** Whether some answers are not there yet. */
  get isOpen(): boolean {
    return this.#watches.size > 0;
  }

  /** Asks each member that has answered and is not known to be dead, unless an answer is due already. */
  ask(): void {
    const { bound, process, outgoing } = this.#call;
    bound.addresses.forEach((address, index) => {
      if (!this.#call.hasAnswered(index) || this.#call.isDead(index) || this.#watches.has(index)) return;
      const incarnation = outgoing!.exchangeWith(address)!.peerIncarnation;
      const watch = process.endpoint.watch(address, incarnation, {
        heard: () => {
          watch.stop();
          this.#watches.delete(index);
          this.#listener.lives();
        },
        crashed: () => {
          this.#watches.delete(index);
          this.#listener.died(index);
        },
      });
      this.#watches.set(index, watch);
    });
  }

  stop(): void {
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }
}
