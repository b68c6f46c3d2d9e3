/**
 * Turns: user code that runs after the event that caused it, one piece after another, with all promise jobs of one
 * piece done before the next.
 *
 * Node runs promise jobs and ticks to their end before it looks at the network or at its timers again. So a drain has
 * only to be asked for between turns, and between timers that expire together. An error in an event or a turn is not
 * caught: processes are fail-stop, and Node ends this one.
 */
const resolved = Promise.resolve();

/** Whether promise jobs of a turn are under way, of whichever host of this process. */
let draining = false;

export class Turns {
  readonly #tasks: (((subject: unknown) => boolean) | undefined)[] = [];
  readonly #subjects: unknown[] = [];
  #next = 0;
  /** True in an event and between its turns: a turn that is added now need not be scheduled. */
  #busy = false;

  /** See Host.turn. */
  add<S>(task: (subject: S) => boolean, subject: S): void {
    this.#tasks.push(task as (subject: unknown) => boolean);
    this.#subjects.push(subject);
    if (this.#busy) return;
    this.#busy = true;
    process.nextTick(() => this.#begin());
  }

  /** Ticks of other hosts of this process may come between a turn and its promise jobs. */
  #begin(): void {
    if (draining) void resolved.then(() => process.nextTick(() => this.#begin()));
    else this.#settle(nothing);
  }

  /**
   * Runs an event and the turns that it causes. Answers false if all have finished. Answers true if promise jobs must
   * run in between; `after` is then called when all have finished.
   */
  event<S>(fire: (subject: S) => void, subject: S, after: () => void = nothing): boolean {
    this.#busy = true;
    fire(subject);
    return this.#settle(after);
  }

  /** Drops all waiting turns. */
  clear(): void {
    this.#tasks.length = 0;
    this.#subjects.length = 0;
    this.#next = 0;
  }

  #settle(after: () => void): boolean {
    const tasks = this.#tasks;
    while (this.#next < tasks.length) {
      const at = this.#next++;
      const task = tasks[at]!;
      const subject = this.#subjects[at];
      tasks[at] = undefined;
      this.#subjects[at] = undefined;
      if (!task(subject)) continue;
      draining = true;
      void resolved.then(() =>
        process.nextTick(() => {
          draining = false;
          if (!this.#settle(after)) after();
        }),
      );
      return true;
    }
    if (this.#next > 0) this.clear();
    this.#busy = false;
    return false;
  }
}

function nothing(): void {}
