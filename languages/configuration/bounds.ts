/**
 * What a formula can still be while some slots hold no machine yet: an interval that holds every value it may take, and
 * whether it may be undefined. Rounding is monotone, so that bounds reckoned in floating point bound what is reckoned
 * so.
 */
import { exactSum, type Formula, type Slot } from "./formula.ts";

/** What may stand in each slot. */
export interface Domains {
  /** Smallest and largest value of a column among the classes that a slot may hold, and whether it may be missing. */
  range(slot: Slot, column: string): Range;
  /** How many different values of a column those slots have among them at most. */
  values(slots: readonly Slot[], column: string): number;
}

export interface Range {
  /** Greater than `high` if there is no value. */
  readonly low: number;
  readonly high: number;
  readonly maybe: boolean;
}

export type Bound = (domains: Domains) => Range;

const anything: Range = { low: -Infinity, high: Infinity, maybe: true };
const perhaps: Range = { low: 0, high: 1, maybe: true };

/** Whether it can still be true. */
export function canHold({ low, high }: Range): boolean {
  return low <= 1 && high === 1;
}

export function bound(formula: Formula): Bound {
  switch (formula.kind) {
    case "constant": {
      const { value } = formula;
      const range = Number.isNaN(value) ? { low: 1, high: 0, maybe: true } : { low: value, high: value, maybe: false };
      return () => range;
    }
    case "attribute": {
      const { slot, column } = formula;
      return (domains) => domains.range(slot, column);
    }
    case "same":
      return () => ({ low: 0, high: 1, maybe: false });
    case "machines":
      return () => (formula.fold === "and" || formula.fold === "or" ? perhaps : anything);
    case "apply":
      return operation(formula);
  }
}

function operation({ operator, operands }: Formula & { kind: "apply" }): Bound {
  const parts = operands.map(bound);
  const all = (domains: Domains): Range[] => parts.map((part) => part(domains));
  if (operator === "and" || operator === "or") return (domains) => connective(operator, all(domains));
  if (operator === "distinct") return distinct(operands, all);
  if (operator === "defined") {
    return (domains) => {
      const { low, high, maybe } = parts[0]!(domains);
      return { low: maybe ? 0 : 1, high: low <= high ? 1 : 0, maybe: false };
    };
  }
  return (domains) => {
    const ranges = all(domains);
    const maybe = ranges.some((range) => range.maybe);
    // Undefined for certain.
    if (ranges.some(({ low, high }) => low > high)) return { low: 1, high: 0, maybe: true };
    return { maybe, ...strict(operator, ranges) };
  };
}

function connective(operator: "and" | "or", ranges: readonly Range[]): Range {
  // Of `and`: 0 if one can be 0; 1 if all can be 1; undefined if one can be and no other need be 0.
  const decides = operator === "and" ? 0 : 1;
  const can = (value: number, { low, high }: Range): boolean => low <= value && value <= high;
  const one = ranges.some((range) => can(decides, range));
  const rest = ranges.every((range) => can(1 - decides, range));
  const maybe = ranges.some((range) => range.maybe) && ranges.every((range) => range.maybe || can(1 - decides, range));
  const [zero, unit] = operator === "and" ? [one, rest] : [rest, one];
  return { low: zero ? 0 : 1, high: unit ? 1 : 0, maybe };
}

function distinct(operands: readonly Formula[], all: (domains: Domains) => Range[]): Bound {
  const slots = operands.map((each) => (each.kind === "attribute" ? each.slot : -1));
  const [first] = operands;
  const column = first?.kind === "attribute" ? first.column : "";
  const isOneColumn = operands.every((each) => each.kind === "attribute" && each.column === column);
  return (domains) => {
    const ranges = all(domains);
    const maybe = ranges.some((range) => range.maybe);
    if (ranges.some(({ low, high }) => low > high)) return { low: 1, high: 0, maybe: true };
    const known = new Set(ranges.filter(({ low, high }) => low === high).map(({ low }) => low)).size;
    const open = ranges.filter(({ low, high }) => low < high).length;
    const high = known + open;
    return { low: Math.max(1, known), high: isOneColumn ? Math.min(high, domains.values(slots, column)) : high, maybe };
  };
}

/** Of an operation whose operands are all defined. */
function strict(
  operator: Exclude<(Formula & { kind: "apply" })["operator"], "and" | "or" | "defined" | "distinct">,
  ranges: readonly Range[],
): Partial<Range> & { readonly low: number; readonly high: number } {
  const [a, b] = ranges as readonly [Range, Range];
  const truth = (never: boolean, always: boolean) => ({ low: always ? 1 : 0, high: never ? 0 : 1 });
  switch (operator) {
    case "not":
      return { low: 1 - a.high, high: 1 - a.low };
    case "=":
      return truth(a.high < b.low || b.high < a.low, isPoint(a) && isPoint(b) && a.low === b.low);
    case "!=":
      return truth(isPoint(a) && isPoint(b) && a.low === b.low, a.high < b.low || b.high < a.low);
    case "<":
      return truth(a.low >= b.high, a.high < b.low);
    case "<=":
      return truth(a.low > b.high, a.high <= b.low);
    case "sum":
    case "count":
      return finiteRange(exactSum(ranges.map(({ low }) => low)), exactSum(ranges.map(({ high }) => high)));
    case "-":
      return { low: -a.high, high: -a.low };
    case "*":
      return corners(a, b, (x, y) => x * y);
    case "/":
      return b.low <= 0 && b.high >= 0 ? anything : corners(a, b, (x, y) => x / y);
    case "mod": {
      if (isPoint(a) && isPoint(b)) return finiteRange(a.low % b.low, a.low % b.low);
      const most = Math.min(Math.max(Math.abs(a.low), Math.abs(a.high)), Math.max(Math.abs(b.low), Math.abs(b.high)));
      return { low: -most, high: most, maybe: true };
    }
    case "abs": {
      const [low, high] = [Math.abs(a.low), Math.abs(a.high)];
      return { low: a.low <= 0 && a.high >= 0 ? 0 : Math.min(low, high), high: Math.max(low, high) };
    }
    case "min":
      return { low: Math.min(...ranges.map(({ low }) => low)), high: Math.min(...ranges.map(({ high }) => high)) };
    case "max":
      return { low: Math.max(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) };
  }
}

function isPoint({ low, high }: Range): boolean {
  return low === high;
}

/** A bound that overflowed, or that is none, bounds nothing; what overflows is undefined. */
function finiteRange(low: number, high: number): Partial<Range> & { low: number; high: number } {
  const isFinite = Number.isFinite(low) && Number.isFinite(high);
  if (isFinite) return { low, high };
  return {
    low: Number.isFinite(low) ? low : -Infinity,
    high: Number.isFinite(high) ? high : Infinity,
    maybe: true,
  };
}

function corners(a: Range, b: Range, of: (x: number, y: number) => number) {
  const values = [of(a.low, b.low), of(a.low, b.high), of(a.high, b.low), of(a.high, b.high)];
  return values.some(Number.isNaN) ? anything : finiteRange(Math.min(...values), Math.max(...values));
}
