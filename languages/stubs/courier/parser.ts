/**
 * From the text of a Courier specification to its syntax (XSIS 038112, appendix on the specification language), by
 * recursive descent: each rule of the grammar is a method, so that an error can say what is expected where.
 */
import type { Source } from "../../source.ts";
import { meant } from "../names.ts";
import type {
  CandidateSyntax,
  Declaration,
  Designator,
  FieldSyntax,
  Name,
  Numeral,
  Reference,
  ReferencedProgram,
  Specification,
  TypeSyntax,
  ValueSyntax,
} from "./syntax.ts";
import { tokensOf, type Token } from "./tokens.ts";

const typeWords = [
  "ARRAY",
  "BOOLEAN",
  "CARDINAL",
  "CHOICE",
  "ERROR",
  "INTEGER",
  "LONG",
  "PROCEDURE",
  "RECORD",
  "SEQUENCE",
  "STRING",
  "UNSPECIFIED",
];

const otherWords = ["BEGIN", "DEPENDS", "END", "OF", "PROGRAM", "REPORTS", "RETURNS", "TYPE", "UPON", "VERSION"];

const keywords: ReadonlySet<string> = new Set([...typeWords, ...otherWords, "TRUE", "FALSE"]);

/** @throws BadSource */
export function parse(source: Source): Specification {
  return new Parser(source).specification();
}

