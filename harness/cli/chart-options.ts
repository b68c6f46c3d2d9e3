/** The options of charts on a command line: of `troupe chart`, and of runs, which have them with a prefix. */
import { BadData } from "../../sim/bad-data.ts";
import { wishedCharts } from "../charts/chosen.ts";
import { endings, formats, type Format } from "../charts/formats.ts";
import { formatsOf, wishOf } from "../charts/wish.ts";
import type { Plan, ChartWords } from "../plan/plan.ts";
import { chartPrefix } from "../plan/settings.ts";
import { textOf, type Words } from "./words.ts";

const one = {
  chart: { type: "string", describe: "one of the run's charts, by the name of its files", defaultDescription: "all" },
} as const;

const choice = {
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

export const chartOptions = { ...one, ...choice, ...look, ...form } as const;

/** The same for runs. Their help names them in one line: `--charts`. */
export const runChartOptions = Object.fromEntries(
  Object.entries({ ...choice, ...look, ...form }).map(([name, option]) => [
    `${chartPrefix}${name}`,
    { ...option, hidden: true },
  ]),
);

/** The words that are options of charts, without the prefix. */
export function chartWordsIn(words: Words, prefix = ""): ChartWords {
  const pairs = Object.entries(chartOptions).flatMap(([name, { type }]) => {
    const word = type === "boolean" ? words[`${prefix}${name}`] : textOf(words, `${prefix}${name}`);
    return word === undefined ? [] : [[name, word]];
  });
  return Object.fromEntries(pairs) as ChartWords;
}

/** The words of a run's charts as options of its command. */
export function chartText(words: ChartWords, quoted: (text: string) => string): string {
  return Object.entries(words)
    .map(([name, word]) => {
      if (typeof word === "string") return ` --${chartPrefix}${name} ${quoted(word)}`;
      return ` --${word ? "" : "no-"}${chartPrefix}${name}`;
    })
    .join("");
}

/**
 * Tries the words of a run's charts before the run.
 *
 * @throws BadData for a value that is none, or a name that the experiment does not have.
 */
export function mustBeDrawable({ experiment, cells, chart = {} }: Plan): void {
  try {
    formatsOf(chart);
    wishedCharts(
      experiment,
      cells.map((parameters) => ({ parameters })),
      wishOf(chart),
    );
  } catch (error) {
    if (!(error instanceof BadData)) throw error;
    throw new BadData(error.message.replaceAll(/--(?=[a-z])/g, `--${chartPrefix}`));
  }
}

/** The form that a file's name tells; undefined for the name of a directory. */
export function formatOfName(path: string): Format | undefined {
  return (
    formats.find((format) => path.endsWith(`.${endings[format]}`)) ?? (path.endsWith(".json") ? "spec" : undefined)
  );
}
