/** Which charts are drawn of some cells: the experiment's own, or what somebody wants instead. */
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import { line, tradeOff, type Chart } from "../chart.ts";
import type { Experiment } from "../experiment.ts";
import type { CellSummary } from "../results/summary.ts";
import { greatest } from "../statistics/moments.ts";
import { varyingAmong } from "./points.ts";

type SomeCells = readonly Pick<CellSummary, "parameters">[];

/** The name of a chart's files, without extension. */
export function chartName(chart: Chart): string {
  if (chart.type === "series") return chart.name ?? chart.y;
  return chart.name ?? `${[chart.y].flat().join("-")}-by-${chart.x}`;
}

/** The names of the charts' files, each of which no other has. */
export function chartNames(charts: readonly Chart[]): string[] {
  const taken = new Map<string, number>();
  return charts.map((chart) => {
    const name = chartName(chart);
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}

/** The first numeric parameter that varies, or else the first that varies, or else the first. */
function firstVarying(experiment: Experiment, cells: SomeCells): string | undefined {
  const varied = varyingAmong(experiment, cells);
  const isNumber = (name: string): boolean => typeof experiment.parameters[name]!.default === "number";
  return varied.find(isNumber) ?? varied[0] ?? Object.keys(experiment.parameters)[0];
}

/**
 * Charts of one name differ in their lines and panels. Those are kept whose lines and panels take the most parameters
 * that vary; of those that take the same, the first.
 */
function withoutTwins(charts: readonly Chart[], varied: readonly string[]): Chart[] {
  const taken = ({ by, facet }: Chart): string[] => varied.filter((name) => name === by || name === facet);
  return charts.filter((chart, place) => {
    const twins = charts.filter((other) => chartName(other) === chartName(chart));
    const most = greatest(twins.map((twin) => taken(twin).length));
    const first = twins.find((twin) => taken(twin).join() === taken(chart).join());
    return taken(chart).length === most && charts.indexOf(first!) === place;
  });
}

/**
 * The charts of these cells: the experiment's charts whose horizontal axis varies. If there is none, the measures
 * against the first numeric parameter that varies, or else the first parameter that varies. If nothing varies: all
 * charts, with one point each.
 */
export function chartsOf(experiment: Experiment, cells: SomeCells): Chart[] {
  const own = experiment.charts ?? [];
  const varied = varyingAmong(experiment, cells);
  const fitting = own.filter((chart) => {
    if (chart.type === "series") return true;
    return varied.includes(chart.type === "trade-off" ? chart.through : chart.x);
  });
  if (fitting.length > 0) return withoutTwins(fitting, varied);
  if (varied.length === 0 && own.length > 0) return withoutTwins(own, varied);
  const x = firstVarying(experiment, cells);
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

/** How a chart looks: what changes nothing in the choice of its figures. */
export type Look = Partial<
  Pick<Chart, "title" | "subtitle" | "xTitle" | "yTitle" | "log" | "width" | "height" | "grey">
>;

/** What somebody wants of charts. What is left out is as in the experiment's charts. */
export interface Wish {
  /** The name of one of the charts. */
  readonly chart?: string;
  /** Measures, or one series. */
  readonly y?: readonly string[];
  /** A parameter; or a measure, for a trade-off. */
  readonly x?: string;
  /** Parameters; null for none. */
  readonly by?: string | null;
  readonly facet?: string | null;
  /** With a measure as `x`: the parameter that takes a line from point to point. */
  readonly through?: string;
  /** Bars instead of lines, or lines instead of bars. */
  readonly bars?: boolean;
  readonly look: Look & { readonly linear?: true };
}

function known(option: string, name: string, names: readonly string[], what: string, owner: string): string {
  if (names.includes(name)) return name;
  const hint = didYouMean(name, names) || ` There are ${names.join(", ") || "none"}.`;
  throw new BadData(`--${option} ${name}: ${owner} has no such ${what}.${hint}`);
}

/** The chart with other parameters for its lines and panels. */
function split(chart: Chart, { by, facet, bars }: Wish): Chart {
  const { by: oldBy, facet: oldFacet, ...rest } = chart;
  // No line and no panel for each place on the axis.
  const isOld = (name: string | null | undefined): boolean =>
    name === undefined || (rest.type !== "series" && name === rest.x);
  const [lines, panels] = [isOld(by) ? oldBy : by, isOld(facet) ? oldFacet : facet];
  const isCells = rest.type === "line" || rest.type === "bar";
  return {
    ...rest,
    ...(isCells && bars !== undefined ? { type: bars ? "bar" : "line" } : {}),
    ...(lines === undefined || lines === null ? {} : { by: lines }),
    ...(panels === undefined || panels === null || panels === lines ? {} : { facet: panels }),
  } as Chart;
}

function looking(chart: Chart, { linear, ...look }: Wish["look"]): Chart {
  const { log, ...rest } = { ...chart, ...look };
  return linear || log === undefined ? (rest as Chart) : ({ ...rest, log } as Chart);
}

/**
 * The charts that are wanted of these cells.
 *
 * @throws BadData for a name that the experiment does not have, with the nearest.
 */
export function wishedCharts(experiment: Experiment, cells: SomeCells, wish: Wish): Chart[] {
  const { name: owner } = experiment;
  const parameters = Object.keys(experiment.parameters);
  const measures = Object.keys(experiment.measures);
  const series = Object.keys(experiment.series ?? {});
  for (const option of ["by", "facet", "through"] as const) {
    const name = wish[option];
    if (name !== undefined && name !== null) known(option, name, parameters, "parameter", owner);
  }
  const { x, y, through } = wish;
  if (x !== undefined) known("x", x, [...parameters, ...measures], "parameter or measure", owner);
  for (const name of y ?? []) known("y", name, [...measures, ...series], "measure or series", owner);
  let charts = chartsOf(experiment, cells);
  if (wish.chart !== undefined) {
    const all = [...charts, ...(experiment.charts ?? [])];
    known("chart", wish.chart, [...new Set(all.map(chartName))], "chart", owner);
    charts = [all.find((chart) => chartName(chart) === wish.chart)!];
  }
  const [only] = y ?? [];
  if (y !== undefined && y.some((name) => series.includes(name))) {
    if (y.length > 1) throw new BadData(`--y ${y.join()}: a series has a chart of its own.`);
    const own = experiment.charts?.find((chart) => chart.type === "series" && chart.y === only);
    charts = [own ?? { type: "series", y: only! }];
  } else if (y !== undefined) {
    const own = charts.find((chart) => chart.type !== "series" && [chart.y].flat().join() === y.join());
    charts = [own ?? line({ x: firstVarying(experiment, cells) ?? parameters[0]!, y: y.length === 1 ? only! : y })];
  }
  if (x !== undefined) {
    const ofCells = charts.filter((chart) => chart.type !== "series");
    charts = ofCells.map((chart): Chart => {
      const { by, facet, log, title } = chart;
      const common = {
        ...(by === undefined || by === x ? {} : { by }),
        ...(facet === undefined || facet === x ? {} : { facet }),
        ...(log === undefined ? {} : { log }),
        ...(title === undefined ? {} : { title }),
      };
      if (parameters.includes(x)) return { ...common, type: chart.type === "bar" ? "bar" : "line", x, y: chart.y };
      const along = through ?? firstVarying(experiment, cells);
      if (along === undefined) throw new BadData(`--x ${x}: ${owner} has no parameter to go through.`);
      return tradeOff({ ...common, x, y: [chart.y].flat()[0]!, through: along });
    });
  } else if (through !== undefined) throw new BadData("--through goes with a measure as --x.");
  const wanted = charts.map((chart) => looking(split(chart, wish), wish.look));
  return [...new Map(wanted.map((chart) => [JSON.stringify(chart), chart])).values()];
}
