/**
 * `troupe chart DIR`: makes the summary and the charts again from the existing rows; or draws other charts of them, as
 * the options want.
 */
import { basename, dirname, join, resolve } from "node:path";
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import { chartName, chartNames, wishedCharts } from "../charts/chosen.ts";
import type { Drawable } from "../charts/differences.ts";
import { drawn, endings, type Format } from "../charts/formats.ts";
import type { Experiment } from "../experiment.ts";
import { readCondition } from "../plan/where.ts";
import type { CellSummary } from "../results/summary.ts";
import { makeDirectory, writeWhole } from "../store/directory.ts";
import { lock } from "../store/lock.ts";
import { carriedOut, readFinished, type Carried } from "../store/finished.ts";
import { keptIn, type Kept } from "../store/manifest.ts";
import { summariesOf, writeResults } from "../store/write.ts";
import { formatsOf, wishOf } from "../charts/wish.ts";
import { chartOptions, chartWordsIn, formatOfName } from "./chart-options.ts";
import { refuseUnknown, textOf, type Words } from "./words.ts";

const options = {
  ...chartOptions,
  where: { type: "string", describe: "only cells for which this holds: 'members > 1'", defaultDescription: "all" },
  out: {
    type: "string",
    describe: "a file for one chart, figure.pdf, or a directory",
    defaultDescription: "out/NAME-charts",
  },
} as const;

export function declareChart(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 chart DIR\n\nMakes the summary and the charts of a run again from its rows. With options, draws other charts of the rows, and leaves the directory as it is. docs/charts.md tells more.",
    )
    .positional("directory", { describe: "what --out was", type: "string" })
    .options(options)
    .example("$0 chart results/availability", "all charts again, after a change of their style, say")
    .example("$0 chart results/availability --y unavailability --grey --out figure.pdf", "a figure for a paper")
    .example("$0 chart results/replacement --by members --facet policy --format svg,png", "other lines and panels");
}

/** A finished run as plan and rows. */
export interface Rows extends Carried {
  readonly experiment: Experiment;
  readonly kept: Kept;
}

/** @throws BadData if the directory does not hold all rows of a finished run. */
export async function readRows(directory: string): Promise<Rows> {
  const finished = await readFinished(directory);
  return { experiment: finished.experiment, kept: keptIn(finished.manifest), ...carriedOut(finished) };
}

/** The summaries of the cells for which a condition holds. */
export function cellsWhere({ experiment, plan, kept, rows }: Rows, where: string | undefined): CellSummary[] {
  const cells = summariesOf(plan, kept, rows);
  if (where === undefined) return cells;
  const condition = readCondition(where, experiment);
  const chosen = cells.filter(({ parameters }) => condition(parameters));
  if (chosen.length === 0) throw new BadData(`--where '${where}' leaves no cell.`);
  return chosen;
}

/**
 * Draws charts into a file or a directory, and tells what was written.
 *
 * @throws BadData if several charts would go into one file.
 */
export async function drawTo(out: string, charts: readonly Drawable[], words: Words): Promise<string> {
  const told = formatsOf(chartWordsIn(words));
  const ofName = formatOfName(out);
  if (charts.length === 0) throw new BadData("there is no chart to draw.");
  if (ofName !== undefined && charts.length > 1) {
    const names = [...new Set(charts.map(({ chart }) => chartName(chart)))].join(", ");
    throw new BadData(
      `--out ${out} is one file, and there are ${charts.length} charts: --chart takes one of ${names}.`,
    );
  }
  if (ofName !== undefined && told !== undefined && told.join() !== ofName)
    throw new BadData(`--out ${out} is a file of form ${ofName}, and --format wants ${told.join(", ")}.`);
  const wanted: readonly Format[] = told ?? (ofName === undefined ? ["svg"] : [ofName]);
  const directory = ofName === undefined ? out : dirname(out);
  const files = new Map<string, string | Uint8Array>();
  const names = chartNames(charts.map(({ chart }) => chart));
  for (const [i, { experiment, chart, cells }] of charts.entries()) {
    for (const [format, content] of await drawn(experiment, chart, cells, wanted))
      files.set(ofName === undefined ? `${names[i]!}.${endings[format]}` : basename(out), content);
  }
  makeDirectory(directory);
  for (const [name, content] of files) writeWhole(directory, name, content);
  return `Written to ${directory}: ${[...files.keys()].join(", ")}`;
}

export async function chartCommand(words: Words): Promise<void> {
  const directory = words["directory"] as string | undefined;
  refuseUnknown(words, undefined, [...Object.keys(options), "help", "version"]);
  if (directory === undefined) throw new BadData("name a directory: troupe chart DIR.");
  const out = textOf(words, "out");
  const where = textOf(words, "where");
  const asked = chartWordsIn(words);
  if (out !== undefined || where !== undefined || Object.keys(asked).length > 0) {
    const wish = wishOf(asked);
    formatsOf(asked);
    const run = await readRows(directory);
    const cells = cellsWhere(run, where);
    const { experiment } = run;
    const charts = wishedCharts(experiment, cells, wish).map((chart) => ({ experiment, chart, cells }));
    const place = out ?? join("out", `${basename(resolve(directory))}-charts`);
    process.stdout.write(`${await drawTo(place, charts, words)}\n`);
    return;
  }
  const { plan, kept, rows } = await readRows(directory);
  makeDirectory(directory, directory);
  const release = await lock(directory);
  try {
    const { files } = await writeResults({ directory, plan, charts: true }, kept, rows);
    process.stdout.write(`Written to ${directory}: ${files.join(", ")}\n`);
  } finally {
    release();
  }
}
