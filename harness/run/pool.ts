/** Replications on worker threads. Which worker runs which is chance; what comes out is not. */
import { Worker } from "node:worker_threads";
import type { Source } from "../load.ts";
import type { Cell } from "../plan/grid.ts";
import { thrownOf, type Thrown } from "./replicate.ts";
import type { Row } from "../plan/row.ts";

/** One replication to run, by the cell's place in the plan. */
export interface Task {
  readonly seed: string;
  readonly cell: number;
  readonly replication: number;
}

export interface WorkerData {
  readonly source: Source;
  readonly cells: readonly Cell[];
}

export type Answer = { readonly task: Task; readonly row: Row } | { readonly task: Task; readonly thrown: Thrown };

/** Room for the calls under way in a large world, which the collector would copy about otherwise. */
const resourceLimits = { maxYoungGenerationSizeMb: 192 };

/** The replication was not run, since the pool was closed or another one failed. */
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

interface Waiting {
  readonly task: Task;
  readonly resolve: (row: Row) => void;
  readonly reject: (error: Error) => void;
}

/** Why a worker may leave before its time. */
export const neverEnds = "it waits for something that never happens: nothing is left to run";
const endsItself = "it ended its worker thread";

/** A failure at no place in the experiment's code. */
export function withoutStack(message: string): Thrown {
  return { name: "Error", message, stack: `Error: ${message}` };
}

/** A worker is sent its next task before it has answered the one before, so that it never waits for this thread. */
const ahead = 2;

/** Runs tasks in the order in which they are asked for, each on the worker that is free first. */
export class Pool {
  readonly #queue: (Waiting | undefined)[] = [];
  #next = 0;
  readonly #workers: { readonly worker: Worker; readonly under: Waiting[] }[] = [];
  #closed: Error | undefined;

  constructor(size: number, data: WorkerData) {
    for (let i = 0; i < size; i++) {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: data, resourceLimits });
      const seat = { worker, under: [] as Waiting[] };
      worker.on("message", (answer: Answer) => {
        const done = seat.under.shift()!;
        if ("row" in answer) done.resolve(answer.row);
        else this.#fail(done, answer.thrown);
        this.#feed();
      });
      worker.on("error", (error) => this.#lose(seat.under, thrownOf(error)));
      worker.on("exit", (status) => this.#lose(seat.under, withoutStack(status === 0 ? neverEnds : endsItself)));
      this.#workers.push(seat);
    }
  }

  /**
   * Rejects with `ReplicationFailure` if the replication throws, with `Abandoned` if another one threw before this was
   * begun, and with the reason of `close` if that comes first.
   */
  run(task: Task): Promise<Row> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#feed();
    });
  }

  /** Stops all workers at once; what has not been answered is rejected with `reason`. */
  async close(reason: Error = new Abandoned()): Promise<void> {
    this.#closed ??= reason;
    this.#dropQueue(reason);
    for (const { under } of this.#workers) for (const { reject } of under.splice(0)) reject(reason);
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }

  #feed(): void {
    for (let depth = 1; depth <= ahead; depth++) {
      for (const { worker, under } of this.#workers) {
        const waiting = this.#queue[this.#next];
        if (waiting === undefined) return;
        if (under.length >= depth) continue;
        this.#queue[this.#next++] = undefined;
        under.push(waiting);
        worker.postMessage(waiting.task);
      }
    }
  }

  /** What has not begun is not begun any more; what runs is let finish: the first failure in order is among it. */
  #fail(failed: Waiting, thrown: Thrown): void {
    const failure = new ReplicationFailure(failed.task, thrown);
    failed.reject(failure);
    this.#closed ??= new Abandoned();
    this.#dropQueue(this.#closed);
  }

  /** A worker died under its tasks: the first of them is to blame. */
  #lose(under: Waiting[], thrown: Thrown): void {
    const [blamed, ...innocent] = under.splice(0);
    if (blamed === undefined) return;
    this.#fail(blamed, thrown);
    for (const { reject } of innocent) reject(this.#closed!);
  }

  #dropQueue(reason: Error): void {
    for (const waiting of this.#queue.splice(0).slice(this.#next)) waiting?.reject(reason);
    this.#next = 0;
  }
}