class Parser {
  readonly #source: Source;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#tokens = tokensOf(source);
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #take(): Token {
    return this.#tokens[this.#at++]!;
  }

  #sees(text: string): boolean {
    const { type } = this.#next;
    return this.#next.text === text && (type === "word" || type === "mark");
  }

  #accept(text: string): boolean {
    const sees = this.#sees(text);
    if (sees) this.#at++;
    return sees;
  }

  /** `hint`: words that may have been meant. */
  #expected(what: string, hint: readonly string[] = []): Error {
    const token = this.#next;
    const found = token.type === "end" ? "the end of the file" : token.type === "mark" ? `"${token.text}"` : token.text;
    const near = token.type === "word" ? meant(token.text, hint) : "";
    return this.#source.bad(token, `expected ${what}, found ${found}${near}`);
  }

  #expect(text: string, context: string): Token {
    if (!this.#sees(text)) throw this.#expected(`${/\w/.test(text) ? text : `"${text}"`} ${context}`, [text]);
    return this.#take();
  }

  #name(what: string): Name {
    const token = this.#next;
    if (token.type !== "word") throw this.#expected(what);
    if (keywords.has(token.text))
      throw this.#source.bad(token, `${token.text} is a word of the language; ${what} is expected`);
    this.#at++;
    return { from: token.from, to: token.to, text: token.text };
  }

  #number(what: string): Numeral {
    const token = this.#next;
    if (token.type !== "number") throw this.#expected(what);
    this.#at++;
    return { from: token.from, to: token.to, value: token.value };
  }

  /** A number, or the name of a constant that is one. */
  #numeral(what: string): Numeral | Reference {
    return this.#next.type === "word" && !keywords.has(this.#next.text) ? this.#reference(what) : this.#number(what);
  }

  #reference(what: string): Reference {
    const first = this.#name(what);
    if (!this.#accept(".")) return { from: first.from, to: first.to, program: undefined, name: first };
    const name = this.#name(`a name of program ${first.text}`);
    return { from: first.from, to: name.to, program: first, name };
  }

  #list<T>(close: string, context: string, item: () => T): T[] {
    const items: T[] = [];
    if (this.#accept(close)) return items;
    do items.push(item());
    while (this.#accept(","));
    if (!this.#accept(close)) throw this.#expected(`"," or "${close}" ${context}`);
    return items;
  }

  specification(): Specification {
    const name = this.#name("the name of the program");
    this.#expect(":", "after the name of the program");
    this.#expect("PROGRAM", "after the colon");
    let number: number | undefined;
    let version: number | undefined;
    if (!this.#sees("=")) {
      number = this.#number("the number of the program").value;
      this.#expect("VERSION", "after the number of the program");
      version = this.#number("the version of the program").value;
    }
    this.#expect("=", "before BEGIN");
    this.#expect("BEGIN", "after =");
    const dependencies = this.#accept("DEPENDS") ? this.#dependencies() : [];
    const declarations: Declaration[] = [];
    while (!this.#sees("END")) declarations.push(this.#declaration());
    this.#take();
    this.#expect(".", "after END");
    if (this.#next.type !== "end") throw this.#expected("nothing more, after END.,");
    return { name, number, version, dependencies, declarations };
  }

  #dependencies(): ReferencedProgram[] {
    this.#expect("UPON", "after DEPENDS");
    const programs: ReferencedProgram[] = [];
    do {
      const name = this.#name("the name of a program that this one depends upon");
      this.#expect("(", "before the number of the program");
      const number = this.#number("the number of the program");
      this.#expect(")", "after the number of the program");
      this.#expect("VERSION", "after the number of the program");
      programs.push({ name, number, version: this.#number("the version of the program") });
    } while (this.#accept(","));
    this.#expect(";", "after the programs that this one depends upon");
    return programs;
  }

  #declaration(): Declaration {
    const name = this.#name("a declaration or END");
    this.#expect(":", `after ${name.text}`);
    if (this.#accept("TYPE")) {
      this.#expect("=", "after TYPE");
      const type = this.#type();
      this.#expect(";", `after the type ${name.text}`);
      return { name, type, value: undefined };
    }
    const type = this.#type();
    this.#expect("=", `before the value of ${name.text}`);
    const value = this.#value();
    this.#expect(";", `after the value of ${name.text}`);
    return { name, type, value };
  }

  #type(): TypeSyntax {
    const { from } = this.#next;
    const span = () => ({ from, to: this.#tokens[this.#at - 1]!.to });
    if (this.#next.type === "word" && !keywords.has(this.#next.text)) {
      const reference = this.#reference("a type");
      return { ...span(), kind: "reference", reference };
    }
    if (this.#accept("BOOLEAN")) return { ...span(), kind: "predefined", type: "boolean" };
    if (this.#accept("CARDINAL")) return { ...span(), kind: "predefined", type: "cardinal" };
    if (this.#accept("INTEGER")) return { ...span(), kind: "predefined", type: "integer" };
    if (this.#accept("STRING")) return { ...span(), kind: "predefined", type: "string" };
    if (this.#accept("UNSPECIFIED")) return { ...span(), kind: "predefined", type: "unspecified" };
    if (this.#accept("LONG")) {
      if (this.#accept("CARDINAL")) return { ...span(), kind: "predefined", type: "long cardinal" };
      if (this.#accept("INTEGER")) return { ...span(), kind: "predefined", type: "long integer" };
      // Not the standard's: Berkeley's compilers have it.
      if (this.#accept("UNSPECIFIED")) return { ...span(), kind: "predefined", type: "long cardinal" };
      throw this.#expected("CARDINAL, INTEGER or UNSPECIFIED after LONG", ["CARDINAL", "INTEGER", "UNSPECIFIED"]);
    }
    if (this.#accept("{")) {
      const items = this.#list("}", "after an item of the enumeration", () => this.#designator(true));
      return { ...span(), kind: "enumeration", items };
    }
    if (this.#accept("ARRAY")) {
      const length = this.#numeral("the number of elements");
      this.#expect("OF", "after the number of elements");
      return { kind: "array", length, of: this.#type(), ...span() };
    }
    if (this.#accept("SEQUENCE")) {
      const limit = this.#sees("OF") ? undefined : this.#numeral("the most elements that there can be, or OF,");
      this.#expect("OF", "before the type of the elements");
      return { kind: "sequence", limit, of: this.#type(), ...span() };
    }
    if (this.#accept("RECORD")) {
      this.#expect("[", "after RECORD");
      return { kind: "record", fields: this.#fields(), ...span() };
    }
    if (this.#accept("CHOICE")) return { ...this.#choice(), ...span() };
    if (this.#accept("PROCEDURE")) return { ...this.#procedure(), ...span() };
    if (this.#accept("ERROR")) return { kind: "error", arguments: this.#accept("[") ? this.#fields() : [], ...span() };
    throw this.#expected("a type", typeWords);
  }

  /** After `[`. */
  #fields(): FieldSyntax[] {
    return this.#list("]", "after a field", () => {
      const names = this.#names("the name of a field");
      this.#expect(":", "after the name of a field");
      const type = this.#type();
      return names.map((name) => ({ name, type }));
    }).flat();
  }

  #names(what: string): Name[] {
    const names = [this.#name(what)];
    while (this.#accept(",")) names.push(this.#name(what));
    return names;
  }

  #designator(numbered: boolean): Designator {
    const name = this.#name("a name");
    if (!numbered) return { name, number: undefined };
    this.#expect("(", `before the number of ${name.text}`);
    const number = this.#numeral(`the number of ${name.text}`);
    this.#expect(")", `after the number of ${name.text}`);
    return { name, number };
  }

  #choice(): Pick<TypeSyntax & { kind: "choice" }, "kind" | "designator" | "candidates"> {
    const designator = this.#sees("OF") ? undefined : this.#reference("OF or the type of the designator");
    this.#expect("OF", "before the candidates");
    this.#expect("{", "before the candidates");
    const candidates = this.#list("}", "after a candidate", (): CandidateSyntax => {
      const designators: Designator[] = [];
      do designators.push(this.#designator(designator === undefined));
      while (this.#accept(","));
      this.#expect("=>", "after the designator");
      return { designators, type: this.#type() };
    });
    return { kind: "choice", designator, candidates };
  }

  #procedure(): Pick<TypeSyntax & { kind: "procedure" }, "kind" | "arguments" | "results" | "reports"> {
    const fields = this.#accept("[") ? this.#fields() : [];
    let results: FieldSyntax[] = [];
    if (this.#accept("RETURNS")) {
      this.#expect("[", "after RETURNS");
      results = this.#fields();
    }
    let reports: Reference[] = [];
    if (this.#accept("REPORTS")) {
      this.#expect("[", "after REPORTS");
      reports = this.#list("]", "after the name of an error", () => this.#reference("the name of an error"));
    }
    return { kind: "procedure", arguments: fields, results, reports };
  }

  #value(): ValueSyntax {
    const token = this.#next;
    const { from } = token;
    const span = () => ({ from, to: this.#tokens[this.#at - 1]!.to });
    if (this.#accept("TRUE")) return { kind: "boolean", value: true, ...span() };
    if (this.#accept("FALSE")) return { kind: "boolean", value: false, ...span() };
    if (this.#accept("-")) return { kind: "number", value: -this.#number("a number after -").value, ...span() };
    if (token.type === "number") return { kind: "number", value: this.#number("a number").value, ...span() };
    if (token.type === "string") {
      this.#at++;
      return { kind: "string", value: token.value, ...span() };
    }
    if (this.#accept("[")) return { ...this.#listOrRecord(), ...span() };
    const reference = this.#reference("a value");
    // A name, and a value behind it: a choice.
    const ends = this.#next.type === "mark" && [";", ",", "]"].includes(this.#next.text);
    if (ends || reference.program !== undefined) return { kind: "reference", reference, ...span() };
    return { kind: "choice", designator: reference.name, value: this.#value(), ...span() };
  }

  /** After `[`. It is a record if a colon comes after the first name, or names. */
  #listOrRecord(): { kind: "list"; elements: ValueSyntax[] } | (ValueSyntax & { kind: "record" }) {
    let ahead = this.#at;
    while (this.#tokens[ahead]!.type === "word" && this.#tokens[ahead + 1]?.text === ",") ahead += 2;
    const isRecord = this.#tokens[ahead]!.type === "word" && this.#tokens[ahead + 1]?.text === ":";
    const { from } = this.#next;
    if (!isRecord) return { kind: "list", elements: this.#list("]", "after an element", () => this.#value()) };
    const components = this.#list("]", "after a component", () => {
      const names = this.#names("the name of a component");
      this.#expect(":", "after the name of a component");
      const value = this.#value();
      return names.map((name) => ({ name, value }));
    }).flat();
    return { kind: "record", components, from, to: from };
  }
}
