/** Formulas as functions of what is in the slots: their values, where every slot that they speak of holds a machine. */
import { exactSum, finite, mostSlots, reckon, type Fold, type Formula } from "./formula.ts";
import type { Space } from "./space.ts";

/**
 * The first half: the class of the machine in each slot. The second: which individual it is, as the lowest slot that
 * holds it; those in two slots of one class may be the same or not.
 */
export type Assignment = Int32Array;

export type Evaluate = (at: Assignment) => number;

/** No slot holds anything yet; each will hold an individual of its own. */
export function emptyAssignment(): Assignment {
  return new Int32Array(2 * mostSlots).map((_, i) => (i < mostSlots ? -1 : i - mostSlots));
}

export function compile(formula: Formula, space: Space): Evaluate {
  switch (formula.kind) {
    case "constant": {
      const { value } = formula;
      return () => value;
    }
    case "attribute": {
      const { slot } = formula;
      const column = space.columns.get(formula.column)!;
      return (at) => column[at[slot]!]!;
    }
    case "same": {
      const [left, right] = [mostSlots + formula.left, mostSlots + formula.right];
      return (at) => (at[left] === at[right] ? 1 : 0);
    }
    case "machines":
      return overMachines(formula, space);
    case "apply":
      return operation(formula, space);
  }
}

function operation({ operator, operands }: Formula & { kind: "apply" }, space: Space): Evaluate {
  const parts = operands.map((each) => compile(each, space));
  const [left, right] = parts as [Evaluate, Evaluate];
  switch (operator) {
    case "and":
      return decided(parts, 0);
    case "or":
      return decided(parts, 1);
    case "=":
      return (at) => {
        const [a, b] = [left(at), right(at)];
        return a === b ? 1 : a !== a || b !== b ? NaN : 0;
      };
    case "!=":
      return (at) => {
        const [a, b] = [left(at), right(at)];
        return a === b ? 0 : a !== a || b !== b ? NaN : 1;
      };
    case "<":
      return (at) => {
        const [a, b] = [left(at), right(at)];
        return a < b ? 1 : a >= b ? 0 : NaN;
      };
    case "<=":
      return (at) => {
        const [a, b] = [left(at), right(at)];
        return a <= b ? 1 : a > b ? 0 : NaN;
      };
    case "*":
      return (at) => finite(left(at) * right(at));
    case "/":
      return (at) => finite(left(at) / right(at));
    case "count":
      // NaN and a number are NaN.
      return (at) => {
        let count = 0;
        for (let i = 0; i < parts.length; i++) count += parts[i]!(at);
        return count;
      };
    case "not":
    case "sum":
    case "-":
    case "mod":
    case "abs":
    case "min":
    case "max":
    case "distinct":
    case "defined": {
      const values = parts.map(() => NaN);
      return (at) => {
        for (let i = 0; i < parts.length; i++) values[i] = parts[i]!(at);
        return reckon(operator, values);
      };
    }
  }
}

/** `and` is decided by 0, `or` by 1; undefined if nothing decides and something is undefined. */
function decided(parts: readonly Evaluate[], by: 0 | 1): Evaluate {
  return (at) => {
    let result = 1 - by;
    for (let i = 0; i < parts.length; i++) {
      const value = parts[i]!(at);
      if (value === by) return by;
      if (value !== value) result = NaN;
    }
    return result;
  };
}

/**
 * All machines in turn: a class at a time, as many as it has. Where the body asks whether two machines are the same,
 * those that stand in other slots come one by one.
 */
function overMachines({ fold, slot, body }: Formula & { kind: "machines" }, space: Space): Evaluate {
  const inside = compile(body, space);
  const others = asksForSame(body, slot) ? slotsOf(body.free & ~(1 << slot)) : [];
  const own = mostSlots + slot;
  const { size } = space;
  return (at) => {
    const result = new Folded(fold);
    for (let of = 0; of < size.length && !result.decided; of++) {
      let fresh = size[of]!;
      for (const other of others) if (at[other] === of && isFirst(at, others, other)) fresh--;
      if (fresh === 0) continue;
      at[slot] = of;
      at[own] = slot;
      result.add(inside(at), fresh);
    }
    for (const other of others) {
      if (result.decided || !isFirst(at, others, other)) continue;
      at[slot] = at[other]!;
      at[own] = at[mostSlots + other]!;
      result.add(inside(at), 1);
    }
    return result.value;
  };
}

/** Whether no slot before this one in the list holds the same individual. */
function isFirst(at: Assignment, slots: readonly number[], slot: number): boolean {
  for (const before of slots) {
    if (before === slot) return true;
    if (at[mostSlots + before] === at[mostSlots + slot]) return false;
  }
  return true;
}

function asksForSame(formula: Formula, slot: number): boolean {
  switch (formula.kind) {
    case "same":
      return formula.left === slot || formula.right === slot;
    case "machines":
      return asksForSame(formula.body, slot);
    case "apply":
      return formula.operands.some((each) => asksForSame(each, slot));
    case "constant":
    case "attribute":
      return false;
  }
}

/** The numbers of the bits. */
export function slotsOf(bits: number): number[] {
  return Array.from({ length: mostSlots }, (_, slot) => slot).filter((slot) => (bits >>> slot) & 1);
}

/** The values of a body so far. */
class Folded {
  readonly #fold: Fold;
  readonly #values = new Set<number>();
  readonly #summands: number[] = [];
  #isUndefined = false;
  #count = 0;
  decided = false;

  constructor(fold: Fold) {
    this.#fold = fold;
  }

  add(value: number, times: number): void {
    if (Number.isNaN(value)) this.#isUndefined = true;
    else if (this.#fold === "count") this.#count += value * times;
    else if (this.#fold === "sum") for (let i = 0; i < times; i++) this.#summands.push(value);
    else this.#values.add(value);
    this.decided = (this.#fold === "and" && value === 0) || (this.#fold === "or" && value === 1);
  }

  get value(): number {
    if (this.decided) return this.#fold === "or" ? 1 : 0;
    if (this.#isUndefined) return NaN;
    switch (this.#fold) {
      case "and":
        return 1;
      case "or":
        return 0;
      case "count":
        return this.#count;
      case "sum":
        return exactSum(this.#summands);
      case "distinct":
        return this.#values.size;
      case "min":
        return Math.min(...this.#values);
      case "max":
        return Math.max(...this.#values);
    }
  }
}
