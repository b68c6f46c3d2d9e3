/** A worker thread: loads the experiment once and runs the replications that it is sent, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { loadExperiment } from "../load.ts";
import type { Answer, Task, WorkerData } from "./pool.ts";
import { replicate } from "./replicate.ts";

const port = parentPort!;
const { source, seed, cells } = workerData as WorkerData;
const loading = loadExperiment(source);

async function answer(task: Task): Promise<Answer> {
  try {
    return { task, row: await replicate(await loading, cells[task.cell]!, seed, task.replication) };
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(String(error));
    return { task, thrown: { name: thrown.name, message: thrown.message, stack: thrown.stack ?? thrown.message } };
  }
}

let last = Promise.resolve();
port.on("message", (task: Task) => {
  last = last.then(async () => port.postMessage(await answer(task)));
});
