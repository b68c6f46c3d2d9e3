/** Any text, for properties. */
import fc from "fast-check";

const surrogates = { first: 0xd800, count: 0x800 };

/**
 * Any code point except halves of surrogate pairs. fast-check's own `unit: "binary"` lists all of them first, which
 * takes a second.
 */
const codePoint = fc
  .nat({ max: 0x10ffff - surrogates.count })
  .map((n) => String.fromCodePoint(n < surrogates.first ? n : n + surrogates.count));

export function anyText(maxLength?: number): fc.Arbitrary<string> {
  return fc.string({ unit: codePoint, ...(maxLength === undefined ? {} : { maxLength }) });
}
