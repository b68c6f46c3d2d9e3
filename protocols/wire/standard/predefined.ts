/**
 * The standard encoding of predefined types: words of 16 bits, the more significant byte first.
 *
 * Source: Courier: The Remote Procedure Call Protocol, XSIS 038112 (Xerox, December 1981), chapters 2 and 3. Boolean,
 * cardinal, long cardinal, integer, long integer, string and unspecified are the standard's. The bytes of a string are
 * UTF-8 here, which contains the standard's ASCII. The types that only other languages have are our own: hyper integers
 * (four words), reals (IEEE 754 in two or four words), bytes (encoded like a string), integers of any length, dates.
 *
 * Every type is a pair of functions, and all pairs have the same parameters. `place` is the place of the value, for
 * errors. Each value has one encoding, so that collators may compare bytes.
 */
import { MalformedError, type Reader, type Writer } from "../bytes.ts";
import { utf8Length } from "../utf8.ts";
import { externalize, internalize } from "../value.ts";

export type Externalize<T> = (writer: Writer, value: T, place: string) => void;
export type Internalize<T> = (reader: Reader) => T;

/** Stands for a length that the standard cannot count. The true length follows in two words. */
const escape = 0xffff;

/** The longest string or sequence that the standard can count. */
export const longest = 0xffff;

/** A short description of a value, for an error that says what was given. */
export function described(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return `an object of class ${(value as { constructor?: { name?: string } }).constructor?.name ?? "unknown"}`;
}

export function refuse(value: unknown, place: string, expected: string): never {
  throw new TypeError(`${place} is ${described(value)}; expected ${expected}`);
}

export function externalizeCardinal(writer: Writer, value: number, place: string): void {
  if (value >>> 0 !== value || value > 0xffff) refuse(value, place, "a CARDINAL, a whole number from 0 to 65535");
  writer.reserve(2);
  const { bytes, at } = writer;
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
  writer.at = at + 2;
}

