/**
 * The events that are to come, in the total order (time, sequence number).
 *
 * Most events of a simulated network are timers with one of a few constant delays, set and nearly always cancelled.
 * Those of one delay come due in the order in which they are set, so each recurring delay has a lane: a list to which an
 * event is added, and from which it is taken, in constant time. Only one entry of the heap stands for a whole lane, at
 * or before the time of the lane's first event. All other events are entries of the heap; one that is cancelled stays
 * there as a dead entry until it comes up or until the dead outnumber the living, when all dead ones are swept out.
 */
import { EventHeap, enlarged } from "./heap.ts";
import { DelayTable } from "./lanes.ts";

/** Names a scheduled event; 0 never does. A handle whose event has fired or was cancelled is harmless. */
export type Handle = number;

type Fire = (subject: never) => void;

/** A handle is `life * lifeUnit + slot`, where `life` counts the events that the slot has held: at most 2^53. */
const lifeUnit = 2 ** 24;
const slotMask = lifeUnit - 1;
const lastLife = (2 ** 29 - 1) * lifeUnit;

/** In `home`: the event is an entry of the heap, alive or dead, or (in `next`, `previous`) there is no neighbour. */
const none = -1;

/** With fewer dead entries than this a sweep is not worth its start. */
const sweepable = 32;

export class EventQueue {
  /** Number of events that are to come. */
  pending = 0;
  /** Time of the event last taken, in ms. */
  time = 0;

  private sequence = 0;
  private readonly heap = new EventHeap();

  // One element for each slot. The first slots belong to the lanes' entries in the heap.
  private readonly fires: (Fire | undefined)[] = [];
  private readonly subjects: unknown[] = [];
  private handles = new Float64Array(256);
  private home = new Int32Array(256).fill(none);
  private next = new Int32Array(256).fill(none);
  private previous = new Int32Array(256).fill(none);
  /** Times and sequence numbers of the events in lanes. */
  private times = new Float64Array(256);
  private sequences = new Float64Array(256);
  /** Head of the list of free slots, linked by `next`. */
  private free = none;
  private dead = 0;

  private readonly delays = new DelayTable();
  private readonly first = new Int32Array(DelayTable.places).fill(none);
  private readonly last = new Int32Array(DelayTable.places).fill(none);
  /** 1 while an entry of the heap stands for the lane. */
  private readonly entered = new Int32Array(DelayTable.places);

  constructor() {
    for (let lane = 0; lane < DelayTable.places; lane++) this.newSlot();
  }

  /** Adds an event at `time`. */
  add(time: number, fire: Fire, subject: unknown): Handle {
    const slot = this.occupy(fire, subject);
    this.home[slot] = none;
    this.heap.put(time, this.sequence++, slot);
    return this.handles[slot]!;
  }

  /** Adds an event at `now + delay`, where `now` never falls from one call to the next. */
  addAfter(now: number, delay: number, fire: Fire, subject: unknown): Handle {
    const lane = this.delays.find(delay, this.entered);
    if (lane === none) return this.add(now + delay, fire, subject);
    const slot = this.occupy(fire, subject);
    const sequence = this.sequence++;
    const last = this.last[lane]!;
    this.home[slot] = lane;
    this.times[slot] = now + delay;
    this.sequences[slot] = sequence;
    this.next[slot] = none;
    this.previous[slot] = last;
    this.last[lane] = slot;
    if (last === none) this.first[lane] = slot;
    else this.next[last] = slot;
    // An entry that is left from an earlier event of the lane is early, which does no harm.
    if (this.entered[lane] === 0) {
      this.entered[lane] = 1;
      this.heap.put(now + delay, sequence, lane);
    }
    return this.handles[slot]!;
  }

