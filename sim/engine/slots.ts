/**
 * Where events live: a slot for each, numbered from 0, reused when the event has fired or was cancelled.
 *
 * What is known of an event as numbers lies side by side in one record of 32 bytes, and what it shall do in three
 * neighbouring elements of one array: with many events pending an event then costs two cache lines, not eight.
 * The methods are small, and take and give integers, so that the compiler inlines them and allocates nothing.
 */

/** Names a scheduled event; 0 never does. A handle whose event has fired or was cancelled is harmless. */
export type Handle = number;

/** What an event calls, with its subject. */
export type Fire = (subject: never) => void;

/** Carries out its events itself: a process does so only while it lives. */
export interface Owner {
  /** The event is due. */
  fire(fire: (subject: unknown) => void, subject: unknown): void;
  /** The turn has come; answers what the task answers (Engine.turn). */
  take(task: (subject: unknown) => boolean, subject: unknown): boolean;
  /** For the engine's errors: the event or turn whose function has that name. */
  describe(name: string): string;
}

/** No slot: the end of a list. */
const none = -1;

/** A handle is `life * lifeUnit + slot`; life is from 1 to 2^29 - 1, so that handles stay below 2^53. */
const lifeUnit = 2 ** 24;
const slotMask = lifeUnit - 1;
const lastLife = 2 ** 29 - 1;

export class Slots {
  /** Doubles of a slot's record from `4 * slot`: time and sequence number, then the integers. */
  private numbers = new Float64Array(4 * 128);
  /**
   * Integers of a slot's record from `8 * slot`; the first four are the doubles. 4: next, 5: previous, 6: lane, 7:
   * life.
   */
  private integers = new Int32Array(this.numbers.buffer);
  /**
   * From `3 * slot`: function, subject and owner of the event; undefined in a slot that is free or whose event is dead.
   */
  private work: unknown[] = Array.from({ length: 3 * 128 }, () => undefined);
  private count = 0;
  private free = none;

  /** A slot for an event that belongs to no lane. */
  occupy(fire: Fire, subject: unknown, owner?: Owner): number {
    let slot = this.free;
    if (slot === none) slot = this.create();
    else this.free = this.next(slot);
    const { work } = this;
    work[3 * slot] = fire;
    work[3 * slot + 1] = subject;
    work[3 * slot + 2] = owner;
    return slot;
  }

  stamp(slot: number, time: number, sequence: number): void {
    const at = slot << 2;
    this.numbers[at] = time;
    this.numbers[at + 1] = sequence;
  }

  time(slot: number): number {
    return this.numbers[slot << 2]!;
  }

  sequence(slot: number): number {
    return this.numbers[(slot << 2) + 1]!;
  }

  fire(slot: number): ((subject: unknown) => void) | undefined {
    return this.work[3 * slot] as ((subject: unknown) => void) | undefined;
  }

  subject(slot: number): unknown {
    return this.work[3 * slot + 1];
  }

  owner(slot: number): Owner | undefined {
    return this.work[3 * slot + 2] as Owner | undefined;
  }

  next(slot: number): number {
    return this.integers[(slot << 3) + 4]!;
  }

  setNext(slot: number, next: number): void {
    this.integers[(slot << 3) + 4] = next;
  }

  previous(slot: number): number {
    return this.integers[(slot << 3) + 5]!;
  }

  setPrevious(slot: number, previous: number): void {
    this.integers[(slot << 3) + 5] = previous;
  }

  /** Lane to which the event belongs, or -1. */
  lane(slot: number): number {
    return this.integers[(slot << 3) + 6]!;
  }

  setLane(slot: number, lane: number): void {
    this.integers[(slot << 3) + 6] = lane;
  }

  /** Ends the life of the slot's event: its handle is stale from now on, and nothing of it is kept. */
  kill(slot: number): void {
    const { work } = this;
    work[3 * slot] = undefined;
    work[3 * slot + 1] = undefined;
    work[3 * slot + 2] = undefined;
    const life = this.integers[(slot << 3) + 7]!;
    this.integers[(slot << 3) + 7] = life === lastLife ? 1 : life + 1;
  }

  /** Frees the slot of a dead event. */
  release(slot: number): void {
    this.setNext(slot, this.free);
    this.free = slot;
  }

  handle(slot: number): Handle {
    return this.integers[(slot << 3) + 7]! * lifeUnit + slot;
  }

  /** Slot of the event that the handle names, if that is still to come; else -1. */
  find(handle: Handle): number {
    const slot = handle & slotMask;
    if (slot >= this.count || this.handle(slot) !== handle) return none;
    return slot;
  }

  private create(): number {
    const slot = this.count++;
    if (slot > slotMask) throw new RangeError(`more than ${lifeUnit} events are pending`);
    if (slot << 2 >= this.numbers.length) {
      const numbers = new Float64Array(4 * this.numbers.length);
      numbers.set(this.numbers);
      this.numbers = numbers;
      this.integers = new Int32Array(numbers.buffer);
      const empty = this.work.map(() => undefined);
      this.work = this.work.concat(empty, empty, empty);
    }
    this.setLane(slot, none);
    this.integers[(slot << 3) + 7] = 1;
    return slot;
  }
}
