/** What an object holds at one moment, to be compared with what it holds later: identities and scalars, in order. */
import { declared } from "../../wire/declared.ts";
import { bytesOf, timeOf } from "../../wire/inside.ts";
import { builtInOf, shapeOf } from "../../wire/shapes.ts";

/** Values that are compared; what holds more is taken for a table that nobody changes. */
const mostValues = 20_000;

export interface Imprint {
  /** Undefined if there are too many. */
  readonly parts: readonly unknown[] | undefined;
  /** All objects that were met. */
  readonly objects: ReadonlySet<object>;
}

/**
 * The imprint of a value, and of what can be reached from it through built-in collections, plain objects and instances
 * of classes that files of modules declare. `opens`: through the value itself in any case. What belongs to others, such
 * as a simulated world, is compared by identity.
 */
export function imprintOf(root: unknown, opens = false): Imprint {
  const objects = new Set<object>();
  const parts: unknown[] = [];
  const open: object[] = [];
  const add = (value: unknown): void => {
    parts.push(value);
    if ((typeof value !== "object" && typeof value !== "function") || value === null || objects.has(value)) return;
    objects.add(value);
    if (isOpen(value) || (opens && value === root)) open.push(value);
  };
  add(root);
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    if (sizeOf(object) > mostValues) return { parts: undefined, objects };
    content(object, add);
    if (parts.length > mostValues) return { parts: undefined, objects };
  }
  return { parts, objects };
}

export function isSame(before: Imprint, after: Imprint): boolean {
  const [a, b] = [before.parts, after.parts];
  if (a === undefined || b === undefined) return true;
  return a.length === b.length && a.every((part, i) => Object.is(part, b[i]));
}

function isOpen(value: object): boolean {
  if (declared.inspection.isProxy(value)) return false;
  if (typeof value === "function") return true;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || builtInOf(prototype) !== undefined) return true;
  const { type } = shapeOf(prototype);
  return type !== undefined && declared.classOf(type) !== undefined;
}

function sizeOf(object: object): number {
  if (object instanceof Map || object instanceof Set) return object.size;
  if (ArrayBuffer.isView(object)) return bytesOf(object).byteLength;
  return Array.isArray(object) ? object.length : 0;
}

function content(object: object, add: (value: unknown) => void): void {
  if (ArrayBuffer.isView(object)) {
    const { buffer, byteOffset, byteLength } = bytesOf(object);
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) add(byte);
    return;
  }
  const isFunction = typeof object === "function";
  if (object instanceof Map)
    for (const entry of Map.prototype.entries.call(object)) for (const each of entry) add(each);
  if (object instanceof Set) for (const value of Set.prototype.values.call(object)) add(value);
  if (object instanceof Date) add(timeOf(object));
  for (const key of Reflect.ownKeys(object)) {
    if (isFunction && (key === "length" || key === "name" || key === "prototype")) continue;
    add(key);
    add(Object.getOwnPropertyDescriptor(object, key)?.value);
  }
  if (isFunction) return;
  const { privates, has } = shapeOf(Object.getPrototypeOf(object) as object | null);
  if (privates.length > 0 && has(object)) for (const field of privates) add(field.get(object));
}
