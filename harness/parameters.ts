/**
 * The kinds of parameters of experiments. Each parameter has a default and bounds, reads a value from the command line,
 * and writes a value back as text.
 */
import { parseDuration, showDuration } from "../languages/durations.ts";

/** The value of a parameter: plain JSON, so that manifests and workers get it unchanged. */
export type Plain = number | string | boolean;

/**
 * One parameter of an experiment: its default, its bounds, and its form on the command line. Made by the functions of
 * this file.
 */
export interface Parameter<T extends Plain = Plain> {
  readonly kind: "count" | "number" | "ratio" | "duration" | "choice" | "file" | "text" | "flag";
  /** One line for help. */
  readonly help: string;
  readonly default: T;
  /** The end of the sentence "--members takes ...": "a whole number of at least 1". */
  readonly expects: string;
  /** The unit for help and charts; empty if there is none. Durations are in milliseconds. */
  readonly unit: string;
  /** The values of a choice or a flag; empty for the other kinds. */
  readonly options: readonly T[];
  /** The value of a text; undefined if the text is no value. */
  parse(text: string): T | undefined;
  /** The number of a text, within the bounds or not, for the step of a range; undefined if it is no number. */
  readUnbounded(text: string): number | undefined;
  /** The text of a value. Invariant: `parse(show(value)) === value`. */
  show(value: T): string;
  /** Whether a value given by a program is of the right type and within the bounds. */
  accepts(value: unknown): value is T;
}

/** An experiment's parameters, by name. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** The values that `run` and `model` get: one for each parameter. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/** Bounds of a value. Invariant: min <= value <= max. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** The unit of a number, for help and charts. */
  readonly unit?: string;
}

function bounded(
  kind: Parameter["kind"],
  what: string,
  example: string,
  help: string,
  standard: number,
  bounds: Bounds,
  parse: (text: string) => number | undefined,
  show: (value: number) => string,
): Parameter<number> {
  const { min = -Infinity, max = Infinity } = bounds;
  const accepts = (value: unknown): value is number =>
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    (kind !== "count" || Number.isSafeInteger(value));
  let within = "";
  if (Number.isFinite(min) && Number.isFinite(max)) within = ` from ${show(min)} to ${show(max)}`;
  else if (Number.isFinite(min)) within = ` of at least ${show(min)}`;
  else if (Number.isFinite(max)) within = ` of at most ${show(max)}`;
  // The text of a duration contains its unit.
  const { unit = "" } = bounds;
  const named = unit === "" || kind === "duration" ? "" : ` (${unit})`;
  return {
    kind,
    help,
    default: standard,
    expects: `${what}${within}${named}${example}`,
    unit,
    options: [],
    parse(text) {
      const value = parse(text);
      return accepts(value) ? value : undefined;
    },
    readUnbounded: parse,
    show,
    accepts,
  };
}

/** The number of a text; undefined for whole numbers above 2^53, which would be rounded. */
function parseNumber(text: string): number | undefined {
  if (/^[+-]?\d+$/.test(text) && !Number.isSafeInteger(Number(text))) return undefined;
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** A whole number, by default of at least 0. */
export function count(standard: number, help: string, bounds: Bounds = {}): Parameter<number> {
  return bounded("count", "a whole number", "", help, standard, { min: 0, ...bounds }, parseNumber, String);
}

/** A real number. */
export function number(standard: number, help: string, bounds: Bounds = {}): Parameter<number> {
  return bounded("number", "a number", "", help, standard, bounds, parseNumber, String);
}

/** A share or a probability: a number from 0 to 1, or within narrower bounds. */
export function ratio(standard: number, help: string, bounds: Bounds = {}): Parameter<number> {
  return bounded("ratio", "a number", "", help, standard, { min: 0, max: 1, ...bounds }, parseNumber, String);
}

/** A span of time in milliseconds; default and bounds may be written as `"6m40s"`. */
export function duration(
  standard: number | string,
  help: string,
  bounds: { readonly min?: number | string; readonly max?: number | string } = {},
): Parameter<number> {
  const milliseconds = (value: number | string): number =>
    typeof value === "number" ? value : (parseDuration(value) ?? NaN);
  return bounded(
    "duration",
    "a duration",
    ", such as 400s, 6m40s or 250ms",
    help,
    milliseconds(standard),
    {
      min: milliseconds(bounds.min ?? 0),
      ...(bounds.max === undefined ? {} : { max: milliseconds(bounds.max) }),
      unit: "ms",
    },
    parseDuration,
    showDuration,
  );
}

/** One of a few words. The first word is the default unless `standard` names another word. */
export function choice<const T extends string>(options: readonly T[], help: string, standard?: T): Parameter<T> {
  const accepts = (value: unknown): value is T => (options as readonly unknown[]).includes(value);
  return {
    kind: "choice",
    help,
    default: (standard ?? options[0]) as T,
    expects: `one of ${options.join(", ")}`,
    unit: "",
    options,
    parse: (text) => (accepts(text) ? text : undefined),
    readUnbounded: () => undefined,
    show: (value) => value,
    accepts,
  };
}

function verbatim(kind: "file" | "text", expects: string, standard: string, help: string): Parameter<string> {
  const accepts = (value: unknown): value is string => typeof value === "string";
  return {
    kind,
    help,
    default: standard,
    expects,
    unit: "",
    options: [],
    parse: (text) => text,
    readUnbounded: () => undefined,
    show: (value) => value,
    accepts,
  };
}

/** The path of a file to read, relative to the current directory. The empty text stands for no file. */
export function file(standard: string, help: string): Parameter<string> {
  return verbatim("file", "the path of a readable file", standard, help);
}

/** A name, such as "07" or "Blue Gene", without interpretation. A comma separates two names. */
export function text(standard: string, help: string): Parameter<string> {
  return verbatim("text", "a name", standard, help);
}

/** On or off: `--name`, `--no-name`, `--name true`. */
export function flag(standard: boolean, help: string): Parameter<boolean> {
  const accepts = (value: unknown): value is boolean => typeof value === "boolean";
  return {
    kind: "flag",
    help,
    default: standard,
    expects: "true or false",
    unit: "",
    options: [false, true],
    parse: (text) => (text === "true" ? true : text === "false" ? false : undefined),
    readUnbounded: () => undefined,
    show: String,
    accepts,
  };
}
