/**
 * The questions of the benchmark of placements, about the same machines: each as a configuration, a MiniZinc model and
 * an answer set program.
 */
import seedrandom from "seedrandom";

export type FormulaName = "different" | "cheapest" | "racks" | "extension";

interface Formula {
  readonly what: string;
  readonly troupe: string;
  /** Constraints and objective; what is common is put before them. */
  readonly minizinc: string;
  /**
   * Rules of clingo, where it answers within a minute, about `machine(X)`, `memory(X, M)`, `building(X, B)` and the
   * other attributes; what is common is put before them.
   */
  readonly clingo?: string;
  /** Whether the question is which present members can be kept. */
  readonly keeps?: true;
}

const members = "x1, x2, x3, x4, x5, x6, x7";

export const formulas: Readonly<Record<FormulaName, Formula>> = {
  different: {
    what: "in different buildings, with enough memory and one of two systems",
    troupe: `troupe (${members})
where (forall m in members: m.memory >= 16 and m.os in {0, 1}) and alldifferent(m in members: m.building)`,
    minizinc: `constraint forall(i in 1..7)(memory[x[i]] >= 16 /\\ os[x[i]] in {0, 1});
constraint alldifferent([building[x[i]] | i in 1..7]);
solve satisfy;`,
    clingo: `:- member(X), memory(X, M), M < 16. :- member(X), system(X, S), S > 1.
:- building(_, B), 2 { member(X) : building(X, B) }.`,
  },
  cheapest: {
    what: "the cheapest in different buildings, with enough memory",
    troupe: `troupe (${members})
where (forall m in members: m.memory >= 16) and alldifferent(m in members: m.building)
minimize sum(m in members: m.price)`,
    // Without a hint for its search Gecode takes five times as long with 10,000 machines.
    minizinc: `constraint forall(i in 1..7)(memory[x[i]] >= 16);
constraint alldifferent([building[x[i]] | i in 1..7]);
var int: worth = sum(i in 1..7)(price[x[i]]);
solve :: int_search([price[x[i]] | i in 1..7], first_fail, indomain_min) minimize worth;`,
    clingo: `:- member(X), memory(X, M), M < 16.
:- building(_, B), 2 { member(X) : building(X, B) }.
#minimize { P, X : member(X), price(X, P) }.`,
  },
  racks: {
    what: "in one region, at most two in a building, in different racks, with enough memory together",
    troupe: `troupe (${members})
where (forall m, n in members: m.region = n.region)
  and (forall m in members: count(n in members: n.building = m.building) <= 2)
  and alldifferent(m in members: m.rack) and sum(m in members: m.memory) >= 400`,
    minizinc: `constraint forall(i, j in 1..7)(region[x[i]] = region[x[j]]);
constraint forall(i in 1..7)(sum(j in 1..7)(building[x[j]] = building[x[i]]) <= 2);
constraint alldifferent([rack[x[i]] | i in 1..7]);
constraint sum(i in 1..7)(memory[x[i]]) >= 400;
solve satisfy;`,
  },
  extension: {
    what: "the extension of a troupe of five, in different buildings, with enough memory",
    troupe: `troupe (${members})
where (forall m in members: m.memory >= 16) and alldifferent(m in members: m.building)`,
    minizinc: `constraint forall(i in 1..7)(memory[x[i]] >= 16);
constraint alldifferent([building[x[i]] | i in 1..7]);
var int: worth = sum(i in 1..7)(present[x[i]]);
solve :: int_search([present[x[i]] | i in 1..7], first_fail, indomain_max) maximize worth;`,
    clingo: `:- member(X), memory(X, M), M < 16.
:- building(_, B), 2 { member(X) : building(X, B) }.
#maximize { 1, X : member(X), present(X) }.`,
    keeps: true,
  },
};

export type Row = Readonly<Record<"memory" | "building" | "rack" | "region" | "price" | "os" | "present", number>> & {
  readonly name: string;
};

/** Machines in buildings of a hundred or so, of ten racks each; the same for a size, always. */
export function machines(size: number): Row[] {
  const random = seedrandom.alea(`machines ${size}`);
  const below = (count: number): number => Math.floor(random() * count);
  const buildings = Math.max(8, Math.round(size / 100));
  return Array.from({ length: size }, (_, i) => {
    const building = below(buildings);
    return {
      name: `m${i}`,
      memory: [8, 16, 32, 64, 128][below(5)]!,
      building,
      rack: building * 10 + below(10),
      region: building % 4,
      price: below(100_000),
      os: below(3),
      present: i < 5 ? 1 : 0,
    };
  });
}

/** The indices of machines of present members. */
export function presentMachines(rows: readonly Row[]): number[] {
  return rows.flatMap(({ present }, i) => (present === 1 ? [i] : []));
}

/**
 * A whole model. Members that can change places stand in one order, which breaks the symmetry. The two constraints are
 * included by name: with Debian's packages `globals.mzn` does not compile for Gecode.
 */
export function minizincModel(name: FormulaName): string {
  const arrays = ["memory", "building", "rack", "region", "price", "os", "present"];
  return `include "alldifferent.mzn"; include "strictly_increasing.mzn";
int: n;
${arrays.map((array) => `array[1..n] of int: ${array};`).join("\n")}
array[1..7] of var 1..n: x;
constraint strictly_increasing(x);
${formulas[name].minizinc}
output [${/worth/.test(formulas[name].minizinc) ? '"worth ", show(worth)' : '"worth 1"'}];
`;
}

export function minizincData(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0]!).filter((key) => key !== "name") as (keyof Row)[];
  return [`n = ${rows.length};`, ...columns.map((key) => `${key} = [${rows.map((row) => row[key]).join(", ")}];`)].join(
    "\n",
  );
}

/** A whole program for clingo. Undefined if clingo takes too long for the formula. */
export function clingoProgram(name: FormulaName, rows: readonly Row[]): string | undefined {
  const rules = formulas[name].clingo;
  if (rules === undefined) return undefined;
  const facts = rows.map(({ memory, building, rack, region, price, os, present }, i) => {
    const attributes = { memory, building, rack, region, price, system: os };
    // Facts of all attributes of 10,000 machines are too many for the package: it answers with an error without words.
    const used = Object.entries(attributes).filter(([attribute]) => rules.includes(`${attribute}(`));
    const each = used.map(([attribute, value]) => `${attribute}(${i}, ${value}).`);
    return [`machine(${i}).`, ...each, ...(present === 1 ? [`present(${i}).`] : [])].join(" ");
  });
  return `${facts.join("\n")}\n7 { member(X) : machine(X) } 7.\n${rules}\n#show member/1.\n`;
}
