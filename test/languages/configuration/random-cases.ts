/**
 * Random small configurations as text, tables of machines, and present members; solver and brute force must agree on
 * them.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MachineTable, type Attribute, type Machine } from "../../../languages/configuration/machines.ts";
import { solve, specify } from "../../../languages/configuration/solve.ts";
import { Reference } from "./reference.ts";

export interface Case {
  readonly text: string;
  readonly machines: readonly Machine[];
  readonly present: readonly number[];
}

const attributes: readonly Attribute[] = [
  { name: "name", type: "string" },
  { name: "a", type: "number" },
  { name: "b", type: "number" },
  { name: "s", type: "string" },
  { name: "f", type: "boolean" },
];

const numbers = [0, 1, 2, 3, -1, 0.1, 0.2, 0.3, 2 ** 40 + 0.5];
const strings = ["p", "q", "r"];

/** Reads a list of choices, as long as it is; then 0. */
class Choices {
  readonly #list: readonly number[];
  #at = 0;

  constructor(list: readonly number[]) {
    this.#list = list;
  }

  below(count: number): number {
    return (this.#list[this.#at++] ?? 0) % count;
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

/** A formula or term of the language, grown from choices. Those of the first kinds, which a 0 chooses, end it. */
class Grower {
  readonly #choices: Choices;
  readonly #predicates: readonly string[];
  #bound = 0;

  constructor(choices: Choices, predicates: readonly string[]) {
    this.#choices = choices;
    this.#predicates = predicates;
  }

  #inRange(
    names: readonly string[],
    write: (range: string, inside: readonly string[]) => string,
    mayBeTwo: boolean,
  ): string {
    const name = `v${++this.#bound}`;
    const inside = [...names, name];
    const domain = this.#choices.of(["members", "machines"]);
    if (!mayBeTwo || this.#choices.below(3) > 0) return write(`${name} in ${domain}`, inside);
    const second = `v${++this.#bound}`;
    return write(`${name}, ${second} in ${domain}`, [...inside, second]);
  }

  formula(names: readonly string[], depth: number): string {
    const { of, below } = {
      of: <T>(list: readonly T[]) => this.#choices.of(list),
      below: (n: number) => this.#choices.below(n),
    };
    const sub = (): string => this.formula(names, depth - 1);
    const term = (): string => this.term(names, depth - 1);
    const name = (): string => of(names);
    switch (below(depth > 0 ? 15 : 7)) {
      case 0:
        return `${term()} ${of(["<=", "<", ">", ">=", "=", "!="])} ${term()}`;
      case 1:
        return `${name()}.s ${of(["=", "!="])} ${of([`${name()}.s`, '"p"', '"q"', '"nowhere"'])}`;
      case 2:
        return `${name()}.f`;
      case 3:
        return `${name()} ${of(["=", "!="])} ${name()}`;
      case 4:
        return `${name()}.s ${of(["in", "not in"])} {"p", ${of(['"q"', `${name()}.s`])}}`;
      case 5:
        return `defined(${of([`${name()}.a`, `${name()}.s`, term()])})`;
      case 6:
        return of([
          `${name()}.f = ${name()}.f`,
          "true",
          "false",
          ...this.#predicates.map((each) => `${each}(${name()}, ${name()})`),
        ]);
      case 7:
      case 8:
        return `(${sub()} and ${sub()})`;
      case 9:
        return `(${sub()} or ${sub()})`;
      case 10:
        return below(2) === 0 ? `not ${sub()}` : `not (not ${sub()})`;
      case 11:
        return `(${sub()} implies ${sub()})`;
      case 12:
        if (below(2) === 0) return `alldifferent(${term()}, ${term()}, ${term()})`;
        return `alldifferent(v${++this.#bound} in members: v${this.#bound}.${of(["a", "s", "f"])})`;
      default:
        return this.#inRange(
          names,
          (range, inside) => `(${of(["forall", "exists"])} ${range}: ${this.formula(inside, depth - 1)})`,
          true,
        );
    }
  }

  term(names: readonly string[], depth: number): string {
    const { of, below } = {
      of: <T>(list: readonly T[]) => this.#choices.of(list),
      below: (n: number) => this.#choices.below(n),
    };
    const sub = (): string => this.term(names, depth - 1);
    switch (below(depth > 0 ? 12 : 4)) {
      case 0:
      case 1:
        return `${of(names)}.${of(["a", "b"])}`;
      case 2:
        return of(["0", "1", "2", "3", "0.3", "0.5"]);
      case 3:
        return `-${of(names)}.a`;
      case 4:
      case 5:
        return `(${sub()} ${of(["+", "-"])} ${sub()})`;
      case 6:
        return `${sub()} ${of(["*", "/", "mod"])} ${sub()}`;
      case 7:
        return `${of(["min", "max", "distinct"])}(${sub()}, ${sub()})`;
      case 8:
        return `abs(${sub()})`;
      case 9:
        return this.#inRange(names, (range, inside) => `count(${range}: ${this.formula(inside, depth - 1)})`, false);
      default:
        return this.#inRange(
          names,
          (range, inside) => `${of(["sum", "min", "max", "distinct"])}(${range}: ${this.term(inside, depth - 1)})`,
          false,
        );
    }
  }
}

function write(list: readonly number[]): string {
  const choices = new Choices(list);
  const lines: string[] = [];
  if (choices.below(3) === 2) lines.push(`predicate near(u, w) = ${new Grower(choices, []).formula(["u", "w"], 1)}`);
  const grower = new Grower(choices, lines.length > 0 ? ["near"] : []);
  const members = ["x", "y", "z", "t"].slice(0, 1 + choices.below(4));
  lines.push(`troupe (${members.join(", ")})`);
  const conditions = Array.from({ length: 1 + choices.below(3) }, () => grower.formula(members, 3));
  if (choices.below(3) > 0) conditions.push(`forall p, q in members: p != q implies ${grower.formula(["p", "q"], 1)}`);
  lines.push(`where ${conditions.join("\n  and ")}`);
  for (let i = choices.below(3); i > 0; i--) {
    const objective = [
      `minimize sum(m in members: m.a)`,
      `maximize ${grower.term(members, 2)}`,
      "spread s",
      `minimize ${grower.term(members, 2)}`,
      `maximize ${members.map((name) => `${name}.b`).join(" + ")} + 1`,
    ];
    lines.push(choices.of(objective));
  }
  return lines.join("\n");
}

const missing = <T>(values: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq: 6 });

