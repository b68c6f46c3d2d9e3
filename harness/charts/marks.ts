/** The marks of one panel, in colours or in grey, and the channels that tell series apart. */
import type { Chart } from "../chart.ts";
import type { Figure } from "./points.ts";
import { full, greyKey, greyStyle, symbols } from "./symbols.ts";

/** Okabe and Ito's colours, which colour-blind readers tell apart; without the yellow, which is pale on white. */
const colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#333333"];

export interface Panel {
  readonly type: Chart["type"];
  readonly grey: boolean;
  /** The names of the series. */
  readonly series: readonly string[];
  /** The kinds of figures, in the order of `symbols`. */
  readonly figures: readonly Figure[];
  /** The title of the series' legend. */
  readonly title: string | null;
  /** Where bars begin, on the vertical axis. */
  readonly base: number;
  readonly hasZeroLine: boolean;
}

const only = (test: string): object[] => [{ filter: test }];
const isOf = (figures: readonly Figure[]): string => `indexof(${JSON.stringify(figures)}, datum.figure) >= 0`;
const models: readonly Figure[] = ["closed form", "published", "predicted"];
const sure: readonly Figure[] = ["simulated, 95% interval", "measured, 95% interval"];

/** A legend's symbols have an area of so many px, so that a unit of their paths is half the root of the area. */
const keySize = 60;

/** The scale and the legend of the kinds of figures. */
function figureShape(figures: readonly Figure[]): object {
  return {
    field: "figure",
    type: "nominal",
    scale: { domain: figures, range: figures.map((figure) => symbols.find(([name]) => name === figure)![1]) },
    legend: { title: null, symbolFillColor: "#555", symbolStrokeWidth: 0, symbolSize: keySize },
  };
}

function colourOf({ series, title }: Panel): object {
  const range = series.length <= colours.length ? { range: colours.slice(0, series.length) } : { scheme: "viridis" };
  const legend = { title, symbolType: full, symbolStrokeWidth: 0, symbolOpacity: 1 };
  return {
    field: "series",
    type: "nominal",
    scale: { domain: series, ...range },
    legend: series.length < 2 ? null : legend,
  };
}

function ofSeries(series: readonly string[], range: readonly unknown[], legend: object | null = null): object {
  return { field: "series", type: "nominal", scale: { domain: series, range }, legend };
}

/** The shades, shapes and dashes of the series in grey, without a legend. */
function greyOf({ series }: Panel): Record<"colour" | "shape" | "dash" | "bar", object> {
  const styles = series.map((_, i) => greyStyle(i));
  /** From dark to light, with equal steps. */
  const bars = series.map((_, i) => {
    const shade = Math.round(110 + (110 * i) / Math.max(1, series.length - 1));
    return `rgb(${shade},${shade},${shade})`;
  });
  return {
    colour: ofSeries(
      series,
      styles.map(({ shade }) => shade),
    ),
    shape: ofSeries(
      series,
      styles.map(({ shape }) => shape),
    ),
    dash: ofSeries(
      series,
      styles.map(({ dash }) => dash),
    ),
    bar: ofSeries(series, bars),
  };
}

/**
 * The legends in grey, as a view of their own that draws nothing else: a series is shown by its shape on a piece of its
 * line, which is no shape of a point. Two scales of shapes within a panel would have their legends at each panel.
 */
export function greyLegends({ type, series, figures, title }: Panel): object {
  const styles = series.map((_, i) => greyStyle(i));
  const keys = styles.map((style) => (type === "bar" ? style.shape : greyKey(style, Math.sqrt(keySize) / 2)));
  const room = type === "bar" ? {} : { symbolOffset: 11, labelOffset: 15 };
  const legend = { title, symbolStrokeWidth: 0, symbolSize: keySize, ...room };
  const mark = { type: "point", filled: true, color: "#333" };
  const transform = only("false");
  const ofKeys = { transform, mark, encoding: { shape: ofSeries(series, keys, legend) } };
  return {
    width: 1,
    height: 1,
    layer: [...(series.length < 2 ? [] : [ofKeys]), { transform, mark, encoding: { shape: figureShape(figures) } }],
    resolve: { scale: { shape: "independent" } },
  };
}

