/** What a command line wants of charts: which, how they look, and in which forms. */
import { BadData } from "../../sim/bad-data.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { endings, formats, type Format } from "../charts/formats.ts";
import type { Wish } from "../charts/chosen.ts";
import { mostLines } from "../charts/slice.ts";
import { isGiven, numberOf, textOf, type Words } from "./words.ts";

const choice = {
  chart: { type: "string", describe: "one of the run's charts, by the name of its files", defaultDescription: "all" },
  y: { type: "string", describe: "a measure, several of one unit (a,b), or a series" },
  x: { type: "string", describe: "a parameter; or a measure, for a trade-off" },
  by: { type: "string", describe: 'the parameter with a line for each value, or "none"' },
  facet: { type: "string", describe: 'the parameter with a panel for each value, or "none"' },
  through: { type: "string", describe: "of a trade-off: the parameter that takes a line from point to point" },
  bars: { type: "boolean", describe: "bars side by side; --no-bars for lines" },
} as const;

const look = {
  title: { type: "string", describe: "the title", defaultDescription: "the experiment's question" },
  subtitle: { type: "string", describe: "the line below", defaultDescription: "parameters that do not vary" },
  "x-title": { type: "string", describe: "the title of the horizontal axis" },
  "y-title": { type: "string", describe: "the title of the vertical axis" },
  log: { type: "string", describe: "the logarithmic axes: x, y, xy, none" },
  width: { type: "string", describe: "of a panel between its axes, in px (0.75 pt)" },
  height: { type: "string", describe: "likewise" },
  grey: { type: "boolean", describe: "without colours: shapes and dashes tell series apart" },
} as const;

const form = {
  format: {
    type: "string",
    describe: `a list of ${formats.join(", ")} (spec: Vega-Lite)`,
    defaultDescription: "by the name of --out, or else svg",
  },
} as const;

export const chartOptions = { ...choice, ...look, ...form } as const;

/** Whether anything is wanted other than the run's own charts. */
export function wantsMore(words: Words): boolean {
  return Object.keys(chartOptions).some((name) => words[name] !== undefined);
}

function listOf(words: Words, name: string): string[] | undefined {
  return textOf(words, name)
    ?.split(",")
    .map((each) => each.trim());
}

function sizeOf(words: Words, name: "width" | "height"): number | undefined {
  const size = numberOf(words, name, 50);
  if (size !== undefined && size > 5000) throw new BadData(`--${name} takes at most 5000 px, not ${size}.`);
  return size;
}

function nameOrNone(words: Words, name: string): string | null | undefined {
  const text = textOf(words, name);
  return text === "none" ? null : text;
}

function logOf(words: Words): Wish["look"] {
  const text = textOf(words, "log");
  if (text === undefined) return {};
  if (text === "none") return { linear: true };
  if (text === "x" || text === "y" || text === "xy") return { log: text };
  throw new BadData(`--log takes x, y, xy or none, not "${text}".`);
}

/** Without what is undefined. */
function given<T extends object>(all: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never;
}

/** @throws BadData for a value that is none. */
export function wishOf(words: Words): Wish {
  const y = listOf(words, "y");
  if (y !== undefined && y.length > mostLines)
    throw new BadData(`--y takes at most ${mostLines} measures, not ${y.length}: nobody tells more lines apart.`);
  return {
    ...given({
      chart: textOf(words, "chart"),
      y,
      x: textOf(words, "x"),
      by: nameOrNone(words, "by"),
      facet: nameOrNone(words, "facet"),
      through: textOf(words, "through"),
      bars: words["bars"] as boolean | undefined,
    }),
    look: {
      ...given({
        title: textOf(words, "title"),
        subtitle: textOf(words, "subtitle"),
        xTitle: textOf(words, "x-title"),
        yTitle: textOf(words, "y-title"),
        width: sizeOf(words, "width"),
        height: sizeOf(words, "height"),
      }),
      ...logOf(words),
      ...(isGiven(words, "grey") ? { grey: true } : {}),
    },
  } as Wish;
}

/** @throws BadData for a form that there is not. */
export function formatsOf(words: Words): Format[] | undefined {
  const names = listOf(words, "format");
  if (names === undefined) return undefined;
  return [...new Set(names)].map((name) => {
    const format = formats.find((each) => each === name);
    if (format !== undefined) return format;
    throw new BadData(`--format takes a list of ${formats.join(", ")}, not "${name}".${didYouMean(name, formats)}`);
  });
}

/** The form that a file's name tells; undefined for the name of a directory. */
export function formatOfName(path: string): Format | undefined {
  return (
    formats.find((format) => path.endsWith(`.${endings[format]}`)) ?? (path.endsWith(".json") ? "spec" : undefined)
  );
}
