/** Which objects of the language a file may change, by its text: `Array.prototype.last = ...`. */
import { replacedNames, standIns } from "./source.ts";

const names =
  "Array ArrayBuffer BigInt Boolean DataView Date Error Function JSON Map Math Number Object Promise Reflect RegExp Set String Symbol Uint8Array".split(
    " ",
  );
const name = `\\b(${names.join("|")})`;

/** Assignments to their fields or prototypes' fields, functions that set fields, and other names for prototypes. */
const changes = [
  new RegExp(`${name}(?:\\.prototype)?(?:\\.\\w+|\\[[^\\]]+\\])\\s*(?:[-+*/%&|^?]{0,3}=[^=>]|\\+\\+|--)`, "g"),
  new RegExp(`\\b(?:defineProperty|defineProperties|assign|set|setPrototypeOf)\\(\\s*\\(?${name}\\b`, "g"),
  new RegExp(`[=(,:]\\s*\\(?${name}\\.prototype\\s*[;,)\\n]`, "g"),
  new RegExp(`\\(\\s*${name}(?:\\.prototype)?\\s+as\\b`, "g"),
];

/** Properties of an object literal that has each such object under its name. */
export function changedIn(source: string): string[] {
  const found = new Set(changes.flatMap((each) => [...source.matchAll(each)].map((match) => match[1]!)));
  const replaced: readonly string[] = replacedNames;
  return [...found].map((each) => (replaced.includes(each) ? `${each}: ${standIns}.${each}` : each));
}
