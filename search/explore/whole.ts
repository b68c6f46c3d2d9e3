/** All states of a small world, each once: without partial-order reduction. */
import { keyOf, movesOf, successorsOf, Unplayed, type Pending, type State, type Successor } from "./state.ts";
import type { Search } from "./search.ts";
import type { Step, Tally } from "./tally.ts";

interface Place {
  readonly state: State;
  readonly moves: Pending[];
  move: Pending | undefined;
  successors: Successor[];
  taken: Successor | undefined;
}

export class Whole implements Search {
  readonly #tally: Tally;
  readonly #run: Place[] = [];
  readonly #seen = new Set<string>();

  constructor(first: State, tally: Tally) {
    this.#tally = tally;
    this.#visit(first);
  }

  get isDone(): boolean {
    return this.#run.length === 0;
  }

  go(): Unplayed | undefined {
    while (this.#run.length > 0 && !this.#tally.isFull) {
      const place = this.#run.at(-1)!;
      const next = place.successors.shift();
      if (next === undefined) {
        const [move] = place.moves;
        if (move === undefined) {
          this.#run.pop();
          continue;
        }
        const successors = successorsOf(place.state, move, this.#run.length - 1);
        if (successors instanceof Unplayed) return successors;
        place.moves.shift();
        place.move = move;
        place.successors = successors;
        continue;
      }
      place.taken = next;
      this.#tally.transitions++;
      const complaint = this.#tally.judge.during(next.state, place.move!.at);
      if (complaint !== undefined) this.#tally.note(complaint, () => this.#steps(), this.#run.length);
      this.#visit(next.state);
    }
    return undefined;
  }

  #steps(): Step[] {
    return this.#run.map(({ move, taken }) => ({ move: move!, faults: taken!.faults }));
  }

  #visit(state: State): void {
    const key = keyOf(state);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#tally.states++;
    const moves = movesOf(state, this.#run.length);
    const isEnd = this.#tally.isEnd(state, moves.length === 0, () => this.#steps(), this.#run.length);
    this.#run.push({ state, moves: isEnd ? [] : [...moves], move: undefined, successors: [], taken: undefined });
  }
}
