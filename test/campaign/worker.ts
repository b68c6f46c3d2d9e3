/** One worker of the campaign: runs the cases that it is sent, one after the other. */
import { parentPort } from "node:worker_threads";
import type { Report } from "./report.ts";
import { runCase } from "./cases.ts";

parentPort!.on("message", (name: string) => {
  runCase(name)
    .catch((error: unknown): Report => ({
      problems: [error instanceof Error ? error.stack! : String(error)],
      counts: {},
    }))
    .then((report) => parentPort!.postMessage(report))
    .catch(() => process.exit(1));
});
