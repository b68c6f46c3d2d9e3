/**
 * Filters of cells, as in `--where 'members > 1 and replacement < lifetime'`. A filter consists of comparisons, joined
 * by `and`, `or`, `not`. A comparison relates parameters, values, sums and products of numbers, or tests for
 * membership: `collator in (majority, unanimous)`. Durations are written with their units.
 */
import { BadData } from "../../sim/bad-data.ts";
import { parseDuration } from "../../languages/durations.ts";
import type { Experiment } from "../experiment.ts";
import { didYouMean } from "../../languages/nearest.ts";
import type { Parameters, Plain } from "../parameters.ts";
import type { Cell } from "./grid.ts";

interface Value {
  readonly kind: "number" | "text" | "flag";
  /** The text of the operand, for messages. */
  readonly said: string;
  readonly of: (cell: Cell) => Plain;
}

type Condition = (cell: Cell) => boolean;

const token =
  /\s*(?:(\d[\w.]*(?:(?<=e)[+-]?\d+)?|\.\d+)|([A-Za-z_]\w*(?:-\w+)*)|('[^']*'|"[^"]*")|(<=|>=|!=|==|[=<>()+\-*/,]))/y;
const comparisons: Readonly<Record<string, (a: Plain, b: Plain) => boolean>> = {
  "=": (a, b) => a === b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};
const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

/** Reads a filter by recursive descent. */
class Reader {
  readonly #text: string;
  readonly #parameters: Parameters;
  readonly #words: readonly string[];
  readonly #tokens: string[] = [];
  #next = 0;

  constructor(text: string, { parameters }: Experiment) {
    this.#text = text;
    this.#parameters = parameters;
    this.#words = Object.values(parameters).flatMap(({ options }) => options.filter((one) => typeof one === "string"));
    token.lastIndex = 0;
    while (text.slice(token.lastIndex).trim() !== "") {
      const at = token.lastIndex;
      const [whole, , word] = token.exec(text) ?? [];
      if (whole === undefined) throw this.#bad(`"${text.slice(at).trim()}" is not understood`);
      // `members-1` is a difference, `first-come` a word.
      const first = word?.split("-")[0];
      if (word !== undefined && word !== first && first! in parameters && !this.#words.includes(word)) {
        token.lastIndex -= word.length - first!.length;
        this.#tokens.push(first!);
      } else this.#tokens.push(whole.trim());
    }
  }

  #bad(problem: string): BadData {
    return new BadData(`--where '${this.#text}': ${problem}.`);
  }

  #take(...wanted: readonly string[]): string | undefined {
    const next = this.#tokens[this.#next];
    if (next === undefined || !wanted.includes(next)) return undefined;
    this.#next++;
    return next;
  }

  #must(wanted: string): void {
    if (this.#take(wanted) !== undefined) return;
    throw this.#bad(`expected "${wanted}" instead of ${JSON.stringify(this.#tokens[this.#next] ?? "the end")}`);
  }

  whole(): Condition {
    const condition = this.#either();
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) throw this.#bad(`expected "and", "or" or the end instead of "${rest}"`);
    return condition;
  }

  #either(): Condition {
    let left = this.#both();
    while (this.#take("or") !== undefined) {
      const [a, b] = [left, this.#both()];
      left = (cell) => a(cell) || b(cell);
    }
    return left;
  }

  #both(): Condition {
    let left = this.#condition();
    while (this.#take("and") !== undefined) {
      const [a, b] = [left, this.#condition()];
      left = (cell) => a(cell) && b(cell);
    }
    return left;
  }

  #condition(): Condition {
    if (this.#take("not") !== undefined) {
      const inner = this.#condition();
      return (cell) => !inner(cell);
    }
    const start = this.#next;
    if (this.#take("(") !== undefined) {
      // A bracket opens either a condition or a sum.
      try {
        const inner = this.#either();
        this.#must(")");
        if (!this.#goesOnAsValue()) return inner;
      } catch (error) {
        if (!(error instanceof BadData)) throw error;
      }
      this.#next = start;
    }
    return this.#comparison();
  }

  #goesOnAsValue(): boolean {
    const next = this.#tokens[this.#next];
    return next !== undefined && (next in comparisons || next in operations || next === "in");
  }

  #comparison(): Condition {
    const left = this.#sum();
    if (this.#take("in") !== undefined) {
      this.#must("(");
      const values = [this.#sum()];
      while (this.#take(",") !== undefined) values.push(this.#sum());
      this.#must(")");
      for (const value of values) this.#mustCompare(left, value, "=");
      return (cell) => values.some((value) => value.of(cell) === left.of(cell));
    }
    const sign = this.#take(...Object.keys(comparisons));
    if (sign === undefined) {
      if (left.kind === "flag") return (cell) => left.of(cell) === true;
      throw this.#bad(`${left.said} is compared with nothing`);
    }
    const right = this.#sum();
    this.#mustCompare(left, right, sign);
    return (cell) => comparisons[sign]!(left.of(cell), right.of(cell));
  }

  #mustCompare(a: Value, b: Value, sign: string): void {
    if (a.kind !== b.kind) throw this.#bad(`${a.said} is a ${a.kind}, and ${b.said} is a ${b.kind}`);
    if (a.kind !== "number" && /[<>]/.test(sign)) throw this.#bad(`${a.said} is a ${a.kind}, which has no order`);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const { options = [] } = this.#parameters[one.said] ?? {};
      const isConstant = other.kind === "text" && !(other.said in this.#parameters);
      const value = isConstant ? String(other.of({})) : "";
      if (options.length === 0 || !isConstant || options.includes(value)) continue;
      const hint = didYouMean(value, options.map(String)) || ` There are ${options.join(", ")}.`;
      throw new BadData(`--where '${this.#text}': ${one.said} is never "${value}".${hint}`);
    }
  }

  #sum(): Value {
    return this.#chain(() => this.#chain(() => this.#value(), "*", "/"), "+", "-");
  }

  #chain(operand: () => Value, ...signs: readonly string[]): Value {
    let left = operand();
    for (let sign = this.#take(...signs); sign !== undefined; sign = this.#take(...signs)) {
      const [a, b, operation] = [left, operand(), operations[sign]!];
      for (const { kind, said } of [a, b]) if (kind !== "number") throw this.#bad(`${said} is a ${kind}, not a number`);
      const said = `${a.said} ${sign} ${b.said}`;
      left = { kind: "number", said, of: (cell) => operation(Number(a.of(cell)), Number(b.of(cell))) };
    }
    return left;
  }

  #value(): Value {
    if (this.#take("(") !== undefined) {
      const inner = this.#sum();
      this.#must(")");
      return inner;
    }
    const said = this.#tokens[this.#next++];
    if (said === undefined) throw this.#bad("something is missing at the end");
    const parameter = this.#parameters[said];
    if (parameter !== undefined) {
      const type = typeof parameter.default;
      const kind = type === "number" ? "number" : type === "boolean" ? "flag" : "text";
      return { kind, said, of: (cell) => cell[said]! };
    }
    if (/^['"]/.test(said)) return { kind: "text", said, of: () => said.slice(1, -1) };
    if (said === "true" || said === "false") return { kind: "flag", said, of: () => said === "true" };
    const number = /^[\d.]/.test(said) ? (Number.isNaN(Number(said)) ? parseDuration(said) : Number(said)) : undefined;
    if (number !== undefined) return { kind: "number", said, of: () => number };
    // A word may be a value of some parameter. A wrong value is reported when it is compared.
    if (/^\w/.test(said) && !/^\d/.test(said)) {
      const previous = this.#tokens[this.#next - 2];
      const isCompared = previous !== undefined && (previous in comparisons || previous === "(" || previous === ",");
      if (this.#words.includes(said) || (isCompared && this.#next > 2)) return { kind: "text", said, of: () => said };
    }
    const names = Object.keys(this.#parameters);
    const hint = didYouMean(said, names) || ` There are ${names.join(", ")}.`;
    throw new BadData(`--where '${this.#text}': there is no parameter ${said}.${hint}`);
  }
}

/**
 * The condition on a cell that a text states.
 *
 * @throws BadData with one sentence that names what is not understood.
 */
export function readCondition(text: string, experiment: Experiment): Condition {
  return new Reader(text, experiment).whole();
}
