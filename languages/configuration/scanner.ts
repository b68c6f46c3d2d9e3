/** The words of a text in the configuration language. */
import type { Source, Span } from "../source.ts";

export type Token = Span & {
  readonly kind: "name" | "keyword" | "number" | "duration" | "string" | "symbol" | "end";
  /** As written; of a string, what is between the quotes. */
  readonly text: string;
};

export const keywords = new Set([
  "troupe",
  "where",
  "predicate",
  "not",
  "and",
  "or",
  "implies",
  "in",
  "mod",
  "forall",
  "exists",
  "members",
  "machines",
  "true",
  "false",
  "collator",
  "ordering",
  "replace",
  "minimize",
  "maximize",
  "spread",
]);

const space = /(?:\s|#.*)+/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const duration = /(?:\d+(?:\.\d+)?(?:ms|us|ns|d|h|m|s))+(?![A-Za-z0-9_])/y;
const number = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_])/y;
const string = /"(?:[^"\\\n]|\\.)*"/y;
const symbol = /!=|<=|>=|[=<>+\-*/(){},:.]/y;

/** What people write who come from another language, and what is written here. */
const foreign: readonly (readonly [pattern: RegExp, here: string])[] = [
  [/==/y, "="],
  [/<>/y, "!="],
  [/&&?|\/\\/y, "and"],
  [/\|\|?|\\\//y, "or"],
  [/!(?!=)/y, "not"],
  [/=>|->/y, "implies"],
  [/%/y, "mod"],
  [/\/\//y, "# before a comment"],
  [/'[^'\n]*'/y, 'double quotes around a string: "…"'],
];

/** All words, the last of kind "end". @throws BadSource for what is no word. */
export function scan(source: Source): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const take = (kind: Token["kind"], written: string, value = written): void => {
    tokens.push({ kind, text: value, from: at, to: at + written.length });
    at += written.length;
  };
  for (;;) {
    at += match(space)?.length ?? 0;
    if (at >= text.length) break;
    for (const [pattern, here] of foreign) {
      const written = match(pattern);
      if (written === undefined) continue;
      throw source.bad({ from: at, to: at + written.length }, `"${written}" is not of this language; write ${here}`);
    }
    const word = match(name);
    const time = match(duration);
    const digits = match(number);
    const quoted = match(string);
    const sign = match(symbol);
    if (word !== undefined) take(keywords.has(word) ? "keyword" : "name", word);
    else if (time !== undefined) take("duration", time);
    else if (digits !== undefined) take("number", digits);
    else if (quoted !== undefined) take("string", quoted, unquoted(source, at, quoted));
    else if (sign !== undefined) take("symbol", sign);
    else throw stray(source, at);
  }
  tokens.push({ kind: "end", text: "the end of the file", from: text.length, to: text.length });
  return tokens;
}

function unquoted(source: Source, at: number, quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gu, (written, letter: string, offset: number) => {
    if (letter === "\\" || letter === '"') return letter;
    const from = at + 1 + offset;
    throw source.bad({ from, to: from + written.length }, `in a string, \\ stands before " or \\ only`);
  });
}

function stray(source: Source, at: number) {
  const rest = source.text.slice(at);
  if (rest.startsWith('"')) {
    const line = /^[^\r\n]*/.exec(rest)![0];
    return source.bad({ from: at, to: at + line.length }, "this string has no closing quote on its line");
  }
  const run = /^(?:[A-Za-z0-9_.]+|[\s\S])/u.exec(rest)![0];
  const problem = /^\d/.test(run)
    ? `"${run}" is neither a number, such as 16 or 0.5, nor a duration, such as 10m`
    : `"${run}" is not of this language`;
  return source.bad({ from: at, to: at + run.length }, problem);
}
