/**
 * Externalizing and internalizing values at run time, without a schema: each value carries a tag.
 *
 * Plain data: undefined, null, booleans, numbers, bigints, strings, byte arrays, arrays, Map, Set, Date and plain
 * objects. The encoding is canonical (one value has one encoding, object keys in their own order), so that the
 * collators may compare bytes.
 */
import { MalformedError, type Reader, type Writer } from "./bytes.ts";

const tag = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  natural: 4,
  negative: 5,
  float: 6,
  bigint: 7,
  text: 8,
  bytes: 9,
  array: 10,
  object: 11,
  map: 12,
  set: 13,
  date: 14,
} as const;

/** Nesting beyond this depth is refused: a cycle when writing, a hostile message when reading. */
const depthLimit = 200;

/**
 * Externalizes plain data.
 *
 * @throws TypeError for a value that is not plain data, with its place
 */
export function externalize(writer: Writer, value: unknown, place = "value", depth = 0): void {
  switch (typeof value) {
    case "number":
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
        writer.byte(value >= 0 ? tag.natural : tag.negative);
        writer.integer(Math.abs(value));
      } else {
        writer.byte(tag.float);
        writer.float(value);
      }
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
      writer.byte(tag.bigint);
      // Hexadecimal: decimal digits take a time that grows faster than their number.
      writer.text(value.toString(16));
      return;
    case "object":
      externalizeObject(writer, value, place, depth + 1);
      return;
    case "function":
    case "symbol":
      throw new TypeError(`${place} is a ${typeof value}, which cannot be externalized; expected plain data`);
  }
}

function externalizeObject(writer: Writer, value: object | null, place: string, depth: number): void {
  if (value === null) {
    writer.byte(tag.null);
  } else if (depth > depthLimit) {
    throw new TypeError(`${place} is nested more than ${depthLimit} deep, or contains itself`);
  } else if (Array.isArray(value)) {
    writer.byte(tag.array);
    externalizeList(writer, value, place, depth);
  } else if (value instanceof Uint8Array) {
    writer.byte(tag.bytes);
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
      const name = (prototype as { constructor?: { name?: string } }).constructor?.name ?? "unknown class";
      throw new TypeError(`${place} is an instance of ${name}, which cannot be externalized; expected plain data`);
    }
    const fields = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(fields);
    writer.byte(tag.object);
    writer.integer(keys.length);
    for (const key of keys) {
      writer.text(key);
      externalize(writer, fields[key], `${place}.${key}`, depth);
    }
  }
}

/** A list without a tag of its own: its length and its values. Arguments of a CALL are one. */
export function externalizeList(writer: Writer, values: readonly unknown[], place: string, depth = 0): void {
  writer.integer(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // Small naturals are by far the commonest value; the place is not spelled out unless something is wrong.
    if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) {
      writer.byte(tag.natural);
      writer.integer(value);
    } else externalize(writer, value, typeof value === "object" ? `${place}[${i}]` : place, depth);
  }
}

export function internalize(reader: Reader, depth = 0): unknown {
  const kind = reader.byte();
  switch (kind) {
    case tag.undefined:
      return undefined;
    case tag.null:
      return null;
    case tag.false:
      return false;
    case tag.true:
      return true;
    case tag.natural:
      return reader.integer();
    case tag.negative:
      return -reader.integer();
    case tag.float:
      return reader.float();
    case tag.bigint:
      return internalizeBigint(reader);
    case tag.text:
      return reader.text();
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
    default:
      throw new MalformedError(`unknown tag ${kind} at byte ${reader.at - 1}`);
  }
}

export function internalizeList(reader: Reader, depth = 0): unknown[] {
  const length = lengthOf(reader, depth);
  const values: unknown[] = [];
  for (let i = 0; i < length; i++) values.push(internalize(reader, depth));
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
  return object;
}

function internalizeBigint(reader: Reader): bigint {
  const text = reader.text();
  if (!/^-?[0-9a-f]+$/.test(text)) throw new MalformedError(`bigint expected at byte ${reader.at}`);
  return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}
