/**
 * The cells that a chart shows. A sweep of several grids has cells that would not form lines, and more lines than a
 * reader can tell apart.
 */
import type { Experiment } from "../experiment.ts";
import type { Plain } from "../parameters.ts";
import type { CellSummary } from "../results/summary.ts";
import { greatest } from "../statistics/moments.ts";
import { tellingParameters, throughOf } from "./points.ts";
import type { CellChart } from "./unrolled.ts";

/** The greatest number of lines in one panel, or of bars at one place. */
export const mostLines = 12;

/**
 * The cells of a chart, in two steps:
 *
 * 1. If some lines along numbers have several points, single points are left out.
 * 2. While a panel has more than `mostLines` lines (bars at one place, curves of a trade-off), one parameter that is no
 *    axis of the chart is held at one value: the value with most cells; among equals the default, else the first. The
 *    last such parameter is held first.
 */
export function sliceOf(experiment: Experiment, chart: CellChart, cells: readonly CellSummary[]): CellSummary[] {
  const isOfLines = chart.type === "line" && typeof experiment.parameters[throughOf(chart)]?.default === "number";
  const tidied = (some: readonly CellSummary[]): CellSummary[] =>
    isOfLines ? withoutSingles(experiment, chart, some) : [...some];
  let shown = tidied(cells);
  for (;;) {
    const held = tellingParameters(experiment, chart, shown).at(-1);
    if (held === undefined || linesOfPanel(experiment, chart, shown) <= mostLines) return shown;
    const value = fullest(shown, held, experiment.parameters[held]!.default);
    shown = tidied(shown.filter(({ parameters }) => parameters[held] === value));
  }
}

/** The cells by line; a line has the same panel, the same `by` and the same other parameters. */
function lines(experiment: Experiment, chart: CellChart, cells: readonly CellSummary[]): Map<string, CellSummary[]> {
  const others = tellingParameters(experiment, chart, cells);
  const grouped = new Map<string, CellSummary[]>();
  for (const cell of cells) {
    const names = [chart.facet, chart.by, ...others];
    const key = JSON.stringify(names.map((name) => (name === undefined ? null : cell.parameters[name])));
    grouped.set(key, [...(grouped.get(key) ?? []), cell]);
  }
  return grouped;
}

function withoutSingles(experiment: Experiment, chart: CellChart, cells: readonly CellSummary[]): CellSummary[] {
  const grouped = lines(experiment, chart, cells);
  const isLine = (group: readonly CellSummary[]): boolean => group.length > 1;
  if (![...grouped.values()].some(isLine)) return [...cells];
  const singles = new Set([...grouped.values()].filter((group) => !isLine(group)).flat());
  return cells.filter((cell) => !singles.has(cell));
}

/** The number of lines of the fullest panel. */
function linesOfPanel(experiment: Experiment, chart: CellChart, cells: readonly CellSummary[]): number {
  const counts = new Map<Plain | undefined, number>();
  for (const [first] of lines(experiment, chart, cells).values()) {
    const panel = chart.facet === undefined ? undefined : first!.parameters[chart.facet];
    counts.set(panel, (counts.get(panel) ?? 0) + 1);
  }
  return greatest([...counts.values()]) * [chart.y].flat().length;
}

function fullest(cells: readonly CellSummary[], name: string, byDefault: Plain): Plain {
  const counts = new Map<Plain, number>();
  for (const { parameters } of cells) counts.set(parameters[name]!, (counts.get(parameters[name]!) ?? 0) + 1);
  const most = greatest([...counts.values()]);
  return counts.get(byDefault) === most ? byDefault : [...counts].find(([, count]) => count === most)![0];
}
