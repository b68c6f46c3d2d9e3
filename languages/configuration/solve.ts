/** Answers about a configuration and a table of machines: where members may be, and why they can be nowhere. */
import { Source } from "../source.ts";
import { check } from "./check.ts";
import { Effort, GaveUp } from "./effort.ts";
import { expand, type Condition, type Expanded } from "./expand.ts";
import type { MachineTable } from "./machines.ts";
import { parse } from "./parser.ts";
import { Problem } from "./problem.ts";
import { Search, type Found } from "./search.ts";
import type { Configuration } from "./syntax.ts";

/** A configuration that means something for the machines of a table. */
export interface Specification extends Expanded {
  readonly configuration: Configuration;
  readonly source: Source;
}

export interface Placement {
  /** The machine of each member, by index in the table. */
  readonly machines: readonly number[];
  /** How many of them are present members' machines. */
  readonly kept: number;
  /** The value of each objective. */
  readonly values: readonly number[];
}

export interface Question {
  /** Machines of present members, by index; as many of them as can be are kept. */
  readonly present?: ReadonlySet<number>;
  /** The most steps that may be taken. */
  readonly effort?: number;
}

/** The search has ended without proof. `best` is the best placement that it has met. */
export class NoProof extends Error {
  override readonly name = "NoProof";
  readonly steps: number;
  readonly best: Placement | undefined;

  constructor(steps: number, best: Placement | undefined) {
    super(`the search gave up after ${steps} steps`);
    this.steps = steps;
    this.best = best;
  }
}

/** Reads and checks a configuration for a table. @throws BadSource */
export function specify(file: string, text: string, table: MachineTable): Specification {
  const source = new Source(file, text);
  const configuration = parse(source);
  check(source, configuration, table);
  return { configuration, source, ...expand(source, configuration, table.codes) };
}

/**
 * The best placement: it satisfies the formula, keeps as many present members as can be, and among those that do is the
 * best by the objectives, the first before the second. Undefined if nothing satisfies the formula.
 *
 * @throws NoProof if that takes more effort than there is.
 */
export function solve(specification: Expanded, table: MachineTable, question: Question = {}): Placement | undefined {
  const { present = new Set<number>() } = question;
  const effort = new Effort(question.effort);
  let search: Search | undefined;
  let problem: Problem | undefined;
  try {
    problem = new Problem(table, specification, present, effort);
    search = new Search(problem, effort);
    const found = search.run();
    return found === undefined ? undefined : placement(found, problem, specification);
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error;
    const best = search?.best;
    throw new NoProof(error.steps, best === undefined ? undefined : placement(best, problem!, specification));
  }
}

/** Machines for classes: of each class the first ones, in the order of the table. */
function placement({ classes, kept, values }: Found, { space }: Problem, { objectives }: Expanded): Placement {
  const used = new Map<number, number>();
  const machines = classes.map((of) => {
    const machine = space.classOf.indexOf(of, used.get(of) ?? 0);
    used.set(of, machine + 1);
    return machine;
  });
  return { machines, kept, values: objectives.map(({ sign }, i) => sign * values[i]!) };
}

/**
 * Conditions that cannot hold together, of which none can be left out: any others can. None at all: there are fewer
 * machines than members.
 *
 * By deletion: a condition without which the rest still conflicts is dropped. What takes too much effort to decide is
 * kept.
 */
export function conflict(specification: Expanded, table: MachineTable, question: Question = {}): readonly Condition[] {
  const { members } = specification;
  let needed: readonly Condition[] = specification.conditions;
  for (const condition of specification.conditions) {
    const rest = needed.filter((each) => each !== condition);
    const bare = { members, conditions: rest, objectives: [] };
    if (!isPossible(bare, table, question)) needed = rest;
  }
  return needed;
}

function isPossible(specification: Expanded, table: MachineTable, { effort }: Question): boolean {
  try {
    return solve(specification, table, effort === undefined ? {} : { effort }) !== undefined;
  } catch (error) {
    if (error instanceof NoProof) return true;
    throw error;
  }
}
