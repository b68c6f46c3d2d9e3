/**
 * Slots in the order (time, sequence number), sorted no earlier than need be.
 *
 * Time is cut into days. Each day to come has an unsorted list; only when it begins are its few slots sorted. What lies
 * beyond the last day is one more list, and when the last day is over the calendar begins anew, its days as long as
 * then seems right. A slot so costs a few operations, however many there are. What is put on the day at hand goes into
 * a heap, and so does all of a day that is crowded: where times are too uneven for days, the heap does the work in
 * log n; and few slots need no days at all. After R. Brown, Calendar queues, CACM 31 (1988), and W. T. Tang et al.,
 * Ladder queue, ACM TOMACS 15 (2005).
 */
import { Heap } from "./heap.ts";
import type { Slots } from "./slots.ts";

/** With fewer slots than this the heap alone is as fast. */
const few = 128;
/** Slots that a day should have. */
const perDay = 6;
/** Days of a calendar for each `perDay` slots; if times were spread evenly, it would reach as much further. */
const reach = 4;
/** Slots of a day that are sorted when it begins, in a time that grows with their square; the heap has the rest. */
const sortable = 32;
/** Slots in a page; a day's list is made of pages. */
const page = 8;
/** Number of slots from whose times the length of a day is found. */
const samples = 64;
/** Fewer dead slots than this are not worth a sweep. */
const sweepable = 32;

const none = -1;

export class Calendar {
  private readonly store: Slots;
  private readonly heap: Heap;
  /** Slots here, those of dead events included; and number of the latter. */
  private size = 0;
  private dead = 0;

  /** What is left of the day that has begun, sorted, from `head` to `tail`. */
  private readonly today = new Int32Array(sortable);
  private head = 0;
  private tail = 0;
  /** While a day begins: its slots as they came, their times, and how many come before each. */
  private readonly unsorted = new Int32Array(sortable);
  private readonly times = new Float64Array(sortable);
  private readonly ranks = new Int32Array(sortable);

  /** A time belongs to day floor((time - start) * rate). */
  private start = 0;
  private rate = 0;
  /** Number of the day that has begun, and of days in all. With a rate of 0 all is today, and goes into the heap. */
  private day = 0;
  private days = 1;
  /** For each day, and then for what lies beyond: the end of its list in `listed`, or 0. */
  private ends = new Int32Array(64);
  private listed = new Int32Array(64 * page);
  /**
   * For each page the end of the page before it in its list, or 0; for a free one the next free one. Page 0 is not
   * used.
   */
  private before = new Int32Array(64);
  private pages = 1;
  private freePage = 0;

  /**
   * The calendar begins anew when the heap has more slots than `crowd`, or has four times those of `planned` in all.
   */
  private crowd = few;
  private planned = few;
  /** While the calendar is made anew: the first of the slots gathered, linked by `next`, and their number. */
  private gathered = none;
  private count = 0;
  private readonly sample = new Float64Array(samples);

  constructor(store: Slots) {
    this.store = store;
    this.heap = new Heap(store);
  }

  put(slot: number): void {
    this.size++;
    const day = (this.store.time(slot) - this.start) * this.rate;
    if (day >= this.day + 1) this.defer(day < this.days ? day | 0 : this.days, slot);
    else {
      this.heap.put(slot);
      if (this.size > this.crowd && this.heap.size > this.crowd) this.renew();
    }
  }

  /** Removes the first slot and answers it; -1 when there is none. */
  take(): number {
    if (this.head === this.tail) return this.takeFromHeap();
    this.size--;
    const slot = this.today[this.head]!;
    const late = this.heap.first();
    if (late === none || this.isBefore(slot, late)) {
      this.head++;
      return slot;
    }
    this.heap.removeFirst();
    return late;
  }

  private takeFromHeap(): number {
    while (this.heap.first() === none) {
      if (this.size === 0) return none;
      this.turnPage();
      if (this.head < this.tail) return this.take();
    }
    this.size--;
    const slot = this.heap.first();
    this.heap.removeFirst();
    return slot;
  }

  /** The event in this slot is dead; the slot will be released in due course. */
  bury(): void {
    this.dead++;
    if (this.dead > sweepable && 2 * this.dead > this.size) this.renew();
  }

  /** A dead slot was taken. */
  unbury(): void {
    this.dead--;
  }

  private isBefore(slot: number, other: number): boolean {
    const a = this.store.time(slot);
    const b = this.store.time(other);
    return a < b || (a === b && this.store.sequence(slot) < this.store.sequence(other));
  }

  private defer(day: number, slot: number): void {
    let end = this.ends[day]!;
    if ((end & (page - 1)) === 0) end = this.addPage(end);
    this.listed[end] = slot;
    this.ends[day] = end + 1;
  }

