/**
 * Lanes: lists of the events that were set with the same delay.
 *
 * Most events of a simulated network are timers with one of a few constant delays, set and nearly always cancelled.
 * Those of one delay come due in the order in which they are set, so that they can be added to the end of a list and
 * taken from anywhere in constant time. One entry of the calendar stands for a whole lane; it is due with the lane's
 * first event or, when events before that one were cancelled, too early, and then moves on.
 */
import type { Slots } from "./slots.ts";

/** Number of lanes; lane n has slot n for its entry in the calendar. */
const lanes = 64;

/** A delay that came this often has a lane. */
const recurring = 8;

const none = -1;

export class Lanes {
  private readonly store: Slots;
  private readonly delays = new Float64Array(lanes).fill(NaN);
  /** How often each delay came, up to a bound; it falls when other delays want the lane. */
  private readonly credits = new Int32Array(lanes);
  private readonly first = new Int32Array(lanes).fill(none);
  private readonly last = new Int32Array(lanes).fill(none);
  /** 1 while an entry of the calendar stands for the lane. */
  private readonly entered = new Int32Array(lanes);

  constructor(store: Slots) {
    this.store = store;
    for (let lane = 0; lane < lanes; lane++) store.occupy(unreachable, undefined);
  }

  /** Whether the slot is the entry of a lane. */
  has(slot: number): boolean {
    return slot < lanes;
  }

  /** The delay's lane if the delay recurs, else -1. */
  find(delay: number): number {
    const lane = (delay * 12345.678) & (lanes - 1);
    if (this.delays[lane] === delay) {
      const credit = this.credits[lane]!;
      if (credit < 2 * recurring) this.credits[lane] = credit + 1;
      return credit >= recurring ? lane : none;
    }
    // Drawn delays hardly ever come twice: here they push one another out.
    if (this.credits[lane] === 0) this.delays[lane] = delay;
    else if (this.entered[lane] === 0) this.credits[lane]!--;
    return none;
  }

  /** Adds the event in the slot to the lane; true if an entry must be made for the lane, as `entry` says. */
  add(lane: number, slot: number): boolean {
    const { store } = this;
    const last = this.last[lane]!;
    store.setLane(slot, lane);
    store.setNext(slot, none);
    store.setPrevious(slot, last);
    this.last[lane] = slot;
    if (last === none) this.first[lane] = slot;
    else store.setNext(last, slot);
    return this.enter(lane);
  }

  /** Takes the event in the slot out of its lane. */
  remove(lane: number, slot: number): void {
    const { store } = this;
    const before = store.previous(slot);
    const after = store.next(slot);
    if (before === none) this.first[lane] = after;
    else store.setNext(before, after);
    if (after === none) this.last[lane] = before;
    else store.setPrevious(after, before);
    store.setLane(slot, none);
  }

  /** The lane's entry has come up: takes out and answers the event that it stands for, or answers -1. */
  take(lane: number): number {
    this.entered[lane] = 0;
    const slot = this.first[lane]!;
    if (slot === none || this.store.sequence(slot) !== this.store.sequence(lane)) return none;
    this.remove(lane, slot);
    return slot;
  }

  /** Makes the lane's slot an entry for its first event; false if there is no event, or the entry is there already. */
  enter(lane: number): boolean {
    const slot = this.first[lane]!;
    if (slot === none || this.entered[lane] === 1) return false;
    this.entered[lane] = 1;
    this.store.stamp(lane, this.store.time(slot), this.store.sequence(slot));
    return true;
  }
}

function unreachable(): never {
  throw new Error("a lane's entry is no event");
}
