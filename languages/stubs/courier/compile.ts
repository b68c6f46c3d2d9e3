/** From the syntax of a Courier specification to the intermediate form. */
import { basename } from "node:path";
import type {
  Arm,
  ConstantDefinition,
  ErrorDefinition,
  Field,
  Form,
  Procedure,
  Program,
  TypeDefinition,
} from "../form.ts";
import { simple } from "../form.ts";
import { memberName } from "../names.ts";
import { Library, moduleOf } from "./library.ts";
import { Scope } from "./scope.ts";
import type { Declaration, Designator, FieldSyntax, Reference, TypeSyntax } from "./syntax.ts";
import { evaluate } from "./values.ts";

const most = 0xffff;

/** The programs of these files, and those that they depend upon. @throws BadSource */
export function compileCourier(files: readonly string[]): Program[] {
  const library = new Library();
  const units = files.map((file) => library.load(file));
  const programs = new Map<string, Program>();
  const compile = (scope: Scope): void => {
    const module = moduleOf(scope.unit.specification);
    if (!programs.has(module)) programs.set(module, new Compiler(scope).program(module));
  };
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!;
    compile(new Scope(unit, library));
    for (const wanted of unit.specification.dependencies) {
      const found = library.find(unit, wanted);
      if (!units.includes(found)) units.push(found);
    }
  }
  return [...programs.values()];
}

