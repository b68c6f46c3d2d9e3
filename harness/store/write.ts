/** Writes the files of a run, each whole; the manifest comes last. */
import { chartNames, wishedCharts, type Wish } from "../charts/chosen.ts";
import { differenceCharts, differenceNames, type Drawable } from "../charts/differences.ts";
import { drawn, endings } from "../charts/formats.ts";
import { formatsOfRun, wishOf } from "../charts/wish.ts";
import type { Cell } from "../plan/grid.ts";
import { judgement, type Plan } from "../plan/plan.ts";
import type { Row } from "../plan/row.ts";
import { readIfThere, removeIfThere, writeWhole } from "./directory.ts";
import { manifestName, manifestText, type Kept } from "./manifest.ts";
import { differencesOf, differencesToCsv, type CellDifference } from "../results/differences.ts";
import { rowsToCsv, seriesToCsv, summaryToCsv } from "../results/rows.ts";
import { summarize, type CellSummary } from "../results/summary.ts";

/** A chart of differences has titles and axes of its own. */
function looking({ chart, ...of }: Drawable, { look: { width, height, grey } }: Wish): Drawable {
  const sizes = { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
  return { ...of, chart: { ...chart, ...sizes, ...(grey === undefined ? {} : { grey }) } };
}

/** The files of the charts, by name. */
async function draw(
  { experiment, chart: words = {} }: Plan,
  cells: readonly CellSummary[],
  differences: readonly CellDifference[],
): Promise<Map<string, string | Uint8Array>> {
  const wish = wishOf(words);
  const charts = [
    ...wishedCharts(experiment, cells, wish).map((chart) => ({ experiment, chart, cells })),
    ...differenceCharts(experiment, differences).map((each) => looking(each, wish)),
  ];
  const names = chartNames(charts.map(({ chart }) => chart));
  const files = new Map<string, string | Uint8Array>();
  for (const [i, { chart, ...of }] of charts.entries()) {
    const contents = await drawn(of.experiment, chart, of.cells, formatsOfRun(words));
    for (const [format, content] of contents) files.set(`${names[i]!}.${endings[format]}`, content);
  }
  return files;
}

/** The names of all files that a plan's run writes, except manifest and journal. */
export function fileNames(plan: Plan, cells: readonly Cell[], charts: boolean): string[] {
  const { experiment, compare, shard, chart = {} } = plan;
  if (shard !== undefined) return ["rows.csv"];
  const some = cells.map((parameters) => ({ parameters }));
  const own = charts ? chartNames(wishedCharts(experiment, some, wishOf(chart))) : [];
  const compared = charts && compare !== undefined ? differenceNames(experiment, some, compare) : [];
  return [
    "rows.csv",
    "summary.csv",
    ...(experiment.series === undefined ? [] : ["series.csv"]),
    ...(compare === undefined ? [] : ["differences.csv"]),
    ...[...own, ...compared].flatMap((name) => formatsOfRun(chart).map((format) => `${name}.${endings[format]}`)),
  ];
}

/** The names in `files` of a readable manifest, else none; used to remove outdated files. */
function filesBefore(directory: string): string[] {
  try {
    const { files } = JSON.parse(readIfThere(directory, manifestName) ?? "{}") as { files?: unknown };
    return Array.isArray(files) ? files.filter((name) => typeof name === "string" && !/[\\/]/.test(name)) : [];
  } catch {
    return [];
  }
}

export interface Written {
  readonly cells: readonly CellSummary[];
  /** None unless the plan compares. */
  readonly differences: readonly CellDifference[];
  readonly files: readonly string[];
}

/** Adds a doubt to a cell with missing replications: slow or failing replications may differ from the others. */
function doubted(cell: CellSummary, lacking: string | undefined): CellSummary {
  if (lacking === undefined) return cell;
  const measures = Object.entries(cell.measures).map(([name, measure]) => [name, { ...measure, converged: false }]);
  const warning = `replications ${lacking} were asked for and are not there: they failed, or were not run.`;
  return {
    ...cell,
    converged: false,
    measures: Object.fromEntries(measures) as CellSummary["measures"],
    warnings: [...cell.warnings, warning],
  };
}

/** The summaries of a plan's cells. */
export function summariesOf(plan: Plan, kept: Kept, rows: readonly (readonly Row[])[]): CellSummary[] {
  const { experiment, precision } = judgement(plan);
  return plan.cells.map((cell, i) => doubted(summarize(experiment, cell, rows[i]!, precision), kept.lacking.get(i)));
}

/** Writes all files, removes the files of an earlier run that this run does not write, and returns the summaries. */
export async function writeResults(
  to: { readonly directory: string; readonly plan: Plan; readonly charts: boolean },
  kept: Kept,
  rows: readonly (readonly Row[])[],
): Promise<Written> {
  const { directory, plan, charts } = to;
  const { compare, shard } = plan;
  const { experiment } = judgement(plan);
  const cells = summariesOf(plan, kept, rows);
  const differences = compare === undefined ? [] : differencesOf(experiment, compare, cells, rows);
  const files = new Map<string, string | Uint8Array>([["rows.csv", rowsToCsv(experiment, plan.cells, rows)]]);
  // A shard has only a part of the replications, so that it has no summary.
  if (shard === undefined) {
    files.set("summary.csv", summaryToCsv(experiment, cells));
    if (experiment.series !== undefined) files.set("series.csv", seriesToCsv(experiment, cells));
    if (compare !== undefined) files.set("differences.csv", differencesToCsv(experiment, differences));
    if (charts)
      for (const [name, content] of await draw({ ...plan, experiment }, cells, differences)) files.set(name, content);
  }
  for (const name of filesBefore(directory)) if (!files.has(name)) removeIfThere(directory, name);
  for (const [name, content] of files) writeWhole(directory, name, content);
  const names = [...files.keys()];
  writeWhole(directory, manifestName, manifestText(plan, kept, cells, names));
  return { cells, differences, files: [...names, manifestName] };
}
