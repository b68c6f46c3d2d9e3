/**
 * All runs of a small world, up to the order of events that do not affect each other: dynamic partial-order reduction.
 *
 * Source: C. Flanagan and P. Godefroid, Dynamic partial-order reduction for model checking software, POPL 2005; with
 * source sets, P. Abdulla, S. Aronis, B. Jonsson and K. Sagonas, Optimal dynamic partial order reduction, POPL 2014;
 * sleep sets, P. Godefroid, Partial-order methods for the verification of concurrent systems, 1996.
 *
 * Two events affect each other if they happen at one process. An event *comes after* an event at its process, and after
 * the event that has sent its datagram. Two neighbouring events of a process race if the second could have come first.
 * Where a race is seen, the search also takes the second event first. Rounds are barriers: a timer fires only when
 * everything has arrived. The faults of an event are chosen together with the event, and affect its process only.
 */
import { keyOf, movesOf, successorsOf, Unplayed, type Pending, type State, type Successor } from "./state.ts";
import type { Search } from "./search.ts";
import type { Step, Tally } from "./tally.ts";

/** A state on the way of the present run, and what is still to be tried there. */
interface Place {
  readonly state: State;
  /** What is to be tried first in this state. */
  readonly backtrack: Pending[];
  /** What need not be tried first, since runs that were tried contain it. */
  readonly asleep: Pending[];
  /** The event that is tried, its remaining successors, and what is asleep after it. */
  move: Pending | undefined;
  successors: Successor[];
  taken: Successor | undefined;
  /** The index of the event before it at the same process; -1 if there is none in this round. */
  previous: number;
  /** By process: the index of the last of its events that comes before the event or is the event itself. */
  clock: Int32Array;
  /** The index of the first event of the round. */
  readonly roundBegins: number;
}

export class Reduced implements Search {
  readonly #tally: Tally;
  readonly #run: Place[] = [];
  readonly #processes: number;
  /** The states at the ends of rounds. No race crosses a barrier, so that each is visited once. */
  readonly #barriers = new Set<string>();

  constructor(first: State, tally: Tally) {
    this.#tally = tally;
    this.#processes = first.histories.length;
    this.#visit(first, [], 0);
  }

  get isDone(): boolean {
    return this.#run.length === 0;
  }

  go(): Unplayed | undefined {
    while (this.#run.length > 0 && !this.#tally.isFull) {
      const place = this.#run.at(-1)!;
      if (place.move === undefined) {
        const move = place.backtrack.find((each) => !place.asleep.includes(each));
        if (move === undefined) {
          this.#run.pop();
          continue;
        }
        const successors = successorsOf(place.state, move, this.#run.length - 1);
        if (successors instanceof Unplayed) return successors;
        this.#take(place, move, successors);
      }
      const { move, successors } = place;
      const next = successors.shift();
      if (next === undefined) {
        place.asleep.push(move!);
        place.move = undefined;
        continue;
      }
      place.taken = next;
      this.#tally.transitions++;
      const asleep = place.asleep.filter(({ at }) => at !== move!.at);
      this.#visit(next.state, asleep, move!.kind === "timer" ? this.#run.length - 1 : place.roundBegins);
      const complaint = this.#tally.judge.during(next.state, move!.at);
      if (complaint !== undefined)
        this.#tally.note(complaint, () => this.#steps(this.#run.length - 1), this.#run.length - 1);
    }
    return undefined;
  }

  #steps(count: number): Step[] {
    return this.#run.slice(0, count).map(({ move, taken }) => ({ move: move!, faults: taken!.faults }));
  }

  #visit(state: State, asleep: Pending[], roundBegins: number): void {
    this.#tally.states++;
    const depth = this.#run.length;
    const moves = movesOf(state, depth);
    const steps = (): Step[] => this.#steps(depth);
    const isEnd = this.#tally.isEnd(state, moves.length === 0, steps, depth);
    const isKnown = !isEnd && state.pending.length === 0 && this.#isKnown(state);
    const first = isEnd || isKnown ? undefined : moves.find((move) => !asleep.includes(move));
    this.#run.push({
      state,
      backtrack: first === undefined ? [] : [first],
      asleep,
      move: undefined,
      successors: [],
      taken: undefined,
      previous: -1,
      clock: noClock,
      roundBegins,
    });
  }

  #isKnown(state: State): boolean {
    const key = keyOf(state);
    if (this.#barriers.has(key)) return true;
    this.#barriers.add(key);
    return false;
  }

  /** The event becomes the next of the run. Finds its race. */
  #take(place: Place, move: Pending, successors: Successor[]): void {
    const index = this.#run.length - 1;
    place.move = move;
    place.successors = successors;
    place.previous = move.kind === "timer" ? -1 : this.#lastAt(move.at, place.roundBegins, index);
    const sender = move.kind === "datagram" ? move.sentBy : -1;
    const clock = new Int32Array(this.#processes).fill(-1);
    for (const before of [place.previous, sender]) {
      if (before < place.roundBegins) continue;
      this.#run[before]!.clock.forEach((last, process) => (clock[process] = Math.max(clock[process]!, last)));
    }
    clock[move.at] = index;
    place.clock = clock;
    if (place.previous < 0) return;
    const earlier = this.#run[place.previous]!;
    const sent = sender >= place.roundBegins && this.#run[sender]!.clock[move.at]! >= place.previous;
    if (!sent) this.#reverse(place.previous, index, earlier);
  }

  #lastAt(process: number, from: number, to: number): number {
    for (let i = to - 1; i >= from; i--) if (this.#run[i]!.move!.at === process) return i;
    return -1;
  }

  /** The event at `second` races with the event at `first`: a run that begins with what `second` needs is tried too. */
  #reverse(first: number, second: number, earlier: Place): void {
    const { at } = earlier.move!;
    const needed: number[] = [];
    for (let i = first + 1; i <= second; i++) {
      if (i === second || this.#run[i]!.clock[at]! < first) needed.push(i);
    }
    const comesAfter = (i: number, j: number): boolean => this.#run[i]!.clock[this.#run[j]!.move!.at]! >= j;
    const initials = needed.filter((i) => !needed.some((j) => j < i && comesAfter(i, j)));
    const moves = initials.map((i) => this.#run[i]!.move!);
    if (!moves.some((move) => earlier.backtrack.includes(move))) earlier.backtrack.push(moves[0]!);
  }
}

const noClock = new Int32Array(0);
