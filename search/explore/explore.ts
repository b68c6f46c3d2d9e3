/** Explores a small world: first all runs without faults, then all runs with at most one fault, and so on. */
import { Histories } from "./histories.ts";
import { Judge } from "./judge.ts";
import { Reduced } from "./reduced.ts";
import { patienceOf, type SmallWorld } from "./small-world.ts";
import { firstState } from "./state.ts";
import { Tally, type Found } from "./tally.ts";
import { Whole } from "./whole.ts";

/** The exploration of all runs with at most so many faults. */
export interface Level {
  readonly faults: number;
  readonly reduced: boolean;
  readonly states: number;
  readonly transitions: number;
  /** Runs that ended, and runs that the bound on rounds has cut off. */
  readonly ends: number;
  readonly cut: number;
  /** The different outcomes of runs, in order. */
  readonly outcomes: readonly string[];
  /** The properties that do not hold, in order. */
  readonly broken: readonly string[];
  /** Whether all states within the bounds were visited. */
  readonly complete: boolean;
  /** The shortest run seen in which a property does not hold. */
  readonly found: Found | undefined;
}

export interface ExploreOptions {
  /** The most states of a level. */
  readonly states: number;
  readonly reduced: boolean;
}

/** Whether to search on for a shorter run after the first. */
const effort = 20_000;

/** All levels in order, up to the first in which a property does not hold, or that has too many states. */
export async function explore(
  world: SmallWorld,
  { states, reduced }: ExploreOptions,
  told: (level: Level) => void = () => {},
): Promise<Level[]> {
  const levels: Level[] = [];
  const histories = new Histories(world);
  for (let faults = 0; faults <= world.crashes + world.losses + world.timeouts; faults++) {
    const tally = new Tally(new Judge(world), { rounds: world.depth, patience: patienceOf(world), states, effort });
    const first = firstState(world, histories, faults);
    const search = reduced ? new Reduced(first, tally) : new Whole(first, tally);
    for (let open = search.go(); open !== undefined; open = search.go()) {
      await histories.play(open.history, open.key, open.stimulus);
    }
    const complete = search.isDone;
    const { transitions, ends, cut, found } = tally;
    const level = {
      faults,
      reduced,
      states: tally.states,
      transitions,
      ends,
      cut,
      outcomes: inOrder(tally.outcomes),
      broken: inOrder(tally.broken),
      complete,
      found,
    };
    levels.push(level);
    told(level);
    if (found !== undefined || !complete) break;
  }
  return levels;
}

function inOrder(texts: ReadonlySet<string>): string[] {
  return [...texts].sort((a, b) => (a < b ? -1 : 1));
}
