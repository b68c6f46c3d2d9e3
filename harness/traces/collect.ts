/** The events of a trace that a view is made of. */
import type { Milliseconds } from "../../protocols/host.ts";
import type { StampedEvent, TraceListener } from "../../sim/trace.ts";

export interface Window {
  /** A replication may make several worlds, each of which begins at time 0. This is the number of one, from 0. */
  readonly world: number;
  readonly until: Milliseconds;
}

/** More events than a picture or a page can hold. */
export const mostEvents = 200_000;

/** Keeps the events of one world up to a time, as they come. */
export class Collection {
  readonly events: StampedEvent[] = [];
  /** Worlds that have begun. */
  worlds = 0;
  /** Whether there were more than `mostEvents`. */
  isFull = false;
  /** Give this to `World.listen`, or each event of a file. */
  readonly listener: TraceListener;
  #last = Infinity;

  constructor({ world, until }: Window) {
    this.listener = (event) => {
      if (event.time < this.#last) this.worlds++;
      this.#last = event.time;
      if (this.worlds - 1 !== world || event.time > until || this.isFull) return;
      if (this.events.length < mostEvents) this.events.push(event);
      else this.isFull = true;
    };
  }
}
