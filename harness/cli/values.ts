/** Values on the command line: as words, and as they are printed. */
import { BadData } from "../../sim/bad-data.ts";

const numeral = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const special: Readonly<Record<string, number>> = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

/**
 * The value of a word: JSON; `12n`, a bigint; `date:2026-11-29T10:00Z`, a date; NaN and the infinities; or else the
 * word itself.
 *
 * @throws BadData for a number that a float64 does not hold exactly, for a date that there is not, and for a word that
 *   begins as JSON and is none
 */
export function valueOf(word: string): unknown {
  if (Object.hasOwn(special, word)) return special[word];
  if (/^-?\d+n$/.test(word)) return BigInt(word.slice(0, -1));
  if (word.startsWith("date:")) {
    const date = new Date(word.slice("date:".length));
    if (Number.isNaN(date.getTime())) throw new BadData(`${word} is no date, such as date:2026-11-29T10:00Z.`);
    return date;
  }
  const value = jsonOf(word);
  if (value === undefined && /^[[{"]/.test(word)) {
    throw new BadData(
      `${word} is no JSON: ${faultOf(word)}. The string of these characters is '${JSON.stringify(word)}'.`,
    );
  }
  return value ?? word;
}

/** Why the text is no JSON. */
function faultOf(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${text} is JSON`);
}

/**
 * What the JSON stands for; undefined if the text is no JSON.
 *
 * @throws BadData for a number that a float64 does not hold exactly
 */
export function jsonOf(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)) {
    if (!token.startsWith('"') && !isExact(token)) {
      const whole = /^-?\d+$/.test(token) ? `, ${token}n for a bigint` : "";
      throw new BadData(
        `the number ${token} would arrive as ${Number(token)}: a float64 does not hold it exactly; '"${token}"' stands for a string${whole}.`,
      );
    }
  }
  return value;
}

/** Whether a float64 shows the same digits as the numeral. */
function isExact(token: string): boolean {
  const value = Number(token);
  return numeral.test(token) && Number.isFinite(value) && digitsOf(token) === digitsOf(String(value));
}

/** The digits of a numeral from the first to the last that is not 0, and the power of ten of the last. */
function digitsOf(token: string): string {
  const [mantissa = "", exponent = "0"] = token.toLowerCase().replace("-", "").split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const all = whole + fraction;
  const digits = all.replace(/0+$/, "");
  const power = Number(exponent) - fraction.length + (all.length - digits.length);
  const shown = digits.replace(/^0+/, "");
  return shown === "" ? "0" : `${shown}e${power}`;
}

/**
 * A value as JSON, and what JSON lacks as it is written in a program: NaN, Infinity, 12n. Maps, sets and bytes are
 * arrays; an error is an object of its name, message and fields; a value within itself is "(itself)".
 */
export function show(value: unknown, within: readonly object[] = []): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null || value instanceof Date) return JSON.stringify(value) ?? "null";
  if (within.includes(value)) return '"(itself)"';
  const inside = (each: unknown): string => show(each, [...within, value]);
  const list = (values: Iterable<unknown>): string => `[${Array.from(values, inside).join(",")}]`;
  if (ArrayBuffer.isView(value)) return list(bytesOf(value));
  if (value instanceof ArrayBuffer) return list(new Uint8Array(value));
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) return list(value as Iterable<unknown>);
  if (value instanceof RegExp) return JSON.stringify(String(value));
  const fields: [string, unknown][] =
    value instanceof Error
      ? [["name", value.name], ["message", value.message], ...Object.entries(value)]
      : Object.entries(value);
  const shown = fields.filter(([, each]) => each !== undefined);
  return `{${shown.map(([key, each]) => `${JSON.stringify(key)}:${inside(each)}`).join(",")}}`;
}

function bytesOf(view: ArrayBufferView): Iterable<unknown> {
  return view instanceof DataView
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : (view as Uint8Array);
}
