/** The thread in which a module is checked: a call that never returns holds up nothing else. */
import { parentPort, workerData } from "node:worker_threads";
import { instance, loadClass } from "../load.ts";
import { check } from "./check.ts";
import { argumentsFrom } from "./generated.ts";
import type { Message, Request } from "./watched.ts";

const port = parentPort!;
const { path, exported, constructed, signatures, ...options } = workerData as Request;

function tell(message: Message): void {
  port.postMessage(message);
}

const type = await loadClass(path, exported);
const done = await check({
  ...options,
  type,
  make: () => instance(type, path, constructed),
  argumentsOf: argumentsFrom(type, signatures),
  calling: (call, method, ordering) => tell({ call, method, ordering }),
});
tell({ done });
