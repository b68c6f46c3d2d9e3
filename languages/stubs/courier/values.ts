/**
 * Constants of a Courier program: the value of each, checked against its type, as plain data of the form that the type
 * has.
 */
import { described } from "../../../protocols/wire/standard/predefined.ts";
import { meant } from "../names.ts";
import type { Scope } from "./scope.ts";
import type { PredefinedWord, TypeSyntax, ValueSyntax } from "./syntax.ts";

const ranges: Partial<Record<PredefinedWord, readonly [name: string, least: number, most: number]>> = {
  cardinal: ["a CARDINAL", 0, 0xffff],
  "long cardinal": ["a LONG CARDINAL", 0, 0xffffffff],
  integer: ["an INTEGER", -0x8000, 0x7fff],
  "long integer": ["a LONG INTEGER", -0x80000000, 0x7fffffff],
  unspecified: ["an UNSPECIFIED", 0, 0xffff],
};

const names: Record<TypeSyntax["kind"], string> = {
  predefined: "a value",
  reference: "a value",
  enumeration: "an item of the enumeration",
  array: "a list such as [1, 2]",
  sequence: "a list such as [1, 2]",
  record: "a record such as [a: 1, b: 2]",
  choice: "a designator and a value",
  procedure: "the number of a procedure",
  error: "the number of an error",
};

/** @throws BadSource */
export function evaluate(
  scope: Scope,
  type: TypeSyntax,
  value: ValueSyntax,
  open: readonly ValueSyntax[] = [],
): unknown {
  const resolved = scope.resolve(type);
  if (value.kind === "reference" && resolved.type.kind !== "enumeration") return constant(scope, type, value, open);
  return written(scope, resolved.scope, resolved.type, value, open);
}

function constant(
  scope: Scope,
  type: TypeSyntax,
  value: ValueSyntax & { kind: "reference" },
  open: readonly ValueSyntax[],
): unknown {
  if (open.includes(value)) throw scope.bad(value, "this constant is defined by itself");
  const found = scope.find(value.reference);
  if (found.declaration.value === undefined)
    throw scope.bad(value, `${value.reference.name.text} is a type; expected a constant`);
  const theirs = evaluate(found.scope, found.declaration.type, found.declaration.value, [...open, value]);
  // A constant of another type will do if its value does: a CARDINAL for a LONG CARDINAL, say.
  if (typeof theirs === "number" && Number.isInteger(theirs)) {
    const resolved = scope.resolve(type);
    return written(scope, resolved.scope, resolved.type, { ...value, kind: "number", value: theirs }, open);
  }
  return theirs;
}

/** `place` has the value, and `scope` its type. */
function written(
  place: Scope,
  scope: Scope,
  type: TypeSyntax,
  value: ValueSyntax,
  open: readonly ValueSyntax[],
): unknown {
  const mismatch = (expected: string) => {
    const found = value.kind === "number" || value.kind === "string" || value.kind === "boolean";
    return place.bad(value, `${found ? described(value.value) : "this"} stands where ${expected} is expected`);
  };
  switch (type.kind) {
    case "predefined": {
      const range = ranges[type.type];
      if (range !== undefined) {
        const [name, least, most] = range;
        if (value.kind !== "number") throw mismatch(`${name}, a number`);
        if (value.value < least || value.value > most) throw mismatch(`${name}, from ${least} to ${most},`);
        return value.value;
      }
      if (type.type === "boolean" ? value.kind !== "boolean" : value.kind !== "string")
        throw mismatch(type.type === "boolean" ? "TRUE or FALSE" : "a string");
      return (value as { value: unknown }).value;
    }
    case "enumeration": {
      if (value.kind !== "reference") throw mismatch(names[type.kind]);
      const { name, program } = value.reference;
      if (program === undefined && type.items.some((item) => item.name.text === name.text)) return name.text;
      const items = type.items.map((item) => item.name.text);
      if (program === undefined && !hasConstant(place, value)) {
        throw place.bad(value, `${name.text} is not in the enumeration: ${items.join(", ")}${meant(name.text, items)}`);
      }
      return constant(place, type, value, open);
    }
    case "array":
    case "sequence": {
      if (value.kind !== "list") throw mismatch(names[type.kind]);
      const { elements } = value;
      if (type.kind === "array") {
        const length = scope.numberOf(type.length, 0xffff);
        if (elements.length !== length)
          throw place.bad(value, `this has ${elements.length} elements; expected ${length}`);
      } else if (type.limit !== undefined && elements.length > scope.numberOf(type.limit, 0xffff)) {
        throw place.bad(
          value,
          `this has ${elements.length} elements; expected at most ${scope.numberOf(type.limit, 0xffff)}`,
        );
      }
      return elements.map((element) => elementOf(place, scope, type.of, element, open));
    }
    case "record": {
      const components =
        value.kind === "list" && value.elements.length === 0
          ? []
          : value.kind === "record"
            ? value.components
            : undefined;
      if (components === undefined) throw mismatch(names[type.kind]);
      const record: Record<string, unknown> = {};
      for (const { name, type: form } of type.fields) {
        const component = components.find((each) => each.name.text === name.text);
        if (component === undefined) throw place.bad(value, `the component ${name.text} is missing`);
        record[name.text] = elementOf(place, scope, form, component.value, open);
      }
      const fields = type.fields.map(({ name }) => name.text);
      for (const { name } of components) {
        if (!fields.includes(name.text))
          throw place.bad(name, `the record has no component ${name.text}${meant(name.text, fields)}`);
      }
      return record;
    }
    case "choice": {
      if (value.kind !== "choice") throw mismatch(names[type.kind]);
      const arm = type.candidates.find(({ designators }) =>
        designators.some(({ name }) => name.text === value.designator.text),
      );
      if (arm === undefined) {
        const known = type.candidates.flatMap(({ designators }) => designators.map(({ name }) => name.text));
        throw place.bad(
          value.designator,
          `the choice has no ${value.designator.text}: ${known.join(", ")}${meant(value.designator.text, known)}`,
        );
      }
      return { type: value.designator.text, value: elementOf(place, scope, arm.type, value.value, open) };
    }
    case "procedure":
    case "error":
    case "reference":
      throw mismatch(names[type.kind]);
  }
}

/** A part of a value: the part is written in `place`, its type in `scope`. */
function elementOf(
  place: Scope,
  scope: Scope,
  type: TypeSyntax,
  value: ValueSyntax,
  open: readonly ValueSyntax[],
): unknown {
  const resolved = scope.resolve(type);
  if (value.kind !== "reference" || resolved.type.kind === "enumeration")
    return written(place, resolved.scope, resolved.type, value, open);
  return constant(place, resolved.scope === place ? type : resolved.type, value, open);
}

function hasConstant(scope: Scope, value: ValueSyntax & { kind: "reference" }): boolean {
  for (const { name, value: has } of scope.declarations)
    if (name.text === value.reference.name.text) return has !== undefined;
  return false;
}
