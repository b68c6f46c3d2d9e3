/**
 * Gives a name to every record, tuple, choice and enumeration within another type, so that each has its own type and
 * functions.
 */
import type { Arm, Field, Form, Procedure, Program, TypeDefinition } from "../form.ts";
import { resultForm, simple } from "../form.ts";
import { capital, safeName } from "../names.ts";

export function hoist(program: Program): Program {
  const hoister = new Hoister(program);
  const types = program.types.map((type) => ({ ...type, form: hoister.inside(type.form, type.name) }));
  const procedures = program.procedures.map((procedure) => hoister.procedure(procedure));
  const errors = program.errors.map((error) => ({ ...error, fields: hoister.fields(error.fields, error.name) }));
  const constants = program.constants.map((each) => ({ ...each, form: hoister.named(each.form, capital(each.name)) }));
  const state = program.state === undefined ? undefined : hoister.named(program.state, `${program.name}State`);
  return { ...program, types: [...types, ...hoister.types], procedures, errors, constants, state };
}

class Hoister {
  readonly types: TypeDefinition[] = [];
  readonly #taken: Set<string>;

  constructor(program: Program) {
    this.#taken = new Set([
      ...[...program.types, ...program.errors].map(({ name }) => safeName(name)),
      program.name,
      `${program.name}Module`,
    ]);
  }

  /** A form with a name if it needs one, and its parts likewise. */
  named(form: Form, name: string): Form {
    const whole = this.inside(form, name);
    if (!["record", "tuple", "choice", "enumeration"].includes(whole.kind)) return whole;
    let free = safeName(name);
    while (this.#taken.has(free)) free += "_";
    this.#taken.add(free);
    this.types.push({ name: free, form: whole });
    return { kind: "named", name: free };
  }

  /** The same form, with parts that have names. */
  inside(form: Form, name: string): Form {
    switch (form.kind) {
      case "predefined":
      case "named":
      case "enumeration":
        return form;
      case "array":
      case "sequence":
      case "set":
      case "dictionary":
        return { ...form, of: this.named(form.of, `${name}Element`) };
      case "optional":
        return { ...form, of: this.named(form.of, `${name}Value`) };
      case "map":
        return { ...form, key: this.named(form.key, `${name}Key`), of: this.named(form.of, `${name}Value`) };
      case "record":
        return { ...form, fields: this.fields(form.fields, name) };
      case "tuple":
        return { ...form, items: form.items.map((item, i) => this.named(item, `${name}${i + 1}`)) };
      case "choice":
        return { ...form, arms: form.arms.map((arm) => this.#arm(arm, name, form.content === undefined)) };
    }
  }

  fields(fields: readonly Field[], name: string): Field[] {
    return fields.map((field) => ({
      ...field,
      form: this.named(field.form, `${name}${capital(safeName(field.name))}`),
    }));
  }

  /** The fields of a flat choice's arm stand beside its tag, without a type of their own. */
  #arm(arm: Arm, name: string, flat: boolean): Arm {
    const armName = `${name}${capital(safeName(String(arm.value)))}`;
    return { ...arm, form: flat ? this.inside(arm.form, armName) : this.named(arm.form, armName) };
  }

  procedure(procedure: Procedure): Procedure {
    const name = capital(procedure.name);
    const result = this.named(
      resultForm(procedure),
      procedure.results.length === 1 ? `${name}Result` : `${name}Results`,
    );
    return {
      ...procedure,
      arguments: this.fields(procedure.arguments, name),
      results: result.kind === "predefined" && result.type === "nothing" ? [] : [{ name: "result", form: result }],
    };
  }
}

export const nothing = simple("nothing");

/** Names of types that contain themselves, each by way of types of the same program. */
export function recursiveTypes(program: Program): ReadonlySet<string> {
  const parts = new Map(program.types.map(({ name, form }) => [name, namesIn(form)]));
  const recursive = new Set<string>();
  for (const { name } of program.types) {
    const reached = new Set<string>();
    const open = [...parts.get(name)!];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...(parts.get(next) ?? []));
    }
    if (reached.has(name)) recursive.add(name);
  }
  return recursive;
}

function namesIn(form: Form): string[] {
  switch (form.kind) {
    case "predefined":
    case "enumeration":
      return [];
    case "named":
      return form.program === undefined ? [form.name] : [];
    case "array":
    case "sequence":
    case "set":
    case "dictionary":
    case "optional":
      return namesIn(form.of);
    case "map":
      return [...namesIn(form.key), ...namesIn(form.of)];
    case "record":
      return form.fields.flatMap((field) => namesIn(field.form));
    case "tuple":
      return form.items.flatMap(namesIn);
    case "choice":
      return form.arms.flatMap((arm) => namesIn(arm.form));
  }
}
