/** Short names that were read before, such as those of fields. A known name is not made again. */

/** Each at its hash. */
const names = Array.from({ length: 256 }, () => "");
const longestName = 24;

/** The hash of the name whose length stands at `at`; -1 if the name is long or incomplete. */
function hashAt(bytes: Uint8Array, at: number): number {
  const length = bytes[at] ?? 0;
  if (length > longestName || at + length >= bytes.length) return -1;
  let hash = length;
  for (let i = at + 1; i <= at + length; i++) hash = (hash * 31 + bytes[i]!) & 255;
  return hash;
}

/** The name of ASCII whose length stands at `at`; undefined if it is not known. */
export function knownName(bytes: Uint8Array, at: number): string | undefined {
  const hash = hashAt(bytes, at);
  if (hash < 0) return undefined;
  const name = names[hash]!;
  const length = bytes[at] ?? 0;
  if (name.length !== length) return undefined;
  for (let i = 0; i < length; i++) if (name.charCodeAt(i) !== bytes[at + 1 + i]) return undefined;
  return name;
}

/** Keeps a name that was read at `at`. Answers the name. */
export function learnName(bytes: Uint8Array, at: number, name: string): string {
  const hash = hashAt(bytes, at);
  // As many characters as bytes: the string is ASCII.
  if (hash >= 0 && name.length === bytes[at]) names[hash] = name;
  return name;
}
