/** What a real host pays for waiting: told by bare datagrams from one host to another, one alone or eight at once. */
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

  /** Takes some more samples. */
  async measure(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      this.#alone.push(await this.#burst(1));
      this.#together.push(await this.#burst(8));
    }
  }

  /** What asking what has come costs, in ms; the same for one datagram and for many. */
  get wait(): Milliseconds {
    return Math.max(0, (8 * median(this.#alone) - median(this.#together)) / 7);
  }

  /** Time from the first send of so many datagrams until all have come. */
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
