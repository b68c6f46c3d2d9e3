/** The names of a Courier program, and what they stand for. */
import type { Span } from "../../source.ts";
import type { Dependency } from "../form.ts";
import { meant } from "../names.ts";
import { moduleOf, type Library, type Unit } from "./library.ts";
import type { Declaration, Numeral, Reference, TypeSyntax } from "./syntax.ts";

/** A declaration, and the program that has it. */
export interface Found {
  readonly scope: Scope;
  readonly declaration: Declaration;
}

export class Scope {
  readonly unit: Unit;
  readonly dependencies: readonly Dependency[];
  readonly #declarations = new Map<string, Declaration>();
  readonly #programs = new Map<string, Scope>();

  /** `open`: the programs that are being read, each for the sake of the one before. @throws BadSource */
  constructor(unit: Unit, library: Library, open: readonly Unit[] = []) {
    this.unit = unit;
    const { source, specification } = unit;
    const dependencies: Dependency[] = [];
    for (const wanted of specification.dependencies) {
      const found = library.find(unit, wanted);
      if (found === unit || open.includes(found))
        throw source.bad(wanted.name, `program ${wanted.name.text} depends upon this one in turn`);
      if (this.#programs.has(wanted.name.text))
        throw source.bad(wanted.name, `there are two programs ${wanted.name.text} that this one depends upon`);
      this.#programs.set(wanted.name.text, new Scope(found, library, [...open, unit]));
      dependencies.push({ name: wanted.name.text, module: moduleOf(found.specification) });
    }
    this.dependencies = dependencies;
    for (const declaration of specification.declarations) {
      const { text } = declaration.name;
      const before = this.#declarations.get(text);
      if (before !== undefined)
        throw source.bad(
          declaration.name,
          `${text} is declared twice, first in line ${source.position(before.name.from).line}`,
        );
      this.#declarations.set(text, declaration);
    }
  }

  get declarations(): Iterable<Declaration> {
    return this.#declarations.values();
  }

  bad(span: Span, problem: string): Error {
    return this.unit.source.bad(span, problem);
  }

  /** @throws BadSource */
  find({ program, name }: Reference): Found {
    if (program === undefined) return this.#own(name.text, name, this);
    const scope = this.#programs.get(program.text);
    if (scope === undefined) {
      const names = [...this.#programs.keys()];
      const known = names.length === 0 ? "depends upon no program" : `depends upon ${names.join(", ")}`;
      throw this.bad(program, `no program ${program.text}: this one ${known}${meant(program.text, names)}`);
    }
    return scope.#own(name.text, name, this);
  }

  #own(text: string, span: Span, asker: Scope): Found {
    const declaration = this.#declarations.get(text);
    if (declaration !== undefined) return { scope: this, declaration };
    const where = asker === this ? "" : ` in program ${this.unit.specification.name.text}`;
    throw asker.bad(span, `${text} is not declared${where}${meant(text, [...this.#declarations.keys()])}`);
  }

  /** A declared type; @throws BadSource if the name is that of a constant. */
  findType(reference: Reference): Found & { readonly type: TypeSyntax } {
    const found = this.find(reference);
    if (found.declaration.value !== undefined)
      throw this.bad(reference, `${reference.name.text} is a constant; expected a type`);
    return { ...found, type: found.declaration.type };
  }

  /** The type that a type is another name for, in the end. @throws BadSource */
  resolve(type: TypeSyntax): { readonly scope: Scope; readonly type: TypeSyntax } {
    let scope = this as Scope;
    const seen = new Set<TypeSyntax>();
    while (type.kind === "reference") {
      if (seen.has(type)) throw scope.bad(type, "this type is only another name for itself");
      seen.add(type);
      ({ scope, type } = scope.findType(type.reference));
    }
    return { scope, type };
  }

  /** The number itself, or that of a constant. @throws BadSource */
  numberOf(numeral: Numeral | Reference, most: number): number {
    let value: number;
    if ("value" in numeral) ({ value } = numeral);
    else {
      const { scope, declaration } = this.find(numeral);
      const constant = declaration.value;
      if (constant?.kind === "reference") return scope.numberOf(constant.reference, most);
      if (constant?.kind !== "number") throw this.bad(numeral, `${numeral.name.text} is not the name of a number`);
      ({ value } = constant);
    }
    if (value < 0 || value > most) throw this.bad(numeral, `${value} is not from 0 to ${most}`);
    return value;
  }
}
