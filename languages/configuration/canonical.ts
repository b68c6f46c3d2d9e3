/** Formulas in one form of writing, and which members can change places in them. */
import { slotsOf } from "./evaluate.ts";
import { isApply, type Formula, type Slot } from "./formula.ts";

const commutative = new Set<string>(["and", "or", "=", "!=", "sum", "*", "min", "max", "count", "distinct"]);

/** Two formulas that are written alike are equal; `slotName` names slots. */
export function canonical(formula: Formula, slotName: (slot: Slot) => string): string {
  switch (formula.kind) {
    case "constant":
      return Object.is(formula.value, -0) ? "-0" : String(formula.value);
    case "attribute":
      return `${slotName(formula.slot)}.${JSON.stringify(formula.column)}`;
    case "same": {
      const [left, right] = [slotName(formula.left), slotName(formula.right)];
      return left < right ? `same(${left},${right})` : `same(${right},${left})`;
    }
    case "machines":
      return `${formula.fold} of ${slotName(formula.slot)}(${canonical(formula.body, slotName)})`;
    case "apply": {
      const operands = formula.operands.map((each) => canonical(each, slotName));
      if (commutative.has(formula.operator)) operands.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      // What holds twice holds once.
      const once = isApply(formula, "and") || isApply(formula, "or") ? [...new Set(operands)] : operands;
      return `${formula.operator}(${once.join(",")})`;
    }
  }
}

/** The column names that a formula reads from a slot. */
export function columnsOf(formula: Formula, slot: Slot): string[] {
  const found = new Set<string>();
  const visit = (each: Formula): void => {
    if (each.kind === "attribute" && each.slot === slot) found.add(each.column);
    else if (each.kind === "machines") visit(each.body);
    else if (each.kind === "apply") each.operands.forEach(visit);
  };
  visit(formula);
  return [...found];
}

/**
 * For each member, as bits, those that it can change places with: constraints and objectives stay the same.
 * Whoever can change places with another can with all that this one can.
 */
export function interchangeable(
  members: number,
  constraints: readonly Formula[],
  objectives: readonly Formula[],
): readonly number[] {
  const plain = (slot: Slot): string => `#${slot}`;
  const written = new Set(constraints.map((each) => canonical(each, plain)));
  const goals = objectives.map((each) => canonical(each, plain));
  const areAlike = (x: Slot, y: Slot): boolean => {
    const swapped = (slot: Slot): string => plain(slot === x ? y : slot === y ? x : slot);
    const touched = (1 << x) | (1 << y);
    return (
      constraints.every((each) => (each.free & touched) === 0 || written.has(canonical(each, swapped))) &&
      objectives.every((each, i) => (each.free & touched) === 0 || canonical(each, swapped) === goals[i])
    );
  };
  const orbits = Array.from({ length: members }, (_, slot) => 1 << slot);
  for (let x = 0; x < members; x++) {
    // Only the first of each orbit is compared.
    if (slotsOf(orbits[x]!)[0] !== x) continue;
    for (let y = x + 1; y < members; y++) {
      if (orbits[y] !== 1 << y || !areAlike(x, y)) continue;
      const orbit = orbits[x]! | (1 << y);
      for (const slot of slotsOf(orbit)) orbits[slot] = orbit;
    }
  }
  return orbits;
}
