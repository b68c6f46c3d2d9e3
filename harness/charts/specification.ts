/** Makes a Vega-Lite specification, with its data, from a chart and the summaries of its cells. */
import type { TopLevelSpec } from "vega-lite";
import type { Chart } from "../chart.ts";
import type { Experiment } from "../experiment.ts";
import { number, type Parameter, type Plain } from "../parameters.ts";
import type { CellSummary } from "../results/summary.ts";
import { drawnPoints } from "./lines.ts";
import { inWords, isModel, pointsOf, varyingAmong, type Figure, type Point } from "./points.ts";
import { sliceOf } from "./slice.ts";
import { subtitleOf } from "./subtitle.ts";
import { unrolled, type CellChart } from "./unrolled.ts";
import { greatest, least } from "../statistics/moments.ts";

/** Okabe and Ito's colours, which colour-blind readers tell apart; without the yellow, which is pale on white. */
const colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#333333"];

const full = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z";
const ring = `${full}M-0.62,0A0.62,0.62,0,1,0,0.62,0A0.62,0.62,0,1,0,-0.62,0Z`;
const bar = "M-1.5,-0.22L1.5,-0.22L1.5,0.22L-1.5,0.22Z";
const downward = "M-1,-0.8L1,-0.8L0,1Z";
const upward = "M-1,0.8L1,0.8L0,-1Z";
const cross = "M-1,-0.7L-0.7,-1L0,-0.3L0.7,-1L1,-0.7L0.3,0L1,0.7L0.7,1L0,0.3L-0.7,1L-1,0.7L-0.3,0Z";
const diamond = "M0,-1.35L1.35,0L0,1.35L-1.35,0ZM0,-0.75L-0.75,0L0,0.75L0.75,0Z";

/** A symbol for each kind of figure: outlines are open, so that a cell in doubt never looks like one that is sure. */
const symbols: readonly (readonly [Figure, string])[] = [
  ["simulated, 95% interval", full],
  ["measured, 95% interval", full],
  ["not converged", ring],
  ["not enough data", cross],
  ["none seen: upper limit", downward],
  ["none seen: lower limit", upward],
  ["closed form", bar],
  ["published", diamond],
  ["predicted", diamond],
];

