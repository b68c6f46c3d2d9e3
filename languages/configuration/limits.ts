/**
 * Which constraints say together that only so many members may be alike in an attribute: `x.building != y.building` for
 * all pairs, or `count(y in members: y.building = x.building) <= 2` for all x. The search then sees at once that there
 * are too few values.
 */
import { isApply, type Formula, type Slot } from "./formula.ts";

/** At most `most` of the members in `scope`, a set of bits, may have the same value in a column. */
export interface Limit {
  readonly scope: number;
  readonly column: string;
  readonly most: number;
}

/** For each member, as bits, with which it stands together under a limit. */
type Neighbours = number[];

export function limitsOf(constraints: readonly { readonly formula: Formula }[], members: number): Limit[] {
  const found = new Map<string, { readonly column: string; readonly most: number; readonly of: Neighbours }>();
  const at = (column: string, most: number): Neighbours => {
    const key = `${most} ${column}`;
    let known = found.get(key);
    if (known === undefined) {
      known = { column, most, of: Array.from({ length: members }, () => 0) };
      found.set(key, known);
    }
    return known.of;
  };
  for (const { formula } of constraints) {
    const pair = comparison(formula, "!=");
    if (pair !== undefined) {
      const of = at(pair.column, 1);
      of[pair.left] = of[pair.left]! | (1 << pair.right);
      of[pair.right] = of[pair.right]! | (1 << pair.left);
    }
    const counted = countLimit(formula);
    if (counted !== undefined) {
      const of = at(counted.column, counted.most);
      of[counted.slot] = of[counted.slot]! | counted.others;
    }
  }
  return [...found.values()].flatMap(({ column, most, of }) => cliques(of).map((scope) => ({ scope, column, most })));
}

function comparison(formula: Formula, operator: "=" | "!="): { left: Slot; right: Slot; column: string } | undefined {
  if (!isApply(formula, operator)) return undefined;
  const [left, right] = formula.operands as readonly [Formula, Formula];
  if (left.kind !== "attribute" || right.kind !== "attribute" || left.column !== right.column) return undefined;
  return { left: left.slot, right: right.slot, column: left.column };
}

/** That of some other members at most so many, less one, are like one member; the one itself is counted too. */
function countLimit(formula: Formula): { slot: Slot; others: number; column: string; most: number } | undefined {
  if (!isApply(formula, "<=") && !isApply(formula, "<")) return undefined;
  const [count, bound] = formula.operands as readonly [Formula, Formula];
  if (!isApply(count, "count") || bound.kind !== "constant") return undefined;
  const most = isApply(formula, "<=") ? Math.floor(bound.value) : Math.ceil(bound.value) - 1;
  const pairs = count.operands.flatMap((each) => comparison(each, "=") ?? []);
  const [first, second = first] = pairs;
  if (first === undefined || pairs.length < count.operands.length - 1 || most < 1) return undefined;
  const { column } = first;
  const slot = [first.left, first.right].find((each) => each === second!.left || each === second!.right)!;
  if (pairs.some((pair) => pair.column !== column || (pair.left !== slot && pair.right !== slot))) return undefined;
  const others = pairs.reduce((all, { left, right }) => all | (1 << (left === slot ? right : left)), 0);
  // Of the pairs, as many as the limit allows besides the member itself, which the remaining operand counts, if there
  // is one.
  return { slot, others, column, most: pairs.length === count.operands.length ? most + 1 : most };
}

/** Sets of which every two are neighbours of each other, as large as a simple search finds. */
function cliques(of: Neighbours): number[] {
  const found: number[] = [];
  let covered = 0;
  for (let first = 0; first < of.length; first++) {
    if (of[first] === 0 || (covered >>> first) & 1) continue;
    let scope = 1 << first;
    for (let next = 0; next < of.length; next++) {
      const isNeighbour = (of[next]! & scope) === scope;
      const isKnown = of.every((theirs, each) => ((scope >>> each) & 1) === 0 || ((theirs >>> next) & 1) === 1);
      if (isNeighbour && isKnown) scope |= 1 << next;
    }
    covered |= scope;
    found.push(scope);
  }
  return found;
}
