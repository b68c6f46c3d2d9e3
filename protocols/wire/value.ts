/**
 * Externalizing and internalizing the arguments and results of calls at run time, without a schema: each value carries
 * a tag.
 *
 * Plain data: undefined, null, booleans, numbers, bigints, strings, byte arrays and Buffers, arrays, Map, Set, Date and
 * plain objects. What else every process knows (errors, regular expressions, typed arrays) is a graph
 * (graph-writer.ts). The encoding is canonical (one value has one encoding, object keys in their own order), so that
 * the collators may compare bytes.
 */
import { MalformedError, type Reader, type Writer } from "./bytes.ts";
import { bufferOf } from "./graph-inner.ts";
import { GraphReader } from "./graph-reader.ts";
import { GraphWriter } from "./graph-writer.ts";
import type { KnownRecords } from "./records.ts";
import { Refusal, tooDeep } from "./refusal.ts";
import { externalizeBigint, externalizeNumber, internalizeScalar, isScalar } from "./scalar.ts";
import { tag } from "./tags.ts";

/** Nesting beyond this depth is refused: a cycle when writing, a hostile message when reading. */
const depthLimit = 200;

/** The records that are known in what is written or read at present. */
let records: KnownRecords | undefined = undefined;

/** Writes or reads values of which these records are known (records.ts). */
export function withRecords<T>(known: KnownRecords, then: () => T): T {
  records = known;
  try {
    return then();
  } finally {
    records = undefined;
  }
}

/**
 * Externalizes plain data.
 *
 * @throws Refusal for a value that is not plain data, with its place
 */
export function externalize(writer: Writer, value: unknown, place = "value", depth = 0): void {
  switch (typeof value) {
    case "number":
      externalizeNumber(writer, value);
      return;
    case "string":
      writer.byte(tag.text);
      writer.text(value);
      return;
    case "boolean":
      writer.byte(value ? tag.true : tag.false);
      return;
    case "undefined":
      writer.byte(tag.undefined);
      return;
    case "bigint":
      externalizeBigint(writer, value);
      return;
    case "object":
      externalizeObject(writer, value, place, depth + 1);
      return;
    case "function":
    case "symbol":
      throw new Refusal(place, `is a ${typeof value}, which cannot be externalized`, "expected plain data");
  }
}

function externalizeObject(writer: Writer, value: object | null, place: string, depth: number): void {
  if (value === null) {
    writer.byte(tag.null);
  } else if (depth > depthLimit) {
    throw tooDeep(place, depthLimit);
  } else if (Array.isArray(value)) {
    if (hasHoles(value)) {
      externalizeGraph(writer, value, place);
      return;
    }
    writer.byte(tag.array);
    externalizeList(writer, value, place, depth);
  } else if (value instanceof Uint8Array) {
    const prototype: unknown = Object.getPrototypeOf(value);
    writer.byte(prototype === Uint8Array.prototype ? tag.bytes : tag.buffer);
    writer.integer(value.length);
    writer.copy(value);
  } else if (value instanceof Map) {
    writer.byte(tag.map);
    externalizeList(writer, [...value].flat(1), place, depth);
  } else if (value instanceof Set) {
    writer.byte(tag.set);
    externalizeList(writer, [...value], place, depth);
  } else if (value instanceof Date) {
    writer.byte(tag.date);
    writer.float(value.getTime());
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      externalizeGraph(writer, value, place);
      return;
    }
    externalizeFields(writer, value as Readonly<Record<string, unknown>>, place, depth);
  }
}

/**
 * The fields of a plain object. V8 reads a field fast by the key of a `for` over that object, and slowly by any other.
 */
function externalizeFields(
  writer: Writer,
  fields: Readonly<Record<string, unknown>>,
  place: string,
  depth: number,
): void {
  writer.byte(tag.object);
  const { at } = writer;
  if (records?.write(writer, fields) === true) return;
  writer.integer(Object.keys(fields).length);
  for (const key in fields) {
    if (!Object.hasOwn(fields, key)) continue;
    const value = fields[key];
    writer.text(key);
    externalize(writer, value, hasPlace(value) ? `${place}.${key}` : place, depth);
  }
  records?.learn(fields, writer.bytes, at, writer.at);
}

