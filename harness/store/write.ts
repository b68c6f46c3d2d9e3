/** Writes the files of a run, each whole; the manifest comes last. */
import { line, type Chart } from "../chart.ts";
import { varyingAmong } from "../charts/points.ts";
import type { Experiment } from "../experiment.ts";
import type { Cell } from "../plan/grid.ts";
import { judgement, type Plan } from "../plan/plan.ts";
import type { Row } from "../plan/row.ts";
import { readIfThere, removeIfThere, writeWhole } from "./directory.ts";
import { manifestName, manifestText, type Kept } from "./manifest.ts";
import { differencesOf, differencesToCsv, type CellDifference } from "../results/differences.ts";
import { rowsToCsv, seriesToCsv, summaryToCsv } from "../results/rows.ts";
import { summarize, type CellSummary } from "../results/summary.ts";

/** The name of a chart's files, without extension. */
export function chartName(chart: Chart): string {
  if (chart.type === "series") return chart.name ?? chart.y;
  return chart.name ?? `${[chart.y].flat().join("-")}-by-${chart.x}`;
}

/**
 * The charts of these cells: the experiment's charts whose horizontal axis varies. If there is none, the measures
 * against the first numeric parameter that varies, or else the first parameter that varies. If nothing varies: all
 * charts, with one point each.
 */
export function chartsOf(experiment: Experiment, cells: readonly Pick<CellSummary, "parameters">[]): Chart[] {
  const own = experiment.charts ?? [];
  const varied = varyingAmong(experiment, cells);
  const fitting = own.filter((chart) => {
    if (chart.type === "series") return true;
    return varied.includes(chart.type === "trade-off" ? chart.through : chart.x);
  });
  if (fitting.length > 0) return fitting;
  if (varied.length === 0 && own.length > 0) return [...own];
  const isNumber = (name: string): boolean => typeof experiment.parameters[name]!.default === "number";
  const x = varied.find(isNumber) ?? varied[0] ?? Object.keys(experiment.parameters)[0];
  if (x === undefined) return [];
  const by = varied.find((name) => name !== x);
  const measures =
    own.length > 0
      ? own.map(({ y, log }) => ({ y, log }))
      : Object.keys(experiment.measures).map((y) => ({ y, log: undefined }));
  const distinct = [...new Map(measures.map((measure) => [JSON.stringify(measure.y), measure])).values()];
  return distinct.map(({ y, log }) =>
    line({ x, y, ...(by === undefined ? {} : { by }), ...(log?.includes("y") ? { log: "y" as const } : {}) }),
  );
}

/** The files of the charts, by name. */
async function draw(experiment: Experiment, cells: readonly CellSummary[]): Promise<Map<string, string | Uint8Array>> {
  // Vega takes a third of a second to load, so that it is loaded only for drawing.
  const { specificationOf } = await import("../charts/specification.ts");
  const { toPng, toSvg } = await import("../charts/render.ts");
  const files = new Map<string, string | Uint8Array>();
  for (const chart of chartsOf(experiment, cells)) {
    const specification = specificationOf(experiment, chart, cells);
    const svg = await toSvg(specification);
    const name = chartName(chart);
    files.set(`${name}.vl.json`, `${JSON.stringify(specification, null, 2)}\n`);
    files.set(`${name}.svg`, svg);
    files.set(`${name}.png`, await toPng(svg));
  }
  return files;
}

/** The names of all files that a plan's run writes, except manifest and journal. */
export function fileNames(plan: Plan, cells: readonly Cell[], charts: boolean): string[] {
  const { experiment, compare, shard } = plan;
  if (shard !== undefined) return ["rows.csv"];
  const drawn = charts
    ? chartsOf(
        experiment,
        cells.map((parameters) => ({ parameters })),
      )
    : [];
  return [
    "rows.csv",
    "summary.csv",
    ...(experiment.series === undefined ? [] : ["series.csv"]),
    ...(compare === undefined ? [] : ["differences.csv"]),
    ...drawn.flatMap((chart) => ["vl.json", "svg", "png"].map((ending) => `${chartName(chart)}.${ending}`)),
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

/** Writes all files, removes the files of an earlier run that this run does not write, and returns the summaries. */
export async function writeResults(
  to: { readonly directory: string; readonly plan: Plan; readonly charts: boolean },
  kept: Kept,
  rows: readonly (readonly Row[])[],
): Promise<Written> {
  const { directory, plan, charts } = to;
  const { compare, shard } = plan;
  const { experiment, precision } = judgement(plan);
  const cells = plan.cells.map((cell, i) =>
    doubted(summarize(experiment, cell, rows[i]!, precision), kept.lacking.get(i)),
  );
  const differences = compare === undefined ? [] : differencesOf(experiment, compare, cells, rows);
  const files = new Map<string, string | Uint8Array>([["rows.csv", rowsToCsv(experiment, plan.cells, rows)]]);
  // A shard has only a part of the replications, so that it has no summary.
  if (shard === undefined) {
    files.set("summary.csv", summaryToCsv(experiment, cells));
    if (experiment.series !== undefined) files.set("series.csv", seriesToCsv(experiment, cells));
    if (compare !== undefined) files.set("differences.csv", differencesToCsv(experiment, differences));
    if (charts) for (const [name, content] of await draw(experiment, cells)) files.set(name, content);
  }
  for (const name of filesBefore(directory)) if (!files.has(name)) removeIfThere(directory, name);
  for (const [name, content] of files) writeWhole(directory, name, content);
  const names = [...files.keys()];
  writeWhole(directory, manifestName, manifestText(plan, kept, cells, names));
  return { cells, differences, files: [...names, manifestName] };
}