class Compiler {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  program(module: string): Program {
    const { unit, dependencies } = this.#scope;
    const types: TypeDefinition[] = [];
    const constants: ConstantDefinition[] = [];
    const errors: { number: number; error: ErrorDefinition; declaration: Declaration }[] = [];
    const procedures: { number: number; procedure: Procedure; declaration: Declaration }[] = [];
    for (const declaration of this.#scope.declarations) {
      const { name, type, value } = declaration;
      if (value === undefined) {
        // A procedure or error type without a number is of use only for constants of it.
        if (type.kind !== "procedure" && type.kind !== "error") types.push({ name: name.text, form: this.#form(type) });
        continue;
      }
      const resolved = this.#scope.resolve(type);
      const compiler = resolved.scope === this.#scope ? this : new Compiler(resolved.scope);
      if (resolved.type.kind === "procedure") {
        const number = this.#numberOf(declaration);
        procedures.push({ number, procedure: compiler.#procedure(name.text, number, resolved.type), declaration });
      } else if (resolved.type.kind === "error") {
        const number = this.#numberOf(declaration);
        const fields = compiler.#fields(resolved.type.arguments);
        errors.push({ number, error: { name: name.text, number, fields }, declaration });
      } else {
        const form = this.#form(type);
        constants.push({ name: name.text, form, value: evaluate(this.#scope, type, value) });
      }
    }
    this.#distinct(procedures, "procedure");
    this.#distinct(errors, "error");
    const state = types.find(({ name }) => name === "State");
    return {
      name: unit.specification.name.text,
      module,
      source: basename(unit.source.file),
      dependencies,
      types,
      constants,
      errors: errors.map(({ error }) => error),
      procedures: procedures.map(({ procedure }) => procedure),
      state: state === undefined ? undefined : { kind: "named", name: state.name },
    };
  }

  /** The number of a procedure or an error. */
  #numberOf({ name, value }: Declaration): number {
    if (value?.kind === "number" && value.value >= 0 && value.value <= most) return value.value;
    if (value?.kind === "reference") return this.#scope.numberOf(value.reference, most);
    throw this.#scope.bad(value!, `${name.text} is a procedure or an error; expected its number, from 0 to ${most},`);
  }

  #distinct(all: readonly { readonly number: number; readonly declaration: Declaration }[], what: string): void {
    const seen = new Map<number, string>();
    for (const { number, declaration } of all) {
      const before = seen.get(number);
      const { name, value } = declaration;
      if (before !== undefined)
        throw this.#scope.bad(value!, `${what} ${name.text} has the number ${number}, as ${before} has`);
      seen.set(number, name.text);
    }
  }

  #procedure(name: string, number: number, type: TypeSyntax & { kind: "procedure" }): Procedure {
    const reports = type.reports.map((reference) => {
      const found = this.#scope.find(reference);
      const { scope, type: error } = found.scope.resolve(found.declaration.type);
      if (found.declaration.value === undefined || error.kind !== "error")
        throw scope.bad(reference, `${reference.name.text} is no error`);
      return referenceText(reference);
    });
    return {
      name: memberName(name),
      number,
      arguments: this.#fields(type.arguments),
      results: this.#fields(type.results),
      reports,
    };
  }

  #fields(fields: readonly FieldSyntax[]): Field[] {
    const seen = new Set<string>();
    return fields.map(({ name, type }) => {
      if (seen.has(name.text)) throw this.#scope.bad(name, `there are two fields ${name.text}`);
      seen.add(name.text);
      return { name: name.text, form: this.#form(type) };
    });
  }

  #form(type: TypeSyntax): Form {
    switch (type.kind) {
      case "predefined":
        return simple(type.type);
      case "reference": {
        const { reference } = type;
        const found = this.#scope.findType(reference);
        const { kind } = found.scope.resolve(found.type).type;
        if (kind === "procedure" || kind === "error")
          throw this.#scope.bad(reference, `${reference.name.text} is a type of ${kind}s, which are no data`);
        return { kind: "named", name: reference.name.text, program: reference.program?.text };
      }
      case "enumeration":
        return { kind: "enumeration", items: this.#items(type.items, (item) => this.#numberIn(item)) };
      case "array":
        return { kind: "array", length: this.#scope.numberOf(type.length, most), of: this.#form(type.of) };
      case "sequence": {
        // The standard counts elements in one word.
        const limit = type.limit === undefined ? most : this.#scope.numberOf(type.limit, most);
        return { kind: "sequence", limit, of: this.#form(type.of) };
      }
      case "record":
        return { kind: "record", fields: this.#fields(type.fields) };
      case "choice":
        return this.#choice(type);
      case "procedure":
      case "error":
        throw this.#scope.bad(type, `a type of ${type.kind}s is no type of data; declare it by itself, with a number`);
    }
  }

  #numberIn({ name, number }: Designator): number {
    if (number === undefined) throw this.#scope.bad(name, `${name.text} has no number`);
    return this.#scope.numberOf(number, most);
  }

  #items(
    designators: readonly Designator[],
    number: (designator: Designator) => number,
  ): { value: string; number: number }[] {
    const numbers = new Map<number, string>();
    const seen = new Set<string>();
    return designators.map((designator) => {
      const { name } = designator;
      const value = number(designator);
      const before = numbers.get(value);
      if (before !== undefined) throw this.#scope.bad(name, `${name.text} has the number ${value}, as ${before} has`);
      if (seen.has(name.text)) throw this.#scope.bad(name, `there are two of the name ${name.text}`);
      numbers.set(value, name.text);
      seen.add(name.text);
      return { value: name.text, number: value };
    });
  }

  #choice(type: TypeSyntax & { kind: "choice" }): Form {
    const numberOf =
      type.designator === undefined ? (d: Designator) => this.#numberIn(d) : this.#designated(type.designator);
    const all = type.candidates.flatMap(({ designators }) => designators);
    const items = this.#items(all, numberOf);
    const forms = type.candidates.flatMap((candidate) => candidate.designators.map(() => this.#form(candidate.type)));
    const arms = items.map(({ value, number }, index): Arm => ({ value, number, form: forms[index]! }));
    return { kind: "choice", tag: "type", content: "value", arms };
  }

  /** The numbers of a designator type. */
  #designated(reference: Reference): (designator: Designator) => number {
    const found = this.#scope.findType(reference);
    const { scope, type } = found.scope.resolve(found.type);
    if (type.kind !== "enumeration")
      throw this.#scope.bad(reference, `${reference.name.text} is no enumeration; expected one for the designators`);
    return ({ name }) => {
      const item = type.items.find((each) => each.name.text === name.text);
      if (item !== undefined) return new Compiler(scope).#numberIn(item);
      const known = type.items.map((each) => each.name.text).join(", ");
      throw this.#scope.bad(name, `${name.text} is not in the enumeration ${reference.name.text}: ${known}`);
    };
  }
}

function referenceText({ program, name }: Reference): string {
  return program === undefined ? name.text : `${program.text}.${name.text}`;
}
