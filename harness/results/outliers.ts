/** Replications that lie far from the others of their cell. */
import type { Experiment, Measure, Observation } from "../experiment.ts";
import type { Row } from "../plan/row.ts";
import { quantile } from "../statistics/moments.ts";
import { rounding } from "./verdict.ts";

export interface Outlier {
  /** Index of the cell. */
  readonly cell: number;
  readonly replication: number;
  readonly measure: string;
  /** The value of the replication, and the median of its cell. */
  readonly value: number;
  readonly median: number;
  /** The modified z-score. */
  readonly score: number;
}

/** A replication is an outlier above this score (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993). */
export const farOff = 3.5;
/** Fewer values of a cell have no outlier. */
export const fewestValues = 5;
/** Median absolute deviation / standard deviation of a normal law. */
const ofNormal = 0.6745;

/** The value of one replication; undefined if there is none, as of a ratio without a denominator. */
function valueOf({ estimator = "mean" }: Measure, observation: Observation | undefined): number | undefined {
  if (observation === null || observation === undefined) return undefined;
  if (typeof observation === "number") return observation;
  const [value, other] = observation;
  if (estimator === "steady") return value;
  return other === 0 ? undefined : value / other;
}

function ofMeasure(cell: number, measure: string, values: readonly (readonly [number, number])[]): Outlier[] {
  if (values.length < fewestValues) return [];
  const median = quantile(
    values.map(([, value]) => value),
    0.5,
  );
  const deviation = quantile(
    values.map(([, value]) => Math.abs(value - median)),
    0.5,
  );
  // More than half of the values are equal but for rounding: nothing tells how far is far.
  if (deviation <= rounding * Math.abs(median)) return [];
  return values
    .map(([replication, value]) => {
      const score = (ofNormal * Math.abs(value - median)) / deviation;
      return { cell, replication, measure, value, median, score };
    })
    .filter(({ score }) => score > farOff);
}

/**
 * The outliers among the rows of each cell, the farthest first: replications whose modified z-score, 0.6745 times the
 * distance from the cell's median over the median absolute deviation, is above 3.5.
 */
export function outliersOf(experiment: Experiment, rows: readonly (readonly Row[])[]): Outlier[] {
  const found = rows.flatMap((ofCell, cell) =>
    Object.entries(experiment.measures).flatMap(([name, measure]) => {
      const values = ofCell.flatMap(({ replication, observations }) => {
        const value = valueOf(measure, observations[name]);
        return value === undefined ? [] : [[replication, value] as const];
      });
      return ofMeasure(cell, name, values);
    }),
  );
  return found.toSorted((a, b) => b.score - a.score);
}
