/** A plan: the cells, the replications of each cell, and the seed. */
import type { Experiment } from "../experiment.ts";
import type { Cell } from "./grid.ts";

/** One of `of` equal parts of a plan, from 0 to `of` - 1, for machines that share nothing but the command. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * How the charts of a run are drawn other than as the experiment says: options of `troupe chart`, by name. They change
 * no figure.
 */
export type ChartWords = Readonly<Record<string, string | boolean>>;

export interface Plan {
  readonly experiment: Experiment;
  readonly seed: string;
  readonly cells: readonly Cell[];
  /** Replications of each cell; with a precision, the size of the first batch. */
  readonly replications: number;
  /** Replications of each cell, by its index, if they differ from cell to cell. */
  readonly sizes?: readonly number[];
  /**
   * The relative half-width at which a cell needs no more replications; null: each cell gets exactly `replications`.
   */
  readonly precision: number | null;
  /** The measure to which the precision applies. Default: all judged measures. */
  readonly precisionOf?: string;
  readonly maxReplications: number;
  /** The parameter by whose values cells are compared in pairs, if any. */
  readonly compare?: string;
  readonly chart?: ChartWords;
  /** The part to carry out. Default: the whole plan. */
  readonly shard?: Shard;
}

/** The fields of a plan that determine the replications of each cell. */
type Size = Pick<Plan, "replications" | "sizes" | "precision" | "shard">;

/**
 * Whether a replication belongs to the plan's shard. Replications are dealt out one by one. With a precision, whole
 * cells are dealt out, since the number of further replications depends on all replications of the cell.
 */
export function isOfShard({ replications, precision, shard }: Size, cell: number, replication: number): boolean {
  if (shard === undefined) return true;
  const place = precision === null ? cell * replications + replication : cell;
  return place % shard.of === shard.index;
}

/** The replications with which a plan begins a cell. */
export function firstBatch(plan: Size, cell: number): number[] {
  const all = Array.from({ length: plan.sizes?.[cell] ?? plan.replications }, (_, replication) => replication);
  return all.filter((replication) => isOfShard(plan, cell, replication));
}

/**
 * The experiment and the precision that judge a plan's cells. With `precisionOf`, the other measures keep their own
 * precision.
 */
export function judgement({ experiment, precision, precisionOf }: Plan): {
  readonly experiment: Experiment;
  readonly precision: number | null;
} {
  if (precisionOf === undefined) return { experiment, precision };
  const measure = { ...experiment.measures[precisionOf]!, precision };
  return {
    experiment: { ...experiment, measures: { ...experiment.measures, [precisionOf]: measure } },
    precision: null,
  };
}
