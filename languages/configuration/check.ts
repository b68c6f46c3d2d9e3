/** Types, and what names stand for. What passes here means something for every table with these attributes. */
import { didYouMean } from "../nearest.ts";
import type { Source } from "../source.ts";
import type { Attribute, AttributeType } from "./machines.ts";
import type { BinaryOperator, Configuration, Expression, Name, Predicate } from "./syntax.ts";

type Type = AttributeType | "machine";

/** Functions of values, and what they take. */
const functions: Readonly<
  Record<string, { readonly takes: AttributeType | "any" | "alike"; readonly gives: AttributeType }>
> = {
  abs: { takes: "number", gives: "number" },
  min: { takes: "number", gives: "number" },
  max: { takes: "number", gives: "number" },
  defined: { takes: "any", gives: "boolean" },
  alldifferent: { takes: "alike", gives: "boolean" },
  distinct: { takes: "alike", gives: "number" },
};

/** Functions of what a body is for each machine. */
const aggregates: Readonly<Record<string, { readonly takes: AttributeType | "alike"; readonly gives: AttributeType }>> =
  {
    count: { takes: "boolean", gives: "number" },
    sum: { takes: "number", gives: "number" },
    min: { takes: "number", gives: "number" },
    max: { takes: "number", gives: "number" },
    alldifferent: { takes: "alike", gives: "boolean" },
    distinct: { takes: "alike", gives: "number" },
  };

const a = (type: Type): string => (type === "machine" ? "a machine" : `a ${type}`);

class Checker {
  readonly #source: Source;
  readonly #attributes: ReadonlyMap<string, Attribute>;
  readonly #file: string;
  readonly #predicates = new Map<string, Predicate>();

  constructor(source: Source, attributes: ReadonlyMap<string, Attribute>, file: string) {
    this.#source = source;
    this.#attributes = attributes;
    this.#file = file;
  }

  configuration({ predicates, members, where, objectives }: Configuration): void {
    for (const predicate of predicates) {
      const { name, parameters, body } = predicate;
      if (Object.hasOwn(functions, name.name) || Object.hasOwn(aggregates, name.name))
        throw this.#source.bad(name, `${name.name} is a function of the language; choose another name`);
      if (this.#predicates.has(name.name)) throw this.#source.bad(name, `the predicate ${name.name} is there twice`);
      this.#must(body, "boolean", new Set(parameters.map((parameter) => parameter.name)), `the predicate ${name.name}`);
      // Only now: a predicate may use those before it, and so none uses itself.
      this.#predicates.set(name.name, predicate);
    }
    const machines = new Set(members.map(({ name }) => name));
    if (where !== undefined) this.#must(where, "boolean", machines, "where");
    for (const { direction, value } of objectives) this.#must(value, "number", machines, direction);
  }

  #must(expression: Expression, wanted: Type, machines: ReadonlySet<string>, whose: string): void {
    const found = this.#type(expression, machines);
    if (found !== wanted)
      throw this.#source.bad(expression, `${whose} takes ${a(wanted)}, and this is ${this.#what(expression, found)}`);
  }

