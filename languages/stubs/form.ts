/**
 * The intermediate form: what an interface is, whichever language it was written in. Front ends make it; the emitter
 * and the run-time stubs read it. Two interfaces of equal forms, names aside, have the same bytes on the wire.
 */

/** What a value that is one of a few stands for in the program. */
export type Literal = string | number | boolean | null | undefined;

/**
 * Types that nothing more is to be said of; the names are those of their functions in
 * protocols/wire/standard/predefined.ts.
 */
export const predefined = {
  boolean: "Boolean",
  cardinal: "Cardinal",
  "long cardinal": "LongCardinal",
  "hyper cardinal": "HyperCardinal",
  integer: "Integer",
  "long integer": "LongInteger",
  "hyper integer": "HyperInteger",
  unspecified: "Unspecified",
  real: "Real",
  "short real": "ShortReal",
  string: "String",
  text: "Text",
  bytes: "Bytes",
  bigint: "Bigint",
  date: "Date",
  nothing: "Nothing",
  plain: "Plain",
} as const;

export type Predefined = keyof typeof predefined;

export interface Item {
  readonly value: Literal;
  /** On the wire, 0 to 65535. */
  readonly number: number;
}

export interface Field {
  readonly name: string;
  readonly form: Form;
  /** The field may be missing: its form is optional then, and none means missing. */
  readonly missing?: boolean;
  readonly comment?: string;
}

export interface Arm {
  /** What stands in the tag. */
  readonly value: Literal;
  readonly number: number;
  readonly form: Form;
}

export type Form =
  | { readonly kind: "predefined"; readonly type: Predefined }
  /** A type that has a name; of another program if `program` is its name here. */
  | { readonly kind: "named"; readonly name: string; readonly program?: string | undefined }
  | { readonly kind: "enumeration"; readonly items: readonly Item[] }
  | { readonly kind: "array"; readonly length: number; readonly of: Form }
  /** `limit`: the most elements that there can be; Infinity. */
  | { readonly kind: "sequence"; readonly limit: number; readonly of: Form }
  | { readonly kind: "set"; readonly of: Form }
  | { readonly kind: "map"; readonly order: "kept" | "sorted"; readonly key: Form; readonly of: Form }
  | { readonly kind: "dictionary"; readonly of: Form }
  | { readonly kind: "optional"; readonly absent: undefined | null; readonly of: Form }
  | { readonly kind: "record"; readonly fields: readonly Field[] }
  | { readonly kind: "tuple"; readonly items: readonly Form[] }
  /**
   * One of several. An object with the arm's value in the field `tag` and what it designates in the field `content`,
   * or, if `content` is undefined, with the fields of the arm's record beside the tag.
   */
  | {
      readonly kind: "choice";
      readonly tag: string;
      readonly content: string | undefined;
      readonly arms: readonly Arm[];
    };

export interface TypeDefinition {
  readonly name: string;
  readonly form: Form;
  readonly comment?: string | undefined;
}

export interface ConstantDefinition {
  readonly name: string;
  readonly form: Form;
  /** As the program sees it: plain data. */
  readonly value: unknown;
}

export interface ErrorDefinition {
  readonly name: string;
  readonly number: number;
  readonly fields: readonly Field[];
}

/** What is asked for beyond a plain stub. */
export interface Replication {
  /** Collator of results, and of arguments, by the name of a built-in collator. */
  readonly results?: string;
  readonly arguments?: string;
  /** The server's procedure takes the generator of arguments. */
  readonly calls?: boolean;
}

export interface Procedure {
  readonly name: string;
  readonly number: number;
  readonly arguments: readonly Field[];
  /** None: nothing. One: the result is its value. Several: a record. */
  readonly results: readonly Field[];
  /** Names of errors, of this program or `Other.Error`. */
  readonly reports: readonly string[];
  readonly comment?: string | undefined;
}

/** Another program that this one refers to. */
export interface Dependency {
  /** What it is called here. */
  readonly name: string;
  /** The module that its stubs are emitted to, without an ending. */
  readonly module: string;
}

export interface Program {
  readonly name: string;
  /** The module that its stubs are emitted to, without an ending. */
  readonly module: string;
  /** The file that it was compiled from, for the emitted module's first line. */
  readonly source: string;
  readonly dependencies: readonly Dependency[];
  readonly types: readonly TypeDefinition[];
  readonly constants: readonly ConstantDefinition[];
  readonly errors: readonly ErrorDefinition[];
  readonly procedures: readonly Procedure[];
  /** What get_state externalizes; undefined: the fields of the module's instance, with run-time tags. */
  readonly state?: Form | undefined;
}

export const simple = (type: Predefined): Form => ({ kind: "predefined", type });

/** The result of a procedure, as one form. */
export function resultForm({ results }: Procedure): Form {
  const [only] = results;
  if (only === undefined) return simple("nothing");
  return results.length === 1 ? only.form : { kind: "record", fields: results };
}
