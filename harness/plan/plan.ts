/** A plan: which replications of which cells, under which seed. */
import type { Experiment } from "../experiment.ts";
import type { Cell } from "./grid.ts";

export interface Plan {
  readonly experiment: Experiment;
  readonly seed: string;
  readonly cells: readonly Cell[];
  /** Of each cell; with a precision the first batch. */
  readonly replications: number;
  /** The relative half-width at which a cell needs no more replications; null: it gets just `replications`. */
  readonly precision: number | null;
  readonly maxReplications: number;
  /** The parameter by whose values cells are compared in pairs, if any. */
  readonly compare?: string;
}
