/** The parts of a text in the configuration language, each with its place. */
import type { ReplacementPolicy } from "../../protocols/troupe/replacement-policy.ts";
import type { Span } from "../source.ts";

export interface Name extends Span {
  readonly name: string;
}

/** What a quantifier or an aggregate ranges over. */
export type Domain = "members" | "machines";

export type BinaryOperator =
  "and" | "or" | "implies" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "mod";

export type Expression = Span &
  (
    | { readonly kind: "literal"; readonly value: number | string | boolean }
    /** A member, or what a quantifier or a predicate calls a machine. */
    | { readonly kind: "machine"; readonly name: string }
    | { readonly kind: "attribute"; readonly machine: Name; readonly attribute: Name }
    | { readonly kind: "unary"; readonly operator: "not" | "-"; readonly operand: Expression }
    | {
        readonly kind: "binary";
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: "element"; readonly value: Expression; readonly set: readonly Expression[] }
    /** A function or a predicate, applied. */
    | { readonly kind: "call"; readonly callee: Name; readonly operands: readonly Expression[] }
    | {
        readonly kind: "quantified";
        readonly quantifier: "forall" | "exists";
        readonly variables: readonly Name[];
        readonly domain: Domain;
        readonly body: Expression;
      }
    /** A function over what the body is for each machine, or each combination of machines. */
    | {
        readonly kind: "aggregate";
        readonly callee: Name;
        readonly variables: readonly Name[];
        readonly domain: Domain;
        readonly body: Expression;
      }
  );

/** A named formula about machines. */
export interface Predicate {
  readonly name: Name;
  readonly parameters: readonly Name[];
  readonly body: Expression;
}

export const collatorNames = ["unanimous", "first-come", "majority", "watchdog", "quorum"] as const;

export interface CollatorChoice {
  readonly name: (typeof collatorNames)[number];
  /** Of a quorum: how many members must answer alike. */
  readonly count?: number;
}

/** How unrelated threads that call the troupe at once are ordered: the transaction protocol. */
export const orderings = ["none", "commit", "broadcast"] as const;
export type Ordering = (typeof orderings)[number];

export interface Objective extends Span {
  readonly direction: "minimize" | "maximize";
  readonly value: Expression;
}

/** A troupe's configuration as written. */
export interface Configuration {
  readonly predicates: readonly Predicate[];
  readonly name: string | undefined;
  readonly members: readonly Name[];
  /** Undefined: any machines will do. */
  readonly where: Expression | undefined;
  readonly collator: CollatorChoice;
  readonly ordering: Ordering;
  readonly replace: ReplacementPolicy;
  /** The first counts most. */
  readonly objectives: readonly Objective[];
}
