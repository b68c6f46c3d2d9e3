/** The thread in which a module is checked: a call that never returns holds up nothing else. */
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { instance, loadClass } from "../load.ts";
import { check } from "./check.ts";
import { argumentsFor } from "./generated.ts";
import type { Message, Request } from "./watched.ts";

const port = parentPort!;
const { path, exported, constructed, ...options } = workerData as Request;

function tell(message: Message): void {
  port.postMessage(message);
}

const type = await loadClass(path, exported);
const done = await check({
  ...options,
  type,
  make: () => instance(type, path, constructed),
  argumentsOf: argumentsFor(type, path, readFileSync(path, "utf8")),
  calling: (call, method) => tell({ call, method }),
});
tell({ done });
