/** A worker thread: loads the experiment once and runs the replications that it is sent, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { loadExperiment } from "../load.ts";
import { thrownOf } from "../plan/failure.ts";
import type { Answer, WorkerData } from "./pool.ts";
import { replicate } from "./replicate.ts";
import { TraceHash } from "./trace-hash.ts";
import type { Task } from "./workers.ts";

const port = parentPort!;
const { source, cells } = workerData as WorkerData;
const loading = loadExperiment(source);
const tell = (answer: Answer): void => port.postMessage(answer);

async function answer(task: Task): Promise<Answer> {
  const trace = task.traced === true ? new TraceHash() : undefined;
  try {
    const row = await replicate(await loading, cells[task.cell]!, task.seed, task.replication, trace?.listener);
    return { task, row, ...(trace === undefined ? {} : { trace: trace.digest() }) };
  } catch (error) {
    return { task, thrown: thrownOf(error) };
  }
}

const ready = loading.then(
  () => tell("ready"),
  () => tell("ready"),
);
let last: Promise<void> = ready;
let waiting = 0;
port.on("message", (task: Task) => {
  waiting++;
  // While it works the port does not keep this thread alive: a replication that waits for what never comes ends it.
  port.unref();
  last = last.then(async () => {
    tell(await answer(task));
    if (--waiting === 0) port.ref();
  });
});
