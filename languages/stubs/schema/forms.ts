/**
 * From schemas to forms. A valibot schema says what it is made of. Of any other Standard Schema (standardschema.dev) it
 * is known only whether it accepts a value: its values travel as plain data with tags, checked on both sides.
 */
import { type Arm, type Field, type Form, type Literal, type Predefined, simple } from "../form.ts";

export interface StandardSchema<T = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** What is read of a valibot schema, by its type. */
interface ValibotSchema extends StandardSchema {
  readonly type: string;
  readonly kind: string;
  readonly pipe?: readonly { readonly kind: string; readonly type: string; readonly requirement?: unknown }[];
  readonly entries?: Readonly<Record<string, ValibotSchema>>;
  readonly items?: readonly ValibotSchema[];
  readonly item?: ValibotSchema;
  readonly key?: ValibotSchema;
  readonly value?: ValibotSchema;
  readonly wrapped?: ValibotSchema;
  readonly options?: readonly unknown[];
  readonly literal?: Literal | bigint;
  readonly rest?: ValibotSchema;
  readonly class?: unknown;
  readonly getter?: (value: unknown) => ValibotSchema;
}

const predefined: Readonly<Record<string, Predefined>> = {
  string: "text",
  boolean: "boolean",
  bigint: "bigint",
  date: "date",
  undefined: "nothing",
  void: "nothing",
  unknown: "plain",
};

/** Whole numbers in these bounds are Courier's. */
const words: readonly (readonly [type: Predefined, least: number, most: number])[] = [
  ["cardinal", 0, 0xffff],
  ["integer", -0x8000, 0x7fff],
  ["long cardinal", 0, 0xffffffff],
  ["long integer", -0x80000000, 0x7fffffff],
];

export class SchemaForms {
  /** Forms of recursive types. */
  readonly types = new Map<string, Form>();
  readonly #lazy = new Map<unknown, string>();

  /** `place` names the schema in errors. @throws TypeError for values that cannot be externalized */
  form(schema: StandardSchema, place: string): Form {
    if (schema["~standard"].vendor !== "valibot") return simple("plain");
    return this.#valibot(schema as ValibotSchema, place);
  }

  #valibot(schema: ValibotSchema, place: string): Form {
    const refuse = (what: string, expected: string) => new TypeError(`${place} ${what}; expected ${expected}`);
    const transformation = schema.pipe?.find((step) => step.kind === "transformation" && !keepsType(step.type));
    if (transformation !== undefined)
      throw refuse(`transforms its values (${transformation.type})`, "a schema whose values are those that are sent");
    const { type } = schema;
    if (Object.hasOwn(predefined, type)) return simple(predefined[type]!);
    const part = (of: ValibotSchema, name = "[]"): Form => this.#valibot(of, `${place}${name}`);
    switch (type) {
      case "number":
        return simple(wordOf(schema) ?? "real");
      case "null":
        return enumeration([null]);
      case "literal":
        if (typeof schema.literal === "bigint")
          throw refuse("is a literal bigint", "a literal string, number or boolean");
        return enumeration([schema.literal]);
      case "picklist":
      case "enum":
        return enumeration(schema.options as Literal[]);
      case "array":
        return { kind: "sequence", limit: Infinity, of: part(schema.item!) };
      case "set":
        return { kind: "set", of: part(schema.value!) };
      case "map":
        return { kind: "map", order: "kept", key: part(schema.key!, " key"), of: part(schema.value!) };
      case "record":
        if (schema.key!.type !== "string") throw refuse(`is a record by ${schema.key!.type}`, "string for its keys");
        return { kind: "dictionary", of: part(schema.value!) };
      case "tuple":
      case "strict_tuple":
        // A plain tuple cuts extra items off in silence; here it is of its length, as TypeScript has it.
        return { kind: "tuple", items: schema.items!.map((item, i) => part(item, `[${i}]`)) };
      case "object":
      case "strict_object":
        return { kind: "record", fields: this.#fields(schema, place) };
      case "instance":
        if (schema.class === Uint8Array) return simple("bytes");
        throw refuse("is an instance of a class", "plain data; of classes, Uint8Array");
      case "nullable":
        return { kind: "optional", absent: null, of: part(schema.wrapped!, "") };
      case "optional":
      case "undefinedable":
      case "exact_optional":
        return { kind: "optional", absent: undefined, of: part(schema.wrapped!, "") };
      case "nullish":
        return {
          kind: "optional",
          absent: undefined,
          of: { kind: "optional", absent: null, of: part(schema.wrapped!, "") },
        };
      case "variant":
        return this.#variant(schema, place);
      case "union": {
        const options = schema.options as readonly ValibotSchema[];
        if (options.every((each) => each.type === "literal"))
          return enumeration(options.map((each) => each.literal as Literal));
        throw refuse("is a union that nothing tells apart", "v.variant, or literals");
      }
      case "lazy":
        return this.#recursive(schema, place);
      default:
        throw refuse(`is of type ${type}, which cannot be externalized`, "plain data");
    }
  }

