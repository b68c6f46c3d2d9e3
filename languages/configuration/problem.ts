/**
 * A configuration and a table of machines as the search has them: constraints of several members over classes of
 * machines.
 *
 * What speaks of one member only is settled here, once for each machine: a condition of its own decides whether the
 * member may be there, and a part of another formula becomes a column, so that machines that differ in nothing that is
 * left are one class.
 */
import { bound, type Bound } from "./bounds.ts";
import { canonical, columnsOf, interchangeable } from "./canonical.ts";
import type { Effort } from "./effort.ts";
import { compile, emptyAssignment, slotsOf, type Evaluate } from "./evaluate.ts";
import type { Expanded } from "./expand.ts";
import { apply, attribute, constant, isApply, type Formula, type Slot } from "./formula.ts";
import type { MachineTable } from "./machines.ts";
import { limitsOf, type Limit } from "./limits.ts";
import { partition, ranked, spaceOf, type Space } from "./space.ts";

/** Columns of our own, beside those of the table. */
const allowedColumn = "\0allowed";
const presentColumn = "\0present";

export interface Constraint {
  readonly formula: Formula;
  /** Its members, as bits. */
  readonly scope: number;
  /** The columns that it reads of each of them, by slot. */
  readonly columns: readonly (readonly string[])[];
  readonly evaluate: Evaluate;
  readonly bound: Bound;
  /** Whether bounds can tell anything before all its members but one are placed. */
  readonly isBounded: boolean;
}

export interface Goal extends Constraint {
  /**
   * If it is a sum with at most one part of each member: the columns of the parts, by slot; "" if a member has none.
   */
  readonly parts: readonly string[] | undefined;
}

export class Problem {
  readonly members: number;
  readonly space: Space;
  /** By class: the members that may be there, as bits, and whether its machines are present members. */
  readonly allowed: Int32Array;
  readonly present: Int32Array;
  readonly constraints: readonly Constraint[];
  readonly goals: readonly Goal[];
  /** By member: those that it can change places with, itself included, as bits. */
  readonly orbits: readonly number[];
  readonly limits: readonly Limit[];
  /** The first goal that falls into parts; -1 if none does. */
  readonly divided: number;
  readonly #groupings = new Map<string, { groupOf: Int32Array; count: number }>();
  readonly #ranks = new Map<string, Int32Array>();

