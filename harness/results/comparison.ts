/** Two finished runs of one experiment: the cells that both have, and what changed in them. */
import type { Experiment } from "../experiment.ts";
import { cellKey, type Cell } from "../plan/grid.ts";
import type { Row } from "../plan/row.ts";
import type { Difference } from "../statistics/differences.ts";
import type { Estimate } from "../statistics/intervals.ts";
import { pairedDifferences } from "./differences.ts";
import { rowsToCsv } from "./rows.ts";
import { estimatesOf } from "./summary.ts";

/** The rows of a run, by the key of their cell and the number of their replication. */
export type RowsOfRun = ReadonlyMap<string, ReadonlyMap<number, Row>>;

export interface ComparedCell {
  readonly parameters: Cell;
  /** The estimates of both runs, by measure, from the replications that both have. */
  readonly first: Readonly<Record<string, Estimate>>;
  readonly second: Readonly<Record<string, Estimate>>;
  /** What the second run has more than the first. */
  readonly measures: Readonly<Record<string, Difference>>;
}

export interface Comparison {
  readonly cells: readonly ComparedCell[];
  readonly onlyFirst: readonly Cell[];
  readonly onlySecond: readonly Cell[];
  /** Replications that both runs have, and those of them whose rows are equal, byte by byte. */
  readonly common: number;
  readonly same: number;
}

/** Whether an interval at 95% excludes 0. */
export function isSignificant({ mean, low, high }: Difference): boolean {
  return mean !== null && mean !== 0 && low !== null && high !== null && (low > 0 || high < 0);
}

/** Compares the cells that both runs have, in the order of the first. */
export function comparisonOf(
  experiment: Experiment,
  runs: readonly [first: RowsOfRun, second: RowsOfRun],
  cells: readonly [first: readonly Cell[], second: readonly Cell[]],
): Comparison {
  const rowsOf = (run: RowsOfRun, cell: Cell): Row[] => [...(run.get(cellKey(cell))?.values() ?? [])];
  const isIn = (side: readonly Cell[]): ((cell: Cell) => boolean) => {
    const keys = new Set(side.map(cellKey));
    return (cell) => keys.has(cellKey(cell));
  };
  const [isInFirst, isInSecond] = [isIn(cells[0]), isIn(cells[1])];
  let [common, same] = [0, 0];
  const compared = cells[0].filter(isInSecond).map((cell): ComparedCell => {
    const [all, others] = [rowsOf(runs[0], cell), rowsOf(runs[1], cell)];
    const numbers = new Set(others.map(({ replication }) => replication));
    const before = all.filter(({ replication }) => numbers.has(replication));
    const byNumber = new Map(others.map((row) => [row.replication, row]));
    const after = before.map(({ replication }) => byNumber.get(replication)!);
    const line = (row: Row): string => rowsToCsv(experiment, [cell], [[row]]);
    common += before.length;
    same += before.filter((row, i) => line(row) === line(after[i]!)).length;
    return {
      parameters: cell,
      first: estimatesOf(experiment, before),
      second: estimatesOf(experiment, after),
      measures: pairedDifferences(experiment, before, after),
    };
  });
  return {
    cells: compared,
    onlyFirst: cells[0].filter((cell) => !isInSecond(cell)),
    onlySecond: cells[1].filter((cell) => !isInFirst(cell)),
    common,
    same,
  };
}
