/** Cells that differ in one parameter only, and the differences of their measures: `differences.csv`. */
import { modelOf, type Experiment, type Measure, type Observation } from "../experiment.ts";
import { didYouMean } from "../../languages/nearest.ts";
import type { Plain } from "../parameters.ts";
import type { Cell } from "../plan/grid.ts";
import type { Row } from "../plan/row.ts";
import { pairedDifference, type Difference } from "../statistics/differences.ts";
import type { Pair } from "../statistics/intervals.ts";
import { BadData } from "../../sim/bad-data.ts";
import { toCsv } from "./rows.ts";
import { meansOf, whereExact, type CellSummary } from "./summary.ts";

export interface MeasureDifference extends Difference {
  /** The difference of the models of both cells; null if a cell has no model or breaks its assumptions. */
  readonly model: number | null;
}

/** The differences of a cell from the first cell of its group, whose cells differ in one parameter only. */
export interface CellDifference {
  readonly parameter: string;
  /** The parameter's value in the first cell, and in this one. */
  readonly baseline: Plain;
  readonly other: Plain;
  /** The parameters that both cells share: all but the compared parameter. */
  readonly parameters: Cell;
  readonly measures: Readonly<Record<string, MeasureDifference>>;
}

function without(cell: Cell, parameter: string): Cell {
  return Object.fromEntries(Object.entries(cell).filter(([name]) => name !== parameter));
}

/** Groups of indices of cells that are equal except for the parameter, in the order of the cells. */
function groupsOf(cells: readonly Cell[], parameter: string): number[][] {
  const groups = new Map<string, number[]>();
  for (const [place, cell] of cells.entries()) {
    const key = JSON.stringify(without(cell, parameter));
    groups.set(key, [...(groups.get(key) ?? []), place]);
  }
  return [...groups.values()];
}

/**
 * Whether cells can be compared by a parameter.
 *
 * @throws BadData if the experiment has no such parameter, or no two cells differ in it alone.
 */
export function mustBeComparable(experiment: Experiment, cells: readonly Cell[], parameter: string): void {
  const names = Object.keys(experiment.parameters);
  if (!names.includes(parameter)) {
    const hint = didYouMean(parameter, names) || ` It has ${names.join(", ")}.`;
    throw new BadData(`--compare ${parameter}: ${experiment.name} has no such parameter.${hint}`);
  }
  const values = [...new Set(cells.map((cell) => cell[parameter]!))];
  if (values.length === 1) {
    throw new BadData(`--compare ${parameter} needs two values of ${parameter} or more, not just ${experiment.parameters[parameter]!.show(values[0]!) || "none"}.`);
  }
  if (groupsOf(cells, parameter).every((group) => group.length === 1)) {
    throw new BadData(`--compare ${parameter}: no two cells differ in ${parameter} alone.`);
  }
}

function asPair({ estimator }: Measure, observation: Exclude<Observation, null>): Pair {
  if (typeof observation === "number") return [observation, 1];
  return estimator === "steady" ? [observation[0], 1] : observation;
}

/**
 * Pairs of observations of both cells in the same replication. A replication without an observation in both is left
 * out.
 */
function pairsOf(
  experiment: Experiment,
  measure: string,
  baseline: readonly Row[],
  other: readonly Row[],
): [Pair[], Pair[]] {
  const pair = (observation: Exclude<Observation, null>): Pair => asPair(experiment.measures[measure]!, observation);
  const before = new Map(baseline.map(({ replication, observations }) => [replication, observations[measure] ?? null]));
  const pairs: [Pair[], Pair[]] = [[], []];
  for (const { replication, observations } of other) {
    const [a, b] = [before.get(replication) ?? null, observations[measure] ?? null];
    if (a === null || b === null) continue;
    pairs[0].push(pair(a));
    pairs[1].push(pair(b));
  }
  return pairs;
}

function modelDifference(experiment: Experiment, measure: string, baseline: CellSummary, other: CellSummary): number | null {
  const figures = [baseline, other].map((cell) => modelOf(experiment, measure, cell.parameters, meansOf(cell)));
  const [a = null, b = null] = figures.map((model) => (model?.outside === null ? model.value : null));
  return a === null || b === null ? null : b - a;
}

/**
 * What other rows of a cell have more than its baseline's, in each measure, from pairs of equal replications. Pairs
 * give a difference of means: quantiles are left out.
 */
export function pairedDifferences(
  experiment: Experiment,
  baseline: readonly Row[],
  other: readonly Row[],
): Record<string, Difference> {
  const paired = Object.entries(experiment.measures).filter(([, { estimator }]) => estimator !== "quantile");
  return Object.fromEntries(
    paired.map(([name, { estimator }]) => {
      const [a, b] = pairsOf(experiment, name, baseline, other);
      return [name, whereExact(experiment, pairedDifference(a, b, estimator === "rare"))];
    }),
  );
}

/** The differences of all cells from the first cell of their group, in the order of the cells. */
export function differencesOf(
  experiment: Experiment,
  parameter: string,
  cells: readonly CellSummary[],
  rows: readonly (readonly Row[])[],
): CellDifference[] {
  const groups = groupsOf(
    cells.map(({ parameters }) => parameters),
    parameter,
  );
  return groups.flatMap(([first, ...others]) =>
    others.map((place): CellDifference => {
      const [baseline, other] = [cells[first!]!, cells[place]!];
      const measures = Object.entries(pairedDifferences(experiment, rows[first!]!, rows[place]!)).map(
        ([name, difference]) => [name, { ...difference, model: modelDifference(experiment, name, baseline, other) }],
      );
      return {
        parameter,
        baseline: baseline.parameters[parameter]!,
        other: other.parameters[parameter]!,
        parameters: without(other.parameters, parameter),
        measures: Object.fromEntries(measures) as CellDifference["measures"],
      };
    }),
  );
}

/** `differences.csv`: one row for each measure of each compared cell. */
export function differencesToCsv(experiment: Experiment, differences: readonly CellDifference[]): string {
  const records = differences.flatMap(({ parameter, baseline, other, parameters, measures }) =>
    Object.entries(measures).map(([name, { pairs, mean, low, high, model, pairing }]) => [
      ...Object.values(parameters),
      parameter,
      baseline,
      other,
      name,
      experiment.measures[name]!.unit ?? "",
      pairs,
      mean,
      low,
      high,
      model,
      pairing,
    ]),
  );
  const common = Object.keys(differences[0]?.parameters ?? {});
  const columns = ["parameter", "baseline", "other", "measure", "unit", "pairs", "difference", "low", "high", "model", "pairing"];
  return toCsv([...common, ...columns], records);
}
