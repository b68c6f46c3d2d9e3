/** The lives of processes, read from a trace: which incarnation lived from when to when. */
import type { Address, Milliseconds } from "../../protocols/host.ts";
import type { StampedEvent } from "../trace.ts";

interface Life {
  readonly incarnation: number;
  readonly start: Milliseconds;
  /** Infinite if it lives when the trace ends. */
  end: Milliseconds;
}

export class Lives {
  private readonly byAddress = new Map<Address, Life[]>();

  constructor(trace: Iterable<StampedEvent>) {
    for (const { time, address, incarnation, event } of trace) {
      const lives = this.byAddress.get(address) ?? [];
      if (event.type === "start") {
        this.byAddress.set(address, lives);
        lives.push({ incarnation, start: time, end: Infinity });
      } else if (event.type === "end") {
        const life = lives.find((each) => each.incarnation === incarnation);
        if (life !== undefined) life.end = time;
      }
    }
  }

  /** The incarnation that was alive at `time` and is still when the trace ends; undefined if there is none. */
  throughout(address: Address, time: Milliseconds): number | undefined {
    return this.byAddress.get(address)?.find(({ start, end }) => start <= time && end === Infinity)?.incarnation;
  }

  /** All incarnations of the process, in order. */
  of(address: Address): readonly Readonly<Life>[] {
    return this.byAddress.get(address) ?? [];
  }
}
