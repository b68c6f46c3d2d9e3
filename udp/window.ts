/** The sequence numbers seen of one sender: a sliding window, as in IPsec (RFC 4303, 3.4.3). */

const size = 4096;
const words = size / 32;

export class ReplayWindow {
  readonly #seen = new Int32Array(words);
  #highest: number;

  /** Numbers up to `first` count as seen. */
  constructor(first: number) {
    this.#highest = first;
    this.#seen.fill(-1);
  }

  /** Whether the number is new, and not older than the window is long. From now on it counts as seen. */
  take(sequence: number): boolean {
    if (sequence <= this.#highest - size) return false;
    const place = sequence % size;
    const bit = 1 << (place & 31);
    if (sequence > this.#highest) {
      if (sequence - this.#highest >= size) this.#seen.fill(0);
      else for (let next = this.#highest + 1; next < sequence; next++) this.#clear(next % size);
      this.#highest = sequence;
    } else if ((this.#seen[place >> 5]! & bit) !== 0) return false;
    this.#seen[place >> 5]! |= bit;
    return true;
  }

  #clear(place: number): void {
    this.#seen[place >> 5]! &= ~(1 << (place & 31));
  }
}
