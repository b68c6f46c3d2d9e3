/** A check under a time limit: a method that does not return is named and left out, and the others are checked. */
import { Worker } from "node:worker_threads";
import { showDuration } from "../../languages/durations.ts";
import type { OrderingName } from "../../protocols/call/server/ordering.ts";
import type { Check, CheckOptions } from "./check.ts";
import type { Signatures } from "./signatures.ts";

/** What is checked, in a form that can be sent to a thread. */
export interface Request extends Pick<CheckOptions, "seed" | "courses" | "calls" | "orderings"> {
  /** The path of the file. */
  readonly path: string;
  /** The name of the class; undefined: the only class. */
  readonly exported: string | undefined;
  /** The arguments of the constructor. */
  readonly constructed: readonly unknown[];
  readonly signatures: Signatures;
  readonly without: readonly string[];
}

/** What the thread tells: that a call begins, or what was found. */
export type Message =
  { readonly call: string; readonly method: string; readonly ordering: OrderingName } | { readonly done: Check };

/** Checks a class. `limit`, in ms: how long one call, and the comparison of states after it, may take. */
export async function checkWatched(request: Request, limit: number): Promise<Check> {
  const heard = await attempt(request, limit);
  if ("done" in heard) return heard.done;
  const { call, method, ordering } = heard;
  const others = await checkWatched({ ...request, without: [...request.without, method] }, limit);
  const sentence = `${call}: it had not returned after ${showDuration(limit)}`;
  return { ...others, troubles: [{ ordering, method, sentence }, ...others.troubles] };
}

/** What was found; or the call that did not return. */
function attempt(request: Request, limit: number): Promise<Message> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: request });
    let timer: NodeJS.Timeout | undefined = undefined;
    const end = (heard: Message): void => {
      clearTimeout(timer);
      resolve(heard);
      void worker.terminate();
    };
    worker.on("message", (message: Message) => {
      clearTimeout(timer);
      if ("done" in message) end(message);
      else timer = setTimeout(() => end(message), limit);
    });
    worker.on("error", reject);
    worker.on("exit", () => reject(new Error("the thread of the check has ended early")));
  });
}
