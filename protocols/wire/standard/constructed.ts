/**
 * The standard encoding of constructed types (XSIS 038112, chapter 3): an enumeration is one word; an array is its
 * elements; a sequence is a count and its elements; a record is its components; a choice is a designator and the
 * designated value. Three types are our own: an optional value is a choice of none (0) and some (1), a set is a
 * sequence of its elements, a map is a sequence of pairs.
 */
import { MalformedError, type Reader, type Writer } from "../bytes.ts";
import { tooDeep } from "../refusal.ts";
import {
  externalizeCardinal,
  externalizeCount,
  type Externalize,
  internalizeCardinal,
  internalizeCount,
  type Internalize,
  longest,
  refuse,
} from "./predefined.ts";

/** Nesting of recursive types beyond this depth is refused: a cycle when writing, a hostile message when reading. */
const depthLimit = 1000;

/** Call before writing a value of a recursive type. */
export function descend(writer: Writer, place: string): void {
  if (++writer.depth > depthLimit) throw tooDeep(place, depthLimit);
}

/** Call after writing a value of a recursive type. */
export function ascend(writer: Writer): void {
  writer.depth--;
}

/** Reads a value of a recursive type. */
export function nested<T>(reader: Reader, internalize: Internalize<T>): T {
  if (++reader.depth > depthLimit) throw new MalformedError(`nested more than ${depthLimit} deep at byte ${reader.at}`);
  const value = internalize(reader);
  reader.depth--;
  return value;
}

/** An enumeration, or the designators of a choice: the program's values, and the number of each. */
export class Enumeration<T extends string | number | boolean | bigint | null | undefined> {
  readonly #name: string;
  readonly #numbers: ReadonlyMap<T, number>;
  readonly #values: readonly (T | undefined)[] | undefined;
  readonly #sparse: ReadonlyMap<number, T>;

  constructor(name: string, items: readonly (readonly [value: T, number: number])[]) {
    this.#name = name;
    this.#numbers = new Map(items);
    // If several values have one number, the number is read as the first of them.
    this.#sparse = new Map(
      items
        .slice()
        .reverse()
        .map(([value, number]) => [number, value]),
    );
    // A small table is faster than a map.
    const most = Math.max(...items.map(([, number]) => number));
    const hasUndefined = items.some(([value]) => value === undefined);
    this.#values =
      most < 256 && !hasUndefined
        ? Array.from({ length: most + 1 }, (_, number) => this.#sparse.get(number))
        : undefined;
  }

  readonly externalize = (writer: Writer, value: T, place: string): void => {
    const number = this.#numbers.get(value);
    if (number === undefined) refuse(value, place, `a ${this.#name}: ${this.#allowed()}`);
    externalizeCardinal(writer, number, place);
  };

  readonly internalize = (reader: Reader): T => {
    const number = internalizeCardinal(reader);
    const value = this.#values?.[number];
    if (value !== undefined) return value;
    if (!this.#sparse.has(number))
      throw new MalformedError(`${number} is no ${this.#name}, at byte ${reader.at - 2}; expected ${this.#allowed()}`);
    return this.#sparse.get(number) as T;
  };

  #allowed(): string {
    const values = [...this.#numbers.keys()].map((value) =>
      typeof value === "string" ? JSON.stringify(value) : String(value),
    );
    return values.length > 12 ? `${values.slice(0, 12).join(", ")} or ${values.length - 12} more` : values.join(" or ");
  }
}

export function externalizeArray<T>(
  writer: Writer,
  value: readonly T[],
  length: number,
  place: string,
  element: Externalize<T>,
): void {
  if (!Array.isArray(value) || value.length !== length) refuse(value, place, `an array of ${length}`);
  for (let i = 0; i < length; i++) element(writer, value[i]!, place);
}

export function internalizeArray<T>(reader: Reader, length: number, element: Internalize<T>): T[] {
  const values: T[] = [];
  for (let i = 0; i < length; i++) values.push(element(reader));
  return values;
}

/** `limit`: the most elements; Infinity if there is no limit. */
export function externalizeSequence<T>(
  writer: Writer,
  value: readonly T[],
  limit: number,
  place: string,
  element: Externalize<T>,
): void {
  if (!Array.isArray(value)) refuse(value, place, "an array");
  const { length } = value;
  externalizeCount(writer, length, limit, place);
  for (let i = 0; i < length; i++) element(writer, value[i]!, place);
}

