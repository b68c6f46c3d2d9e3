/** The whole state of a module before a call, for a class that defines its state by getState and setState. */
import { externalizeState, internalizeState } from "../call/module-state.ts";
import type { Change } from "./changes.ts";

export class Snapshot implements Change {
  readonly #module: object;
  #state: Uint8Array;

  /** @throws TypeError if the state cannot be externalized */
  constructor(module: object) {
    this.#module = module;
    this.#state = externalizeState(module);
  }

  /** Whether the state has changed since. */
  get changed(): boolean {
    const now = externalizeState(this.#module);
    return now.length !== this.#state.length || now.some((byte, i) => byte !== this.#state[i]);
  }

  swap(): void {
    const now = externalizeState(this.#module);
    internalizeState(this.#module, this.#state);
    this.#state = now;
  }
}
