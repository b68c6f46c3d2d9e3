/** A worker thread: loads the experiment once and runs the replications that it is sent, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { loadExperiment } from "../load.ts";
import type { Answer, Task, WorkerData } from "./pool.ts";
import { replicate, thrownOf } from "./replicate.ts";

const port = parentPort!;
const { source, cells } = workerData as WorkerData;
const loading = loadExperiment(source);

async function answer(task: Task): Promise<Answer> {
  try {
    return { task, row: await replicate(await loading, cells[task.cell]!, task.seed, task.replication) };
  } catch (error) {
    return { task, thrown: thrownOf(error) };
  }
}

let last = Promise.resolve();
let waiting = 0;
port.on("message", (task: Task) => {
  waiting++;
  // While it works the port does not keep this thread alive: a replication that waits for what never comes ends it.
  port.unref();
  last = last.then(async () => {
    port.postMessage(await answer(task));
    if (--waiting === 0) port.ref();
  });
});
