/** What a checker found wrong. */
import type { Milliseconds } from "../../protocols/host.ts";

export interface Violation {
  /** Simulated time in ms at which it shows. */
  readonly time: Milliseconds;
  /** One whole sentence, with the time, and the seed that brings it about again, if there is one. */
  readonly sentence: string;
}

/** Judges a run that is over. */
export type Check = () => readonly Violation[];

/** Collects violations of one run. */
export class Findings {
  readonly violations: Violation[] = [];
  private readonly seed: string | undefined;

  /** `seed`: undefined if the history does not come from a simulation. */
  constructor(seed: string | undefined) {
    this.seed = seed;
  }

  add(time: Milliseconds, what: string): void {
    const sentence = `${what}.`;
    const { seed } = this;
    this.violations.push({
      time,
      sentence: seed === undefined ? sentence : `At ${time} ms (seed ${seed}): ${sentence}`,
    });
  }
}
