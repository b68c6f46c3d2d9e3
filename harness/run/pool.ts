/** Replications on worker threads. */
import { Worker } from "node:worker_threads";
import { showDuration } from "../../languages/durations.ts";
import { neverEnds } from "../../protocols/thread/unfinished.ts";
import type { Source } from "../sources.ts";
import { thrownOf, withoutStack, type Thrown } from "../plan/failure.ts";
import type { Cell } from "../plan/grid.ts";
import { Abandoned, ReplicationFailure, type Result, type Running, type Task, type Workers } from "./workers.ts";
import { startTimeout } from "../../udp/long-timeout.ts";

export interface WorkerData {
  readonly source: Source;
  readonly cells: readonly Cell[];
}

/** "ready": the experiment is loaded, and the first task begins at once. */
export type Answer = "ready" | (Result & { readonly task: Task }) | { readonly task: Task; readonly thrown: Thrown };

export interface PoolOptions {
  /** Whether the other replications run on when a replication fails. */
  readonly keepsGoing?: boolean;
  /** The real time in ms that a replication may take. */
  readonly timeout?: number;
}

/**
 * Young generation for the calls under way in a large world: with less than 96 MB the garbage collector copies more,
 * with more of it small worlds run through memory that no cache holds (docs/performance.md).
 */
const resourceLimits = { maxYoungGenerationSizeMb: 96 };

interface Waiting {
  readonly task: Task;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** Why a worker may leave before its time. */
const endsItself = "it ended its worker thread";

/** A worker is sent its next task before it has answered the one before, so that it never waits for this thread. */
const ahead = 2;

interface Seat {
  worker: Worker;
  /** The tasks sent to the worker; the first task is under way. */
  under: Waiting[];
  isReady: boolean;
  /** The worker is ending: it is sent no more tasks. */
  isGone: boolean;
  /** When the first of these tasks began. */
  since: number;
  /** Cancels the timer of its time limit. */
  cancel: () => void;
}

/** Runs tasks in the order of the requests, each on the worker that is free first. */
export class Pool implements Workers {
  readonly #queue: (Waiting | undefined)[] = [];
  #next = 0;
  readonly #seats: Seat[] = [];
  readonly #data: WorkerData;
  readonly #options: PoolOptions;
  #closed: Error | undefined;

  constructor(size: number, data: WorkerData, options: PoolOptions = {}) {
    this.#data = data;
    this.#options = options;
    for (let i = 0; i < size; i++) this.#seats.push(this.#seat());
  }

  #seat(): Seat {
    const url = new URL("./worker.js", import.meta.url);
    const worker = new Worker(url, { workerData: this.#data, resourceLimits });
    const seat: Seat = { worker, under: [], isReady: false, isGone: false, since: 0, cancel: () => undefined };
    worker.on("message", (answer: Answer) => this.#hear(seat, answer));
    worker.on("error", (error) => this.#lose(seat, thrownOf(error)));
    // A worker that exits early without an error has not finished its task.
    worker.on("exit", (status) => {
      this.#lose(seat, withoutStack(status === 0 ? neverEnds : endsItself));
      const place = this.#seats.indexOf(seat);
      if (place < 0 || this.#closed !== undefined) return;
      this.#seats[place] = this.#seat();
      this.#feed();
    });
    return seat;
  }

  #hear(seat: Seat, answer: Answer): void {
    if (answer === "ready") seat.isReady = true;
    else {
      const done = seat.under.shift();
      if (done === undefined) return; // It was given up a moment ago.
      if ("row" in answer) done.resolve(answer);
      else this.#fail(done, answer.thrown);
    }
    this.#begin(seat);
    this.#feed();
  }

  /** The first task of a seat begins now. */
  #begin(seat: Seat): void {
    seat.cancel();
    const { timeout } = this.#options;
    seat.since = performance.now();
    if (timeout === undefined || !seat.isReady || seat.under.length === 0) return;
    seat.cancel = startTimeout(() => {
      this.#lose(seat, withoutStack(`it was still running after ${showDuration(timeout)}, its --timeout`));
      void seat.worker.terminate();
    }, timeout);
  }

  run(task: Task): Promise<Result> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#feed();
    });
  }

  running(): Running[] {
    const now = performance.now();
    const running = this.#seats.flatMap(({ under, since, isReady }) =>
      isReady ? under.slice(0, 1).map(({ task }): Running => ({ task, milliseconds: now - since })) : [],
    );
    return running.sort((a, b) => b.milliseconds - a.milliseconds);
  }

  async close(reason: Error = new Abandoned()): Promise<void> {
    this.#closed ??= reason;
    this.#dropQueue(reason);
    for (const { under, cancel } of this.#seats) {
      cancel();
      for (const { reject } of under.splice(0)) reject(reason);
    }
    await Promise.all(this.#seats.map(({ worker }) => worker.terminate()));
  }

  #feed(): void {
    for (let depth = 1; depth <= ahead; depth++) {
      for (const seat of this.#seats) {
        const waiting = this.#queue[this.#next];
        if (waiting === undefined) return;
        if (seat.isGone || seat.under.length >= depth) continue;
        this.#queue[this.#next++] = undefined;
        seat.under.push(waiting);
        seat.worker.postMessage(waiting.task);
        if (seat.under.length === 1) this.#begin(seat);
      }
    }
  }

  /**
   * A task failed. Unless the other tasks go on, no further task begins. The tasks under way finish, since the first
   * failure in order is among them.
   */
  #fail(failed: Waiting, thrown: Thrown): void {
    failed.reject(new ReplicationFailure(failed.task, thrown));
    // Bad input affects all replications.
    if (this.#options.keepsGoing === true && thrown.name !== "BadData") return;
    this.#closed ??= new Abandoned();
    this.#dropQueue(this.#closed);
  }

  /** A worker died under its tasks: the first of them is to blame. */
  #lose(seat: Seat, thrown: Thrown): void {
    seat.isGone = true;
    seat.cancel();
    const [blamed, ...innocent] = seat.under.splice(0);
    if (blamed === undefined) return;
    this.#fail(blamed, thrown);
    if (this.#closed === undefined) this.#queue.splice(this.#next, 0, ...innocent);
    else for (const { reject } of innocent) reject(this.#closed);
  }

  #dropQueue(reason: Error): void {
    for (const waiting of this.#queue.splice(0).slice(this.#next)) waiting?.reject(reason);
    this.#next = 0;
  }
}
