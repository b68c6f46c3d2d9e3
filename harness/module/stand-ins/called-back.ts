/** Computations that Node makes in other threads of its own, and that call back when they are done. */
import { ownTimers } from "../globals.ts";
import { isOwn } from "../inside.ts";

/** In a thread it is computed at once, and called back by a timer of the thread, at the same place at all members. */
export function calledBack<F extends (...args: never[]) => void>(real: F, sync: (...args: never[]) => unknown): F {
  return ((...args: never[]) => {
    if (!isOwn()) return real(...args);
    const done = (args as unknown[]).pop() as (error: unknown, value?: unknown) => void;
    let outcome: [error: unknown, value?: unknown];
    try {
      outcome = [null, sync(...args)];
    } catch (error) {
      outcome = [error];
    }
    ownTimers.setImmediate(() => done(...outcome));
  }) as F;
}
