/** Measures what datagrams cost between two hosts of a real world. */
import type { Host } from "../protocols/host.ts";
import type { RealWorld } from "./world.ts";

/** Bare datagrams from one host to another, one alone or eight at once, timed. */
export class Probe {
  readonly #from: Host;
  readonly #to: Host;
  /** Times of bursts of one and of eight, in ms. */
  readonly alone: number[] = [];
  readonly together: number[] = [];
  #came: () => void = () => {};

  constructor(world: RealWorld) {
    let from!: Host;
    let to!: Host;
    world.machine("sender").start((host) => (from = host));
    world.machine("receiver").start((host) => (to = host));
    this.#from = from;
    this.#to = to;
    to.listen(() => this.#came());
  }

  async measure(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      this.alone.push(await this.#burst(1));
      this.together.push(await this.#burst(8));
    }
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
