/**
 * The rows of the tables of a directory, as `troupe/results` gives them: after the parameters of a cell come these
 * fields.
 */
import type { Observation } from "../experiment.ts";
import type { Plain } from "../parameters.ts";

/** One estimate with its interval at 95%, as `summary.csv` has it. Null where there is no figure. */
export interface SummaryFields {
  /** The name of the measure. */
  readonly measure: string;
  /** The unit of `mean`, `low`, `high` and `model`; empty for a number without unit. */
  readonly unit: string;
  readonly replications: number;
  /** Whether the interval is narrow enough. */
  readonly converged: boolean;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** The figure of theory or of a paper. */
  readonly model: number | null;
  /** "closed form", "published" or "predicted"; empty without a model. */
  readonly modelLabel: string;
  /** `mean / model`, with its interval. */
  readonly ratio: number | null;
  readonly ratioLow: number | null;
  readonly ratioHigh: number | null;
  /** The assumption of the model that does not hold; empty if all hold. */
  readonly outside: string;
}

/** One estimate of a series at one place of its axis, as `series.csv` has it. */
export interface SeriesFields {
  readonly series: string;
  readonly unit: string;
  /** The name of the axis; `at` is the place on it. */
  readonly along: string;
  readonly at: number;
  readonly replications: number;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The difference of two cells that differ in `parameter` alone, as `differences.csv` has it. */
export interface DifferenceFields {
  readonly parameter: string;
  readonly baseline: Plain;
  readonly other: Plain;
  readonly measure: string;
  readonly unit: string;
  readonly pairs: number;
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly model: number | null;
  /** By how much pairs of equal replications are better than independent ones. */
  readonly pairing: number | null;
}

/** One replication, as `rows.csv` has it: the parts of each measure, and a list for each series. */
export type RowFields = { readonly replication: number } & {
  readonly [column: string]: Plain | null | readonly Observation[];
};