export function internalizeCardinal(reader: Reader): number {
  const { bytes, at } = reader;
  if (at + 2 > bytes.length) reader.need(2);
  reader.at = at + 2;
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function externalizeBoolean(writer: Writer, value: boolean, place: string): void {
  if (typeof value !== "boolean") refuse(value, place, "true or false");
  externalizeCardinal(writer, value ? 1 : 0, place);
}

export function internalizeBoolean(reader: Reader): boolean {
  const word = internalizeCardinal(reader);
  if (word > 1) throw new MalformedError(`word ${word} for a BOOLEAN at byte ${reader.at - 2}`);
  return word === 1;
}

export function externalizeInteger(writer: Writer, value: number, place: string): void {
  if ((value << 16) >> 16 !== value) refuse(value, place, "an INTEGER, a whole number from -32768 to 32767");
  externalizeCardinal(writer, value & 0xffff, place);
}

export function internalizeInteger(reader: Reader): number {
  return (internalizeCardinal(reader) << 16) >> 16;
}

export function externalizeUnspecified(writer: Writer, value: number, place: string): void {
  if (value >>> 0 !== value || value > 0xffff)
    refuse(value, place, "an UNSPECIFIED word, a whole number from 0 to 65535");
  externalizeCardinal(writer, value, place);
}

export const internalizeUnspecified: Internalize<number> = internalizeCardinal;

function writeLong(writer: Writer, value: number): void {
  writer.reserve(4);
  const { bytes, at } = writer;
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
  writer.at = at + 4;
}

export function externalizeLongCardinal(writer: Writer, value: number, place: string): void {
  if (value >>> 0 !== value) refuse(value, place, "a LONG CARDINAL, a whole number from 0 to 4294967295");
  writeLong(writer, value);
}

export function internalizeLongInteger(reader: Reader): number {
  const { bytes, at } = reader;
  if (at + 4 > bytes.length) reader.need(4);
  reader.at = at + 4;
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

export function internalizeLongCardinal(reader: Reader): number {
  return internalizeLongInteger(reader) >>> 0;
}

export function externalizeLongInteger(writer: Writer, value: number, place: string): void {
  if ((value | 0) !== value) refuse(value, place, "a LONG INTEGER, a whole number from -2147483648 to 2147483647");
  writeLong(writer, value);
}

export function externalizeHyperCardinal(writer: Writer, value: bigint, place: string): void {
  if (typeof value !== "bigint" || BigInt.asUintN(64, value) !== value)
    refuse(value, place, "a bigint from 0n to 2n ** 64n - 1n");
  writeLong(writer, Number(value >> 32n) | 0);
  writeLong(writer, Number(BigInt.asIntN(32, value)));
}

export function internalizeHyperCardinal(reader: Reader): bigint {
  const high = internalizeLongCardinal(reader);
  return (BigInt(high) << 32n) | BigInt(internalizeLongCardinal(reader));
}

export function externalizeHyperInteger(writer: Writer, value: bigint, place: string): void {
  if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value)
    refuse(value, place, "a bigint from -(2n ** 63n) to 2n ** 63n - 1n");
  writeLong(writer, Number(value >> 32n));
  writeLong(writer, Number(BigInt.asIntN(32, value)));
}

export function internalizeHyperInteger(reader: Reader): bigint {
  const high = internalizeLongInteger(reader);
  return (BigInt(high) << 32n) | BigInt(internalizeLongCardinal(reader));
}

/** -0 and 0 have different encodings. All NaNs have the same encoding. */
export function externalizeReal(writer: Writer, value: number, place: string): void {
  if (typeof value !== "number") refuse(value, place, "a number");
  writer.float(value);
}

export function internalizeReal(reader: Reader): number {
  return reader.float();
}

const four = new DataView(new ArrayBuffer(4));

/** Rounds to the nearest real of two words. */
export function externalizeShortReal(writer: Writer, value: number, place: string): void {
  if (typeof value !== "number") refuse(value, place, "a number");
  four.setFloat32(0, value);
  writeLong(writer, Number.isNaN(value) ? 0x7fc00000 : four.getInt32(0));
}

export function internalizeShortReal(reader: Reader): number {
  four.setInt32(0, internalizeLongInteger(reader));
  return four.getFloat32(0);
}

/** The number of elements or bytes that follow. */
export function externalizeCount(writer: Writer, count: number, limit: number, place: string): void {
  if (count > limit) throw new TypeError(`${place} has ${count} elements; expected at most ${limit}`);
  if (count < escape || limit <= longest) externalizeCardinal(writer, count, place);
  else {
    externalizeCardinal(writer, escape, place);
    writeLong(writer, count);
  }
}

export function internalizeCount(reader: Reader, limit: number): number {
  let count = internalizeCardinal(reader);
  if (count === escape && limit > longest) {
    count = internalizeLongCardinal(reader);
    if (count < escape) throw new MalformedError(`a short length written long at byte ${reader.at - 4}`);
  }
  if (count > limit) throw new MalformedError(`${count} elements at byte ${reader.at}; expected at most ${limit}`);
  return count;
}

/** Of a string longer than the standard can count: a STRING is refused, the length of a text is escaped. */
function writeText(writer: Writer, value: string, limit: number, place: string): void {
  if (typeof value !== "string") refuse(value, place, "a string");
  const { length } = value;
  writer.reserve(length + 3);
  const { bytes, at } = writer;
  let to = at + 2;
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit >= 128 || length >= escape) return writeLongText(writer, value, limit, place);
    bytes[to++] = unit;
  }
  bytes[at] = length >>> 8;
  bytes[at + 1] = length;
  if ((length & 1) === 1) bytes[to++] = 0;
  writer.at = to;
}

function writeLongText(writer: Writer, value: string, limit: number, place: string): void {
  const length = utf8Length(value);
  if (length > limit) throw new TypeError(`${place} has ${length} bytes of text; expected at most ${limit}`);
  externalizeCount(writer, length, limit, place);
  writer.characters(value);
  if ((length & 1) === 1) writer.byte(0);
}