  private addPage(end: number): number {
    let fresh = this.freePage;
    if (fresh === 0) {
      fresh = this.pages++;
      if (fresh === this.before.length) {
        this.before = larger(this.before, 2 * fresh);
        this.listed = larger(this.listed, 2 * fresh * page);
      }
    } else this.freePage = this.before[fresh]!;
    this.before[fresh] = end;
    return fresh * page;
  }

  /** Begins the next day on which there is something. */
  private turnPage(): void {
    const { ends, days } = this;
    let day = this.day + 1;
    while (day < days && ends[day] === 0) day++;
    this.day = day;
    if (day === days || this.size > 4 * this.planned) this.renew();
    else this.open(day);
  }

  private open(day: number): void {
    const { listed, before, store, unsorted, times } = this;
    let n = 0;
    let end = this.ends[day]!;
    this.ends[day] = 0;
    while (end > 0) {
      const p = ((end - 1) / page) | 0;
      for (let i = p * page; i < end; i++) {
        const slot = listed[i]!;
        if (store.fire(slot) === undefined) {
          store.release(slot);
          this.dead--;
          this.size--;
        } else if (n < sortable) {
          times[n] = store.time(slot);
          unsorted[n++] = slot;
        } else this.heap.put(slot);
      }
      end = before[p]!;
      before[p] = this.freePage;
      this.freePage = p;
    }
    this.sortDay(n);
  }

  /** Makes `today` of the first `n` unsorted slots by counting: of so few that is cheaper than branches are. */
  private sortDay(n: number): void {
    const { unsorted, times, ranks, today } = this;
    let ties = 0;
    for (let i = 0; i < n; i++) {
      const time = times[i]!;
      let rank = i;
      for (let k = 0; k < i; k++) {
        const t = times[k]!;
        const later = +(time < t);
        rank -= later;
        ranks[k]! += later;
        ties += +(time === t);
      }
      ranks[i] = rank;
    }
    for (let i = 0; i < n; i++) today[ranks[i]!] = unsorted[i]!;
    if (ties > 0) this.orderTies(n);
    this.head = 0;
    this.tail = n;
  }

  private orderTies(n: number): void {
    const { today } = this;
    for (let i = 1; i < n; i++) {
      const slot = today[i]!;
      let at = i;
      for (; at > 0 && this.isBefore(slot, today[at - 1]!); at--) today[at] = today[at - 1]!;
      today[at] = slot;
    }
  }

  /** Makes a new calendar of all slots, but for the dead, which are released. */
  private renew(): void {
    this.gather();
    const { store, count } = this;
    this.size = 0;
    this.dead = 0;
    this.planned = Math.max(few, count);
    this.plan(count);
    if (this.days >= this.ends.length) this.ends = new Int32Array(2 * this.days);
    this.crowd = Infinity;
    for (let slot = this.gathered; slot !== none;) {
      const next = store.next(slot);
      this.put(slot);
      slot = next;
    }
    this.crowd = Math.max(few, this.rate > 0 ? count / 2 : 2 * count);
  }

  /** Decides when the calendar starts and how long its days are, from what was gathered. */
  private plan(count: number): void {
    const { store, sample } = this;
    const stride = Math.max(1, Math.floor(count / samples));
    let first = Infinity;
    let n = 0;
    for (let slot = this.gathered; slot !== none; slot = store.next(slot)) {
      const time = store.time(slot);
      if (n % stride === 0 && n < samples * stride) sample[n / stride] = time;
      first = Math.min(first, time);
      n++;
    }
    this.start = first;
    this.rate = 0;
    this.day = 0;
    this.days = 1;
    if (count <= few / 2) return;
    sample.sort((a, b) => a - b);
    const rate = count / 4 / perDay / (sample[samples / 4]! - first);
    // Times may be tied, or so near that days would be too short to tell them apart.
    if (!(first + 1 / rate > first)) return;
    this.rate = rate;
    this.day = -1;
    this.days = Math.ceil((reach * count) / perDay);
  }

  private gather(): void {
    const { heap, ends, days, listed, before } = this;
    this.gathered = none;
    this.count = 0;
    while (this.head < this.tail) this.keep(this.today[this.head++]!);
    while (heap.size > 0) this.keep(heap.removeAny());
    for (let day = 0; day <= days; day++) {
      let end = ends[day]!;
      ends[day] = 0;
      while (end > 0) {
        const p = ((end - 1) / page) | 0;
        for (let i = p * page; i < end; i++) this.keep(listed[i]!);
        end = before[p]!;
      }
    }
    this.pages = 1;
    this.freePage = 0;
  }

  private keep(slot: number): void {
    if (this.store.fire(slot) === undefined) this.store.release(slot);
    else {
      this.store.setNext(slot, this.gathered);
      this.gathered = slot;
      this.count++;
    }
  }
}

function larger(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(array);
  return copy;
}
