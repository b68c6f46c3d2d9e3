/**
 * What a configuration means, straight from its syntax, and the best placement by trying all: slow and plain, to hold
 * the solver against. Undefined is undefined.
 */
import type { AttributeValue, MachineTable } from "../../../languages/configuration/machines.ts";
import type { Configuration, Expression, Predicate } from "../../../languages/configuration/syntax.ts";

type Value = AttributeValue | undefined;
type Places = ReadonlyMap<string, number>;

export interface Best {
  readonly kept: number;
  readonly values: readonly number[];
}

export class Reference {
  readonly #configuration: Configuration;
  readonly #table: MachineTable;
  readonly #predicates: ReadonlyMap<string, Predicate>;
  #members: readonly number[] = [];

  constructor(configuration: Configuration, table: MachineTable) {
    this.#configuration = configuration;
    this.#table = table;
    this.#predicates = new Map(configuration.predicates.map((each) => [each.name.name, each]));
  }

  /** How good the placement is; undefined if it is none. */
  judge(machines: readonly number[], present: ReadonlySet<number>): Best | undefined {
    if (new Set(machines).size < machines.length) return undefined;
    const { members, where, objectives } = this.#configuration;
    this.#members = machines;
    const places = new Map(members.map(({ name }, i) => [name, machines[i]!]));
    if (where !== undefined && this.#value(where, places) !== true) return undefined;
    const values = objectives.map(({ value }) => this.#value(value, places) as number | undefined);
    if (values.includes(undefined)) return undefined;
    return { kept: machines.filter((machine) => present.has(machine)).length, values: values as number[] };
  }

  best(present: ReadonlySet<number>): Best | undefined {
    let best: Best | undefined;
    const visit = (machines: readonly number[]): void => {
      if (machines.length === this.#configuration.members.length) {
        const found = this.judge(machines, present);
        if (found !== undefined && (best === undefined || this.#isBetter(found, best))) best = found;
        return;
      }
      for (let machine = 0; machine < this.#table.size; machine++) {
        if (!machines.includes(machine)) visit([...machines, machine]);
      }
    };
    visit([]);
    return best;
  }

  #isBetter(a: Best, b: Best): boolean {
    if (a.kept !== b.kept) return a.kept > b.kept;
    for (const [i, { direction }] of this.#configuration.objectives.entries()) {
      const [one, other] = [a.values[i]!, b.values[i]!];
      if (one !== other) return direction === "minimize" ? one < other : one > other;
    }
    return false;
  }

  #value(expression: Expression, places: Places): Value {
    const of = (each: Expression): Value => this.#value(each, places);
    switch (expression.kind) {
      case "literal":
        return expression.value;
      case "machine":
        return places.get(expression.name)!;
      case "attribute":
        return this.#table.machine(places.get(expression.machine.name)!).attributes[expression.attribute.name];
      case "unary":
        if (expression.operator === "-") return this.#sum(expression, places);
        return not(of(expression.operand));
      case "binary": {
        const { operator, left, right } = expression;
        if (operator === "and") return every([of(left), of(right)]);
        if (operator === "or") return some([of(left), of(right)]);
        if (operator === "implies") return some([not(of(left)), of(right)]);
        if (operator === "+" || operator === "-") return this.#sum(expression, places);
        return binary(operator, of(left), of(right));
      }
      case "element":
        return some(expression.set.map((each) => binary("=", of(expression.value), of(each))));
      case "call": {
        const { callee, operands } = expression;
        const predicate = this.#predicates.get(callee.name);
        if (predicate !== undefined)
          return this.#value(
            predicate.body,
            new Map(predicate.parameters.map(({ name }, i) => [name, of(operands[i]!) as number])),
          );
        if (callee.name === "defined") return of(operands[0]!) !== undefined;
        return combined(callee.name, operands.map(of));
      }
      case "quantified": {
        const values = this.#each(expression, places).map(([body, inside]) => this.#value(body, inside));
        return expression.quantifier === "forall" ? every(values) : some(values);
      }
      case "aggregate":
        if (expression.callee.name === "sum") return this.#sum(expression, places);
        return combined(
          expression.callee.name,
          this.#each(expression, places).map(([body, inside]) => this.#value(body, inside)),
        );
    }
  }

  #each(
    { variables, domain, body }: Expression & { kind: "quantified" | "aggregate" },
    places: Places,
  ): [Expression, Places][] {
    const machines = domain === "members" ? this.#members : this.#table.names.map((_, machine) => machine);
    let all: Places[] = [places];
    for (const { name } of variables)
      all = all.flatMap((inside) => machines.map((machine) => new Map([...inside, [name, machine]])));
    return all.map((inside) => [body, inside]);
  }

