/** What a Courier specification says, as it is written, with the places of its parts. */
import type { Span } from "../../source.ts";

export interface Name extends Span {
  readonly text: string;
}

export interface Numeral extends Span {
  readonly value: number;
}

/** A name, of another program if it is written `Program.name`. */
export interface Reference extends Span {
  readonly program: Name | undefined;
  readonly name: Name;
}

export type PredefinedWord =
  "boolean" | "cardinal" | "long cardinal" | "integer" | "long integer" | "string" | "unspecified";

export interface FieldSyntax {
  readonly name: Name;
  readonly type: TypeSyntax;
}

export interface Designator {
  readonly name: Name;
  /** Undefined in a choice with a designator type, which has the numbers. */
  readonly number: Numeral | Reference | undefined;
}

export interface CandidateSyntax {
  readonly designators: readonly Designator[];
  readonly type: TypeSyntax;
}

export type TypeSyntax = Span &
  (
    | { readonly kind: "predefined"; readonly type: PredefinedWord }
    | { readonly kind: "reference"; readonly reference: Reference }
    | { readonly kind: "enumeration"; readonly items: readonly Designator[] }
    | { readonly kind: "array"; readonly length: Numeral | Reference; readonly of: TypeSyntax }
    | { readonly kind: "sequence"; readonly limit: Numeral | Reference | undefined; readonly of: TypeSyntax }
    | { readonly kind: "record"; readonly fields: readonly FieldSyntax[] }
    | {
        readonly kind: "choice";
        readonly designator: Reference | undefined;
        readonly candidates: readonly CandidateSyntax[];
      }
    | {
        readonly kind: "procedure";
        readonly arguments: readonly FieldSyntax[];
        readonly results: readonly FieldSyntax[];
        readonly reports: readonly Reference[];
      }
    | { readonly kind: "error"; readonly arguments: readonly FieldSyntax[] }
  );

export type ValueSyntax = Span &
  (
    | { readonly kind: "boolean"; readonly value: boolean }
    | { readonly kind: "number"; readonly value: number }
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "reference"; readonly reference: Reference }
    /** `[1, 2]`, of an array or a sequence; without elements, of a record too. */
    | { readonly kind: "list"; readonly elements: readonly ValueSyntax[] }
    | {
        readonly kind: "record";
        readonly components: readonly { readonly name: Name; readonly value: ValueSyntax }[];
      }
    /** `designator value`. */
    | { readonly kind: "choice"; readonly designator: Name; readonly value: ValueSyntax }
  );

export interface Declaration {
  readonly name: Name;
  readonly type: TypeSyntax;
  /** Undefined: this declares a type. */
  readonly value: ValueSyntax | undefined;
}

export interface ReferencedProgram {
  readonly name: Name;
  readonly number: Numeral;
  readonly version: Numeral;
}

export interface Specification {
  readonly name: Name;
  /** Undefined if the specification gives none, as Berkeley's compiler allowed. */
  readonly number: number | undefined;
  readonly version: number | undefined;
  readonly dependencies: readonly ReferencedProgram[];
  readonly declarations: readonly Declaration[];
}
