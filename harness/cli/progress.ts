/** A progress bar on standard error, where that is a terminal; nothing in a pipe. */
import { SingleBar } from "cli-progress";
import type { Listener } from "../run/session.ts";

/** What has been counted so far, for the message after an interruption. */
export interface Progress extends Listener {
  done: number;
  total: number;
  stop(): void;
}

export function progress(title: string, isWanted: boolean): Progress {
  const bar =
    isWanted && process.stderr.isTTY
      ? new SingleBar({
          stream: process.stderr,
          format: `${title} {bar} {value}/{total} replications, {eta_formatted} left`,
          clearOnComplete: true,
          hideCursor: true,
          barsize: 30,
        })
      : undefined;
  return {
    done: 0,
    total: 0,
    began(finished, total) {
      this.done = finished;
      this.total = total;
      bar?.start(total, finished);
    },
    grew(additional) {
      this.total += additional;
      bar?.setTotal(this.total);
    },
    finished() {
      this.done++;
      bar?.update(this.done);
    },
    stop() {
      bar?.stop();
    },
  };
}
