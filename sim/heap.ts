/**
 * A 4-ary heap of events on typed arrays, ordered by (time, sequence number).
 *
 * An event is known here by the number of its slot. Times lie inline, so that a comparison touches one array; the
 * sequence number is looked up only when two times are equal. After `take` the root stays empty until the next `put`
 * fills it or the next look at the root closes it: most events schedule another one, and one sift then does for two.
 *
 * The root is entry 3, the children of entry i are 4i - 8 to 4i - 5: each family begins at a multiple of four.
 */
const root = 3;

export class EventHeap {
  private times = new Float64Array(64).fill(Infinity);
  private slots = new Int32Array(64);
  /** Sequence number of the event in each slot. */
  private sequences = new Float64Array(64);
  /** One past the last entry; all times from here on are infinite, so that every family is whole. */
  private end = root;
  private hollow = false;

  /** Number of entries, dead ones included. */
  get size(): number {
    return this.end - root - (this.hollow ? 1 : 0);
  }

  /** Time of the earliest entry in ms, infinite when there is none. */
  earliest(): number {
    if (this.hollow) this.close();
    return this.times[root]!;
  }

  /** Slot of the earliest entry, which leaves the heap; there must be one. */
  take(): number {
    if (this.hollow) this.close();
    this.hollow = true;
    return this.slots[root]!;
  }

  /** Sequence number of the slot's entry, in the heap or last taken. */
  sequenceOf(slot: number): number {
    return this.sequences[slot]!;
  }

  put(time: number, sequence: number, slot: number): void {
    if (slot >= this.sequences.length) this.sequences = enlarged(this.sequences, slot + 1);
    this.sequences[slot] = sequence;
    if (this.hollow) {
      this.hollow = false;
      this.sink(time, sequence, slot);
    } else {
      if (this.end + 4 > this.times.length) this.grow();
      this.rise(this.end++, time, sequence, slot);
    }
  }

  /** Keeps the entries whose slot passes the test; `dropped` learns of the others. */
  retain(keep: (slot: number) => boolean, dropped: (slot: number) => void): void {
    if (this.hollow) this.close();
    const { times, slots, end } = this;
    let kept = root;
    for (let i = root; i < end; i++) {
      const slot = slots[i]!;
      if (keep(slot)) {
        // A prefix of the array is a heap again after every step, as in repeated insertion.
        this.rise(kept++, times[i]!, this.sequences[slot]!, slot);
      } else dropped(slot);
    }
    times.fill(Infinity, kept, end);
    this.end = kept;
  }

  /** Fills the empty root with the last entry. */
  private close(): void {
    this.hollow = false;
    const last = --this.end;
    const time = this.times[last]!;
    const slot = this.slots[last]!;
    this.times[last] = Infinity;
    if (last > root) this.sink(time, this.sequences[slot]!, slot);
  }

  private rise(from: number, time: number, sequence: number, slot: number): void {
    const { times, slots } = this;
    let hole = from;
    while (hole > root) {
      const parent = (hole >> 2) + 2;
      const t = times[parent]!;
      if (t < time || (t === time && this.sequences[slots[parent]!]! < sequence)) break;
      times[hole] = t;
      slots[hole] = slots[parent]!;
      hole = parent;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  private sink(time: number, sequence: number, slot: number): void {
    const { times, slots, end } = this;
    let hole = root;
    for (;;) {
      const child = 4 * hole - 8;
      if (child >= end) break;
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
      if (a === b || c === d || l === r) least = this.leastOfTied(child);
      const t = times[least]!;
      if (time < t || (time === t && sequence < this.sequences[slots[least]!]!)) break;
      times[hole] = t;
      slots[hole] = slots[least]!;
      hole = least;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  private leastOfTied(child: number): number {
    const { times, slots, sequences } = this;
    let least = child;
    for (let i = child + 1; i < child + 4 && i < this.end; i++) {
      const t = times[i]!;
      if (t < times[least]! || (t === times[least] && sequences[slots[i]!]! < sequences[slots[least]!]!)) least = i;
    }
    return least;
  }

  private grow(): void {
    const full = this.times.length;
    this.times = enlarged(this.times, full + 1).fill(Infinity, full);
    this.slots = enlarged(this.slots, full + 1);
  }
}

/** The same numbers in an array of at least `length`, doubled as often as needed. */
export function enlarged<A extends Float64Array | Int32Array>(array: A, length: number): A {
  let size = array.length;
  while (size < length) size *= 2;
  const larger = new (array.constructor as new (size: number) => A)(size);
  larger.set(array);
  return larger;
}
