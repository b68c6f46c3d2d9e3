/** The state of a module before a call, whole: for a class that says itself, with getState and setState, what its state is. */
import { externalizeState, internalizeState } from "../call/module-state.ts";
import type { Change } from "./changes.ts";

export class Snapshot implements Change {
  readonly #module: object;
  #state: Uint8Array;

  /** Throws TypeError as externalizeState. */
  constructor(module: object) {
    this.#module = module;
    this.#state = externalizeState(module);
  }

  /** Whether the state is another one now. */
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
