/**
 * The words of a Courier specification.
 *
 * Source: XSIS 038112, appendix on the specification language: words, numbers in decimal and octal (`177777B`), strings
 * in double quotes with a doubled quote inside, comments from `--` to the next `--` or to the end of the line.
 * Hexadecimal numbers (`0FFFFH`) and an explicit `D` for decimal are Mesa's, `0FFFFX` is Berkeley's, and some
 * specifications use them.
 */
import type { Source, Span } from "../../source.ts";

export type Token = Span &
  (
    | { readonly type: "word"; readonly text: string }
    | { readonly type: "number"; readonly text: string; readonly value: number }
    | { readonly type: "string"; readonly text: string; readonly value: string }
    | { readonly type: "mark"; readonly text: string }
    | { readonly type: "end"; readonly text: "" }
  );

const pattern =
  /(?<space>\s+|--(?:(?!--)[^\n\r])*(?:--|(?=[\n\r])|$))|(?<number>[0-9][0-9A-Fa-f]*[BDHXbdhx]?(?![A-Za-z0-9_]))|(?<word>[A-Za-z][A-Za-z0-9_]*)|(?<string>"(?:""|[^"])*")|(?<mark>=>|[:=;,.()[\]{}-])/uy;

function numberOf(text: string): number | undefined {
  const last = text.at(-1)!.toUpperCase();
  if (/^[0-9]+$/.test(text)) return Number(text);
  if (last === "B" && /^[0-7]+$/.test(text.slice(0, -1))) return parseInt(text, 8);
  if (last === "D" && /^[0-9]+$/.test(text.slice(0, -1))) return parseInt(text, 10);
  if (last === "H" || last === "X") return parseInt(text, 16);
  return undefined;
}

/** @throws BadSource, for what is no word of the language. */
export function tokensOf(source: Source): Token[] {
  const tokens: Token[] = [];
  const { text } = source;
  let from = 0;
  while (from < text.length) {
    pattern.lastIndex = from;
    const groups = pattern.exec(text)?.groups;
    const to = pattern.lastIndex;
    if (groups === undefined) throw badCharacter(source, from);
    const span = { from, to };
    if (groups["word"] !== undefined) tokens.push({ ...span, type: "word", text: groups["word"] });
    else if (groups["mark"] !== undefined) tokens.push({ ...span, type: "mark", text: groups["mark"] });
    else if (groups["number"] !== undefined) {
      const value = numberOf(groups["number"]);
      if (value === undefined)
        throw source.bad(
          span,
          `${groups["number"]} is no number; expected digits, or octal digits and B, or digits and H for hexadecimal`,
        );
      tokens.push({ ...span, type: "number", text: groups["number"], value });
    } else if (groups["string"] !== undefined) {
      const value = groups["string"].slice(1, -1).replaceAll('""', '"');
      tokens.push({ ...span, type: "string", text: groups["string"], value });
    }
    from = to;
  }
  tokens.push({ from: text.length, to: text.length, type: "end", text: "" });
  return tokens;
}

function badCharacter(source: Source, from: number): Error {
  const { text } = source;
  if (text[from] === '"') return source.bad({ from, to: from + 1 }, `a string begins here and has no end; expected "`);
  const word = /^[0-9A-Za-z_]+/.exec(text.slice(from))?.[0];
  if (word !== undefined) return source.bad({ from, to: from + word.length }, `${word} is neither a number nor a name`);
  const character = String.fromCodePoint(text.codePointAt(from)!);
  return source.bad(
    { from, to: from + character.length },
    `the character ${character} has no meaning in a Courier specification`,
  );
}
