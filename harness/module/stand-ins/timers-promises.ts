/** node:timers/promises for modules: waits for timers of the thread. */
import { promisify } from "node:util";
import { ownTimers } from "../globals.ts";

export const setTimeout = promisify(ownTimers.setTimeout);
export const setImmediate = promisify(ownTimers.setImmediate);

/** Answers the value again and again, `delay` ms apart. */
export async function* setInterval<T>(delay?: number, value?: T): AsyncGenerator<T | undefined> {
  for (;;) yield await setTimeout(delay, value);
}

export const scheduler = { wait: (delay: number) => setTimeout(delay), yield: () => setImmediate() };

export default { setTimeout, setImmediate, setInterval, scheduler };
