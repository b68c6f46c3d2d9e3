/**
 * Timers of a real host: many of them on one timer of Node's, O(1) to set and to cancel.
 *
 * Nearly all timers of the protocols are cancelled before they are due, and have one of few delays. Timers with the
 * same delay stand in one lane, in the order in which they were set; this is also the order of their times. A heap
 * orders the lanes by `due`. Invariant: due <= the time of the first timer in the lane. `due` is updated only when that
 * time has come, so that a call that sets and cancels timers only touches links in arrays.
 */
import type { Milliseconds, Timer } from "../protocols/host.ts";
import { longestTimeout } from "./long-timeout.ts";
import type { Turns } from "./turns.ts";

/** All timers of one delay; slots, 0 for none. */
interface Lane {
  readonly delay: Milliseconds;
  first: number;
  last: number;
  /** A lower bound on the times of the lane's timers. */
  due: Milliseconds;
}

/** A timer's name is its slot and how often the slot has been used. */
const slotLimit = 2 ** 24;
const generationLimit = 2 ** 28;

export class Timers {
  readonly #now: () => Milliseconds;
  readonly #turns: Turns;
  readonly #lanes = new Map<Milliseconds, Lane>();
  readonly #heap: Lane[] = [];
  /** Slots; 0 is not used. */
  readonly #fires: (((subject: unknown) => void) | undefined)[] = [undefined];
  readonly #subjects: unknown[] = [undefined];
  readonly #laneOf: (Lane | undefined)[] = [undefined];
  #dues = new Float64Array(64);
  #nexts = new Int32Array(64);
  #previous = new Int32Array(64);
  #generations = new Int32Array(64);
  #free = 0;
  /** The time of Node's timer; Infinity if it is not set. */
  #armed: Milliseconds = Infinity;
  #timeout: NodeJS.Timeout | undefined = undefined;
  #immediate: NodeJS.Immediate | undefined = undefined;
  /** The timers due at one time are being fired. */
  #expiring = false;
  #batch: Milliseconds = 0;
  #closed = false;

  constructor(now: () => Milliseconds, turns: Turns) {
    this.#now = now;
    this.#turns = turns;
  }

  /**
   * See Host.after.
   *
   * @throws RangeError for a delay that is negative, not finite or not a number.
   */
  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer {
    if (!(delay >= 0 && delay < Infinity)) {
      throw new RangeError(`an event after ${delay} ms: expected a finite delay of 0 or more`);
    }
    if (this.#closed) return 0;
    const due = this.#now() + delay;
    const slot = this.#free === 0 ? this.#newSlot() : this.#free;
    this.#free = this.#nexts[slot]!;
    this.#fires[slot] = fire as (subject: unknown) => void;
    this.#subjects[slot] = subject;
    this.#dues[slot] = due;
    const lane = this.#lanes.get(delay) ?? this.#newLane(delay, due);
    this.#laneOf[slot] = lane;
    this.#nexts[slot] = 0;
    this.#previous[slot] = lane.last;
    if (lane.last === 0) lane.first = slot;
    else this.#nexts[lane.last] = slot;
    lane.last = slot;
    if (due < this.#armed && !this.#expiring) this.#arm(due);
    return this.#generations[slot]! * slotLimit + slot;
  }

  /** See Host.cancel. */
  cancel(timer: Timer): void {
    const slot = timer % slotLimit;
    if (this.#laneOf[slot] === undefined || this.#generations[slot] !== Math.floor(timer / slotLimit)) return;
    this.#release(slot);
  }

  /** Cancels all; none can be set any more. */
  close(): void {
    this.#closed = true;
    this.#disarm();
    this.#lanes.clear();
    this.#heap.length = 0;
    this.#fires.length = 1;
    this.#subjects.length = 1;
    this.#laneOf.length = 1;
  }

  #newSlot(): number {
    const slot = this.#fires.push(undefined) - 1;
    if (slot === slotLimit) throw new RangeError(`more than ${slotLimit - 1} timers are set`);
    this.#subjects.push(undefined);
    this.#laneOf.push(undefined);
    if (slot === this.#dues.length) {
      this.#dues = grown(this.#dues, new Float64Array(2 * slot));
      this.#nexts = grown(this.#nexts, new Int32Array(2 * slot));
      this.#previous = grown(this.#previous, new Int32Array(2 * slot));
      this.#generations = grown(this.#generations, new Int32Array(2 * slot));
    }
    return slot;
  }

  /** Takes a timer out of its lane; its name is no longer valid. */
  #release(slot: number): void {
    const lane = this.#laneOf[slot]!;
    const next = this.#nexts[slot]!;
    const previous = this.#previous[slot]!;
    if (previous === 0) lane.first = next;
    else this.#nexts[previous] = next;
    if (next === 0) lane.last = previous;
    else this.#previous[next] = previous;
    this.#laneOf[slot] = undefined;
    this.#fires[slot] = undefined;
    this.#subjects[slot] = undefined;
    this.#generations[slot] = (this.#generations[slot]! + 1) % generationLimit;
    this.#nexts[slot] = this.#free;
    this.#free = slot;
  }

  #newLane(delay: Milliseconds, due: Milliseconds): Lane {
    const lane: Lane = { delay, first: 0, last: 0, due };
    this.#lanes.set(delay, lane);
    const heap = this.#heap;
    let at = heap.push(lane) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.due <= due) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = lane;
    return lane;
  }

  /** Puts a lane, whose time is later now, or which is the last of the heap, in place from the top downwards. */
  #sink(lane: Lane): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.due < heap[child]!.due) child++;
      if (heap[child]!.due >= lane.due) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = lane;
  }

  /** The lane with the timer that is due first; undefined if there is no timer. */
  #firstLane(): Lane | undefined {
    const heap = this.#heap;
    for (;;) {
      const lane = heap[0];
      if (lane === undefined) return undefined;
      if (lane.first === 0) {
        this.#lanes.delete(lane.delay);
        const end = heap.pop()!;
        if (heap.length > 0) this.#sink(end);
      } else if (this.#dues[lane.first]! > lane.due) {
        lane.due = this.#dues[lane.first]!;
        this.#sink(lane);
      } else return lane;
    }
  }

  /**
   * Fires the timers that are due. Timers set meanwhile wait for the next round, so that the network is read in
   * between.
   */
  readonly #expire = (): void => {
    if (!this.#expiring) {
      this.#disarm();
      this.#expiring = true;
      this.#batch = this.#now();
    }
    let lane: Lane | undefined;
    while ((lane = this.#firstLane()) !== undefined && lane.due <= this.#batch) {
      const slot = lane.first;
      const fire = this.#fires[slot]!;
      const subject = this.#subjects[slot];
      this.#release(slot);
      if (this.#turns.event(fire, subject, this.#expire)) return;
    }
    this.#expiring = false;
    if (lane !== undefined) this.#arm(lane.due);
  };

  #arm(due: Milliseconds): void {
    this.#disarm();
    this.#armed = due;
    const delay = due - this.#now();
    if (delay <= 0) this.#immediate = setImmediate(this.#expire);
    // Node counts in whole milliseconds, from a time that may be past. A timer that is not yet due is waited for again.
    else this.#timeout = setTimeout(this.#expire, Math.min(Math.ceil(delay), longestTimeout));
  }

  #disarm(): void {
    if (this.#armed === Infinity) return;
    this.#armed = Infinity;
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
    this.#timeout = undefined;
    this.#immediate = undefined;
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
