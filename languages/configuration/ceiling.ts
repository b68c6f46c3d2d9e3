/**
 * How good a placement can still become: bounds on the members kept and on the objective that falls into parts, while
 * some are open.
 */
import type { Domain } from "./domain.ts";
import { slotsOf, type Assignment } from "./evaluate.ts";
import { exactSum, isApply, type Slot } from "./formula.ts";
import { matching } from "./matching.ts";
import type { Problem } from "./problem.ts";

export class Ceiling {
  readonly #problem: Problem;
  readonly #at: Assignment;
  readonly #free: Int32Array;
  readonly #parts: readonly string[] | undefined;
  readonly #constants: readonly number[];

  /** `at` and `free` are the search's own, as they are at the time of a question. */
  constructor(problem: Problem, at: Assignment, free: Int32Array) {
    this.#problem = problem;
    this.#at = at;
    this.#free = free;
    const goal = problem.goals[problem.divided];
    this.#parts = goal?.parts;
    const summands = goal === undefined ? [] : isApply(goal.formula, "sum") ? goal.formula.operands : [goal.formula];
    this.#constants = summands.flatMap((each) => (each.kind === "constant" ? [each.value] : []));
  }

  /** Present members among those placed. */
  keptBy(placed: number): number {
    return slotsOf(placed).reduce((sum, slot) => sum + this.#problem.present[this.#at[slot]!]!, 0);
  }

  /** How many of the open members can be present ones at most. */
  mostKept(domains: readonly Domain[], open: number): number {
    const { present, members } = this.#problem;
    const lists = slotsOf(open).map((slot) => {
      const units: number[] = [];
      // Present members' classes come first.
      for (const of of domains[slot]!.classes) {
        if (present[of] === 0) break;
        for (let unit = 0; unit < Math.min(members, this.#free[of]!); unit++) units.push(of * 32 + unit);
      }
      return units;
    });
    return matching(lists);
  }

  /**
   * The least that the objective can come to; undefined if none falls into parts. A candidate is a member's class by
   * its place in the domain: those who can change places with the member have that class and later ones only.
   */
  least(
    domains: readonly Domain[],
    placed: number,
    open: number,
    candidate?: { readonly slot: Slot; readonly from: number },
  ): number | undefined {
    if (this.#parts === undefined) return undefined;
    const { orbits, space } = this.#problem;
    const terms = [...this.#constants];
    const partOf = (slot: Slot, of: number): void => {
      const column = this.#parts![slot]!;
      if (column !== "") terms.push(space.columns.get(column)![of]!);
    };
    for (const slot of slotsOf(placed)) partOf(slot, this.#at[slot]!);
    if (candidate !== undefined) partOf(candidate.slot, domains[candidate.slot]!.classes[candidate.from]!);
    for (let rest = open; rest !== 0;) {
      const first = slotsOf(rest)[0]!;
      const alike = orbits[first]! & open;
      const from = candidate !== undefined && (orbits[candidate.slot]! >>> first) & 1 ? candidate.from : 0;
      terms.push(...this.#leastParts(domains[first]!.classes, from, first, alike));
      rest &= ~alike;
    }
    return exactSum(terms);
  }

  /**
   * The smallest parts that members who can change places can have together: on different machines, and different where
   * they must differ.
   */
  #leastParts(classes: Int32Array, from: number, slot: Slot, alike: number): number[] {
    const column = this.#parts![slot]!;
    if (column === "") return [];
    const count = slotsOf(alike).length;
    const values = this.#problem.space.columns.get(column)!;
    let best = this.#smallest(classes, from, values, count, undefined);
    let most = exactSum(best);
    for (const { scope, column: different, most: limit } of this.#problem.limits) {
      if ((scope & alike) !== alike || limit !== 1) continue;
      const parts = this.#smallest(classes, from, values, count, this.#problem.ranks(different));
      const sum = exactSum(parts);
      if (parts.length === count && sum > most) [best, most] = [parts, sum];
    }
    return best;
  }

  /**
   * The `count` smallest values, of machines or of different ranks. The classes of present members come first; both
   * runs are in order.
   */
  #smallest(
    classes: Int32Array,
    from: number,
    values: Float64Array,
    count: number,
    ranks: Int32Array | undefined,
  ): number[] {
    const { present } = this.#problem;
    const found: { readonly value: number; readonly rank: number }[] = [];
    const runs = present[classes[from]!] === 1 ? [1, 0] : [0];
    let i = from;
    for (const run of runs) {
      const seen = new Set<number>();
      let taken = 0;
      for (; i < classes.length && present[classes[i]!] === run; i++) {
        if (taken >= count) {
          // The rest of this run is no smaller.
          if (run === 0) break;
          while (i < classes.length && present[classes[i]!] === 1) i++;
          break;
        }
        const of = classes[i]!;
        const rank = ranks === undefined ? of : ranks[of]!;
        if (ranks !== undefined && seen.has(rank)) continue;
        seen.add(rank);
        const units = ranks === undefined ? Math.min(count, this.#free[of]!) : 1;
        for (let unit = 0; unit < units; unit++) found.push({ value: values[of]!, rank });
        taken += units;
      }
    }
    found.sort((a, b) => a.value - b.value);
    if (ranks === undefined) return found.slice(0, count).map(({ value }) => value);
    const least: number[] = [];
    const seen = new Set<number>();
    for (const { value, rank } of found) {
      if (least.length === count || seen.has(rank)) continue;
      seen.add(rank);
      least.push(value);
    }
    return least;
  }
}