/** Symbols, in colours: the shape tells the kind of figure. */
function colourSymbols(panel: Panel, colour: object): object[] {
  return [
    {
      transform: only("datum.marked"),
      mark: { type: "point", filled: true, size: 42, opacity: 1, strokeWidth: 0 },
      encoding: { color: colour, shape: figureShape(panel.figures) },
    },
  ];
}

/**
 * Symbols, in grey: the shape tells the series. Figures that are sure are full, those in doubt are open. Limits,
 * zeros, figures on too little data and the model's have the symbols of their kinds, on or beside the line of their
 * series.
 */
function greySymbols(panel: Panel, grey: ReturnType<typeof greyOf>): object[] {
  const { figures } = panel;
  const beside = figures.filter((figure) => !sure.includes(figure) && figure !== "not converged");
  return [
    {
      transform: only(`datum.marked && ${isOf(beside)}`),
      mark: { type: "point", filled: true, size: 46, opacity: 1, strokeWidth: 0 },
      encoding: { color: grey.colour, shape: { ...figureShape(figures), legend: null } },
    },
    {
      transform: only(`datum.marked && ${isOf(sure)}`),
      mark: { type: "point", filled: true, size: 46, opacity: 1, strokeWidth: 0 },
      encoding: { color: grey.colour, shape: grey.shape },
    },
    {
      transform: only(`datum.marked && ${isOf(["not converged"])}`),
      mark: { type: "point", filled: true, fill: "white", size: 46, opacity: 1, strokeWidth: 1.2 },
      encoding: { stroke: grey.colour, shape: grey.shape },
    },
  ];
}

/** Marks of one panel, from below to above: bars, curves of the model, lines, intervals, symbols. */
export function layers(panel: Panel): object[] {
  const grey = panel.grey ? greyOf(panel) : undefined;
  const colour = grey?.colour ?? colourOf(panel);
  /** Without colours the dashes tell the series, and with colours the kind of line. */
  const dashed = (dash: readonly number[]): object => (grey === undefined ? { strokeDash: dash } : {});
  const ofLine = grey === undefined ? { color: colour } : { color: colour, strokeDash: grey.dash };
  const cap = { strokeCap: grey === undefined ? "round" : "butt", clip: true };
  const bars = {
    transform: only(`datum.marked && !(${isOf(models)})`),
    mark: { type: "bar", opacity: grey === undefined ? 0.45 : 1, clip: true },
    encoding: { ...(grey === undefined ? { color: colour } : { fill: grey.bar }), y2: { datum: panel.base } },
  };
  const zero = {
    data: { values: [{ zero: 0 }] },
    mark: { type: "rule", stroke: "#888", strokeWidth: 1 },
    encoding: { x: null, xOffset: null, y: { field: "zero", type: "quantitative" } },
  };
  return [
    ...(panel.type === "bar" ? [bars] : []),
    ...(panel.hasZeroLine ? [zero] : []),
    {
      transform: only("datum.figure === 'closed form' && isNumber(datum.x)"),
      mark: { type: "line", strokeWidth: 1.5, opacity: 0.75, ...cap },
      encoding: ofLine,
    },
    {
      transform: only(
        "(datum.figure === 'published' || datum.figure === 'predicted') && datum.complete && isNumber(datum.x)",
      ),
      mark: { type: "line", strokeWidth: 1.3, ...dashed([2, 4]), ...cap },
      encoding: ofLine,
    },
    {
      transform: only("datum.joined"),
      mark: { type: "line", strokeWidth: 1, opacity: 0.8, ...dashed([6, 3]), clip: true },
      encoding: { ...ofLine, detail: { field: "run" } },
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
    ...(grey === undefined ? colourSymbols(panel, colour) : greySymbols(panel, grey)),
  ];
}
