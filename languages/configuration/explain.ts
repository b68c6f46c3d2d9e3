/**
 * What a configuration asks for, in numbers: which machines each condition leaves to each member, and who can change
 * places.
 */
import { Effort } from "./effort.ts";
import { slotsOf } from "./evaluate.ts";
import type { Condition, Expanded } from "./expand.ts";
import type { MachineTable } from "./machines.ts";
import { Problem } from "./problem.ts";

export interface Explanation {
  /** For each member, how many machines satisfy what is asked of it alone. */
  readonly candidates: readonly number[];
  readonly conditions: readonly ExplainedCondition[];
  /** Members that can change places, by name: groups of two or more. */
  readonly interchangeable: readonly (readonly string[])[];
  /** How many kinds of machines the conditions tell apart. */
  readonly classes: number;
}

export interface ExplainedCondition {
  readonly condition: Condition;
  /** For the members of whom it says something by themselves: how many machines it leaves to each. */
  readonly leaves: readonly { readonly member: string; readonly machines: number }[];
  /** Whether it says something of several members together. */
  readonly binds: boolean;
}

/** @throws GaveUp if a condition over all machines takes too long. */
export function explain(specification: Expanded, table: MachineTable, limit?: number): Explanation {
  const { members, conditions } = specification;
  const effort = new Effort(limit);
  const problemOf = (some: readonly Condition[]): Problem =>
    new Problem(table, { members, conditions: some, objectives: [] }, new Set(), effort);
  const whole = problemOf(conditions);
  const groups = new Set(whole.orbits.filter((orbit) => slotsOf(orbit).length > 1));
  return {
    candidates: members.map((_, slot) => allowedTo(whole, slot)),
    conditions: conditions.map((condition) => {
      const alone = problemOf([condition]);
      const leaves = members
        .map((member, slot) => ({ member, machines: allowedTo(alone, slot) }))
        .filter(({ machines }) => machines < table.size);
      return { condition, leaves, binds: alone.constraints.length > 0 };
    }),
    interchangeable: [...groups].map((orbit) => slotsOf(orbit).map((slot) => members[slot]!)),
    classes: whole.space.size.length,
  };
}

function allowedTo({ allowed, space }: Problem, slot: number): number {
  return allowed.reduce((sum, bits, of) => sum + ((bits >>> slot) & 1 ? space.size[of]! : 0), 0);
}
