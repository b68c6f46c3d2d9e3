/** What of an object a proxy cannot see: how it is noted, and when the object is refused. */
import { builtInOf, hides, shapeOf, type Shape } from "../wire/shapes.ts";
import { BytesChange, DateChange, PlaceChange, type WholeChange } from "./changes.ts";

/** Hears that an object changes in ways that a proxy cannot see, before an error says so. */
export type Blind = () => void;

function refuse(place: string, what: string, blind: Blind): never {
  blind();
  throw new TypeError(
    `${place || "the module"} ${what}; leave out the objects in the marks of the class, so that its state is noted as a whole`,
  );
}

/** The content of an object that code may change without setting a field; undefined for other objects. */
export function wholeChange(value: object): WholeChange | undefined {
  if (value instanceof Date) return new DateChange(value);
  if (value instanceof RegExp) return new PlaceChange(value);
  return hasBytes(value) ? new BytesChange(value) : undefined;
}

function hasBytes(value: object): value is ArrayBuffer | ArrayBufferView {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

/** Whether code may change the object's content without setting a field: what `wholeChange` notes, and collections. */
function changesInside(value: object): boolean {
  return [Date, RegExp, Map, Set].some((type) => value instanceof type) || hasBytes(value);
}

/**
 * Prototypes whose objects keep all that they have in fields. The shape of a class that is not declared is read at each
 * question.
 */
const open = new WeakSet<object>();

/**
 * Refuses an object that keeps inside what its methods change without setting a field.
 *
 * @throws TypeError with place and remedy
 */
export function refuseHidden(value: object, place: string, blind: Blind): void {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || open.has(prototype)) return;
  if (hides(prototype)) refuse(place, "has private fields, whose changes cannot be noted", blind);
  if (builtInOf(prototype) === undefined && !isPlain(shapeOf(prototype)))
    refuse(place, "is of a subclass of a built-in class, whose changes cannot be noted", blind);
  open.add(prototype);
}

/** Whether all that an object keeps is in its fields, and in its elements if it is an array. */
function isPlain({ base }: Shape): boolean {
  return base === "object" || base === "error" || base === "array";
}

/** @throws TypeError for an object in a field that cannot be written */
export function refuseUnwritable(place: string, blind: Blind): never {
  refuse(place, "cannot be written, but something within it can, whose changes cannot be noted", blind);
}

const fixedObjects = new WeakSet<object>();

/**
 * An object that cannot change stays without proxy.
 *
 * @throws TypeError if something within it can change
 */
export function fixed(object: object, place: string, blind: Blind): object {
  const next = [object];
  const found = new Set<object>();
  for (let each = next.pop(); each !== undefined; each = next.pop()) {
    if (fixedObjects.has(each) || found.has(each)) continue;
    const prototype = Object.getPrototypeOf(each) as object | null;
    if (!Object.isFrozen(each) || hides(prototype) || changesInside(each)) refuseUnwritable(place, blind);
    found.add(each);
    for (const value of Object.values(Object.getOwnPropertyDescriptors(each)).map(({ value }) => value as unknown))
      if (typeof value === "object" && value !== null) next.push(value);
  }
  for (const each of found) fixedObjects.add(each);
  return object;
}

export function isIndex(key: string | symbol): boolean {
  return typeof key === "string" && /^\d+$/.test(key);
}

export function isConstant(target: object, key: string | symbol): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  return descriptor?.configurable === false && descriptor.writable === false;
}

export function isAccessor(target: object, key: string | symbol): boolean {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, key);
    if (descriptor !== undefined) return descriptor.set !== undefined || descriptor.get !== undefined;
  }
  return false;
}
