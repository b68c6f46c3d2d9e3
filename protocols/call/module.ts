/**
 * Modules and procedures. A module is an ordinary object; its procedures are its methods. Source: dissertation,
 * modules.
 */

/** A class whose instances are modules. */
export type ModuleClass<T extends object> = abstract new (...args: never[]) => T;

export type Method = (...args: never[]) => unknown;

/** The names of a module's procedures. */
export type ProcedureName<T> = { [K in keyof T]: T[K] extends Method ? K : never }[keyof T] & string;

/**
 * The name of the method that answers the state of a module: plain data, and objects of the classes of the module's
 * files.
 */
export const getState: unique symbol = Symbol.for("troupe.getState") as typeof getState;

/** The name of the method that takes the state that `getState` has answered at another member. */
export const setState: unique symbol = Symbol.for("troupe.setState") as typeof setState;

/** How a class says itself what its state is. */
export interface StateMethods {
  readonly get: () => unknown;
  readonly set: (state: unknown) => void;
}

/**
 * The methods with which a class says itself what its state is: under the two symbols, or under the names `getState`
 * and `setState` if it has both. A lone `getState` is a procedure like any other.
 *
 * @throws TypeError for a class with one of the symbols
 */
export function stateMethods(module: object): StateMethods | undefined {
  return methodsNamed(module, getState, setState) ?? methodsNamed(module, "getState", "setState");
}

function methodsNamed(module: object, get: string | symbol, set: string | symbol): StateMethods | undefined {
  const own = module as Record<string | symbol, unknown>;
  const getter = own[get];
  const setter = own[set];
  if (typeof getter === "function" && typeof setter === "function") return boundTo(module, getter, setter);
  if (typeof get === "symbol" && (typeof getter === "function" || typeof setter === "function"))
    throw new TypeError(
      `class ${module.constructor.name} has one of the methods [getState] and [setState] and lacks the other`,
    );
  return undefined;
}

function boundTo(module: object, getter: Function, setter: Function): StateMethods {
  return { get: () => getter.call(module) as unknown, set: (state) => setter.call(module, state) as unknown };
}

const notProcedures: ReadonlySet<string> = new Set(["constructor"]);

const namesOfClass = new WeakMap<object, readonly string[]>();

/**
 * The procedures of a class in the order of their names: its own and inherited methods, except names that begin with
 * `_` and the two methods that transfer state, if there are both. A procedure's number is its index in this list, so
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
  if (names.has("getState") && names.has("setState")) {
    names.delete("getState");
    names.delete("setState");
  }
  const sorted = [...names].sort((a, b) => (a < b ? -1 : 1));
  namesOfClass.set(type, sorted);
  return sorted;
}
