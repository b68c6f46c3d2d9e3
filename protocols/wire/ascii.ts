/**
 * Reads strings of ASCII from bytes. Almost all strings are ASCII. A platform reads long strings faster, but protocols
 * do not depend on a platform.
 */

/** The ASCII characters from `at` to `stop`, or to the first byte that is not ASCII. */
export function asciiOf(bytes: Uint8Array, at: number, stop: number): string {
  let text = "";
  // Eight characters at a time: to make a string costs as much as eight characters in it.
  for (; at + 8 <= stop; at += 8) {
    const a = bytes[at]!;
    const b = bytes[at + 1]!;
    const c = bytes[at + 2]!;
    const d = bytes[at + 3]!;
    const e = bytes[at + 4]!;
    const f = bytes[at + 5]!;
    const g = bytes[at + 6]!;
    const h = bytes[at + 7]!;
    if ((a | b | c | d | e | f | g | h) >= 0x80) break;
    text += String.fromCharCode(a, b, c, d, e, f, g, h);
  }
  if (at + 4 <= stop) {
    const a = bytes[at]!;
    const b = bytes[at + 1]!;
    const c = bytes[at + 2]!;
    const d = bytes[at + 3]!;
    if ((a | b | c | d) < 0x80) {
      text += String.fromCharCode(a, b, c, d);
      at += 4;
    }
  }
  for (; at < stop && bytes[at]! < 0x80; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
