/** How long the turns of a process are. */
import { openSync, readSync } from "node:fs";

/** Reads the CPU time of the main thread; undefined where the system does not tell it. */
function openClock(): (() => number) | undefined {
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, "r");
    const text = Buffer.alloc(64);
    return () => Number.parseInt(text.toString("latin1", 0, readSync(file, text, 0, text.length, 0)), 10) / 1e6;
  } catch {
    return undefined;
  }
}

const clock = openClock();

/**
 * CPU time of the main thread in ms: what other programs do on the machine is no part of it, nor that a turn waits for
 * threads of the garbage collector. Where the system does not tell it, wall-clock time.
 */
export const threadTime: () => number = clock ?? (() => performance.now());

/** Watches the turns of this process from now on. */
export class Turns {
  /** In ms of CPU time, to within a millisecond. */
  longest = 0;
  #last = threadTime();
  readonly #watching = setInterval(() => {
    const now = threadTime();
    this.longest = Math.max(this.longest, now - this.#last);
    this.#last = now;
  }, 1);

  stop(): void {
    clearInterval(this.#watching);
  }
}
