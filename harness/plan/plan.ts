/** A plan: which replications of which cells, under which seed. */
import type { Experiment } from "../experiment.ts";
import type { Cell } from "./grid.ts";

/** One of `of` equal parts of a plan, from 0 to `of` - 1, for machines that share nothing but the command. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export interface Plan {
  readonly experiment: Experiment;
  readonly seed: string;
  readonly cells: readonly Cell[];
  /** Of each cell; with a precision the first batch. */
  readonly replications: number;
  /** Of each cell by its place, where they are not all alike. */
  readonly sizes?: readonly number[];
  /** The relative half-width at which a cell needs no more replications; null: it gets just `replications`. */
  readonly precision: number | null;
  /** The one measure that is held to the precision; all that are judged unless set. */
  readonly precisionOf?: string;
  readonly maxReplications: number;
  /** The parameter by whose values cells are compared in pairs, if any. */
  readonly compare?: string;
  /** The part to carry out; all unless set. */
  readonly shard?: Shard;
}

/** The parts of a plan that say how much is run of each cell. */
type Size = Pick<Plan, "replications" | "sizes" | "precision" | "shard">;

/**
 * Whether a replication belongs to the plan's shard. Replications are dealt out one by one; with a precision whole cells are, since
 * only all replications of a cell together tell how many more it needs.
 */
export function isOfShard({ replications, precision, shard }: Size, cell: number, replication: number): boolean {
  if (shard === undefined) return true;
  const place = precision === null ? cell * replications + replication : cell;
  return place % shard.of === shard.index;
}

/** The replications of a cell that a plan begins with. */
export function firstBatch(plan: Size, cell: number): number[] {
  const all = Array.from({ length: plan.sizes?.[cell] ?? plan.replications }, (_, replication) => replication);
  return all.filter((replication) => isOfShard(plan, cell, replication));
}

/** The experiment and the precision by which a plan's cells are judged: what one measure is held to leaves the others their own. */
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
