/** The axes of a chart: titles, units, ticks and scales, and the points as they lie on them. */
import type { Experiment } from "../experiment.ts";
import type { Parameter, Plain } from "../parameters.ts";
import { greatest, least } from "../statistics/moments.ts";
import { inWords, isModel, type Point } from "./points.ts";
import type { CellChart } from "./unrolled.ts";

const timeUnits: readonly (readonly [unit: string, milliseconds: number])[] = [
  ["days", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/**
 * The unit in which an axis of durations reads best: the largest in which no value is below 1 and all have one decimal
 * at the most; if there is none, the largest in which no value is below 1.
 */
function timeUnit(values: readonly number[]): readonly [unit: string, milliseconds: number] {
  const first = least(values.filter((value) => value > 0));
  const fitting = timeUnits.filter(([, size]) => first >= size);
  const isShort = (tenths: number): boolean => Math.abs(tenths - Math.round(tenths)) < 1e-6;
  const short = fitting.find(([, size]) => values.every((value) => isShort((10 * value) / size)));
  return short ?? fitting[0] ?? ["ms", 1];
}

function title(name: string, unit: string): string {
  return unit === "" ? inWords(name) : `${inWords(name)} (${unit})`;
}

interface Axis {
  readonly points: readonly Point[];
  readonly encoding: object;
}

/** The horizontal axis: numbers to scale, durations in a unit of their size, words side by side. */
export function horizontal(chart: CellChart, parameter: Parameter, points: readonly Point[]): Axis {
  if (typeof parameter.default !== "number") {
    const named = points.map((point) => ({ ...point, x: parameter.show(point.x as Plain) || "none" }));
    const axis = { title: chart.xTitle ?? title(chart.x, parameter.unit), labelAngle: 0 };
    return { points: named, encoding: { field: "x", type: "nominal", sort: null, axis } };
  }
  const measured = points.filter(({ figure, marked }) => marked && !isModel(figure)).map(({ x }) => x as number);
  const all = points.map(({ x }) => x as number);
  const [unit, size] =
    parameter.kind === "duration" ? timeUnit(measured.length > 0 ? measured : all) : [parameter.unit, 1];
  const scaled = points.map((point) => ({ ...point, x: (point.x as number) / size }));
  const values = [...new Set(measured.map((x) => x / size))];
  // A tick at 1.66667 is labelled 1.67.
  const ticks = values.map((value) => (Number.isInteger(value) ? value : Number(value.toPrecision(3))));
  const first = least(scaled.map(({ x }) => x));
  const isLog = chart.log?.includes("x") === true && first >= 0 && scaled.some(({ x }) => x > 0);
  const heading = chart.xTitle ?? title(chart.x, unit);
  const axis = {
    // A scale that has a place for 0 is no longer logarithmic there.
    title: isLog && first === 0 ? `${heading}, logarithmic but for 0` : heading,
    // By `format` Vega would round as far as the distance of its own ticks suggests: 15 to 20. Bytes are read as 10k
    // and 1M.
    labelExpr: `format(datum.value, '${unit === "bytes" ? "~s" : "~r"}')`,
    // Only labels without room are left out, instead of every second label.
    labelOverlap: "greedy",
    labelSeparation: 6,
    ...(values.length > 0 && values.length <= 12 && chart.type !== "trade-off" ? { values: ticks } : {}),
  };
  const common = { nice: false, padding: 18 };
  const constant = least(scaled.map(({ x }) => x).filter((x) => x > 0));
  const scale = !isLog
    ? { zero: false, ...common }
    : first > 0
      ? { type: "log", ...common }
      : { type: "symlog", constant, ...common };
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

interface VerticalAxis extends Axis {
  /** Where bars begin. */
  readonly base: number;
  /** Whether a line is drawn at 0: figures may lie on both sides of it. */
  readonly hasZeroLine: boolean;
}

/**
 * The vertical axis. A logarithmic axis has no place for 0: a figure of 0 stands at its lower edge with a symbol of its
 * own, and intervals end there. If any figure is negative, the axis is linear.
 */
export function vertical(experiment: Experiment, chart: CellChart, points: readonly Point[]): VerticalAxis {
  const names = [chart.y].flat();
  const measures = names.map((name) => experiment.measures[name]!);
  const units = [...new Set(measures.map(({ unit = "" }) => unit))].filter((unit) => unit !== "");
  const name = commonWords(names.map((each) => inWords(each).split(" ")));
  const heading = chart.yTitle ?? (name === "" ? units.join(", ") : title(name, units.join(", ")));
  const all = points.flatMap(({ y, low = y, high = y }) => [y, low, high]);
  const isLog = chart.log?.includes("y") === true && points.every(({ y }) => y >= 0) && points.some(({ y }) => y > 0);
  if (isLog) return logarithmic(points, all, heading);
  const hasZeroLine = measures.every(({ signed }) => signed === true);
  const [bottom, top] = [least(all), greatest(all)];
  const zero = hasZeroLine || (bottom >= 0 && bottom < 0.6 * top);
  const axis = { title: heading, labelExpr: plainOrPower };
  const encoding = { field: "y", type: "quantitative", axis, scale: { zero, nice: true } };
  return { points, encoding, base: 0, hasZeroLine };
}

function logarithmic(points: readonly Point[], all: readonly number[], heading: string): VerticalAxis {
  const figures = points.map(({ y }) => y).filter((y) => y > 0);
  // The ends of a wide interval do not stretch the axis by more than a decade beyond the figures.
  const bottom = Math.max(least(figures) / 10, least(all.filter((value) => value > 0)) / 1.5);
  const top = Math.min(greatest(figures) * 10, greatest(all) * 1.5);
  const placed = points.flatMap((point): Point[] => {
    const { low, high, ...figure } = point;
    if (figure.y > 0) return [low === undefined ? point : { ...point, low: Math.max(low, bottom) }];
    if (isModel(figure.figure)) return [];
    const limits = high === undefined || high <= bottom ? {} : { high, low: bottom };
    return [{ ...figure, ...limits, y: bottom, figure: "0, below the axis" }];
  });
  const scale = { type: "log", domain: [bottom, top], nice: false };
  const axis = { title: heading, labelExpr: plainOrPower, values: decades(bottom, top) };
  return {
    points: placed,
    encoding: { field: "y", type: "quantitative", axis, scale },
    base: bottom,
    hasZeroLine: false,
  };
}
