/** The row: the result of one replication, and the unit of storing, counting and summarizing. */
import type { Observation } from "../experiment.ts";

/** A remark of a replication besides its numbers. */
export interface Remark {
  /** "idle": the fault of this name had no effect. */
  readonly kind: "note" | "warning" | "unconverged" | "idle";
  readonly text: string;
}

/** The result of one replication. Plain JSON, so that it can be sent to another thread and written to a journal. */
export interface Row {
  readonly replication: number;
  /** In the order in which the experiment names its measures. */
  readonly observations: Readonly<Record<string, Observation>>;
  /** The observations of each series of the experiment, at each of its places. */
  readonly series: Readonly<Record<string, readonly Observation[]>>;
  readonly remarks: readonly Remark[];
}
