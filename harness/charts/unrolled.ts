/**
 * Presents a series as cells, so that the drawing of charts can handle it: each place is a cell, its axis a parameter.
 */
import type { Chart, SeriesChart } from "../chart.ts";
import { line } from "../chart.ts";
import type { Experiment } from "../experiment.ts";
import { number } from "../parameters.ts";
import type { CellSummary } from "../results/summary.ts";

/** A chart whose points are cells. */
export type CellChart = Exclude<Chart, SeriesChart>;

interface Drawn {
  readonly experiment: Experiment;
  readonly chart: CellChart;
  readonly cells: readonly CellSummary[];
}

/** The chart with its cells. For a chart of a series, the places of the series become cells. */
export function unrolled(experiment: Experiment, chart: Chart, cells: readonly CellSummary[]): Drawn {
  if (chart.type !== "series") return { experiment, chart, cells };
  const { y } = chart;
  const { along, ...measure } = experiment.series![y]!;
  const { name, unit = "", at } = along;
  const parameters = { ...experiment.parameters, [name]: number(0, "", { unit }) };
  return {
    experiment: { ...experiment, parameters, measures: { [y]: measure }, model: {} },
    chart: line({ ...chart, x: name }),
    cells: cells.flatMap((cell) =>
      at.map((x, i) => ({
        ...cell,
        parameters: { ...cell.parameters, [name]: x },
        measures: {
          [y]: {
            ...cell.series[y]![i]!,
            model: null,
            outside: null,
            ratio: { mean: null, low: null, high: null },
            converged: true,
          },
        },
      })),
    ),
  };
}
