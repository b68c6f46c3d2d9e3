/**
 * What the notebooks show: charts and tables. Each is one output with every form that a reader may need, and is sent before
 * its cell ends: Deno's kernel may lose what a cell sends later.
 */
import type { TopLevelSpec } from "vega-lite";
import { toPng, toSvg } from "troupe/harness/charts/render";

declare const Deno: {
  readonly jupyter: { display(bundle: Record<string, unknown>, options: { raw: true }): Promise<void> };
};

/** One point of a chart: a figure with its interval, and the figure of theory. */
export interface Figure {
  readonly x: number;
  readonly mean: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly model?: number | null;
  /** The line to which the point belongs. */
  readonly by?: number | string;
}

export interface Axes {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** What the lines are: the title of the legend. */
  readonly by?: string;
  readonly log?: "x" | "y" | "xy";
  /** The bottom of the vertical axis; what is below is cut off. Default: all is shown. */
  readonly least?: number;
  /** Whether points are joined, where there is no theory to draw a line. */
  readonly joined?: boolean;
}

/** Okabe and Ito's colours, which colour-blind readers tell apart. */
const colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#333333"];

/** A logarithmic axis shows whole decades; any other begins at 0. */
function vertical(axes: Axes, values: readonly number[]) {
  const labelExpr = "format(datum.value, datum.value !== 0 && datum.value < 0.001 ? '~e' : '~g')";
  const axis = { title: axes.y, labelExpr };
  if (axes.log?.includes("y") !== true) return { axis: { ...axis, tickCount: 6 }, scale: { zero: true } };
  const decade = (value: number, round: (exponent: number) => number): number => round(Math.log10(value) + 1e-9);
  const from = decade(
    values.reduce((a, b) => Math.min(a, b)),
    Math.floor,
  );
  const to = decade(
    values.reduce((a, b) => Math.max(a, b)),
    Math.ceil,
  );
  const decades = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  return { axis: { ...axis, values: decades }, scale: { type: "log" as const, domain: [10 ** from, 10 ** to] } };
}

/** A chart of simulated points with their 95% intervals, on the lines of theory. */
export function onTheory(axes: Axes, figures: readonly Figure[]): TopLevelSpec {
  // A logarithmic axis has no place for 0.
  const least = axes.least ?? (axes.log?.includes("y") === true ? Number.MIN_VALUE : -Infinity);
  const isShown = (value: number | null | undefined): value is number => typeof value === "number" && value >= least;
  const by = (figure: Figure): string => String(figure.by ?? "");
  const names = [...new Set(figures.map(by))];
  // Rings of different sizes show points that lie on one another.
  const ring = (name: string): number => 30 + (names.length - 1 - names.indexOf(name)) * 60;
  const points = figures.flatMap((figure) => {
    const { x, mean, low, high } = figure;
    if (!isShown(mean)) return [];
    return [
      {
        x,
        y: mean,
        low: isShown(low) ? low : (axes.least ?? mean),
        high: high ?? mean,
        by: by(figure),
        ring: ring(by(figure)),
      },
    ];
  });
  const lines = figures.flatMap((figure) =>
    isShown(figure.model) ? [{ x: figure.x, y: figure.model, by: by(figure) }] : [],
  );
  const places = [...new Set(figures.map(({ x }) => x))];
  const across = {
    axis: {
      title: axes.x,
      labelExpr: "format(datum.value, '.3~g')",
      ...(places.length > 10 ? {} : { values: places }),
    },
    scale:
      axes.log?.includes("x") === true
        ? { type: "log" as const, nice: false, padding: 12 }
        : { zero: false, nice: false, padding: 12 },
  };
  const x = { field: "x", type: "quantitative" as const, ...across };
  const values = [...points.flatMap(({ y, low, high }) => [y, low, high]), ...lines.map(({ y }) => y)];
  const y = { field: "y", type: "quantitative" as const, ...vertical(axes, values) };
  const color = {
    field: "by",
    type: "nominal" as const,
    scale: { domain: names, range: colours },
    legend: names.length < 2 ? null : { title: axes.by ?? "", symbolOpacity: 1 },
  };
  const size = { field: "ring", type: "quantitative" as const, scale: null, legend: null };
  const line = { type: "line" as const, strokeWidth: 1.5 };
  const open = { type: "point" as const, filled: false, strokeWidth: 1.5, opacity: 1 };
  const dot = { type: "point" as const, filled: true, size: 45, opacity: 1 };
  const rule = { type: "rule" as const, strokeWidth: 1.5 };
  const interval = { x, y: { ...y, field: "low" }, y2: { field: "high" }, color };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text: axes.title, anchor: "start" },
    width: 360,
    height: 220,
    background: "white",
    config: { font: "DejaVu Sans", axis: { gridColor: "#e6e6e6" }, view: { stroke: null } },
    layer: [
      { data: { values: axes.joined === true ? points : lines }, mark: line, encoding: { x, y, color } },
      { data: { values: points }, mark: rule, encoding: interval },
      axes.joined === true
        ? { data: { values: points }, mark: open, encoding: { x, y, color, size } }
        : { data: { values: points }, mark: dot, encoding: { x, y, color } },
    ],
  };
}

/** Shows a chart: as Vega-Lite where the reader's program draws it, and else as SVG or PNG. */
export async function chart(specification: TopLevelSpec): Promise<void> {
  const svg = await toSvg(specification);
  const png = Buffer.from(await toPng(svg)).toString("base64");
  const forms = { "application/vnd.vegalite.v6+json": specification, "image/svg+xml": svg, "image/png": png };
  await Deno.jupyter.display({ ...forms, "text/plain": "a chart" }, { raw: true });
}

/** A number with four digits that count. */
function short(value: string | number | null): string {
  if (value === null) return "";
  return typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}

/** Shows a table. The columns are the fields of the rows, which have no markup. */
export async function table(rows: readonly Readonly<Record<string, string | number | null>>[]): Promise<void> {
  const head = Object.keys(rows[0] ?? {});
  const body = rows.map((row) => Object.values(row).map(short));
  const line = (fields: readonly string[], tag: string): string =>
    `<tr>${fields.map((field) => `<${tag}>${field}</${tag}>`).join("")}</tr>`;
  const html = `<table><thead>${line(head, "th")}</thead><tbody>${body.map((row) => line(row, "td")).join("")}</tbody></table>`;
  const rule = head.map(() => "---");
  const text = [head, rule, ...body].map((fields) => `| ${fields.join(" | ")} |`).join("\n");
  await Deno.jupyter.display({ "text/html": html, "text/markdown": text, "text/plain": text }, { raw: true });
}
