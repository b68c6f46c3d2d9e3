/** A clock that is wrong: it starts off, and runs too fast or too slow. It never runs backwards. */
import type { Milliseconds } from "../../protocols/host.ts";
import { BadData } from "../bad-data.ts";
import type { Fault } from "../ledger.ts";

export interface SkewOptions {
  /** What the clock shows at time 0, in ms. Default 0. */
  readonly offset?: Milliseconds;
  /** What it gains in each ms; above -1. Default 0. Quartz drifts by some 1e-5. */
  readonly drift?: number;
}

export class SkewedClock {
  private shown: Milliseconds;
  private since: Milliseconds = 0;
  private rate: number;
  /** As long as nobody has looked at the clock. */
  private fault: Fault | undefined;

  /** Throws BadData. */
  constructor({ offset = 0, drift = 0 }: SkewOptions, fault: Fault) {
    if (!Number.isFinite(offset)) throw new BadData(`clock with offset ${offset} ms: expected a finite number.`);
    this.shown = offset;
    this.rate = rateOf(drift);
    this.fault = fault;
    fault.injected++;
  }

  /** What the clock shows at a time. */
  read(time: Milliseconds): Milliseconds {
    if (this.fault !== undefined) {
      this.fault.effective++;
      this.fault = undefined;
    }
    return this.at(time);
  }

  private at(time: Milliseconds): Milliseconds {
    return this.shown + (time - this.since) * this.rate;
  }

  /** The earliest time at which the clock has gone on by `delay`. */
  due(time: Milliseconds, delay: Milliseconds): Milliseconds {
    const target = this.read(time) + delay;
    let due = time + delay / this.rate;
    // Rounding must not make a timer early: protocols compare what the clock shows with their deadline.
    for (let step = 2 ** -52 * due; this.read(due) < target; step *= 2) due += step;
    return due;
  }

  /** From `time` on the clock drifts differently, after a leap ahead of so many ms. Throws BadData. */
  adjust(time: Milliseconds, { drift, leap = 0 }: { readonly drift?: number; readonly leap?: Milliseconds }): void {
    if (!(leap >= 0 && leap < Infinity)) {
      throw new BadData(`clock with a leap of ${leap} ms: expected a finite number of at least 0.`);
    }
    const rate = drift === undefined ? this.rate : rateOf(drift);
    this.shown = this.at(time) + leap;
    this.since = time;
    this.rate = rate;
  }
}

function rateOf(drift: number): number {
  if (drift > -1 && drift < Infinity) return 1 + drift;
  throw new BadData(`clock with drift ${drift}: expected a finite number above -1.`);
}
