/** Makes a Vega-Lite specification, with its data, from a chart and the summaries of its cells. */
import type { TopLevelSpec } from "vega-lite";
import type { Chart } from "../chart.ts";
import type { Experiment } from "../experiment.ts";
import { number } from "../parameters.ts";
import type { CellSummary } from "../results/summary.ts";
import { drawnPoints } from "./lines.ts";
import { horizontal, vertical } from "./axes.ts";
import { greyLegends, layers } from "./marks.ts";
import { inWords, placed, pointsOf, varyingAmong } from "./points.ts";
import { sliceOf } from "./slice.ts";
import { config } from "./style.ts";
import { subtitleOf } from "./subtitle.ts";
import { symbols } from "./symbols.ts";
import { unrolled, type CellChart } from "./unrolled.ts";

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** The chart without line parameters that have only one value: the subtitle shows such a parameter. */
function withoutConstantLines(experiment: Experiment, chart: CellChart, cells: readonly CellSummary[]): CellChart {
  const { by, ...others } = chart;
  return by === undefined || varyingAmong(experiment, cells).includes(by) ? chart : others;
}

/** The specification of a chart: the same cells give the same object, field by field. */
export function specificationOf(whole: Experiment, wanted: Chart, summaries: readonly CellSummary[]): TopLevelSpec {
  const { experiment, chart: all, cells: present } = unrolled(whole, wanted, summaries);
  const cells = sliceOf(experiment, all, present);
  // The places of a series are made into cells, and none of them is left out.
  const shown = wanted.type === "series" ? summaries : cells;
  const chart = withoutConstantLines(experiment, all, cells);
  const parameter =
    chart.type === "trade-off"
      ? number(0, "", { unit: experiment.measures[chart.x]!.unit ?? "" })
      : experiment.parameters[chart.x]!;
  const x = horizontal(chart, parameter, pointsOf(experiment, chart, cells));
  const y = vertical(experiment, chart, x.points);
  const values = drawnPoints(y.points, chart.type === "trade-off");
  // A cell without a figure keeps its place in the order.
  const places = placed(experiment, chart, cells).map(({ place }) => place);
  const drawn = (of: "series" | "panel"): string[] => {
    const names = new Set(values.map((point) => point[of]));
    return distinct(places.map((place) => place[of])).filter((name) => names.has(name));
  };
  const [series, panels] = [drawn("series"), drawn("panel")];
  const seen = new Set(values.map(({ figure }) => figure));
  const marks = {
    type: chart.type,
    grey: chart.grey === true,
    series,
    figures: symbols.map(([figure]) => figure).filter((figure) => seen.has(figure)),
    title: chart.by === undefined ? null : inWords(chart.by),
    base: y.base,
    hasZeroLine: y.hasZeroLine,
  };
  // Bars of different series stand side by side at each word of the axis.
  const besides = chart.type === "bar" ? { xOffset: { field: "series", sort: series } } : {};
  const panel = {
    width: chart.width ?? (panels.length < 2 ? 520 : chart.type === "bar" ? 320 : 240),
    height: chart.height ?? (panels.length > 1 ? 210 : 320),
    encoding: { x: x.encoding, y: y.encoding, ...besides },
    layer: layers(marks),
    // In grey, a shape tells the series in some layers, and the kind of figure in others.
    ...(marks.grey ? { resolve: { scale: { shape: "independent" } } } : {}),
  };
  const facet = { field: "panel", type: "nominal", sort: panels, title: null };
  const columns = panels.length === 4 ? 2 : 3;
  const body = panels.length > 1 ? { facet, columns, spec: panel } : panel;
  const specification = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: {
      text: chart.title ?? experiment.question,
      subtitle: chart.subtitle ?? subtitleOf(whole, shown, summaries.length),
    },
    data: { values },
    ...(marks.grey ? { hconcat: [body, greyLegends(marks)], spacing: 0 } : body),
    config,
  };
  return specification as unknown as TopLevelSpec;
}