function readText(reader: Reader, limit: number): string {
  const length = internalizeCount(reader, limit);
  const text = reader.textOf(length);
  if ((length & 1) === 1) skipPadding(reader);
  return text;
}

/** The padding must be zero, or equal values could have different encodings. */
function skipPadding(reader: Reader): void {
  if (reader.byte() !== 0) throw new MalformedError(`padding is not zero at byte ${reader.at - 1}`);
}

export function externalizeString(writer: Writer, value: string, place: string): void {
  writeText(writer, value, longest, place);
}

export function internalizeString(reader: Reader): string {
  return readText(reader, longest);
}

/** A string of any length. */
export function externalizeText(writer: Writer, value: string, place: string): void {
  writeText(writer, value, Infinity, place);
}

export function internalizeText(reader: Reader): string {
  return readText(reader, Infinity);
}

export function externalizeBytes(writer: Writer, value: Uint8Array, place: string): void {
  if (!(value instanceof Uint8Array)) refuse(value, place, "a Uint8Array");
  externalizeCount(writer, value.length, Infinity, place);
  writer.copy(value);
  if ((value.length & 1) === 1) writer.byte(0);
}

/** Answers a copy, since the program must not share the memory of the message. */
export function internalizeBytes(reader: Reader): Uint8Array {
  const length = internalizeCount(reader, Infinity);
  const value = reader.view(length).slice();
  if ((length & 1) === 1) skipPadding(reader);
  return value;
}

/**
 * An integer of any length: a word that is 1 for a negative integer, then the digits of the magnitude in base 2^16 as a
 * sequence of words.
 */
export function externalizeBigint(writer: Writer, value: bigint, place: string): void {
  if (typeof value !== "bigint") refuse(value, place, "a bigint");
  const digits = (value < 0n ? -value : value).toString(16);
  const count = value === 0n ? 0 : Math.ceil(digits.length / 4);
  externalizeCardinal(writer, value < 0n ? 1 : 0, place);
  externalizeCount(writer, count, Infinity, place);
  const padded = digits.padStart(count * 4, "0");
  for (let i = 0; i < count; i++) externalizeCardinal(writer, parseInt(padded.slice(i * 4, i * 4 + 4), 16), place);
}

export function internalizeBigint(reader: Reader): bigint {
  const start = reader.at;
  const negative = internalizeBoolean(reader);
  const count = internalizeCount(reader, Infinity);
  reader.need(count * 2);
  if (count === 0 && !negative) return 0n;
  const digits: string[] = [];
  for (let i = 0; i < count; i++) digits.push(internalizeCardinal(reader).toString(16).padStart(4, "0"));
  if (count === 0 || digits[0] === "0000") throw new MalformedError(`an integer with leading zeros at byte ${start}`);
  const magnitude = BigInt(`0x${digits.join("")}`);
  return negative ? -magnitude : magnitude;
}

/** Milliseconds since 1970 as a real; NaN for an invalid date. */
export function externalizeDate(writer: Writer, value: Date, place: string): void {
  if (!(value instanceof Date)) refuse(value, place, "a Date");
  writer.float(value.getTime());
}

export function internalizeDate(reader: Reader): Date {
  return new Date(reader.float());
}

/** The type that has the value `undefined` only. It is encoded in no bytes. */
export function externalizeNothing(_writer: Writer, value: undefined, place: string): void {
  if (value !== undefined) refuse(value, place, "undefined");
}

export function internalizeNothing(_reader: Reader): undefined {
  return undefined;
}

/** Plain data of any type, with tags (value.ts). */
export function externalizePlain(writer: Writer, value: unknown, place: string): void {
  externalize(writer, value, place);
}

export function internalizePlain(reader: Reader): unknown {
  return internalize(reader);
}