/** Whether a place is ever told of the value: it is not spelled out for others. */
function hasPlace(value: unknown): boolean {
  return typeof value === "object" ? value !== null : typeof value === "function" || typeof value === "symbol";
}

/**
 * What is no plain data, but is known everywhere: an error, a regular expression, numbers in a typed array, an array
 * with holes.
 *
 * @throws Refusal for anything else
 */
function externalizeGraph(writer: Writer, value: object, place: string): void {
  writer.byte(tag.graph);
  const graph = new GraphWriter(writer, place, true);
  graph.write(value);
  while (!graph.step(Infinity, Infinity));
}

/** A list without a tag of its own: its length and its values. Arguments of a CALL are one. */
export function externalizeList(writer: Writer, values: readonly unknown[], place: string, depth = 0): void {
  writer.integer(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // Small naturals are by far the commonest value.
    if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) {
      writer.byte(tag.natural);
      writer.integer(value);
    } else externalize(writer, value, hasPlace(value) ? `${place}[${i}]` : place, depth);
  }
}

export function internalize(reader: Reader, depth = 0): unknown {
  const kind = reader.byte();
  if (isScalar(kind)) return internalizeScalar(reader, kind);
  switch (kind) {
    case tag.bytes:
      return reader.view(reader.integer()).slice();
    case tag.array:
      return internalizeList(reader, depth + 1);
    case tag.object:
      return internalizeObject(reader, depth + 1);
    case tag.map: {
      const flat = internalizeList(reader, depth + 1);
      if (flat.length % 2 === 1) throw new MalformedError(`map without its last value at byte ${reader.at}`);
      const map = new Map<unknown, unknown>();
      for (let i = 0; i < flat.length; i += 2) map.set(flat[i], flat[i + 1]);
      return map;
    }
    case tag.set:
      return new Set(internalizeList(reader, depth + 1));
    case tag.date:
      return new Date(reader.float());
    case tag.buffer:
      return bufferOf(reader.view(reader.integer()));
    case tag.graph: {
      const graph = new GraphReader(reader, true);
      const value = graph.read();
      while (!graph.step(Infinity));
      return value;
    }
    default:
      throw new MalformedError(`unknown tag ${kind} at byte ${reader.at - 1}`);
  }
}

export function internalizeList(reader: Reader, depth = 0): unknown[] {
  const length = lengthOf(reader, depth);
  if (length === 0) return [];
  // Most lists are the arguments of a procedure with one. A list that begins empty would have room for 17 values.
  const values = [internalize(reader, depth)];
  for (let i = 1; i < length; i++) values.push(internalize(reader, depth));
  return values;
}

/** The number of values or fields that follow, `depth` deep. */
function lengthOf(reader: Reader, depth: number): number {
  if (depth > depthLimit) throw new MalformedError(`value nested more than ${depthLimit} deep at byte ${reader.at}`);
  const length = reader.integer();
  // Each value takes at least one byte: a length beyond what is left is a lie, and must not cost memory.
  if (length > reader.left) throw new MalformedError(`${length} values in ${reader.left} bytes`);
  return length;
}

function internalizeObject(reader: Reader, depth: number): object {
  const { at } = reader;
  const known = records?.read(reader);
  if (known !== undefined) return known;
  const length = lengthOf(reader, depth);
  const object: Record<string, unknown> = {};
  for (let i = 0; i < length; i++) {
    const key = reader.name();
    const value = internalize(reader, depth);
    // An assignment to __proto__ would change the prototype instead of making a field.
    if (key === "__proto__")
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    else object[key] = value;
  }
  records?.learn(object, reader.bytes, at, reader.at);
  return object;
}

function hasHoles(values: readonly unknown[]): boolean {
  if (!values.includes(undefined)) return false;
  for (let i = 0; i < values.length; i++) if (!(i in values)) return true;
  return false;
}
