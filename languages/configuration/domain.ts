/** What may still stand in a slot: classes, present members' first, then by their part of the first objective. */
import type { Range } from "./bounds.ts";
import type { Problem } from "./problem.ts";

export class Domain {
  readonly classes: Int32Array;
  readonly #problem: Problem;
  #ranges: Map<string, Range> | undefined;
  #values: Map<string, number[]> | undefined;

  constructor(problem: Problem, classes: Int32Array) {
    this.#problem = problem;
    this.classes = classes;
  }

  range(column: string): Range {
    this.#ranges ??= new Map<string, Range>();
    let range = this.#ranges.get(column);
    if (range === undefined) {
      const values = this.#problem.space.columns.get(column)!;
      let [low, high, maybe] = [Infinity, -Infinity, false];
      for (const of of this.classes) {
        const value = values[of]!;
        if (value < low) low = value;
        if (value > high) high = value;
        if (value !== value) maybe = true;
      }
      range = { low, high, maybe };
      this.#ranges.set(column, range);
    }
    return range;
  }

  /** The different values of a column, as ranks, in the order of the domain. */
  values(column: string): readonly number[] {
    this.#values ??= new Map<string, number[]>();
    let values = this.#values.get(column);
    if (values === undefined) {
      const ranks = this.#problem.ranks(column);
      const seen = new Set<number>();
      for (const of of this.classes) seen.add(ranks[of]!);
      values = [...seen];
      this.#values.set(column, values);
    }
    return values;
  }
}
