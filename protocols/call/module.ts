/** Modules, which are ordinary objects, and their procedures, which are their methods. */

/** A class whose instances are modules. */
export type ModuleClass<T extends object> = abstract new (...args: never[]) => T;

export type Method = (...args: never[]) => unknown;

/** The names of a module's procedures. */
export type ProcedureName<T> = { [K in keyof T]: T[K] extends Method ? K : never }[keyof T] & string;

const notProcedures: ReadonlySet<string> = new Set(["constructor", "getState", "setState"]);

const namesOfClass = new WeakMap<object, readonly string[]>();

/**
 * The procedures of a class: its methods and those it inherits, except names that begin with `_` and the two that transfer
 * state (module-state.ts), in the order of their names. The number of a
 * procedure is its place in this list, so that client and server agree without a word.
 */
export function proceduresOf(type: ModuleClass<object>): readonly string[] {
  const known = namesOfClass.get(type);
  if (known !== undefined) return known;
  const names = new Set<string>();
  let prototype = type.prototype as object | null;
  for (; prototype !== null && prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype) as object) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const { value } = Object.getOwnPropertyDescriptor(prototype, name)!;
      if (typeof value === "function" && !notProcedures.has(name) && !name.startsWith("_")) names.add(name);
    }
  }
  const sorted = [...names].sort((a, b) => (a < b ? -1 : 1));
  namesOfClass.set(type, sorted);
  return sorted;
}
