/** The program in a process of its own, for what is about the process: signals, exit statuses, and how it starts. */
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { withoutProgress, type Captured } from "./captured.ts";

export const program = fileURLToPath(new URL("../../../harness/cli/main.js", import.meta.url));

export interface Ended extends Omit<Captured, "status"> {
  /** Null if a signal ended it. */
  readonly status: number | null;
}

/**
 * Runs the program. `watch` may send signals to the process, from a timer that is cleared when the process has ended.
 */
export function troupe(
  directory: string,
  words: readonly string[],
  watch?: (child: ChildProcess) => NodeJS.Timeout,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], { cwd: directory });
    const timer = watch?.(child);
    let [out, err] = ["", ""];
    child.stdout.on("data", (data) => (out += String(data)));
    child.stderr.on("data", (data) => (err += String(data)));
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status, out, err: withoutProgress(err) });
    });
  });
}