  /** Summands that belong together are rounded once. */
  #sum(expression: Expression, places: Places): number | undefined {
    const summands: (number | undefined)[] = [];
    const collect = (each: Expression, sign: number, inside: Places): void => {
      if (each.kind === "unary" && each.operator === "-") collect(each.operand, -sign, inside);
      else if (each.kind === "binary" && (each.operator === "+" || each.operator === "-")) {
        collect(each.left, sign, inside);
        collect(each.right, each.operator === "+" ? sign : -sign, inside);
      } else if (each.kind === "aggregate" && each.callee.name === "sum" && each.domain === "members") {
        for (const [body, further] of this.#each(each, inside)) collect(body, sign, further);
      } else {
        const value = this.#value(each, inside) as number | undefined;
        summands.push(value === undefined ? undefined : sign * value);
      }
    };
    if (expression.kind === "aggregate" && expression.domain === "machines")
      for (const [body, inside] of this.#each(expression, places))
        summands.push(this.#value(body, inside) as number | undefined);
    else collect(expression, 1, places);
    return summands.includes(undefined) ? undefined : exactly(summands as number[]);
  }
}

/** The sum, rounded once: all numbers are whole numbers of 2^-1074, the least of float64. */
function exactly(values: readonly number[]): number {
  const whole = values.reduce((sum, value) => sum + wholeOf(value), 0n);
  const size = whole < 0n ? -whole : whole;
  const beyond = Math.max(0, size.toString(2).length - 64);
  const head = size >> BigInt(beyond);
  // What is cut off counts for more than nothing when the head is rounded.
  const sticky = head << BigInt(beyond) === size ? head : head | 1n;
  return (whole < 0n ? -1 : 1) * Number(sticky) * 2 ** (beyond - 1000) * 2 ** -74;
}

function wholeOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = bits >> 52n;
  const fraction = bits & (2n ** 52n - 1n);
  const size = exponent === 0n ? fraction : (fraction + 2n ** 52n) << (exponent - 1n);
  return value < 0 ? -size : size;
}

const not = (value: Value): Value => (value === undefined ? undefined : !(value as boolean));

function every(values: readonly Value[]): Value {
  return values.includes(false) ? false : values.includes(undefined) ? undefined : true;
}

function some(values: readonly Value[]): Value {
  return values.includes(true) ? true : values.includes(undefined) ? undefined : false;
}

function binary(operator: string, left: Value, right: Value): Value {
  if (left === undefined || right === undefined) return undefined;
  const [a, b] = [left as number, right as number];
  const number = (value: number): Value => (Number.isFinite(value) ? value : undefined);
  switch (operator) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    case "*":
      return number(a * b);
    case "/":
      return number(a / b);
    case "mod":
      return number(a % b);
    default:
      throw new Error(operator);
  }
}

function combined(name: string, values: readonly Value[]): Value {
  if (name === "alldifferent")
    return every(values.flatMap((one, i) => values.slice(i + 1).map((other) => binary("!=", one, other))));
  if (values.includes(undefined)) return undefined;
  const numbers = values as number[];
  switch (name) {
    case "abs":
      return Math.abs(numbers[0]!);
    case "min":
      return Math.min(...numbers);
    case "max":
      return Math.max(...numbers);
    case "count":
      return values.filter((value) => value === true).length;
    case "distinct":
      return new Set(values).size;
    default:
      throw new Error(name);
  }
}
