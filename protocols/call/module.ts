/**
 * Modules and procedures. A module is an ordinary object; its procedures are its methods. Source: dissertation,
 * modules.
 */

/** A class whose instances are modules. */
export type ModuleClass<T extends object> = abstract new (...args: never[]) => T;

export type Method = (...args: never[]) => unknown;

/** The names of a module's procedures. */
export type ProcedureName<T> = { [K in keyof T]: T[K] extends Method ? K : never }[keyof T] & string;

const notProcedures: ReadonlySet<string> = new Set(["constructor", "getState", "setState"]);

const namesOfClass = new WeakMap<object, readonly string[]>();

/**
 * The procedures of a class in the order of their names: its own and inherited methods, except names that begin with
 * `_` and the two methods that transfer state (module-state.ts). A procedure's number is its index in this list, so
 * that client and server agree without negotiation.
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
