/**
 * Whether two runs of a replication were the same, event by event, in a few characters.
 *
 * Values are mixed as they are, without a text of them: such text, and a cryptographic hash of it, took longer than the
 * replication. No adversary chooses the events, so that 64 bits which accidents hardly ever make equal are enough.
 */
import type { TraceListener } from "../../sim/trace.ts";

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

export class TraceHash {
  /** Two hashes side by side, each of 32 bits, by the multipliers of MurmurHash3 (A. Appleby, 2011). */
  #first = 1;
  #second = 2;
  /** Give this to `replicate`. */
  readonly listener: TraceListener = (event) => this.#add(event);

  digest(): string {
    return [this.#first, this.#second].map((hash) => (hash >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #add(value: unknown): void {
    if (typeof value === "number") {
      double[0] = value;
      this.#mix(words[0]!);
      this.#mix(words[1]!);
    } else if (typeof value === "string") this.#addText(value);
    else if (value instanceof Uint8Array) {
      this.#mix(value.length);
      for (let i = 0; i < value.length; i++) this.#mix(value[i]!);
    } else if (typeof value === "object" && value !== null) {
      for (const key in value) {
        this.#addText(key);
        this.#add((value as Record<string, unknown>)[key]);
      }
      this.#mix(-1);
    } else this.#addText(String(value));
  }

  #addText(text: string): void {
    this.#mix(text.length);
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i));
  }

  /** For one word, each hash is changed by a bijection: a difference never gets lost with the word that makes it. */
  #mix(word: number): void {
    const first = Math.imul(this.#first ^ word, 0x85ebca6b);
    const second = Math.imul(this.#second ^ word, 0xc2b2ae35);
    this.#first = first ^ (first >>> 13);
    this.#second = second ^ (second >>> 16);
  }
}