  /** Removes the event unless it has fired or was cancelled; tells whether it did. */
  cancel(handle: Handle): boolean {
    const slot = handle & slotMask;
    if (this.handles[slot] !== handle || this.fires[slot] === undefined) return false;
    this.pending--;
    const lane = this.home[slot]!;
    if (lane === none) {
      this.forget(slot);
      this.dead++;
      if (this.dead > sweepable && 2 * this.dead > this.heap.size) this.sweep();
    } else {
      this.unlink(lane, slot);
      this.release(slot);
    }
    return true;
  }

  /**
   * Takes the next event out of the queue if it is due at `limit`, a finite time, or before, and notes its `time`. The answer is its
   * slot, to be handed to `fireOf`, `subjectOf` and then `release` before anything else is asked of the queue; else -1.
   */
  take(limit: number): number {
    const heap = this.heap;
    for (;;) {
      const time = heap.earliest();
      if (!(time <= limit)) return none;
      const slot = heap.take();
      if (slot >= DelayTable.places) {
        if (this.fires[slot] !== undefined) {
          this.time = time;
          this.pending--;
          return slot;
        }
        this.dead--;
        this.release(slot);
      } else {
        const taken = this.takeFromLane(slot, time);
        if (taken !== none) return taken;
      }
    }
  }

  fireOf(slot: number): (subject: unknown) => void {
    return this.fires[slot] as (subject: unknown) => void;
  }

  subjectOf(slot: number): unknown {
    return this.subjects[slot];
  }

  /** Frees a slot for another event. */
  release(slot: number): void {
    if (this.fires[slot] !== undefined) this.forget(slot);
    this.next[slot] = this.free;
    this.free = slot;
  }

  /** First event of the lane if the lane's entry, just taken, stands for it; else the entry moves to that event. */
  private takeFromLane(lane: number, time: number): number {
    let slot = this.first[lane]!;
    this.entered[lane] = 0;
    if (slot === none) return none;
    let due = none;
    // Whatever else has this very time and an earlier number has been taken already, if the entry stands for the event.
    if (this.times[slot] === time && this.sequences[slot] === this.heap.sequenceOf(lane)) {
      due = slot;
      this.time = time;
      this.pending--;
      this.unlink(lane, slot);
      slot = this.first[lane]!;
    }
    if (slot !== none) {
      this.entered[lane] = 1;
      this.heap.put(this.times[slot]!, this.sequences[slot]!, lane);
    }
    return due;
  }

  private unlink(lane: number, slot: number): void {
    const before = this.previous[slot]!;
    const after = this.next[slot]!;
    if (before === none) this.first[lane] = after;
    else this.next[before] = after;
    if (after === none) this.last[lane] = before;
    else this.previous[after] = before;
  }

  private sweep(): void {
    this.heap.retain(
      (slot) => slot < DelayTable.places || this.fires[slot] !== undefined,
      (slot) => this.release(slot),
    );
    this.dead = 0;
  }

  private occupy(fire: Fire, subject: unknown): number {
    let slot = this.free;
    if (slot === none) slot = this.newSlot();
    else this.free = this.next[slot]!;
    this.fires[slot] = fire;
    this.subjects[slot] = subject;
    this.pending++;
    return slot;
  }

  /** Makes the slot's handle stale and lets go of what the slot held. */
  private forget(slot: number): void {
    this.fires[slot] = undefined;
    this.subjects[slot] = undefined;
    const handle = this.handles[slot]!;
    this.handles[slot] = handle < lastLife ? handle + lifeUnit : lifeUnit + slot;
  }

  private newSlot(): number {
    const slot = this.fires.length;
    if (slot > slotMask) throw new RangeError(`at most ${slotMask} events may be pending`);
    if (slot >= this.handles.length) {
      this.handles = enlarged(this.handles, slot + 1);
      this.times = enlarged(this.times, slot + 1);
      this.sequences = enlarged(this.sequences, slot + 1);
      this.home = enlarged(this.home, slot + 1);
      this.next = enlarged(this.next, slot + 1);
      this.previous = enlarged(this.previous, slot + 1);
    }
    this.fires.push(undefined);
    this.subjects.push(undefined);
    this.handles[slot] = lifeUnit + slot;
    return slot;
  }
}
