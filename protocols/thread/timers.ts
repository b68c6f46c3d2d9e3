/**
 * The timers of a thread: what stands behind the language's own timers in a module.
 *
 * Source: ours. A thread's clock is equal at every member of a troupe, and so must be the order of all that happens in
 * the thread. Therefore the clock of a thread stands still while its code computes or waits for a call: a timer fires
 * when the code waits for nothing else, and the clock then shows the timer's time. A call under way is never overtaken
 * by a timer, at no member.
 */
import type { Milliseconds } from "../host.ts";

/** One timer. */
export interface ThreadTimer {
  /** The thread's time in ms, as Context.elapsed counts it. */
  readonly due: Milliseconds;
  readonly fire: () => void;
  cancelled: boolean;
}

export class ThreadTimers {
  /** In the order in which they fire. */
  readonly #waiting: ThreadTimer[] = [];

  get pending(): number {
    return this.#waiting.length;
  }

  /** Sets a timer for a time of the thread. Timers for one time fire in the order in which they were set. */
  set(due: Milliseconds, fire: () => void): ThreadTimer {
    const timer = { due, fire, cancelled: false };
    let at = this.#waiting.length;
    while (at > 0 && this.#waiting[at - 1]!.due > due) at--;
    this.#waiting.splice(at, 0, timer);
    return timer;
  }

  cancel(timer: ThreadTimer): void {
    timer.cancelled = true;
    const at = this.#waiting.indexOf(timer);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** The timer that fires next, which is no longer pending. */
  next(): ThreadTimer | undefined {
    return this.#waiting.shift();
  }
}
