/** Writes out predicates, and what ranges over members. */
import type { Source, Span } from "../source.ts";
import {
  apply,
  attribute,
  constant,
  falsehood,
  machines,
  mostSlots,
  same,
  type Fold,
  type Formula,
  type Operator,
  type Slot,
} from "./formula.ts";
import type { Codes } from "./machines.ts";
import type { Configuration, Expression, Name, Predicate } from "./syntax.ts";

/** Most parts that a written-out configuration may have. */
const mostParts = 200_000;

/** Deepest nesting of quantifiers over machines. */
const deepest = 6;

/** Most members of a troupe: together with machines that are bound, they are bits of an integer. */
export const mostMembers = mostSlots - deepest;

/**
 * A part of `where` that must hold: what is between two `and`s at the top, or in a `forall` there. Or that an objective
 * has a value: a placement of which one cannot say how good it is, is none.
 */
export interface Condition {
  /** As written, on one line, after the quantifiers that it stands under. */
  readonly text: string;
  readonly span: Span;
  readonly formula: Formula;
}

/** An objective: the smallest value of the formula is sought, which is `sign` times the value that was written. */
export interface Sought {
  readonly text: string;
  readonly sign: 1 | -1;
  readonly formula: Formula;
}

export interface Expanded {
  readonly members: readonly string[];
  readonly conditions: readonly Condition[];
  /** The first above all. */
  readonly objectives: readonly Sought[];
}

type Places = ReadonlyMap<string, Slot>;

class Expander {
  readonly #source: Source;
  readonly #codes: Codes;
  readonly #members: readonly Slot[];
  readonly #predicates: ReadonlyMap<string, Predicate>;
  #parts = 0;

  constructor(source: Source, { predicates, members }: Configuration, codes: Codes) {
    this.#source = source;
    this.#codes = codes;
    this.#members = members.map((_, slot) => slot);
    this.#predicates = new Map(predicates.map((predicate) => [predicate.name.name, predicate]));
  }

  formula(expression: Expression, places: Places): Formula {
    if (++this.#parts > mostParts)
      throw this.#source.bad(
        expression,
        `written out for all members, this configuration has more than ${mostParts} parts`,
      );
    switch (expression.kind) {
      case "literal":
        return constant(
          typeof expression.value === "string" ? this.#codes.of(expression.value) : Number(expression.value),
        );
      case "machine":
        throw new Error(`a machine stands where a value should: ${expression.name}`);
      case "attribute":
        return attribute(places.get(expression.machine.name)!, expression.attribute.name);
      case "unary":
        return apply(expression.operator, [this.formula(expression.operand, places)]);
      case "binary":
        return this.#binary(expression, places);
      case "element": {
        const value = this.formula(expression.value, places);
        return apply("or", expression.set.map((each) => apply("=", [value, this.formula(each, places)]))); // prettier-ignore
      }
      case "call":
        return this.#call(expression, places);
      case "quantified": {
        const { quantifier, variables, domain, body } = expression;
        const operator = quantifier === "forall" ? "and" : "or";
        if (domain === "members") return apply(operator, this.#each(variables, body, places));
        return this.#overMachines(operator, variables, body, places, expression);
      }
      case "aggregate": {
        const { callee, variables, domain, body } = expression;
        if (domain === "members") return applyFunction(callee.name, this.#each(variables, body, places));
        return this.#overMachines(callee.name as Fold, variables, body, places, expression);
      }
    }
  }

  #binary({ operator, left, right }: Expression & { kind: "binary" }, places: Places): Formula {
    if (left.kind === "machine" && right.kind === "machine") {
      const [one, other] = [places.get(left.name)!, places.get(right.name)!];
      // Members are different machines.
      const equal = one !== other && Math.max(one, other) < this.#members.length ? falsehood : same(one, other);
      return operator === "=" ? equal : apply("not", [equal]);
    }
    const [a, b] = [this.formula(left, places), this.formula(right, places)];
    if (operator === "implies") return apply("or", [apply("not", [a]), b]);
    if (operator === "+") return apply("sum", [a, b]);
    if (operator === "-") return apply("sum", [a, apply("-", [b])]);
    if (operator === ">" || operator === ">=") return apply(operator === ">" ? "<" : "<=", [b, a]);
    return apply(operator, [a, b]);
  }

  #call({ callee, operands }: Expression & { kind: "call" }, places: Places): Formula {
    const predicate = this.#predicates.get(callee.name);
    if (predicate === undefined) return applyFunction(callee.name, operands.map((each) => this.formula(each, places))); // prettier-ignore
    const inside = predicate.parameters.map(({ name }, i): [string, Slot] => [
      name,
      places.get((operands[i] as Expression & { kind: "machine" }).name)!,
    ]);
    return this.formula(predicate.body, new Map(inside));
  }

