/** The cost of waiting on a real host, measured by bare datagrams between two hosts: one alone, or eight at once. */
import type { Host, Milliseconds } from "../protocols/host.ts";

export class Probe {
  readonly #from: Host;
  readonly #to: Host;
  readonly #alone: number[] = [];
  readonly #together: number[] = [];
  #came: () => void = () => {};

  /** Both hosts are for the probe alone. */
  constructor(from: Host, to: Host) {
    this.#from = from;
    this.#to = to;
    to.listen(() => this.#came());
  }

  /** Takes further samples. */
  async measure(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      this.#alone.push(await this.#burst(1));
      this.#together.push(await this.#burst(8));
    }
  }

  /** The cost in ms of one wait for datagrams. It is the same for one datagram and for several. */
  get wait(): Milliseconds {
    return Math.max(0, (8 * median(this.#alone) - median(this.#together)) / 7);
  }

  /** Time in ms from the first send of `count` datagrams until all have arrived. */
  #burst(count: number): Promise<number> {
    return new Promise((resolve) => {
      const begin = (): void => {
        const began = this.#from.now();
        let left = count;
        this.#came = () => {
          if (--left === 0) resolve(this.#from.now() - began);
        };
        for (let i = 0; i < count; i++) this.#from.send(this.#to.address, new Uint8Array(70));
      };
      this.#from.after(0, begin, undefined);
    });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
