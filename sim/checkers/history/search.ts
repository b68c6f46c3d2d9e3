/** The search for a linearization of the calls of one object. */
import { Configurations } from "./configurations.ts";
import type { Model, Operation } from "./models.ts";

/** Where the search came farthest. */
export interface Stuck<State, Input, Output> {
  /** The call that had to be placed before its end, and could not. */
  readonly operation: Operation<Input, Output>;
  readonly state: State;
  /** How many of the answered calls have been placed. */
  readonly placed: number;
  readonly of: number;
}

/**
 * The search has used up its memory: a history of many overlapping calls whose order shows late, if at all, can take
 * exponential time.
 */
export class Undecided extends Error {
  override readonly name = "Undecided";

  constructor(object: string) {
    super(`${object}: whether its calls are linearizable is not decided, since too many orders of them are possible`);
  }
}

/** One call that has been placed, and what was there before. */
interface Frame<State> {
  readonly call: number;
  readonly state: State;
  readonly stateNumber: number;
  /** No alternative need be tried. */
  readonly forced: boolean;
}

export class Search<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #most: number;
  readonly #seen = new Configurations();
  readonly #states = new Map<unknown, number>();
  #key = new Int32Array(64);
  #calls: readonly Operation<Input, Output>[] = [];
  /** Calls with a known end come first, by beginning, and then those without. */
  #answered = 0;
  /**
   * Beginnings and ends that have not been placed, in order, as a list: place 0 is its head, `1 + 2 * call` the
   * beginning, `2 + 2 * call` the end.
   */
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  /** Bits of the calls that have been placed; those without an end begin with a word of their own. */
  #placed = new Uint32Array(0);
  /** All words before `#low` are full, and all after `#high` are empty, among those of answered calls. */
  #low = 0;
  #high = -1;
  #openWords = 0;
  /** What the states take, in units of 4 bytes. */
  #size = 0;

  /** `most`: what configurations and states may take, in units of 4 bytes. */
  constructor(model: Model<State, Input, Output>, most: number) {
    this.#model = model;
    this.#most = most;
  }

  /**
   * Undefined: there is a linearization.
   *
   * @throws Undecided
   */
  run(operations: readonly Operation<Input, Output>[]): Stuck<State, Input, Output> | undefined {
    this.#prepare(operations);
    const { initial } = this.#model;
    const frames: Frame<State>[] = [];
    const count = this.#calls.length;
    let [state, stateNumber, left] = [initial, this.#numberOf(initial), this.#answered];
    let stuck: Stuck<State, Input, Output> | undefined = undefined;
    /** What is tried next: a place in the list, or, from `open` on, a call without an end. */
    const open = 2 * this.#answered + 1;
    let at = this.#next[0]!;
    while (left > 0) {
      const isOpen = at >= open;
      const call = isOpen ? this.#answered + at - open : (at - 1) >> 1;
      if (isOpen ? call === count || this.#calls[call]!.begun > this.#nextEnd() : (at & 1) === 0) {
        // No further call can come next here: those without an end are tried last, and then what was placed is taken
        // back.
        if (!isOpen && count > this.#answered) {
          at = open;
          continue;
        }
        if (stuck === undefined || this.#answered - left > stuck.placed) {
          stuck = { operation: this.#calls[this.#due()]!, state, placed: this.#answered - left, of: this.#answered };
        }
        let frame = frames.pop();
        while (frame !== undefined) {
          this.#unplace(frame.call);
          if (frame.call < this.#answered) left++;
          if (!frame.forced) break;
          frame = frames.pop();
        }
        if (frame === undefined) return stuck;
        ({ state, stateNumber } = frame);
        at = frame.call < this.#answered ? this.#next[1 + 2 * frame.call]! : open + frame.call - this.#answered + 1;
        continue;
      }
      const after = isOpen && this.#isPlaced(call) ? undefined : this.#step(state, call);
      if (after !== undefined) {
        const number = this.#numberOf(after);
        // A read that is possible now is as good here as later. A call without an end that changes nothing need not be
        // placed.
        const forced = !isOpen && this.#model.reads?.(this.#calls[call]!.input) === true;
        if (!isOpen || number !== stateNumber) {
          this.#place(call);
          if (forced || this.#isNew(number)) {
            frames.push({ call, state, stateNumber, forced });
            if (!isOpen) left--;
            [state, stateNumber] = [after, number];
            at = this.#next[0]!;
            continue;
          }
          this.#unplace(call);
        }
      }
      at = isOpen ? at + 1 : this.#next[at]!;
    }
    return undefined;
  }

  #step(state: State, call: number): State | undefined {
    const { input, output } = this.#calls[call]!;
    return this.#model.step(state, input, output);
  }

  #numberOf(state: State): number {
    const key = this.#model.key === undefined ? state : this.#model.key(state);
    let number = this.#states.get(key);
    if (number === undefined) {
      this.#states.set(key, (number = this.#states.size));
      this.#size += typeof key === "string" ? 8 + key.length / 4 : 8;
    }
    return number;
  }

  #prepare(operations: readonly Operation<Input, Output>[]): void {
    const answered = operations.filter(({ ended }) => ended < Infinity).sort((a, b) => a.begun - b.begun);
    const open = operations.filter(({ ended }) => ended === Infinity).sort((a, b) => a.begun - b.begun);
    const count = answered.length;
    this.#calls = [...answered, ...open];
    this.#answered = count;
    this.#seen.clear();
    this.#states.clear();
    this.#size = 0;
    this.#openWords = Math.ceil(count / 32);
    this.#placed = new Uint32Array(this.#openWords + Math.ceil(open.length / 32));
    this.#low = 0;
    this.#high = -1;
    this.#key = new Int32Array(this.#placed.length + 3);
    this.#next = new Int32Array(2 * count + 1).fill(-1);
    this.#previous = new Int32Array(2 * count + 1).fill(-1);
    const byEnd = Uint32Array.from(answered, (_, call) => call).sort((a, b) => answered[a]!.ended - answered[b]!.ended);
    let last = 0;
    const append = (place: number): void => {
      this.#next[last] = place;
      this.#previous[place] = last;
      last = place;
    };
    let begun = 0;
    for (const call of byEnd) {
      while (begun < count && answered[begun]!.begun <= answered[call]!.ended) append(1 + 2 * begun++);
      append(2 + 2 * call);
    }
  }

  /** The call that ends next among those that have not been placed. */
  #due(): number {
    let place = this.#next[0]!;
    while ((place & 1) === 1) place = this.#next[place]!;
    return (place - 2) >> 1;
  }

  #nextEnd(): number {
    return this.#calls[this.#due()]!.ended;
  }

  #isPlaced(call: number): boolean {
    const bit = this.#bitOf(call);
    return ((this.#placed[bit >> 5]! >>> (bit & 31)) & 1) === 1;
  }

  #bitOf(call: number): number {
    return call < this.#answered ? call : 32 * this.#openWords + call - this.#answered;
  }

  #place(call: number): void {
    const bit = this.#bitOf(call);
    const word = bit >> 5;
    this.#placed[word]! |= 1 << (bit & 31);
    if (call >= this.#answered) return;
    this.#unlink(1 + 2 * call);
    this.#unlink(2 + 2 * call);
    this.#high = Math.max(this.#high, word);
    while (this.#low < this.#openWords && this.#placed[this.#low] === 0xffffffff) this.#low++;
  }

  #unplace(call: number): void {
    const bit = this.#bitOf(call);
    const word = bit >> 5;
    this.#placed[word]! &= ~(1 << (bit & 31));
    if (call >= this.#answered) return;
    this.#link(2 + 2 * call);
    this.#link(1 + 2 * call);
    this.#low = Math.min(this.#low, word);
    while (this.#high >= 0 && this.#placed[this.#high] === 0) this.#high--;
  }

  #unlink(place: number): void {
    const [previous, next] = [this.#previous[place]!, this.#next[place]!];
    this.#next[previous] = next;
    if (next >= 0) this.#previous[next] = previous;
  }

  /** In the reverse order of unlinking. */
  #link(place: number): void {
    const [previous, next] = [this.#previous[place]!, this.#next[place]!];
    this.#next[previous] = place;
    if (next >= 0) this.#previous[next] = place;
  }

  /** Whether the calls that have been placed have not led to this state before. */
  #isNew(state: number): boolean {
    const key = this.#key;
    const words = this.#placed;
    let length = 0;
    key[length++] = state;
    key[length++] = this.#low;
    key[length++] = this.#high;
    for (let word = this.#low; word <= this.#high; word++) key[length++] = words[word]!;
    for (let word = this.#openWords; word < words.length; word++) key[length++] = words[word]!;
    if (this.#size + this.#seen.size > this.#most) throw new Undecided(this.#calls[0]!.object);
    return this.#seen.add(key, length);
  }
}
