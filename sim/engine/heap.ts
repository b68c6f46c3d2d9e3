/**
 * A 4-ary heap of slots on typed arrays, ordered by (time, sequence number).
 *
 * Times lie inline, so that a comparison touches one array; the sequence number is looked up only when two times are
 * equal. After `take` the root stays empty until the next `put` fills it or the next `take` closes it: most events
 * schedule another one, and one sift then does for two.
 *
 * The root is entry 3, the children of entry i are 4i - 8 to 4i - 5: each family begins at a multiple of four.
 */
import type { Slots } from "./slots.ts";

const root = 3;

export class Heap {
  private readonly store: Slots;
  private times = new Float64Array(64).fill(Infinity);
  private slots = new Int32Array(64);
  /** One past the last entry; all times from here on are infinite, so that every family is whole. */
  private end = root;
  private hollow = false;

  constructor(store: Slots) {
    this.store = store;
  }

  get size(): number {
    return this.end - root - (this.hollow ? 1 : 0);
  }

  /** Slot of the first entry, or -1 when there is none. */
  first(): number {
    if (this.hollow) this.close();
    return this.end > root ? this.slots[root]! : -1;
  }

  /** Removes the entry that `first` told of. */
  removeFirst(): void {
    this.hollow = true;
  }

  /** Removes some entry, whichever is easiest, and answers its slot; there must be one. */
  removeAny(): number {
    if (this.hollow) this.close();
    this.times[--this.end] = Infinity;
    return this.slots[this.end]!;
  }

  put(slot: number): void {
    if (this.hollow) {
      this.hollow = false;
      this.sink(slot);
    } else this.rise(slot);
  }

  /** Fills the empty root with the last entry. */
  private close(): void {
    this.hollow = false;
    const last = --this.end;
    this.times[last] = Infinity;
    if (last > root) this.sink(this.slots[last]!);
  }

  /** Adds the slot as the last entry, and moves it up to where it belongs. */
  private rise(slot: number): void {
    if (this.end + 4 > this.times.length) this.grow();
    const { times, slots } = this;
    const time = this.store.time(slot);
    let hole = this.end++;
    while (hole > root) {
      const parent = (hole >> 2) + 2;
      const t = times[parent]!;
      if (t < time || (t === time && this.isBefore(slots[parent]!, slot))) break;
      times[hole] = t;
      slots[hole] = slots[parent]!;
      hole = parent;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  /** Puts the slot in the root's place, and moves it down to where it belongs. */
  private sink(slot: number): void {
    const { times, slots, end } = this;
    const time = this.store.time(slot);
    let hole = root;
    for (let child = root + 1; child < end; child = (hole << 2) - 8) {
      const a = times[child]!;
      const b = times[child + 1]!;
      const c = times[child + 2]!;
      const d = times[child + 3]!;
      // Sums of comparisons instead of branches, which no processor could predict here.
      const left = child + +(b < a);
      const right = child + 2 + +(d < c);
      const l = times[left]!;
      const r = times[right]!;
      let least = left + (right - left) * +(r < l);
      const t = times[least]!;
      if (l === r || (a === b && a === t) || (c === d && c === t)) least = this.leastOfTied(child);
      if (time < t || (time === t && this.isBefore(slot, slots[least]!))) break;
      times[hole] = t;
      slots[hole] = slots[least]!;
      hole = least;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  private leastOfTied(child: number): number {
    const { times, slots } = this;
    let least = child;
    for (let i = child + 1; i < child + 4 && i < this.end; i++) {
      const t = times[i]!;
      if (t < times[least]! || (t === times[least] && this.isBefore(slots[i]!, slots[least]!))) least = i;
    }
    return least;
  }

  private isBefore(slot: number, other: number): boolean {
    return this.store.sequence(slot) < this.store.sequence(other);
  }

  private grow(): void {
    const full = this.times.length;
    const times = new Float64Array(2 * full).fill(Infinity, full);
    times.set(this.times);
    this.times = times;
    const slots = new Int32Array(2 * full);
    slots.set(this.slots);
    this.slots = slots;
  }
}
