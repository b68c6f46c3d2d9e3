/** The options of `troupe chart`, as words, and what they want of charts: which, how they look, and in which forms. */
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import type { ChartWords } from "../plan/plan.ts";
import type { Wish } from "./chosen.ts";
import { formats, standardFormats, type Format } from "./formats.ts";
import { mostLines } from "./slice.ts";

function textOf(words: ChartWords, name: string): string | undefined {
  return words[name] as string | undefined;
}

function listOf(words: ChartWords, name: string): string[] | undefined {
  return textOf(words, name)
    ?.split(",")
    .map((each) => each.trim());
}

const [least, most] = [50, 5000];

function sizeOf(words: ChartWords, name: "width" | "height"): number | undefined {
  const text = textOf(words, name);
  if (text === undefined) return undefined;
  const size = Number(text);
  if (/^\d+$/.test(text) && size >= least && size <= most) return size;
  throw new BadData(`--${name} takes a whole number of px from ${least} to ${most}, not "${text}".`);
}

function nameOrNone(words: ChartWords, name: string): string | null | undefined {
  const text = textOf(words, name);
  return text === "none" ? null : text;
}

function logOf(words: ChartWords): Wish["look"] {
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
export function wishOf(words: ChartWords): Wish {
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
      ...(words["grey"] === true ? { grey: true } : {}),
    },
  } as Wish;
}

/** @throws BadData for a form that there is not. */
export function formatsOf(words: ChartWords): Format[] | undefined {
  const names = listOf(words, "format");
  if (names === undefined) return undefined;
  return [...new Set(names)].map((name) => {
    const format = formats.find((each) => each === name);
    if (format !== undefined) return format;
    throw new BadData(`--format takes a list of ${formats.join(", ")}, not "${name}".${didYouMean(name, formats)}`);
  });
}

/** The forms of a run's own charts. A report is made of the specifications, which are always among them. */
export function formatsOfRun(words: ChartWords): readonly Format[] {
  return [...new Set<Format>(["spec", ...(formatsOf(words) ?? standardFormats)])];
}
