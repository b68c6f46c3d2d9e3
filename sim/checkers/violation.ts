/** What a checker found wrong. */
import type { Milliseconds } from "../../protocols/host.ts";

export interface Violation {
  /** Simulated time in ms at which it shows. */
  readonly time: Milliseconds;
  /** One whole sentence, with the seed that brings it about again. */
  readonly sentence: string;
}

/** Collects violations of one run. */
export class Findings {
  readonly violations: Violation[] = [];
  private readonly seed: string;

  constructor(seed: string) {
    this.seed = seed;
  }

  add(time: Milliseconds, what: string): void {
    this.violations.push({ time, sentence: `At ${time} ms (seed ${this.seed}): ${what}.` });
  }
}
