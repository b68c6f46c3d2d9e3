/** Workers that carry out replications: threads of this process, or anything else that takes tasks and gives rows. */
import type { Thrown } from "../plan/failure.ts";
import type { Row } from "../plan/row.ts";

/** One replication to run, by the cell's index in the plan. */
export interface Task {
  readonly seed: string;
  readonly cell: number;
  readonly replication: number;
  /** Whether the hash of its trace is wanted. */
  readonly traced?: boolean;
}

/** The result of a task. */
export interface Result {
  readonly row: Row;
  /** The hash of all events of its worlds, if it was wanted. */
  readonly trace?: string;
}

/** A task that has begun and not ended. */
export interface Running {
  readonly task: Task;
  /** Real time since it began. */
  readonly milliseconds: number;
}

/** Takes any number of tasks, in any order. The assignment to workers depends on timing; the results do not. */
export interface Workers {
  /**
   * Rejects with `ReplicationFailure` if the replication throws, with `Abandoned` if another one threw before this was
   * begun and the rest is not to go on, and with the reason of `close` if that comes first.
   */
  run(task: Task): Promise<Result>;
  /** The tasks under way, the longest-running first. */
  running(): Running[];
  /** Stops all workers at once. Unanswered tasks are rejected with `reason`. */
  close(reason?: Error): Promise<void>;
}

/** The replication was not run, since the workers were closed or another one failed. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** A replication threw. */
export class ReplicationFailure extends Error {
  override readonly name = "ReplicationFailure";
  readonly task: Task;
  readonly thrown: Thrown;
  constructor(task: Task, thrown: Thrown) {
    super(thrown.message);
    this.task = task;
    this.thrown = thrown;
  }
}
