/**
 * The kinds of parameter that an experiment may have: each knows its default and bounds, how to read a value from the
 * command line and how to write it back.
 */
import { parseDuration, showDuration } from "../languages/durations.ts";

/** A parameter's value: plain JSON, so that it goes unchanged into a manifest and to a worker. */
export type Plain = number | string | boolean;

export interface Parameter<T extends Plain = Plain> {
  readonly kind: "count" | "number" | "ratio" | "duration" | "choice" | "file" | "text" | "flag";
  /** One line. */
  readonly help: string;
  readonly default: T;
  /** What a value must be, to end the sentence "--members takes ...": "a whole number of at least 1". */
  readonly expects: string;
  /** For help and charts; empty where there is none. Durations are in milliseconds. */
  readonly unit: string;
  /** The values of a choice or a flag; empty for the other kinds. */
  readonly options: readonly T[];
  /** The value that a text stands for, or undefined if none. */
  parse(text: string): T | undefined;
  /** The number that a text stands for, within the bounds or not: for the step of a range. Undefined if none. */
  readUnbounded(text: string): number | undefined;
  /** The text that stands for a value: `parse(show(value)) === value`. */
  show(value: T): string;
  /** Whether this, from a program and not from the command line, is a value within the bounds. */
  accepts(value: unknown): value is T;
}

/** An experiment's parameters, by name. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** The values that `run` and `model` are given: one for each parameter. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/** Both bounds are themselves allowed. */
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
  // A duration is written with its unit.
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

/** Whole numbers beyond 2^53 would come out rounded: they are none. */
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

/** One of a few words. The first is the default unless another is named. */
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

/** A path of a file to read, from the current directory; by default none, written as the empty text. */
export function file(standard: string, help: string): Parameter<string> {
  return verbatim("file", "the path of a readable file", standard, help);
}

/** A name as it stands, such as "07" or "Blue Gene"; a comma separates two of them. */
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