  /** The body for each combination of members. */
  #each(variables: readonly Name[], body: Expression, places: Places): Formula[] {
    const [first, ...rest] = variables;
    if (first === undefined) return [this.formula(body, places)];
    return this.#members.flatMap((slot) => this.#each(rest, body, new Map([...places, [first.name, slot]])));
  }

  #overMachines(fold: Fold, variables: readonly Name[], body: Expression, places: Places, whole: Span): Formula {
    const [first, ...rest] = variables;
    if (first === undefined) return this.formula(body, places);
    const slot = Math.max(this.#members.length - 1, ...places.values()) + 1;
    if (slot >= this.#members.length + deepest)
      throw this.#source.bad(whole, `quantifiers over machines are nested more than ${deepest} deep`);
    const inside = new Map([...places, [first.name, slot]]);
    if (rest.length > 0 && fold !== "and" && fold !== "or")
      throw this.#source.bad(whole, `over machines this takes one name; over members it may take several`);
    return machines(fold, slot, this.#overMachines(fold, rest, body, inside, whole));
  }
}

function applyFunction(name: string, operands: readonly Formula[]): Formula {
  if (name !== "alldifferent") return apply(name as Operator, operands);
  const pairs = operands.flatMap((left, i) => operands.slice(i + 1).map((right) => apply("!=", [left, right])));
  return apply("and", pairs);
}

/** A formula in parts that must all hold; of each, what was written. */
function partsOf(source: Source, where: Expression): { text: string; expression: Expression }[] {
  if (where.kind === "binary" && where.operator === "and")
    return [...partsOf(source, where.left), ...partsOf(source, where.right)];
  if (where.kind === "quantified" && where.quantifier === "forall") {
    const parts = partsOf(source, where.body);
    const quantifier = onOneLine(source.slice({ from: where.from, to: where.body.from }));
    if (parts.length > 1) {
      return parts.map(({ text, expression: body }) => ({
        text: `${quantifier} ${text}`,
        expression: { ...where, body, from: body.from, to: body.to },
      }));
    }
  }
  return [{ text: onOneLine(source.slice(where)), expression: where }];
}

function onOneLine(text: string): string {
  return text.replace(/#.*/g, "").replace(/\s+/g, " ").trim();
}

/**
 * A checked configuration as formulas about members.
 *
 * @throws BadSource if it would be too large, or has too many members.
 */
export function expand(source: Source, configuration: Configuration, codes: Codes): Expanded {
  const { members, where, objectives } = configuration;
  const beyond = members[mostMembers];
  if (beyond !== undefined) throw source.bad(beyond, `a troupe has at most ${mostMembers} members`);
  const expander = new Expander(source, configuration, codes);
  const places = new Map(members.map(({ name }, slot) => [name, slot]));
  const parts = where === undefined ? [] : partsOf(source, where);
  const sought = objectives.map((objective): Sought => {
    const { direction, value } = objective;
    const formula = expander.formula(value, places);
    const text = onOneLine(source.slice(objective));
    return direction === "minimize" ? { text, sign: 1, formula } : { text, sign: -1, formula: apply("-", [formula]) };
  });
  return {
    members: members.map(({ name }) => name),
    conditions: [
      ...parts.map(({ text, expression }) => ({
        text,
        span: expression,
        formula: expander.formula(expression, places),
      })),
      ...sought.map(({ text, formula }, i) => ({
        text: `${text} has a value`,
        span: objectives[i]!,
        formula: definedness(formula),
      })),
    ],
    objectives: sought,
  };
}

/** That an objective has a value, in parts as small as can be. */
function definedness(formula: Formula): Formula {
  if (formula.kind === "constant") return constant(Number.isNaN(formula.value) ? 0 : 1);
  const isStrict = formula.kind === "apply" && ["sum", "-", "min", "max", "abs", "distinct"].includes(formula.operator);
  if (!isStrict) return apply("defined", [formula]);
  return apply("and", formula.operands.map(definedness));
}
