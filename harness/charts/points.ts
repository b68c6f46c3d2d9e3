/** The data of a chart as plain records: simulated figures with their intervals, and figures of the model. */
import { modelOf, type Experiment } from "../experiment.ts";
import type { Parameter, Plain } from "../parameters.ts";
import type { Cell } from "../plan/grid.ts";
import { meansOf, type CellSummary } from "../results/summary.ts";
import type { CellChart } from "./unrolled.ts";
import { greatest, least } from "../statistics/moments.ts";
import { fewestEvents } from "../statistics/rare-events.ts";

export type Figure =
  | "simulated, 95% interval"
  | "measured, 95% interval"
  | "not converged"
  | "not enough data"
  | "none seen: upper limit"
  | "none seen: lower limit"
  /** On a logarithmic axis. */
  | "0, below the axis"
  | "closed form"
  | "published"
  | "predicted";

export function isModel(figure: Figure): boolean {
  return figure === "closed form" || figure === "published" || figure === "predicted";
}

export interface Point {
  readonly x: Plain;
  readonly y: number;
  /** The ends of the interval; absent for a model. */
  readonly low?: number;
  readonly high?: number;
  /** The line to which the point belongs. */
  readonly series: string;
  readonly panel: string;
  readonly figure: Figure;
  /** Whether the point has a symbol. A point between the cells only shapes the model's curve. */
  readonly marked: boolean;
}

/** `roundTrip` as people write it: `round trip`. */
export function inWords(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}

/** A value as charts write it, with its unit. */
export function shown(parameter: Parameter, value: Plain): string {
  const text = parameter.show(value) || "none";
  return parameter.kind === "duration" || parameter.unit === "" ? text : `${text} ${parameter.unit}`;
}

/** The parameters that take more than one value in these cells, in the experiment's order. */
export function varying(experiment: Experiment, cells: readonly Cell[]): string[] {
  return Object.keys(experiment.parameters).filter((name) => new Set(cells.map((cell) => cell[name])).size > 1);
}

/** The parameters that take more than one value in these summaries. */
export function varyingAmong(experiment: Experiment, summaries: readonly Pick<CellSummary, "parameters">[]): string[] {
  return varying(
    experiment,
    summaries.map(({ parameters }) => parameters),
  );
}

/** Names the line of a cell: by the chart's `by`, and by all else that varies, so that no line mixes unlike cells. */
function seriesOf(
  experiment: Experiment,
  chart: CellChart,
  cell: Cell,
  others: readonly string[],
  measure: string,
): string {
  const parts: string[] = [];
  if (Array.isArray(chart.y)) parts.push(inWords(measure));
  if (chart.by !== undefined) parts.push(shown(experiment.parameters[chart.by]!, cell[chart.by]!));
  for (const name of others) parts.push(`${inWords(name)} ${shown(experiment.parameters[name]!, cell[name]!)}`);
  return parts.join(", ");
}

/** The parameter that takes a line from point to point. */
export function throughOf(chart: CellChart): string {
  return chart.type === "trade-off" ? chart.through : chart.x;
}

/** The values of x, between the least and the greatest, at which a closed form is drawn as a curve. */
function curve(parameter: Parameter, chart: CellChart, cells: readonly CellSummary[]): Plain[] {
  const through = throughOf(chart);
  const at = [...new Set(cells.map(({ parameters }) => parameters[through]!))];
  if (typeof parameter.default !== "number" || at.length < 2) return at;
  const first = least(at as number[]);
  const last = greatest(at as number[]);
  const steps = parameter.kind === "count" ? last - first : 60;
  if (steps > 1000) return at;
  const isLog = chart.log?.includes("x") === true && first > 0;
  const between = Array.from({ length: steps + 1 }, (_, i) =>
    isLog && parameter.kind !== "count" ? first * (last / first) ** (i / steps) : first + ((last - first) * i) / steps,
  );
  return [...new Set([...between, ...at])]
    .filter((value) => parameter.accepts(value))
    .sort((a, b) => Number(a) - Number(b));
}

