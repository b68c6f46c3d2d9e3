/** A worker thread of the search: runs the schedules of the seeds that it is sent. */
import { parentPort, workerData } from "node:worker_threads";
import { draw } from "../../search/draw.ts";
import { run } from "../../search/run.ts";
import type { Answer, Task, WorkerData } from "./search.ts";
import { Marks } from "./marks.ts";

const port = parentPort!;
const { always, marks: areCounted } = workerData as WorkerData;
const marks = areCounted ? new Marks() : undefined;

async function answer({ from, to }: Task): Promise<Answer> {
  const results = [];
  for (let seed = from; seed < to; seed++) results.push(await run(draw(String(seed), { always })));
  return { from, results, marks: marks?.take() ?? [] };
}

port.on("message", (task: Task) => {
  answer(task).then(
    (message) => port.postMessage(message),
    // The search itself is at fault, not a protocol.
    (error: unknown) =>
      setImmediate(() => {
        throw error;
      }),
  );
});
