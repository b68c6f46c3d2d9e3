/** Cases on worker threads; reports come in the order of the cases. */
import { Worker } from "node:worker_threads";
import type { Report } from "./report.ts";

export async function runCases(
  names: readonly string[],
  workers: number,
  done: (name: string, report: Report) => void,
): Promise<void> {
  const reports: (Report | undefined)[] = [];
  let next = 0;
  let told = 0;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./worker.js", import.meta.url));
      let place = -1;
      const feed = (): void => {
        place = next++;
        if (place < names.length) worker.postMessage(names[place]);
        else worker.terminate().then(() => resolve(), reject);
      };
      worker.on("message", (report: Report) => {
        reports[place] = report;
        for (; reports[told] !== undefined; told++) {
          done(names[told]!, reports[told]!);
          reports[told] = { problems: [], counts: {} };
        }
        feed();
      });
      worker.on("error", reject);
      feed();
    });
  await Promise.all(Array.from({ length: Math.min(workers, names.length) }, work));
}
