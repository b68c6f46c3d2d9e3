/**
 * The state of a module: externalized at an old member, internalized at a new member.
 *
 * Source: get_state, dissertation, chapter 6. An ordinary class needs no change: its state is the instance's own
 * enumerable fields. A class declares its state itself if its fields are not plain data or are private (`#name`). It
 * has methods `getState(): unknown` and `setState(state: unknown): void`, which are not procedures. A compiled
 * interface (`troupe stubs`) may know the type of the state.
 */
import { Reader, Writer } from "../wire/bytes.ts";
import { externalize, internalize } from "../wire/value.ts";
import type { StateForm } from "./interface.ts";

interface Transferable {
  getState?(): unknown;
  setState?(state: unknown): void;
}

/** Each value carries a tag. */
const tagged: StateForm = {
  externalize: (writer, state) => externalize(writer, state, "state"),
  internalize: (reader) => internalize(reader),
};

const remedy = "give the class methods getState and setState";

/**
 * Externalizes the module's state.
 *
 * @throws TypeError for a state that cannot be externalized, with the names of class and field
 */
export function externalizeState(module: object, form: StateForm = tagged): Uint8Array {
  const { name } = module.constructor;
  const transferable = module as Transferable;
  if (transferable.getState === undefined) refusePrivateFields(module);
  const fields = transferable.getState?.() ?? { ...module };
  const { transactions } = module.constructor as { transactions?: { objects?: unknown } };
  const state = transactions?.objects === undefined ? fields : sorted(fields);
  const writer = new Writer();
  writer.begin(0);
  try {
    if (form === tagged) externalize(writer, state, name);
    else form.externalize(writer, state);
  } catch (error) {
    if (error instanceof TypeError) throw new TypeError(`state of ${error.message}; ${remedy}`);
    throw error;
  }
  return writer.finish();
}

/** Replaces the module's state by a state that was externalized at another member. */
export function internalizeState(module: object, bytes: Uint8Array, form: StateForm = tagged): void {
  const state = form.internalize(new Reader(bytes, 0));
  const transferable = module as Transferable;
  if (transferable.setState !== undefined) {
    transferable.setState(state);
    return;
  }
  for (const field of Object.keys(module)) {
    if (!Object.hasOwn(state as object, field)) delete (module as Record<string, unknown>)[field];
  }
  Object.assign(module, state);
}

/**
 * A copy of the value with fields and entries in a canonical order. Transactions on different objects may come in
 * different orders at different members, and so may the fields that they add. For a class that names the objects of its
 * methods, the order of fields and entries is no part of its state.
 */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const byName = ([a]: [unknown, unknown], [b]: [unknown, unknown]): number => (String(a) < String(b) ? -1 : 1);
  if (value instanceof Map) {
    const entries = [...(value as Map<unknown, unknown>)].map(([key, each]): [unknown, unknown] => [key, sorted(each)]);
    return new Map(entries.sort(byName));
  }
  if (value instanceof Set)
    return new Set([...(value as Set<unknown>)].sort((a, b) => (String(a) < String(b) ? -1 : 1)));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, sorted(each)]);
  return Object.fromEntries(entries.sort(byName));
}

/** Only the text of a class shows its private fields. */
function refusePrivateFields(module: object): void {
  let prototype: unknown = Object.getPrototypeOf(module);
  while (typeof prototype === "object" && prototype !== null && prototype !== Object.prototype) {
    const type = prototype.constructor;
    const [field] = /\bthis\s*\.\s*#[\w$]+/.exec(Function.prototype.toString.call(type)) ?? [];
    if (field !== undefined) {
      const name = field.slice(field.indexOf("#"));
      throw new TypeError(`state of ${type.name}: its field ${name} is private and cannot be externalized; ${remedy}`);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
}
