/** The search: the schedules of one seed after the other, on worker threads. Results come in the order of the seeds. */
import { Worker } from "node:worker_threads";
import type { Feature } from "../../search/draw.ts";
import type { Outcome } from "../../search/run.ts";

export interface WorkerData {
  readonly always: readonly Feature[];
  readonly marks: boolean;
}

/** Seeds from the one up to, and without, the other. */
export interface Task {
  readonly from: number;
  readonly to: number;
}

export interface Answer {
  readonly from: number;
  readonly results: readonly Outcome[];
  /** How often each rule was reached, in the order of the catalogue; empty unless they are counted. */
  readonly marks: readonly number[];
}

export interface SearchOptions extends WorkerData {
  readonly from: number;
  readonly seeds: number;
  /** In ms of real time: no seed is begun later. */
  readonly time: number;
  readonly workers: number;
  /** Called in the order of the seeds; the search ends when it answers false. */
  readonly onResult: (seed: number, outcome: Outcome) => boolean;
}

export interface SearchResult {
  readonly seeds: number;
  readonly marks: readonly number[];
}

/** Seeds that a worker is sent at once. */
const portion = 8;

export function search(options: SearchOptions): Promise<SearchResult> {
  const { from, seeds, time, workers, onResult, always, marks: areCounted } = options;
  const end = from + seeds;
  const deadline = performance.now() + time;
  const answers = new Map<number, readonly Outcome[]>();
  let marks: number[] = [];
  let next = from;
  let told = from;
  let isOver = false;
  const threads: Worker[] = [];

  /** Tells what has come, as far as there is no gap. */
  const tell = (): void => {
    for (let results = answers.get(told); results !== undefined && !isOver; results = answers.get(told)) {
      answers.delete(told);
      for (const outcome of results) if (!isOver) isOver = !onResult(told++, outcome);
    }
  };
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      isOver = true;
      Promise.all(threads.map((thread) => thread.terminate())).then(
        () => resolve({ seeds: told - from, marks }),
        reject,
      );
    };
    let under = 0;
    const feed = (thread: Worker): void => {
      if (isOver || next >= end || performance.now() >= deadline) {
        if (isOver || under === 0) stop();
        return;
      }
      const task: Task = { from: next, to: Math.min(end, next + portion) };
      next = task.to;
      under++;
      thread.postMessage(task);
    };
    for (let i = 0; i < workers; i++) {
      const workerData: WorkerData = { always, marks: areCounted };
      const thread = new Worker(new URL("./worker.js", import.meta.url), { workerData });
      threads.push(thread);
      thread.on("error", reject);
      thread.on("message", (answer: Answer) => {
        under--;
        answers.set(answer.from, answer.results);
        marks = answer.marks.map((count, place) => count + (marks[place] ?? 0));
        tell();
        feed(thread);
      });
      feed(thread);
    }
  });
}
