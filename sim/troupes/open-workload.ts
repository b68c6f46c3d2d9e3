/** An open workload: calls arrive at random times, independently of the outcomes of earlier calls. */
import { CallError } from "../../protocols/errors.ts";
import type { Milliseconds, Random } from "../../protocols/host.ts";
import { exponential } from "../chance/lifetimes.ts";
import type { World } from "../world.ts";

interface Call {
  readonly from: Milliseconds;
  /** Infinite while the call is under way. */
  to: Milliseconds;
}

export class OpenWorkload {
  readonly calls: Call[] = [];
  /** Calls that ended with a CallError. */
  failed = 0;
  readonly #random: Random;
  #calling = true;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Starts a Poisson process of `rate` calls/s. `make` makes one call. */
  begin(world: World, rate: number, make: (random: Random) => Promise<void>): void {
    if (rate === 0) return;
    const gap = exponential(1000 / rate);
    const next = (): void => {
      world.after(gap.draw(this.#random), () => {
        if (!this.#calling) return;
        const call: Call = { from: world.now, to: Infinity };
        this.calls.push(call);
        const made = make(this.#random);
        next();
        return made.then(
          () => (call.to = world.now),
          (error: unknown) => {
            if (!(error instanceof CallError)) throw error;
            this.failed++;
          },
        );
      });
    };
    next();
  }

  end(): void {
    this.#calling = false;
  }

  /** Latencies in ms of the answered calls that satisfy `wanted`. */
  latencies(wanted: (call: Call) => boolean): number[] {
    return this.calls.filter((call) => call.to < Infinity && wanted(call)).map(({ from, to }) => to - from);
  }
}