export function internalizeSequence<T>(reader: Reader, limit: number, element: Internalize<T>): T[] {
  const length = countOf(reader, limit);
  const values: T[] = [];
  for (let i = 0; i < length; i++) values.push(element(reader));
  return values;
}

/** The number of elements that follow. A large count that exceeds the bytes left is refused at once. */
function countOf(reader: Reader, limit: number): number {
  const count = internalizeCount(reader, limit);
  if (count > longest) reader.need(count);
  return count;
}

/** The elements, in the order of their insertion. */
export function externalizeSet<T>(writer: Writer, value: ReadonlySet<T>, place: string, element: Externalize<T>): void {
  if (!(value instanceof Set)) refuse(value, place, "a Set");
  externalizeCount(writer, value.size, Infinity, place);
  for (const each of value as ReadonlySet<T>) element(writer, each, place);
}

export function internalizeSet<T>(reader: Reader, element: Internalize<T>): Set<T> {
  const count = countOf(reader, Infinity);
  const values = new Set<T>();
  for (let i = 0; i < count; i++) values.add(element(reader));
  if (values.size !== count) throw new MalformedError(`a set with equal elements before byte ${reader.at}`);
  return values;
}

export type KeyOrder = "kept" | "sorted";

/** Numbers and bigints by size, strings by their UTF-16 code units, false before true. */
function compareKeys(a: unknown, b: unknown): number {
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
}

/**
 * A map's pairs. `kept`: in the order of insertion, which a program can see. `sorted`: by key, for languages whose maps
 * have no order, so that equal maps have equal encodings.
 */
export function externalizeMap<K, V>(
  writer: Writer,
  value: ReadonlyMap<K, V>,
  order: KeyOrder,
  place: string,
  key: Externalize<K>,
  item: Externalize<V>,
): void {
  if (!(value instanceof Map)) refuse(value, place, "a Map");
  const map = value as ReadonlyMap<K, V>;
  externalizeCount(writer, map.size, Infinity, place);
  const pairs = order === "kept" ? map : [...map].sort(([a], [b]) => compareKeys(a, b));
  for (const [k, v] of pairs) {
    key(writer, k, place);
    item(writer, v, place);
  }
}

export function internalizeMap<K, V>(
  reader: Reader,
  order: KeyOrder,
  key: Internalize<K>,
  item: Internalize<V>,
): Map<K, V> {
  const count = countOf(reader, Infinity);
  const map = new Map<K, V>();
  let last: K | undefined = undefined;
  for (let i = 0; i < count; i++) {
    const k = key(reader);
    if (order === "sorted" && i > 0 && compareKeys(last, k) >= 0)
      throw new MalformedError(`a map that is not in the order of its keys, before byte ${reader.at}`);
    last = k;
    map.set(k, item(reader));
  }
  if (map.size !== count) throw new MalformedError(`a map with equal keys before byte ${reader.at}`);
  return map;
}

/** An object with fields that the interface does not name: a map of strings, in the order of the object's keys. */
export function externalizeDictionary<V>(
  writer: Writer,
  value: Readonly<Record<string, V>>,
  place: string,
  key: Externalize<string>,
  item: Externalize<V>,
): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(value, place, "an object");
  const keys = Object.keys(value);
  externalizeCount(writer, keys.length, Infinity, place);
  for (const each of keys) {
    key(writer, each, place);
    item(writer, value[each]!, place);
  }
}

export function internalizeDictionary<V>(
  reader: Reader,
  key: Internalize<string>,
  item: Internalize<V>,
): Record<string, V> {
  const entries = [...internalizeMap(reader, "kept", key, item)];
  // An assignment to __proto__ would change the prototype instead of making a field.
  return Object.fromEntries(entries);
}

/** `absent`, which is undefined or null, stands for none. */
export function externalizeOptional<T>(
  writer: Writer,
  value: T | undefined | null,
  absent: undefined | null,
  place: string,
  some: Externalize<T>,
): void {
  if (value === absent) externalizeCardinal(writer, 0, place);
  else {
    externalizeCardinal(writer, 1, place);
    some(writer, value as T, place);
  }
}

/** Whether there is a value. If so, it follows. */
export function internalizePresence(reader: Reader): boolean {
  const word = internalizeCardinal(reader);
  if (word > 1) throw new MalformedError(`word ${word} for none (0) or some (1) at byte ${reader.at - 2}`);
  return word === 1;
}

export function internalizeOptional<T, A extends undefined | null>(
  reader: Reader,
  absent: A,
  some: Internalize<T>,
): T | A {
  return internalizePresence(reader) ? some(reader) : absent;
}
