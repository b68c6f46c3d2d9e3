/** Values that are no objects, with their tags. */
import { MalformedError, type Reader, type Writer } from "./bytes.ts";
import { tag } from "./tags.ts";

export function externalizeNumber(writer: Writer, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    writer.byte(value >= 0 ? tag.natural : tag.negative);
    writer.integer(Math.abs(value));
  } else {
    writer.byte(tag.float);
    writer.float(value);
  }
}

export function externalizeBigint(writer: Writer, value: bigint): void {
  writer.byte(tag.bigint);
  // Hexadecimal: decimal digits take a time that grows faster than their number.
  writer.text(value.toString(16));
}

export type Scalar = undefined | null | boolean | number | bigint | string;

/** The scalar with that tag. Undefined is also what a tag stands for that is no scalar's: `isScalar` tells. */
export function internalizeScalar(reader: Reader, kind: number): Scalar {
  switch (kind) {
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
    default:
      return undefined;
  }
}

export function isScalar(kind: number): boolean {
  return kind <= tag.text;
}

function internalizeBigint(reader: Reader): bigint {
  const text = reader.text();
  if (!/^-?[0-9a-f]+$/.test(text)) throw new MalformedError(`bigint expected at byte ${reader.at}`);
  return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}

/** Whether a value is written whole, and never refused. */
export function isScalarValue(value: unknown): boolean {
  const type = typeof value;
  return type === "object" ? value === null : type !== "function" && type !== "symbol";
}