  /** `present`: the machines of present members, by index. @throws GaveUp */
  constructor(
    table: MachineTable,
    { members, conditions, objectives }: Pick<Expanded, "members" | "conditions" | "objectives">,
    present: ReadonlySet<number>,
    effort: Effort,
  ) {
    this.members = members.length;
    const columns = new Columns(table, this.members, effort);
    const goalFormulas = objectives.map(({ formula }) => columns.folded(formula));
    const all = apply("and", conditions.map(({ formula }) => columns.folded(formula))); // prettier-ignore
    const formulas = isApply(all, "and") ? all.operands : [all];
    this.orbits = interchangeable(this.members, formulas, goalFormulas);
    const allowed = new Float64Array(table.size).fill(2 ** this.members - 1);
    const rest: Formula[] = [];
    for (const formula of unique(formulas)) {
      const slots = slotsOf(formula.free);
      if (slots.length > 1) rest.push(columns.reduced(formula));
      else columns.settle(formula, slots[0] ?? -1, allowed);
    }
    const goals = goalFormulas.map((formula) => columns.reduced(formula));
    columns.used.set(allowedColumn, allowed);
    const ofPresent = new Float64Array(table.size);
    for (const machine of present) ofPresent[machine] = 1;
    columns.used.set(presentColumn, ofPresent);
    this.space = spaceOf(table.size, columns.used);
    this.allowed = Int32Array.from(this.space.columns.get(allowedColumn)!);
    this.present = Int32Array.from(this.space.columns.get(presentColumn)!);
    this.constraints = rest.map((formula) => this.#constraint(formula));
    this.goals = goals.map((formula) => ({ ...this.#constraint(formula), parts: partsOf(formula, this.members) }));
    this.divided = this.goals.findIndex(({ parts }) => parts !== undefined);
    this.limits = limitsOf(this.constraints, this.members);
  }

  #constraint(formula: Formula): Constraint {
    const scope = formula.free;
    const isBinary = slotsOf(scope).length === 2;
    return {
      formula,
      scope,
      columns: Array.from({ length: this.members }, (_, slot) => columnsOf(formula, slot)),
      evaluate: compile(formula, this.space),
      bound: bound(formula),
      isBounded: !(isBinary && (isApply(formula, "=") || isApply(formula, "!="))),
    };
  }

  /** Groups of classes that are alike in these columns. */
  grouping(columns: readonly string[]): { readonly groupOf: Int32Array; readonly count: number } {
    const key = columns.join("\n");
    let grouping = this.#groupings.get(key);
    if (grouping === undefined) {
      const values = columns.map((column) => this.space.columns.get(column)!);
      grouping = partition(this.space.size.length, values);
      this.#groupings.set(key, grouping);
    }
    return grouping;
  }

  /** The values of a column as numbers from 0, by class. */
  ranks(column: string): Int32Array {
    let ranks = this.#ranks.get(column);
    if (ranks === undefined) {
      ranks = ranked(this.space.columns.get(column)!).ranks;
      this.#ranks.set(column, ranks);
    }
    return ranks;
  }
}

/** Values by machine of what formulas say of single machines. */
class Columns {
  /** Those that what is left of the formulas reads. */
  readonly used = new Map<string, Float64Array>();
  readonly #table: MachineTable;
  readonly #members: number;
  readonly #effort: Effort;
  readonly #spaces = new Map<string, Space>();

  constructor(table: MachineTable, members: number, effort: Effort) {
    this.#table = table;
    this.#members = members;
    this.#effort = effort;
  }

  /**
   * Takes the member off all machines for which the formula, about it alone, is not true; -1: about none, then all
   * members.
   */
  settle(formula: Formula, slot: Slot, allowed: Float64Array): void {
    const bits = slot < 0 ? 2 ** this.#members - 1 : 1 << slot;
    const values = this.#values(formula, Math.max(0, slot));
    for (let machine = 0; machine < values.length; machine++) {
      if (values[machine] !== 1) allowed[machine] = allowed[machine]! & ~bits;
    }
  }

  /** The formula with a constant for each part that is about no member. */
  folded(formula: Formula): Formula {
    if (formula.kind === "constant") return formula;
    if (formula.free === 0) return constant(this.#values(formula, 0)[0] ?? NaN);
    if (formula.kind !== "apply") return formula;
    return apply(formula.operator, formula.operands.map((each) => this.folded(each))); // prettier-ignore
  }

  /** The formula with a column for each part that is about one member. */
  reduced(formula: Formula): Formula {
    const slots = slotsOf(formula.free);
    if (slots.length === 0) return formula;
    if (slots.length === 1) return this.#column(formula, slots[0]!);
    if (formula.kind === "apply") return apply(formula.operator, formula.operands.map((each) => this.reduced(each))); // prettier-ignore
    // Over all machines: the search goes over their classes, which must be alike in what is read of them.
    for (const column of allColumns(formula)) this.used.set(column, this.#table.column(column));
    return formula;
  }

  #column(formula: Formula, slot: Slot): Formula {
    const name =
      formula.kind === "attribute" ? formula.column : `\0${canonical(formula, (at) => (at === slot ? "" : `@${at}`))}`;
    if (!this.used.has(name)) this.used.set(name, this.#values(formula, slot));
    return attribute(slot, name);
  }

  /** What the formula is for each machine in the slot. */
  #values(formula: Formula, slot: Slot): Float64Array {
    if (formula.kind === "attribute") return this.#table.column(formula.column);
    const names = allColumns(formula);
    const key = names.join("\n");
    let space = this.#spaces.get(key);
    if (space === undefined) {
      space = spaceOf(this.#table.size, new Map(names.map((name) => [name, this.#table.column(name)])));
      this.#spaces.set(key, space);
    }
    const classes = space.size.length;
    const evaluate = compile(formula, space);
    const at = emptyAssignment();
    const cost = costOf(formula, classes);
    const byClass = new Float64Array(classes);
    for (let of = 0; of < classes; of++) {
      this.#effort.spend(cost);
      at[slot] = of;
      byClass[of] = evaluate(at);
    }
    const values = new Float64Array(this.#table.size);
    for (let machine = 0; machine < values.length; machine++) values[machine] = byClass[space.classOf[machine]!]!;
    return values;
  }
}

/** Steps that one evaluation takes, about. */
function costOf(formula: Formula, classes: number): number {
  switch (formula.kind) {
    case "machines":
      return classes * costOf(formula.body, classes);
    case "apply":
      return formula.operands.reduce((sum, each) => sum + costOf(each, classes), 0);
    case "constant":
    case "attribute":
    case "same":
      return 1;
  }
}

function allColumns(formula: Formula): string[] {
  const slots = new Set<string>();
  const visit = (each: Formula): void => {
    if (each.kind === "attribute") slots.add(each.column);
    else if (each.kind === "machines") visit(each.body);
    else if (each.kind === "apply") each.operands.forEach(visit);
  };
  visit(formula);
  return [...slots].sort((a, b) => (a < b ? -1 : 1));
}

function unique(formulas: readonly Formula[]): Formula[] {
  const seen = new Map(formulas.map((each) => [canonical(each, (slot) => `#${slot}`), each]));
  return [...seen.values()];
}

function partsOf(formula: Formula, members: number): string[] | undefined {
  const summands = isApply(formula, "sum") ? formula.operands : [formula];
  const parts = Array.from({ length: members }, () => "");
  for (const summand of summands) {
    if (summand.kind === "constant") continue;
    if (summand.kind !== "attribute" || parts[summand.slot] !== "") return undefined;
    parts[summand.slot] = summand.column;
  }
  return parts;
}
