/** A set of configurations of a search for a linearization, each a list of whole numbers, kept in one array. */
import { Numbers } from "./numbers.ts";

export class Configurations {
  /** Of each: its hash, its length, and its numbers. */
  #entries = new Numbers();
  /** Places in `#entries`, plus 1; 0 is empty. The length is a power of 2. */
  #table = new Int32Array(1024);
  #count = 0;

  /** In units of 4 bytes. */
  get size(): number {
    return this.#entries.length;
  }

  clear(): void {
    this.#entries.length = 0;
    if (this.#table.length > 1 << 16) this.#table = new Int32Array(1024);
    else this.#table.fill(0);
    this.#count = 0;
  }

  /** Adds the first `length` numbers; answers false if the set has them already. */
  add(numbers: Int32Array, length: number): boolean {
    let hash = length;
    for (let i = 0; i < length; i++) {
      hash = Math.imul(hash ^ numbers[i]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (; this.#table[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#holds(this.#table[slot]! - 1, hash, numbers, length)) return false;
    }
    this.#table[slot] = this.#entries.length + 1;
    this.#entries.push(hash);
    this.#entries.push(length);
    for (let i = 0; i < length; i++) this.#entries.push(numbers[i]!);
    if (2 * ++this.#count > this.#table.length) this.#grow();
    return true;
  }

  #holds(place: number, hash: number, numbers: Int32Array, length: number): boolean {
    const { values } = this.#entries;
    if (values[place] !== hash || values[place + 1] !== length) return false;
    for (let i = 0; i < length; i++) if (values[place + 2 + i] !== numbers[i]) return false;
    return true;
  }

  #grow(): void {
    const table = new Int32Array(2 * this.#table.length);
    const mask = table.length - 1;
    const { values, length } = this.#entries;
    for (let place = 0; place < length; place += 2 + values[place + 1]!) {
      let slot = values[place]! & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = place + 1;
    }
    this.#table = table;
  }
}
