/** The own properties of an object, as far as they are not part of a built-in kind. */
import { declared } from "./declared.ts";
import type { Base } from "./shapes.ts";

/** 0: may get more properties. 1: may not. 2: sealed. 3: frozen. */
export type Integrity = 0 | 1 | 2 | 3;

/** Attributes of a property: the ordinary one has all. */
export const attribute = { enumerable: 1, writable: 2, configurable: 4, all: 7 } as const;

export interface Properties {
  readonly keys: readonly (string | symbol)[];
  readonly values: readonly unknown[];
  /** Of each property; undefined if each is an ordinary one. */
  readonly attributes: readonly number[] | undefined;
  readonly integrity: Integrity;
  /** Whether all are string-named fields that can be written, listed and deleted, and more may be added. */
  readonly ordinary: boolean;
  /** What is wrong, and the property's place. */
  readonly complaint: string | undefined;
  readonly place: string;
}

const accessor =
  "is an accessor of one object, which cannot be externalized: its code is in one process only; declare it in the class";

export function readProperties(object: object, base: Base): Properties {
  const list = base === "array" || base === "view";
  const keys: readonly (string | symbol)[] = list ? extraKeys(object) : ownKeys(object, base);
  const integrity = integrityOf(object);
  const values: unknown[] = [];
  let attributes: number[] | undefined = undefined;
  let ordinary = integrity === 0;
  let complaint: string | undefined = undefined;
  let place = "";
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const property = Object.getOwnPropertyDescriptor(object, key)!;
    const { value, writable, enumerable, configurable } = property as TypedPropertyDescriptor<unknown>;
    values.push(value);
    let bits: number = attribute.all;
    if (writable !== true || enumerable !== true || configurable !== true) {
      if ("get" in property) [complaint, place] = [complaint ?? accessor, placeOf(key)];
      bits = (enumerable === true ? 1 : 0) + (writable === true ? 2 : 0) + (configurable === true ? 4 : 0);
      // What sealing and freezing do to each property is said once.
      bits = integrity === 3 ? bits | 6 : integrity === 2 ? bits | 4 : bits;
      if (bits !== attribute.all) {
        ordinary = false;
        attributes ??= keys.map(() => attribute.all);
      }
    }
    if (attributes !== undefined) attributes[i] = bits;
    if (typeof key === "symbol") ordinary = false;
  }
  return { keys, values, attributes, integrity, ordinary, complaint, place };
}

export function placeOf(key: string | symbol): string {
  return typeof key === "symbol" ? `[${String(key)}]` : `.${key}`;
}

function ownKeys(object: object, base: Base): readonly (string | symbol)[] {
  const names = Object.getOwnPropertyNames(object);
  const symbols = Object.getOwnPropertySymbols(object);
  const own = symbols.length === 0 ? names : [...names, ...symbols];
  // The stack is a text about one process; a regular expression's place is part of what it keeps inside.
  const inside = base === "error" ? "stack" : base === "regexp" ? "lastIndex" : undefined;
  return inside === undefined ? own : own.filter((key) => key !== inside);
}

/** Whether an array or a view has properties beside its elements. */
export function hasExtraKeys(object: object): boolean {
  if (Object.getOwnPropertySymbols(object).length > 0) return true;
  return object instanceof DataView ? Object.keys(object).length > 0 : declared.inspection.hasExtraKeys(object);
}

function extraKeys(object: object): (string | symbol)[] {
  if (!hasExtraKeys(object)) return [];
  return Reflect.ownKeys(object).filter((key) => key !== "length" && !(typeof key === "string" && /^\d+$/.test(key)));
}

function integrityOf(object: object): Integrity {
  if (Object.isExtensible(object)) return 0;
  return Object.isFrozen(object) ? 3 : Object.isSealed(object) ? 2 : 1;
}