  /** A type, and why an attribute has it where that may be a surprise. */
  #what(expression: Expression, type: Type): string {
    const attribute = expression.kind === "attribute" ? this.#attributes.get(expression.attribute.name) : undefined;
    return attribute?.because === undefined ? a(type) : `${a(type)}, since ${attribute.because}`;
  }

  #type(expression: Expression, machines: ReadonlySet<string>): Type {
    switch (expression.kind) {
      case "literal":
        return typeof expression.value as AttributeType;
      case "machine":
        this.#mustBeMachine(expression, machines);
        return "machine";
      case "attribute": {
        const { machine, attribute } = expression;
        this.#mustBeMachine(machine, machines);
        const known = this.#attributes.get(attribute.name);
        if (known !== undefined) return known.type;
        const names = [...this.#attributes.keys()];
        const hint = didYouMean(attribute.name, names, quotedIfNeeded) || ` They have ${names.join(", ")}.`;
        throw this.#source.bad(attribute, `the machines of ${this.#file} have no attribute ${attribute.name}.${hint}`);
      }
      case "unary": {
        const { operator, operand } = expression;
        const type = operator === "not" ? "boolean" : "number";
        this.#must(operand, type, machines, operator);
        return type;
      }
      case "binary":
        return this.#binary(expression, machines);
      case "element":
        this.#alike([expression.value, ...expression.set], machines, "in");
        return "boolean";
      case "quantified":
        this.#must(expression.body, "boolean", this.#within(expression.variables, machines), expression.quantifier);
        return "boolean";
      case "aggregate": {
        const { callee, variables, domain, body } = expression;
        const aggregate = Object.hasOwn(aggregates, callee.name) ? aggregates[callee.name] : undefined;
        if (aggregate === undefined) throw this.#unknown(callee, "of machines", Object.keys(aggregates));
        if (callee.name === "alldifferent" && domain === "machines")
          throw this.#source.bad(callee, "alldifferent ranges over members; the machines of a table are what they are");
        const inside = this.#within(variables, machines);
        if (aggregate.takes === "alike") this.#mustBeValue(body, this.#type(body, inside), callee.name);
        else this.#must(body, aggregate.takes, inside, callee.name);
        return aggregate.gives;
      }
      case "call":
        return this.#call(expression, machines);
    }
  }

  #call({ callee, operands, ...span }: Expression & { kind: "call" }, machines: ReadonlySet<string>): Type {
    const predicate = this.#predicates.get(callee.name);
    if (predicate !== undefined) {
      const { length } = predicate.parameters;
      if (operands.length !== length)
        throw this.#source.bad(
          span,
          `${callee.name} is about ${length} machine${length === 1 ? "" : "s"}, and here are ${operands.length}`,
        );
      for (const operand of operands) this.#must(operand, "machine", machines, callee.name);
      return "boolean";
    }
    const known = Object.hasOwn(functions, callee.name) ? functions[callee.name] : undefined;
    if (known === undefined) {
      if (Object.hasOwn(aggregates, callee.name))
        throw this.#source.bad(span, `${callee.name} is of machines: ${callee.name}(x in members: …)`);
      throw this.#unknown(callee, "or predicate", [
        ...this.#predicates.keys(),
        ...Object.keys({ ...functions, ...aggregates }),
      ]);
    }
    if ((callee.name === "abs" || callee.name === "defined") && operands.length !== 1)
      throw this.#source.bad(span, `${callee.name} takes one value, and here are ${operands.length}`);
    if (known.takes === "alike") this.#alike(operands, machines, callee.name);
    else if (known.takes === "any") this.#mustBeValue(operands[0]!, this.#type(operands[0]!, machines), callee.name);
    else for (const operand of operands) this.#must(operand, known.takes, machines, callee.name);
    return known.gives;
  }

  #unknown(callee: Name, what: string, names: readonly string[]) {
    const hint = didYouMean(callee.name, names) || ` There are ${names.join(", ")}.`;
    return this.#source.bad(callee, `there is no function ${what} ${callee.name}.${hint}`);
  }

  #binary({ operator, left, right }: Expression & { kind: "binary" }, machines: ReadonlySet<string>): Type {
    const operands = operandTypes(operator);
    if (operands === "alike") {
      this.#alike([left, right], machines, operator, true);
      return "boolean";
    }
    this.#must(left, operands, machines, operator);
    this.#must(right, operands, machines, operator);
    return "+-*/mod".includes(operator) ? "number" : "boolean";
  }

  #alike(
    expressions: readonly Expression[],
    machines: ReadonlySet<string>,
    whose: string,
    mayBeMachines = false,
  ): void {
    const types = expressions.map((expression) => this.#type(expression, machines));
    if (!mayBeMachines) expressions.forEach((expression, i) => this.#mustBeValue(expression, types[i]!, whose));
    const other = types.findIndex((type) => type !== types[0]);
    if (other < 0) return;
    const [first, second] = [this.#what(expressions[0]!, types[0]!), this.#what(expressions[other]!, types[other]!)];
    throw this.#source.bad(
      expressions[other]!,
      `${whose} compares values of one type, and here ${first} meets ${second}`,
    );
  }

  #mustBeValue(expression: Expression, type: Type, whose: string): void {
    if (type === "machine")
      throw this.#source.bad(expression, `${whose} takes attributes, and this is a machine: write an attribute of it`);
  }

  #mustBeMachine({ name, from, to }: Name, machines: ReadonlySet<string>): void {
    if (machines.has(name)) return;
    const names = [...machines].filter((each) => !each.startsWith(" "));
    const hint = didYouMean(name, names) || ` There are ${names.join(", ")}. A string stands in quotes, "${name}".`;
    throw this.#source.bad({ from, to }, `no machine is called ${name} here.${hint}`);
  }

  #within(variables: readonly Name[], machines: ReadonlySet<string>): ReadonlySet<string> {
    for (const { name, ...span } of variables) {
      if (machines.has(name))
        throw this.#source.bad(
          span,
          `${name} stands for another machine here already; choose another name, or end the quantifier before it with parentheses`,
        );
    }
    return new Set([...machines, ...variables.map(({ name }) => name)]);
  }
}

function operandTypes(operator: BinaryOperator): AttributeType | "alike" {
  if (operator === "=" || operator === "!=") return "alike";
  return operator === "and" || operator === "or" || operator === "implies" ? "boolean" : "number";
}

function quotedIfNeeded(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name}"`;
}

/**
 * Checks names and types against the attributes that machines have. `file` names their table in messages.
 *
 * @throws BadSource with the nearest name for one that is not known.
 */
export function check(
  source: Source,
  configuration: Configuration,
  table: { readonly file: string; readonly attributes: ReadonlyMap<string, Attribute> },
): void {
  new Checker(source, table.attributes, table.file).configuration(configuration);
}