const timeUnits: readonly (readonly [unit: string, milliseconds: number])[] = [
  ["days", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** The unit in which an axis of durations reads best: the largest that does not make its values fractions. */
function timeUnit(values: readonly number[]): readonly [unit: string, milliseconds: number] {
  const first = least(values.filter((value) => value > 0));
  return timeUnits.find(([, size]) => first >= size) ?? ["ms", 1];
}

function title(name: string, unit: string): string {
  return unit === "" ? inWords(name) : `${inWords(name)} (${unit})`;
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

interface Axis {
  readonly points: readonly Point[];
  readonly encoding: object;
}

/** The horizontal axis: numbers to scale, durations in a unit of their size, words side by side. */
function horizontal(chart: CellChart, parameter: Parameter, points: readonly Point[]): Axis {
  if (typeof parameter.default !== "number") {
    const named = points.map((point) => ({ ...point, x: parameter.show(point.x as Plain) || "none" }));
    const axis = { title: title(chart.x, parameter.unit), labelAngle: 0 };
    return { points: named, encoding: { field: "x", type: "nominal", sort: null, axis } };
  }
  const [unit, size] =
    parameter.kind === "duration" ? timeUnit(points.map(({ x }) => x as number)) : [parameter.unit, 1];
  const scaled = points.map((point) => ({ ...point, x: (point.x as number) / size }));
  const values = distinct(scaled.filter(({ figure, marked }) => marked && !isModel(figure)).map(({ x }) => x));
  // A tick at 1.66667 is labelled 1.67.
  const ticks = values.map((value) => (Number.isInteger(value) ? value : Number(value.toPrecision(3))));
  const isLog = chart.log?.includes("x") === true && scaled.every(({ x }) => x > 0);
  const axis = {
    title: title(chart.x, unit),
    // By `format` Vega would round as far as the distance of its own ticks suggests: 15 to 20.
    labelExpr: "format(datum.value, '~r')",
    // Only labels without room are left out, instead of every second label.
    labelOverlap: "greedy",
    ...(values.length > 0 && values.length <= 12 && chart.type !== "trade-off" ? { values: ticks } : {}),
  };
  const scale = isLog ? { type: "log", nice: false, padding: 18 } : { zero: false, nice: false, padding: 18 };
  return { points: scaled, encoding: { field: "x", type: "quantitative", axis, scale } };
}

/** Labels of an axis: 0.01 and 250, but 1e-5 and 1e6. */
const plainOrPower =
  "datum.value === 0 || (abs(datum.value) >= 0.001 && abs(datum.value) < 1e5) ? format(datum.value, '~r') : format(datum.value, '~e')";

/** The powers of ten within a range, or where they are few, twice and five times these too. */
function decades(low: number, high: number): number[] {
  const tens: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) tens.push(Number(`1e${power}`));
  const factors = Math.log10(high / low) < 2.5 ? [1, 2, 5] : [1];
  return tens
    .flatMap((ten) => factors.map((factor) => Number((ten * factor).toPrecision(6))))
    .filter((value) => value >= low && value <= high);
}

/** The words with which all names begin, or else those with which all end. */
function commonWords(names: readonly (readonly string[])[]): string {
  const [first = [], ...others] = names;
  const isCommon = (words: readonly string[], at: (name: readonly string[]) => readonly string[]): boolean =>
    others.every((other) => at(other).join(" ") === words.join(" "));
  for (let count = first.length; count > 0; count--) {
    const begin = first.slice(0, count);
    if (isCommon(begin, (name) => name.slice(0, count))) return begin.join(" ");
    const end = first.slice(-count);
    if (isCommon(end, (name) => name.slice(-count))) return end.join(" ");
  }
  return "";
}

/** The vertical axis. A logarithmic axis has no place for values <= 0: intervals end at the axis. */
function vertical(experiment: Experiment, chart: CellChart, points: readonly Point[]): Axis {
  const names = [chart.y].flat();
  const units = distinct(names.map((name) => experiment.measures[name]!.unit ?? "")).filter((unit) => unit !== "");
  const name = commonWords(names.map((each) => inWords(each).split(" ")));
  const heading = name === "" ? units.join(", ") : title(name, units.join(", "));
  const all = points.flatMap(({ y, low = y, high = y }) => [y, low, high]);
  const top = greatest(all);
  if (chart.log?.includes("y") === true && top > 0) {
    // The low end of a wide interval does not stretch the axis by more than a decade below the figures.
    const floor = least(points.map(({ y }) => y).filter((y) => y > 0)) / 10;
    const bottom = Math.max(floor, least(all.filter((value) => value > 0)) / 1.5);
    const clipped = points
      .filter(({ y }) => y > 0)
      .map((point) => (point.low === undefined ? point : { ...point, low: Math.max(point.low, bottom) }));
    const domain = [bottom, top * 1.5] as const;
    const scale = { type: "log", domain, nice: false };
    const axis = { title: heading, labelExpr: plainOrPower, values: decades(...domain) };
    return { points: clipped, encoding: { field: "y", type: "quantitative", axis, scale } };
  }
  const bottom = least(all);
  const zero = bottom >= 0 && bottom < 0.6 * top;
  return {
    points,
    encoding: {
      field: "y",
      type: "quantitative",
      axis: { title: heading, labelExpr: plainOrPower },
      scale: { zero, nice: true },
    },
  };
}

function legendTitle(chart: Chart): string | null {
  return chart.by === undefined ? null : inWords(chart.by);
}

/** Marks of one panel, from below to above: bars, curves of the model, lines, intervals, symbols. */
function layers(type: Chart["type"], colour: object, figures: readonly Figure[]): object[] {
  const symbol = {
    field: "figure",
    type: "nominal",
    scale: { domain: figures, range: figures.map((figure) => symbols.find(([name]) => name === figure)![1]) },
    legend: { title: null, symbolFillColor: "#555", symbolStrokeWidth: 0, symbolSize: 60 },
  };
  const only = (test: string): object[] => [{ filter: test }];
  const rounded = { strokeCap: "round", clip: true };
  const bars = {
    transform: only("isValid(datum.low) && datum.marked"),
    mark: { type: "bar", opacity: 0.45, clip: true },
    encoding: { color: colour },
  };
  return [
    ...(type === "bar" ? [bars] : []),
    {
      transform: only("datum.figure === 'closed form' && isNumber(datum.x)"),
      mark: { type: "line", strokeWidth: 1.5, opacity: 0.75, ...rounded },
      encoding: { color: colour },
    },
    {
      transform: only(
        "(datum.figure === 'published' || datum.figure === 'predicted') && datum.complete && isNumber(datum.x)",
      ),
      mark: { type: "line", strokeWidth: 1.3, strokeDash: [2, 4], ...rounded },
      encoding: { color: colour },
    },
    {
      transform: only("datum.joined"),
      mark: { type: "line", strokeWidth: 1, opacity: 0.8, strokeDash: [6, 3], clip: true },
      encoding: { color: colour, detail: { field: "run" } },
    },
    {
      transform: only("isValid(datum.low)"),
      mark: { type: "errorbar", ticks: { size: 7 }, rule: { strokeWidth: 1.4 }, clip: true },
      encoding: {
        y: { field: "low", type: "quantitative" },
        y2: { field: "high" },
        color: colour,
      },
    },
    {
      transform: only("datum.marked"),
      mark: { type: "point", filled: true, size: 42, opacity: 1, strokeWidth: 0 },
      encoding: { color: colour, shape: symbol },
    },
  ];
}

const config = {
  font: "DejaVu Sans, Verdana, sans-serif", // Verdana is as wide.
  background: "white",
  padding: 14,
  view: { stroke: null },
  title: {
    anchor: "start",
    fontSize: 14,
    subtitleFontSize: 10.5,
    subtitleColor: "#666",
    subtitlePadding: 5,
    offset: 12,
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11.5,
    titleFontWeight: "normal",
    titlePadding: 9,
    gridColor: "#e9e9e9",
    domainColor: "#888",
    tickColor: "#888",
    labelColor: "#333",
    titleColor: "#222",
  },
  header: { labelFontSize: 12, labelFontWeight: "bold", title: null },
  legend: { labelFontSize: 11, titleFontSize: 11.5, titleFontWeight: "normal", labelLimit: 260, rowPadding: 4 },
};

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
  const series = distinct(values.map((point) => point.series));
  const panels = distinct(values.map(({ panel }) => panel));
  const seen = new Set(values.map(({ figure }) => figure));
  const figures = symbols.map(([figure]) => figure).filter((figure) => seen.has(figure));
  const range = series.length <= colours.length ? { range: colours.slice(0, series.length) } : { scheme: "viridis" };
  const colour = {
    field: "series",
    type: "nominal",
    scale: { domain: series, ...range },
    legend:
      series.length < 2
        ? null
        : { title: legendTitle(chart), symbolType: full, symbolStrokeWidth: 0, symbolOpacity: 1 },
  };
  // Bars of different series stand side by side at each word of the axis.
  const besides = chart.type === "bar" ? { xOffset: { field: "series", sort: series } } : {};
  const panel = {
    width: panels.length < 2 ? 520 : chart.type === "bar" ? 320 : 240,
    height: panels.length > 1 ? 210 : 320,
    encoding: { x: x.encoding, y: y.encoding, ...besides },
    layer: layers(chart.type, colour, figures),
  };
  const specification = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text: chart.title ?? experiment.question, subtitle: subtitleOf(whole, shown, summaries.length) },
    data: { values },
    ...(panels.length > 1
      ? {
          facet: { field: "panel", type: "nominal", sort: panels, title: null },
          columns: panels.length === 4 ? 2 : 3,
          spec: panel,
        }
      : panel),
    config,
  };
  return specification as unknown as TopLevelSpec;
}
