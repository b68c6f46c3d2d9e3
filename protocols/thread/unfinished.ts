/**
 * What a module raises instead of a result if its code cannot end as members of a troupe must.
 *
 * Source: ours. Code waits only for what the runtime gives it: calls, `sleep` and timers of its thread. Whatever else
 * it waits for would come at another time at each member, or never.
 */

/** A wait that never ends, wherever code runs in simulated time. */
export const neverEnds = "it waits for something that never happens: nothing is left to run";

const sentences = {
  waits: `${neverEnds}. Wait for calls, timers and sleep only; a module that must wait for more declares it: static outside = ["waits"]`,
  timers:
    "it has ended and left a timer, which no newcomer would get. Wait for the timer or clear it; or keep the time in a field and compare it when called",
} as const;

export class Unfinished extends Error {
  /** `code`: how the code is called, `Shop.price`. */
  constructor(code: string, reason: keyof typeof sentences) {
    super(`${code}: ${sentences[reason]}`);
    this.name = "Unfinished";
  }
}
