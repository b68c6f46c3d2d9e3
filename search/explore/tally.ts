/** What an exploration has seen. */
import type { Complaint, Judge } from "./judge.ts";
import type { Faults, Pending, State } from "./state.ts";

/** An event of a run, with the faults after it. */
export interface Step {
  readonly move: Pending;
  readonly faults: Faults;
}

export interface Found {
  readonly complaint: Complaint;
  readonly steps: readonly Step[];
}

export interface Limits {
  /** The most rounds of a run. */
  readonly rounds: number;
  /** The time in ms by which every call has ended. */
  readonly patience: number;
  /** The most states. */
  readonly states: number;
  /** The most states after a property was found not to hold, in search of a shorter run. */
  readonly effort: number;
}

export class Tally {
  readonly limits: Limits;
  readonly judge: Judge;
  #last: number;
  states = 0;
  transitions = 0;
  /** Runs that have ended, and runs that the bound on rounds has cut off. */
  ends = 0;
  cut = 0;
  /** The outcomes of the ends. */
  readonly outcomes = new Set<string>();
  /** The properties that do not hold somewhere. */
  readonly broken = new Set<string>();
  /** The shortest run in which a property does not hold. */
  found: Found | undefined = undefined;

  constructor(judge: Judge, limits: Limits) {
    this.judge = judge;
    this.limits = limits;
    this.#last = limits.states;
  }

  /** Whether no more states may be visited. */
  get isFull(): boolean {
    return this.states >= this.#last;
  }

  note(complaint: Complaint, steps: () => Step[], length: number): void {
    this.broken.add(complaint.property);
    if (this.found === undefined) this.#last = Math.min(this.#last, 2 * this.states + this.limits.effort);
    if (length >= (this.found?.steps.length ?? Infinity)) return;
    this.found = { complaint, steps: steps() };
  }

  /** Whether a run ends in this state. `isQuiet`: nothing can happen any more. `steps`: the run. */
  isEnd(state: State, isQuiet: boolean, steps: () => Step[], length: number): boolean {
    const isLate = state.pending.length === 0 && state.time >= this.limits.patience;
    if (isQuiet || isLate || this.judge.isOver(state)) {
      this.ends++;
      this.outcomes.add(this.judge.outcomeOf(state));
      const complaint = this.judge.atEnd(state);
      if (complaint !== undefined) this.note(complaint, steps, length);
      return true;
    }
    if (state.pending.length > 0 || state.round < this.limits.rounds) return false;
    this.cut++;
    return true;
  }
}
