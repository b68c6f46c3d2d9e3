/** Time on a real machine: a monotonic clock that all its processes share, and numbers for their lives. */
import type { Milliseconds } from "../protocols/host.ts";
import { precedes } from "../protocols/wire/segment.ts";

/**
 * The system's monotonic clock when this process began, from which `performance.now()` counts. Whatever comes between
 * the two readings makes the difference smaller: the largest of several is right within a microsecond.
 */
const processStart = Math.max(
  ...Array.from({ length: 10 }, () => Number(process.hrtime.bigint()) / 1e6 - performance.now()),
);

/** The machine's monotonic clock. Traces of several processes of one machine can be merged by it. */
export function monotonicNow(): Milliseconds {
  return processStart + performance.now();
}

/** The largest difference in ms between the two clocks that is not taken for a clock that was set. */
const setClock = 1000;

/** The time of day in ms since 1970, with fractions: it runs as the monotonic clock does, until it is set. */
export function wallNow(): Milliseconds {
  const running = performance.timeOrigin + performance.now();
  const day = Date.now();
  return Math.abs(running - day) > setClock ? day : running;
}

/** One step of incarnations, in ms. Shorter than a process takes to start. */
const step = 10;
let last = 0;

/**
 * The number of a life that begins now: wall-clock time in steps of 10 ms, modulo 2^32 (a turn takes 497 days, and
 * lives are compared on the circle). Two lives begun by this process within one step differ because the second waits.
 * `before`: the number of an earlier life, which the new number must exceed though the clock was set back.
 */
export function newIncarnation(before?: number): number {
  while (Math.floor(Date.now() / step) === last) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, step - (Date.now() % step));
  }
  last = Math.floor(Date.now() / step);
  const now = last % 2 ** 32 || 1;
  return before === undefined || precedes(before, now) ? now : (before + 1) % 2 ** 32 || 1;
}