function estimated(
  experiment: Experiment,
  cell: CellSummary,
  measure: string,
): Pick<Point, "y" | "low" | "high" | "figure"> | null {
  const { mean, low, high, converged, events = Infinity } = cell.measures[measure]!;
  if (mean === null) return low === null ? null : { y: low, figure: "none seen: lower limit" };
  // A share lies between 0 and 1 anyhow: an interval that says no more is not drawn.
  const saysNothing = low === 0 && high === 1 && experiment.measures[measure]!.unit === undefined;
  const limits = low === null || high === null || saysNothing ? {} : { low, high };
  if (mean === 0 && low === 0 && high !== null && high > 0)
    return { y: high, low, high, figure: "none seen: upper limit" };
  const figure = experiment.reproducible === false ? "measured, 95% interval" : "simulated, 95% interval";
  const doubt = mean !== 0 && events < fewestEvents ? "not enough data" : "not converged";
  return { y: mean, ...limits, figure: converged ? figure : doubt };
}

/**
 * The parameters, other than the chart's axes, that vary within a line and panel: their values must distinguish lines.
 */
export function tellingParameters(experiment: Experiment, chart: CellChart, cells: readonly CellSummary[]): string[] {
  const groups = new Map<string, Cell[]>();
  for (const { parameters } of cells) {
    const key = JSON.stringify([chart.by, chart.facet].map((name) => (name === undefined ? null : parameters[name])));
    groups.set(key, [...(groups.get(key) ?? []), parameters]);
  }
  const varied = new Set([...groups.values()].flatMap((group) => varying(experiment, group)));
  return Object.keys(experiment.parameters).filter((name) => varied.has(name) && name !== throughOf(chart));
}

type Place = Pick<Point, "series" | "panel">;

interface PlacedCell {
  readonly place: Place;
  readonly measure: string;
  readonly cell: CellSummary;
}

/** Where each measure of each cell is drawn, if it has a figure, in the order of the cells. */
export function placed(experiment: Experiment, chart: CellChart, cells: readonly CellSummary[]): PlacedCell[] {
  const others = tellingParameters(experiment, chart, cells);
  const { facet } = chart;
  return [chart.y].flat().flatMap((measure) =>
    cells.map((cell) => {
      const series = seriesOf(experiment, chart, cell.parameters, others, measure);
      const panel =
        facet === undefined ? "" : `${inWords(facet)} ${shown(experiment.parameters[facet]!, cell.parameters[facet]!)}`;
      return { place: { series, panel }, measure, cell };
    }),
  );
}

/** All points of a chart, in the order of the cells. */
export function pointsOf(experiment: Experiment, chart: CellChart, cells: readonly CellSummary[]): Point[] {
  const points: Point[] = [];
  const lines = new Map<string, { place: Place; measure: string; cells: CellSummary[] }>();
  for (const { place, measure, cell } of placed(experiment, chart, cells)) {
    const key = JSON.stringify([measure, place]);
    const line = lines.get(key) ?? { place, measure, cells: [] };
    line.cells.push(cell);
    lines.set(key, line);
    const figure = estimated(experiment, cell, measure);
    const x = chart.type === "trade-off" ? cell.measures[chart.x]!.mean : cell.parameters[chart.x]!;
    if (figure !== null && x !== null) points.push({ x, ...figure, ...place, marked: true });
  }
  for (const { place, measure, cells: ofLine } of lines.values())
    for (const point of modelPoints(experiment, chart, measure, ofLine, place)) points.push(point);
  return points;
}

function modelPoints(
  experiment: Experiment,
  chart: CellChart,
  measure: string,
  cells: readonly CellSummary[],
  place: Place,
): Point[] {
  const first = cells[0]!.parameters;
  const atCell = (cell: CellSummary) => modelOf(experiment, measure, cell.parameters, meansOf(cell));
  const isDiscrete = cells.some((cell) => (atCell(cell)?.label ?? "closed form") !== "closed form");
  const through = throughOf(chart);
  const xOf = (parameters: Cell): Plain | undefined =>
    chart.type === "trade-off" ? modelOf(experiment, chart.x, parameters)?.value : parameters[through];
  const models = isDiscrete
    ? cells.map((cell) => ({ x: xOf(cell.parameters), model: atCell(cell) }))
    : curve(experiment.parameters[through]!, chart, cells).map((value) => {
        const parameters = { ...first, [through]: value };
        return { x: xOf(parameters), model: modelOf(experiment, measure, parameters) };
      });
  const figures = models.flatMap(({ x, model }) =>
    x === undefined || model === null || !Number.isFinite(model.value)
      ? []
      : [{ x, y: model.value, figure: model.label as Figure }],
  );
  return figures.map(({ x, y, figure }) => ({
    x,
    y,
    ...place,
    figure,
    marked: isDiscrete || figures.length === 1 || typeof x !== "number",
  }));
}
