/**
 * Formulas as the solver has them: about machines in numbered slots, with predicates and quantifiers over members
 * written out.
 *
 * Values are numbers: booleans 0 and 1, strings their codes, and NaN is undefined. An operation is undefined if an
 * operand is, and so are division by zero, a missing attribute, and a result that is no finite number. Only `and`, `or`
 * and what is made of them may be decided by another operand (the strong connectives of Kleene 1938): false and
 * undefined is false, true or undefined is true; not undefined is undefined. All laws of De Morgan hold, so that
 * negation can be driven inwards. A placement must make the formula true.
 */

/** What a machine stands in: members from 0, then what is bound by quantifiers over machines, by depth. */
export type Slot = number;

/** Slots of all kinds are bits of one integer. */
export const mostSlots = 31;

export type Operator =
  | "and"
  | "or"
  | "not"
  | "="
  | "!="
  | "<"
  | "<="
  | "sum"
  | "-"
  | "*"
  | "/"
  | "mod"
  | "abs"
  | "min"
  | "max"
  | "count"
  | "distinct"
  | "defined";

/** How the values of a body, for each machine, become one. */
export type Fold = "and" | "or" | "count" | "sum" | "min" | "max" | "distinct";

export type Formula = {
  /** The slots that it speaks of, as bits; those that it binds left out. */
  readonly free: number;
} & (
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "attribute"; readonly slot: Slot; readonly column: string }
  /** Whether two slots hold the same machine. */
  | { readonly kind: "same"; readonly left: Slot; readonly right: Slot }
  | { readonly kind: "apply"; readonly operator: Operator; readonly operands: readonly Formula[] }
  /** Over all machines of the table, each in turn in the slot. */
  | { readonly kind: "machines"; readonly fold: Fold; readonly slot: Slot; readonly body: Formula }
);

export type Attribute = Formula & { readonly kind: "attribute" };

export const constant = (value: number): Formula => ({ kind: "constant", value, free: 0 });
export const truth = constant(1);
export const falsehood = constant(0);

export function attribute(slot: Slot, column: string): Attribute {
  return { kind: "attribute", slot, column, free: 1 << slot };
}

export function same(left: Slot, right: Slot): Formula {
  return left === right ? truth : { kind: "same", left, right, free: (1 << left) | (1 << right) };
}

export function machines(fold: Fold, slot: Slot, body: Formula): Formula {
  return { kind: "machines", fold, slot, body, free: body.free & ~(1 << slot) };
}

/** An operation, in a simple form: constants reckoned, nested sums and connectives of one kind made one. */
export function apply(operator: Operator, operands: readonly Formula[]): Formula {
  if (operator === "and" || operator === "or") return connective(operator, operands);
  if (operator === "not") return negation(operands[0]!);
  if (operator === "-") {
    const inner = operands[0]!;
    if (inner.kind === "apply" && inner.operator === "-") return inner.operands[0]!;
    // A sum stays one, whose summands can be told apart.
    if (inner.kind === "apply" && inner.operator === "sum")
      return apply("sum", inner.operands.map((each) => apply("-", [each]))); // prettier-ignore
  }
  const flat =
    operator === "sum" ? operands.flatMap((each) => (isApply(each, "sum") ? each.operands : [each])) : operands;
  const free = flat.reduce((all, each) => all | each.free, 0);
  const values = flat.map((each) => (each.kind === "constant" ? each.value : undefined));
  // A sum is reckoned as a whole, when it is known what belongs to it.
  if (operator !== "sum" && values.every((value) => value !== undefined)) return constant(reckon(operator, values));
  return { kind: "apply", operator, operands: flat, free };
}

export function isApply(formula: Formula, operator: Operator): formula is Formula & { readonly kind: "apply" } {
  return formula.kind === "apply" && formula.operator === operator;
}

function connective(operator: "and" | "or", operands: readonly Formula[]): Formula {
  const neutral = operator === "and" ? 1 : 0;
  const rest: Formula[] = [];
  for (const operand of operands) {
    const parts = isApply(operand, operator) ? operand.operands : [operand];
    for (const part of parts) {
      if (part.kind === "constant" && part.value === 1 - neutral) return part;
      if (part.kind !== "constant" || part.value !== neutral) rest.push(part);
    }
  }
  if (rest.length === 0) return constant(neutral);
  if (rest.length === 1) return rest[0]!;
  return { kind: "apply", operator, operands: rest, free: rest.reduce((all, each) => all | each.free, 0) };
}

