/**
 * How long the solver may search. Counted in steps, not in time: the same question has the same answer on every
 * machine.
 */

/** A step is about a look at one class of machines; some tens of millions take a second. */
export const standardEffort = 200_000_000;

/** The solver has neither found the best placement nor that there is none. */
export class GaveUp extends Error {
  override readonly name = "GaveUp";
  readonly steps: number;

  constructor(steps: number) {
    super(`gave up after ${steps} steps`);
    this.steps = steps;
  }
}

export class Effort {
  readonly #limit: number;
  steps = 0;

  constructor(limit: number = standardEffort) {
    this.#limit = limit;
  }

  /** @throws GaveUp when more is spent than there is. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > this.#limit) throw new GaveUp(this.#limit);
  }
}
