/** Waits until a module executes nothing. */
import type { Export } from "../../call/server/export.ts";
import type { Milliseconds } from "../../host.ts";
import type { Program } from "../../program/program.ts";

export class Quiet {
  readonly #program: Program;
  readonly #exported: Export;
  #waiting: (() => void)[] = [];

  constructor(program: Program, exported: Export) {
    this.#program = program;
    this.#exported = exported;
  }

  /** Ends when nothing is being executed, or after so many ms. */
  within(longest: Milliseconds): Promise<void> {
    if (this.#exported.running === 0) return Promise.resolve();
    const program = this.#program;
    const context = program.context();
    program.suspend(context);
    return new Promise((resolve) => {
      let over = false;
      const end = (): void => {
        if (over) return;
        over = true;
        program.host.cancel(timer);
        program.wake(context, resolve);
      };
      const timer = program.host.after(longest, end, undefined);
      this.#waiting.push(end);
    });
  }

  /** The last execution under way has ended. */
  idle(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const end of waiting) end();
  }
}