/** Driven inwards as far as it goes, so that a conjunction falls into conditions. */
function negation(formula: Formula): Formula {
  const not = (each: Formula): Formula => negation(each);
  if (formula.kind === "constant") return constant(1 - formula.value);
  if (formula.kind === "machines" && (formula.fold === "and" || formula.fold === "or"))
    return machines(formula.fold === "and" ? "or" : "and", formula.slot, not(formula.body));
  if (formula.kind === "apply") {
    const { operator, operands } = formula;
    const [left, right] = operands as readonly [Formula, Formula];
    if (operator === "and" || operator === "or") return connective(operator === "and" ? "or" : "and", operands.map(not)); // prettier-ignore
    if (operator === "not") return left;
    if (operator === "=" || operator === "!=") return apply(operator === "=" ? "!=" : "=", operands);
    if (operator === "<" || operator === "<=") return apply(operator === "<" ? "<=" : "<", [right, left]);
  }
  return { kind: "apply", operator: "not", operands: [formula], free: formula.free };
}

/** A number, if it is a finite one. */
export function finite(value: number): number {
  return value - value === 0 ? value : NaN;
}

/** An operation on values. `and` and `or` included, though who can stop early does. */
export function reckon(operator: Operator, values: readonly number[]): number {
  const [left, right] = values as readonly [number, number];
  if (operator === "defined") return Number.isNaN(left) ? 0 : 1;
  if (operator === "and") return values.includes(0) ? 0 : values.some(Number.isNaN) ? NaN : 1;
  if (operator === "or") return values.includes(1) ? 1 : values.some(Number.isNaN) ? NaN : 0;
  if (values.some(Number.isNaN)) return NaN;
  switch (operator) {
    case "not":
      return 1 - left;
    case "=":
      return left === right ? 1 : 0;
    case "!=":
      return left === right ? 0 : 1;
    case "<":
      return left < right ? 1 : 0;
    case "<=":
      return left <= right ? 1 : 0;
    case "sum":
      return exactSum(values);
    case "-":
      return -left;
    case "*":
      return finite(left * right);
    case "/":
      return finite(left / right);
    case "mod":
      return finite(left % right);
    case "abs":
      return Math.abs(left);
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    case "count":
      return values.reduce((sum, value) => sum + value, 0);
    case "distinct":
      return new Set(values).size;
  }
}

/**
 * The sum, rounded once: in whatever order the summands come. Without that, members that can change places in a formula
 * could not in its value. Shewchuk 1997: partial sums that do not overlap. Undefined if it is no finite number.
 */
export function exactSum(values: ArrayLike<number>): number {
  let whole = 0;
  let isWhole = true;
  for (let i = 0; i < values.length && isWhole; i++) {
    whole += values[i]!;
    isWhole = Number.isInteger(values[i]!) && Math.abs(whole) <= Number.MAX_SAFE_INTEGER;
  }
  if (isWhole) return whole;
  const partials: number[] = [];
  for (let i = 0; i < values.length; i++) {
    let sum = values[i]!;
    let kept = 0;
    for (const partial of partials) {
      const [large, small] = Math.abs(sum) < Math.abs(partial) ? [partial, sum] : [sum, partial];
      const next = large + small;
      const lost = small - (next - large);
      if (lost !== 0) partials[kept++] = lost;
      sum = next;
    }
    partials.length = kept;
    partials.push(sum);
  }
  return finite(rounded(partials));
}

/** The sum of partial sums that do not overlap, the smallest first; a half is rounded by what lies below it. */
function rounded(partials: readonly number[]): number {
  let at = partials.length - 1;
  let sum = partials[at] ?? 0;
  let lost = 0;
  while (at > 0 && lost === 0) {
    const before = sum;
    const next = partials[--at]!;
    sum = before + next;
    lost = next - (sum - before);
  }
  if (at > 0 && Math.sign(lost) === Math.sign(partials[at - 1]!) && lost !== 0) {
    const twice = lost * 2;
    const up = sum + twice;
    if (twice === up - sum) return up;
  }
  return sum;
}
