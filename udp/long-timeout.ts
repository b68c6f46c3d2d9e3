/** Timers of any length: Node fires a timer of 2^31 ms or more at once. */
import type { Milliseconds } from "../protocols/host.ts";

/** The longest delay of one of Node's timers, in ms. */
export const longestTimeout: Milliseconds = 2 ** 31 - 1;

/** Calls `fire` once, after `delay` ms. The answer cancels the timer. */
export function startTimeout(fire: () => void, delay: Milliseconds): () => void {
  let left = delay;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    const piece = Math.min(left, longestTimeout);
    left -= piece;
    timer = setTimeout(left > 0 ? next : fire, piece);
  };
  next();
  return () => clearTimeout(timer);
}
