/**
 * Reads a configuration, by recursive descent. From the loosest to the tightest: `forall`, `implies`, `or`, `and`,
 * `not`, comparisons and `in`, `+ -`, `* / mod`, `-`.
 *
 *     configuration = { predicate } troupe { clause }
 *     predicate     = "predicate" name "(" name { "," name } ")" "=" formula
 *     troupe        = "troupe" [ name ] "(" name { "," name } ")" [ "where" formula ]
 *     clause        = "collator" … | "ordering" … | "replace" … | "minimize" term | "maximize" term | "spread" attribute
 *     formula       = ( "forall" | "exists" ) name { "," name } "in" ( "members" | "machines" ) ":" formula | …
 */
import { parseDuration } from "../durations.ts";
import { didYouMean } from "../nearest.ts";
import type { Source } from "../source.ts";
import { readClauses } from "./clauses.ts";
import { scan, type Token } from "./scanner.ts";
import type { BinaryOperator, Configuration, Domain, Expression, Name, Predicate } from "./syntax.ts";

const comparisons: readonly string[] = ["=", "!=", "<", "<=", ">", ">="];

export class Parser {
  readonly source: Source;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: Source) {
    this.source = source;
    this.#tokens = scan(source);
  }

  get next(): Token {
    return this.#tokens[this.#at]!;
  }

  #ahead(distance: number): Token {
    return this.#tokens[Math.min(this.#at + distance, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  is(text: string): boolean {
    return (this.next.kind === "keyword" || this.next.kind === "symbol") && this.next.text === text;
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  expect(text: string, where: string): Token {
    if (this.is(text)) return this.take();
    throw this.expected(`"${text}" ${where}`, [text]);
  }

  /** An error at the next word. `names` are words that may have been meant. */
  expected(what: string, names: readonly string[] = []) {
    const { kind, text } = this.next;
    const found = kind === "end" ? text : kind === "string" ? `the string "${text}"` : `"${text}"`;
    const hint = kind === "name" ? didYouMean(text, names) : "";
    return this.source.bad(this.next, `expected ${what}, found ${found}.${hint}`);
  }

  name(what: string): Name {
    if (this.next.kind !== "name") {
      const reserved = this.next.kind === "keyword" ? `; "${this.next.text}" is a word of the language` : "";
      throw this.source.bad(
        this.next,
        `expected ${what}, found ${this.next.kind === "end" ? this.next.text : `"${this.next.text}"`}${reserved}`,
      );
    }
    const { text, from, to } = this.take();
    return { name: text, from, to };
  }

  names(what: string): Name[] {
    const names = [this.name(what)];
    while (this.accept(",")) names.push(this.name(what));
    for (const [i, { name, from, to }] of names.entries()) {
      if (names.findIndex((other) => other.name === name) < i)
        throw this.source.bad({ from, to }, `${name} is named twice`);
    }
    return names;
  }

  configuration(): Configuration {
    const predicates: Predicate[] = [];
    while (this.is("predicate")) predicates.push(this.#predicate());
    if (!this.is("troupe")) {
      const rest =
        predicates.length === 0 ? `"troupe (x, y, z) where …", perhaps after predicates` : `"troupe" or "predicate"`;
      throw this.expected(rest, ["troupe", "predicate"]);
    }
    this.take();
    const name = this.next.kind === "name" ? this.take().text : undefined;
    this.expect("(", "before the names of the members");
    const members = this.names("the name of a member");
    this.expect(")", "after the names of the members");
    const where = this.accept("where") ? this.formula() : undefined;
    return { predicates, name, members, where, ...readClauses(this) };
  }

  #predicate(): Predicate {
    this.take();
    const name = this.name("the name of a predicate");
    this.expect("(", "before the predicate's machines");
    const parameters = this.names("what the predicate calls a machine");
    this.expect(")", "after the predicate's machines");
    this.expect("=", "before the predicate's formula");
    return { name, parameters, body: this.formula() };
  }

  formula(): Expression {
    if (this.is("forall") || this.is("exists")) return this.#quantified();
    const left = this.#disjunction();
    if (!this.accept("implies")) return left;
    // To the right: a implies b implies c is a implies (b implies c).
    return this.#binary("implies", left, this.formula());
  }

  #binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
    return { kind: "binary", operator, left, right, from: left.from, to: right.to };
  }

  /** The operand of a connective: a quantifier needs no parentheses there, and reaches as far as it can. */
  #operand(parse: () => Expression): Expression {
    return this.is("forall") || this.is("exists") ? this.#quantified() : parse();
  }

  #disjunction(): Expression {
    let left = this.#conjunction();
    while (this.accept("or"))
      left = this.#binary(
        "or",
        left,
        this.#operand(() => this.#conjunction()),
      );
    return left;
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.accept("and"))
      left = this.#binary(
        "and",
        left,
        this.#operand(() => this.#negation()),
      );
    return left;
  }

  #negation(): Expression {
    const { from } = this.next;
    if (!this.accept("not")) return this.#comparison();
    const operand = this.#operand(() => this.#negation());
    return { kind: "unary", operator: "not", operand, from, to: operand.to };
  }

  #quantified(): Expression {
    const { text, from } = this.take();
    const quantifier = text as "forall" | "exists";
    const { variables, domain } = this.#range();
    const body = this.formula();
    return { kind: "quantified", quantifier, variables, domain, body, from, to: body.to };
  }

  #range(): { variables: Name[]; domain: Domain } {
    const variables = this.names("what to call a machine");
    this.expect("in", "before members or machines");
    if (!this.is("members") && !this.is("machines"))
      throw this.expected("members or machines", ["members", "machines"]);
    const domain = this.take().text as Domain;
    this.expect(":", `after ${domain}`);
    return { variables, domain };
  }

  #comparison(): Expression {
    const left = this.term();
    const { text } = this.next;
    if (this.is("not") && this.#ahead(1).text === "in") {
      this.take();
      const operand = this.#element(left);
      return { kind: "unary", operator: "not", operand, from: left.from, to: operand.to };
    }
    if (this.is("in")) return this.#element(left);
    if (this.next.kind !== "symbol" || !comparisons.includes(text)) return left;
    this.take();
    const comparison = this.#binary(text as BinaryOperator, left, this.term());
    if (this.next.kind === "symbol" && comparisons.includes(this.next.text)) {
      throw this.source.bad(this.next, "comparisons are not chained; write a < b and b < c");
    }
    return comparison;
  }

  #element(value: Expression): Expression {
    this.take();
    this.expect("{", "before the values of the set");
    const set = [this.term()];
    while (this.accept(",")) set.push(this.term());
    const { to } = this.expect("}", "after the values of the set");
    return { kind: "element", value, set, from: value.from, to };
  }

  term(): Expression {
    let left = this.#product();
    while (this.is("+") || this.is("-")) left = this.#binary(this.take().text as "+" | "-", left, this.#product());
    return left;
  }

  #product(): Expression {
    let left = this.#factor();
    while (this.is("*") || this.is("/") || this.is("mod"))
      left = this.#binary(this.take().text as "*" | "/" | "mod", left, this.#factor());
    return left;
  }

  #factor(): Expression {
    const { from } = this.next;
    if (!this.accept("-")) return this.#atom();
    const operand = this.#factor();
    return { kind: "unary", operator: "-", operand, from, to: operand.to };
  }

  #atom(): Expression {
    const { kind, text, from, to } = this.next;
    if (kind === "number") {
      this.take();
      const value = Number(text);
      if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value) || /[eE]/.test(text)))
        return { kind: "literal", value, from, to };
      throw this.source.bad({ from, to }, "this number is too large to be kept exactly; a string can be of any length");
    }
    if (kind === "duration") {
      const milliseconds = parseDuration(text)!;
      throw this.source.bad(
        { from, to },
        `a duration stands only in replace; here write a number, such as ${milliseconds}`,
      );
    }
    if (kind === "string") {
      this.take();
      return { kind: "literal", value: text, from, to };
    }
    if (this.accept("true") || this.accept("false")) return { kind: "literal", value: text === "true", from, to };
    if (this.accept("(")) {
      const inner = this.formula();
      const end = this.expect(")", "after what is in parentheses");
      return { ...inner, from, to: end.to };
    }
    if (kind !== "name") throw this.expected("a value, an attribute or a formula");
    return this.#named();
  }

  #named(): Expression {
    const name = this.name("a name");
    if (this.accept(".")) return this.#attribute(name);
    if (this.is("(")) return this.#call(name);
    return { kind: "machine", name: name.name, from: name.from, to: name.to };
  }

  #attribute(machine: Name): Expression {
    const { kind, text, from, to } = this.next;
    // A column may be called like a word of the language, or in quotes like anything.
    if (kind !== "name" && kind !== "keyword" && kind !== "string") throw this.expected("the name of an attribute");
    this.take();
    return { kind: "attribute", machine, attribute: { name: text, from, to }, from: machine.from, to };
  }

  #call(callee: Name): Expression {
    this.take();
    if (this.#startsRange()) {
      const { variables, domain } = this.#range();
      const body = this.formula();
      const { to } = this.expect(")", `after what ${callee.name} is of`);
      return { kind: "aggregate", callee, variables, domain, body, from: callee.from, to };
    }
    const operands = [this.formula()];
    while (this.accept(",")) operands.push(this.formula());
    const { to } = this.expect(")", `after the operands of ${callee.name}`);
    return { kind: "call", callee, operands, from: callee.from, to };
  }

  /** Whether `x, y in members` comes, and not `x.a in {…}` or the first of several operands. */
  #startsRange(): boolean {
    let distance = 0;
    while (this.#ahead(distance).kind === "name" && this.#ahead(distance + 1).text === ",") distance += 2;
    const [name, word, domain] = [this.#ahead(distance), this.#ahead(distance + 1), this.#ahead(distance + 2)];
    return name.kind === "name" && word.kind === "keyword" && word.text === "in" && domain.text !== "{";
  }
}

/** @throws BadSource */
export function parse(source: Source): Configuration {
  return new Parser(source).configuration();
}