export const cases: fc.Arbitrary<Case> = fc
  .record({
    choices: fc.array(fc.nat(1000), { minLength: 5, maxLength: 80 }),
    machines: fc.array(
      fc.record({ a: missing(numbers), b: missing(numbers), s: missing(strings), f: missing([true, false]) }),
      { minLength: 1, maxLength: 6 },
    ),
    present: fc.subarray([0, 1, 2, 3, 4, 5]),
  })
  .map(({ choices, machines, present }) => ({
    text: write(choices),
    machines: machines.map((values, i) => {
      const name = `m${i}`;
      const known = Object.entries(values).filter(([, value]) => value !== undefined);
      return { name, attributes: { name, ...Object.fromEntries(known) } } as Machine;
    }),
    present: present.filter((place) => place < machines.length),
  }));

/** @throws AssertionError if they do not agree. Answers whether there is a placement. */
export function compare({ text, machines, present: places }: Case): boolean {
  const table = new MachineTable("machines.json", attributes, machines);
  const specification = specify("random.troupe", text, table);
  const present = new Set(places);
  const reference = new Reference(specification.configuration, table);
  const expected = reference.best(present);
  const found = solve(specification, table, { present });
  assert.equal(found !== undefined, expected !== undefined, "whether there is a placement");
  if (found === undefined || expected === undefined) return false;
  const judged = reference.judge(found.machines, present);
  assert.deepEqual(judged, { kept: found.kept, values: found.values.map(plain) }, "what the placement is worth");
  assert.deepEqual(judged, { kept: expected.kept, values: expected.values.map(plain) }, "the best there is");
  return true;
}

/** -0 is 0. */
function plain(value: number): number {
  return value + 0;
}
