/** Bytes as a key: a string with a character for each byte. Several at a time take half the time of one at a time. */
export function keyOf(source: Uint8Array, from: number, to: number): string {
  let key = "";
  let i = from;
  for (; i + 8 <= to; i += 8) {
    key += String.fromCharCode(
      source[i]!,
      source[i + 1]!,
      source[i + 2]!,
      source[i + 3]!,
      source[i + 4]!,
      source[i + 5]!,
      source[i + 6]!,
      source[i + 7]!,
    );
  }
  if (i + 4 <= to) {
    key += String.fromCharCode(source[i]!, source[i + 1]!, source[i + 2]!, source[i + 3]!);
    i += 4;
  }
  for (; i < to; i++) key += String.fromCharCode(source[i]!);
  return key;
}
