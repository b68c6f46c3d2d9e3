/** Names of an interface as names in TypeScript. */
import { nearest } from "../nearest.ts";

/** What emitted modules use themselves, and words that cannot name a type or a value. */
const reserved: ReadonlySet<string> = new Set(
  `Error Date Map Set Promise Uint8Array ReadonlyMap ReadonlySet Readonly Record Reader Writer Program Troupe Enumeration Interface
  Export ExportOptions ImportOptions Stub AsyncIterableIterator CallerArguments Membership any as async await boolean break case catch class const
  continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface
  let never new null number object of package private protected public return static string super switch symbol this throw true try
  type typeof undefined unknown bigint var void while with yield arguments eval writer reader value place`.split(/\s+/),
);

/** A name for a type, a constant or a variable. */
export function safeName(name: string): string {
  const word = name.replace(/[^A-Za-z0-9_$]/g, "_").replace(/^(?=[0-9])/, "_");
  return reserved.has(word) ? `${word}_` : word;
}

/** Methods that every object has, or that mean something to the runtime. */
const taken: ReadonlySet<string> = new Set(["constructor", "getState", "setState", "then", "toString", "valueOf"]);

/** The name of a procedure as a method: it begins with a small letter. */
export function memberName(name: string): string {
  const [first = ""] = name;
  const member = first.toLowerCase() + name.slice(1);
  return taken.has(member) || member.startsWith("_") ? `${member.replace(/^_+/, "")}_` : member;
}

export function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** A property as it is written in a type or an object. */
export function property(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}

/** Behind the expression of an object. */
export function access(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** What may have been meant by a name that is not among these: the end of a sentence. */
export function meant(mistyped: string, names: readonly string[]): string {
  const name = nearest(mistyped, names);
  return name === undefined || name === mistyped ? "" : `; ${name} is near`;
}
