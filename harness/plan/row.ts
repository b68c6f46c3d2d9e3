/** What one replication gave: the unit of all that is kept, counted and summarized. */
import type { Observation } from "../experiment.ts";

/** What a replication said besides its numbers. */
export interface Remark {
  /** "idle": the fault of this name had no effect. */
  readonly kind: "note" | "warning" | "unconverged" | "idle";
  readonly text: string;
}

/** What one replication gave. Plain JSON, so that it crosses to another thread and into a journal. */
export interface Row {
  readonly replication: number;
  /** In the order in which the experiment names its measures. */
  readonly observations: Readonly<Record<string, Observation>>;
  /** Of each of the experiment's series, at each of its places. */
  readonly series: Readonly<Record<string, readonly Observation[]>>;
  readonly remarks: readonly Remark[];
}
