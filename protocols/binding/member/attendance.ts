/** Repeats a step at an interval for as long as the step is needed. At most one step runs at a time. */
import type { Milliseconds } from "../../host.ts";
import type { Program } from "../../program/program.ts";

export class Attendance {
  readonly #program: Program;
  readonly #interval: Milliseconds;
  readonly #isNeeded: () => boolean;
  readonly #step: () => Promise<void>;
  #attending = false;

  /** `step` may reject if the Ringmaster does not answer. The step is then tried again after the interval. */
  constructor(program: Program, interval: Milliseconds, isNeeded: () => boolean, step: () => Promise<void>) {
    this.#program = program;
    this.#interval = interval;
    this.#isNeeded = isNeeded;
    this.#step = step;
  }

  attend(): void {
    if (this.#attending || !this.#isNeeded()) return;
    this.#attending = true;
    void this.#program.apart(async () => {
      for (;;) {
        await this.#step().catch(() => undefined);
        if (!this.#isNeeded()) break;
        await this.#program.sleep(this.#interval);
      }
      this.#attending = false;
    });
  }
}
