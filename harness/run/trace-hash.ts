/** Whether two runs of a replication were the same, event by event, in a few characters. */
import { createHash } from "node:crypto";
import { traceLine } from "../../sim/trace-file.ts";
import type { TraceListener } from "../../sim/trace.ts";

export class TraceHash {
  readonly #hash = createHash("sha256");
  /** Give this to `replicate`. */
  readonly listener: TraceListener = (event) => {
    this.#hash.update(traceLine(event));
    this.#hash.update("\n");
  };

  digest(): string {
    return this.#hash.digest("hex").slice(0, 16);
  }
}