  #fields(schema: ValibotSchema, place: string, except?: string): Field[] {
    return Object.entries(schema.entries!)
      .filter(([name]) => name !== except)
      .map(([name, entry]) => {
        const form = this.#valibot(entry, `${place}.${name}`);
        const missing = ["optional", "exact_optional", "nullish"].includes(entry.type);
        return missing ? { name, form, missing } : { name, form };
      });
  }

  /** Arms by sorted text, as those of TypeScript's unions. */
  #variant(schema: ValibotSchema, place: string): Form {
    const tag = (schema as unknown as { key: string }).key;
    const arms = (schema.options as readonly ValibotSchema[]).flatMap((option) => {
      const entry = option.entries?.[tag];
      const values = entry?.type === "literal" ? [entry.literal] : ((entry?.options ?? []) as readonly Literal[]);
      if (values.length === 0) throw new TypeError(`${place} has an option without a literal ${tag}; expected one`);
      const form: Form = { kind: "record", fields: this.#fields(option, place, tag) };
      return values.map((value) => ({ value: value as Literal, form }));
    });
    const sorted = arms.toSorted((a, b) => compare(textOf(a.value), textOf(b.value)));
    return {
      kind: "choice",
      tag,
      content: undefined,
      arms: sorted.map((arm, number): Arm => ({ ...arm, number })),
    };
  }

  /** A lazy schema refers to one that contains it; by its getter it is known again. */
  #recursive(schema: ValibotSchema, place: string): Form {
    const { getter } = schema;
    const inner = getter!(undefined);
    const known = this.#lazy.get(inner);
    if (known !== undefined) return { kind: "named", name: known };
    const name = `${place.replace(/\W+/g, "_")}_${this.#lazy.size}`;
    this.#lazy.set(inner, name);
    this.types.set(name, this.#valibot(inner, place));
    return { kind: "named", name };
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function textOf(value: Literal): string {
  return `${String(value)} ${typeof value}`;
}

function enumeration(values: readonly Literal[]): Form {
  const sorted = [...new Set(values)].sort((a, b) => compare(textOf(a), textOf(b)));
  return { kind: "enumeration", items: sorted.map((value, number) => ({ value, number })) };
}

/** Steps of a pipe that change a value, but not its type. */
function keepsType(step: string): boolean {
  return [
    "trim",
    "trim_start",
    "trim_end",
    "to_lower_case",
    "to_upper_case",
    "normalize",
    "readonly",
    "brand",
  ].includes(step);
}

function wordOf(schema: ValibotSchema): Predefined | undefined {
  const steps = schema.pipe ?? [];
  const bound = (type: string) => steps.find((step) => step.type === type)?.requirement;
  const least = bound("min_value");
  const most = bound("max_value");
  if (!steps.some((step) => step.type === "integer") || typeof least !== "number" || typeof most !== "number")
    return undefined;
  return words.find((word) => word[1] === least && word[2] === most)?.[0];
}
