/**
 * Calls by their numbers, in ascending order on the circle of 2^32. A list is faster than a map, since calls are few
 * and arrive almost in order.
 */
import { precedes } from "../wire/segment.ts";

export class CallList<C extends { readonly number: number }> {
  readonly #calls: C[] = [];

  get size(): number {
    return this.#calls.length;
  }

  /** The call with the lowest number; undefined if there is none. */
  get first(): C | undefined {
    return this.#calls[0];
  }

  find(number: number): C | undefined {
    const calls = this.#calls;
    const at = this.#place(number);
    const call = calls[at];
    return call !== undefined && call.number === number ? call : undefined;
  }

  add(call: C): void {
    const calls = this.#calls;
    const { length } = calls;
    // To V8 the index -1 of an empty list is the name of a property, and takes as long as a whole datagram.
    if (length === 0 || precedes(calls[length - 1]!.number, call.number)) calls.push(call);
    else calls.splice(this.#place(call.number), 0, call);
  }

  remove(call: C): void {
    const calls = this.#calls;
    const at = this.#place(call.number);
    if (calls[at] !== call) return;
    if (at === calls.length - 1) calls.pop();
    else if (at === 0) calls.shift();
    else calls.splice(at, 1);
  }

  /** Removes all calls before this number, and passes each to `removed`. */
  removeBefore(number: number, removed: (call: C) => void): void {
    const calls = this.#calls;
    const count = this.#place(number);
    for (let i = 0; i < count; i++) removed(calls[i]!);
    if (count === 1 && calls.length === 1) calls.pop();
    else if (count > 0) calls.splice(0, count);
  }

  /** Removes all calls for which `chosen` answers true. */
  removeIf(chosen: (call: C) => boolean): void {
    if (this.#calls.length === 0) return;
    const rest = this.#calls.filter((call) => !chosen(call));
    this.#calls.length = 0;
    for (const call of rest) this.#calls.push(call);
  }

  [Symbol.iterator](): IterableIterator<C> {
    return this.#calls[Symbol.iterator]();
  }

  /** The index at which the number is, or belongs. */
  #place(number: number): number {
    const calls = this.#calls;
    let low = 0;
    let high = calls.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (precedes(calls[middle]!.number, number)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
