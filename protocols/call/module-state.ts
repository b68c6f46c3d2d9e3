/**
 * The state of a module: externalized at an old member, internalized at a new one (get_state, dissertation, chapter 6).
 *
 * An ordinary class needs no change to its text: its state is the instance's own enumerable fields. A class whose fields are not
 * plain data, or are private (`#name`), which nobody else can see, says itself what its state is, by methods `getState(): unknown`
 * and `setState(state: unknown): void`; they are not procedures. A compiled interface (`troupe stubs`) may know the state's type.
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

/** Throws TypeError, naming the class and the field, for a state that cannot be externalized. */
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

/** Gives the module a state that was externalized elsewhere. */
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
 * The same with fields and entries in one order. Transactions that touch different objects may come in different orders at members, and with them
 * what they add: where a class names the objects that its methods touch, the order of fields and entries is none of its state.
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

/** The text of a class is the only place where its private fields show. */
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
