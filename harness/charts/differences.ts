/** Charts of differences, with their intervals and a line at zero: differences are shown as the measures of cells. */
import { line, type Chart } from "../chart.ts";
import { modelOf, type Experiment, type Model } from "../experiment.ts";
import type { Parameters, Plain } from "../parameters.ts";
import { cellKey, type Cell } from "../plan/grid.ts";
import type { ComparedCell } from "../results/comparison.ts";
import type { CellDifference, MeasureDifference } from "../results/differences.ts";
import type { CellSummary } from "../results/summary.ts";
import type { Difference } from "../statistics/differences.ts";
import { nothing } from "../statistics/intervals.ts";
import { chartsOf } from "./chosen.ts";
import { inWords, shown, varyingAmong } from "./points.ts";

/** A chart, and the experiment and cells that it is drawn of. */
export interface Drawable {
  readonly experiment: Experiment;
  readonly chart: Chart;
  readonly cells: readonly CellSummary[];
}

interface Compared {
  readonly parameters: Cell;
  readonly measures: Readonly<Record<string, Difference & Partial<MeasureDifference>>>;
}

type SomeCells = readonly { readonly parameters: Cell }[];

/** The measures of the charts of these cells whose differences can be taken. */
function measuresOf(experiment: Experiment, cells: SomeCells): string[] {
  const charted = chartsOf(experiment, cells).flatMap((chart) => (chart.type === "series" ? [] : [chart.y].flat()));
  const isTaken = (name: string): boolean => experiment.measures[name]!.estimator !== "quantile";
  const all = charted.length > 0 ? charted : Object.keys(experiment.measures);
  return [...new Set(all)].filter(isTaken);
}

/**
 * The chart of the differences of a measure, with the axis and panels of the measure's own chart. `compared` is the
 * parameter whose values differ, if it is one.
 */
function chartOf(experiment: Experiment, cells: SomeCells, measure: string, compared?: string): Chart {
  const varied = varyingAmong(experiment, cells).filter((name) => name !== compared);
  const own = chartsOf(experiment, cells).find(
    (chart) => chart.type !== "series" && [chart.y].flat().includes(measure) && varied.includes(chart.x),
  );
  const isNumber = (name: string): boolean => typeof experiment.parameters[name]!.default === "number";
  const x =
    own !== undefined && own.type !== "series"
      ? own.x
      : (varied.find(isNumber) ?? compared ?? varied[0] ?? Object.keys(experiment.parameters)[0]!);
  const others = varied.filter((name) => name !== x);
  const facet = others.find((name) => name === own?.facet);
  const by = compared !== undefined && compared !== x ? compared : others.find((name) => name !== facet);
  return line({
    x,
    y: measure,
    name: `${measure}-difference-by-${x}`,
    ...(by === undefined ? {} : { by }),
    ...(facet === undefined ? {} : { facet }),
  });
}

/** The names of the charts of differences of a run's cells, without extensions. */
export function differenceNames(experiment: Experiment, cells: SomeCells, compared: string): string[] {
  return measuresOf(experiment, cells).map((measure) => chartOf(experiment, cells, measure, compared).name!);
}

/** The differences as cells of an experiment that measures them. */
function drawable(
  experiment: Experiment,
  compared: readonly Compared[],
  measure: string,
  chart: Chart,
  model: Model<Parameters> | undefined,
): Drawable {
  const { unit, help } = experiment.measures[measure]!;
  const yTitle = `difference of ${inWords(measure)}${unit === undefined || unit === "" ? "" : ` (${unit})`}`;
  const cells = compared.map(({ parameters, measures }): CellSummary => {
    const { mean, low, high, model: figure = null } = measures[measure]!;
    const summary = { mean, low, high, model: figure, outside: null, ratio: nothing, converged: low !== null };
    const empty = { replications: 0, converged: true, series: {}, notes: [], warnings: [] };
    return { parameters, measures: { [measure]: summary }, ...empty };
  });
  const measures = { [measure]: { help, signed: true as const, ...(unit === undefined ? {} : { unit }) } };
  const models = model === undefined ? {} : { [measure]: model };
  return { experiment: { ...experiment, measures, model: models }, chart: { ...chart, yTitle }, cells };
}

/** The difference of the models: between the cells too, if the model is a closed form. */
function modelOfDifference(
  experiment: Experiment,
  differences: readonly CellDifference[],
  measure: string,
): Model<Parameters> | undefined {
  const { parameter, baseline } = differences[0]!;
  const atCells = new Map(
    differences.map((each) => [
      cellKey({ ...each.parameters, [parameter]: each.other }),
      each.measures[measure]?.model ?? null,
    ]),
  );
  if ([...atCells.values()].every((model) => model === null)) return undefined;
  const figure = (p: Cell): number | null => {
    const model = modelOf(experiment, measure, p);
    return model === null || model.outside !== null ? null : model.value;
  };
  const isAlike = differences.every((each) => each.baseline === baseline);
  const own = experiment.model![measure]!;
  const label = typeof own === "function" ? undefined : own.label;
  return {
    ...(label === undefined ? {} : { label }),
    of(p: Readonly<Record<string, Plain>>) {
      const known = atCells.get(cellKey(p));
      if (known !== undefined || !isAlike) return known ?? null;
      const [other, first] = [figure(p), figure({ ...p, [parameter]: baseline })];
      return other === null || first === null ? null : other - first;
    },
  };
}

/** The charts of a run's differences: what each value of the compared parameter changes against its first. */
export function differenceCharts(experiment: Experiment, differences: readonly CellDifference[]): Drawable[] {
  const [first] = differences;
  if (first === undefined) return [];
  const { parameter } = first;
  const compared = differences.map(({ parameters, other, measures }) => ({
    // In the experiment's order, as cells have them.
    parameters: Object.fromEntries(
      Object.keys(experiment.parameters).map((name) => [name, name === parameter ? other : parameters[name]!]),
    ),
    measures,
  }));
  const bases = [...new Set(differences.map(({ baseline }) => shown(experiment.parameters[parameter]!, baseline)))];
  return measuresOf(experiment, compared).map((measure) => {
    const title = `${inWords(measure)}: difference from ${inWords(parameter)} ${bases.join(" or ")}`;
    const chart = { ...chartOf(experiment, compared, measure, parameter), title };
    return drawable(experiment, compared, measure, chart, modelOfDifference(experiment, differences, measure));
  });
}

/** The charts of what a second run has more than a first. */
export function comparisonCharts(experiment: Experiment, cells: readonly ComparedCell[]): Drawable[] {
  return measuresOf(experiment, cells).map((measure) => {
    const title = `${inWords(measure)}: the second run less the first`;
    return drawable(experiment, cells, measure, { ...chartOf(experiment, cells, measure), title }, undefined);
  });
}
