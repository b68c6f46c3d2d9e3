/** Waiting until a module executes nothing. */
import type { Export } from "../call/export.ts";
import type { Agent } from "./agent.ts";

export class Quiescence {
  readonly #agent: Agent;
  readonly #exported: Export;
  #waiting: (() => void)[] = [];

  constructor(agent: Agent, exported: Export) {
    this.#agent = agent;
    this.#exported = exported;
  }

  /** Ends when nothing is being executed, or after the longest wait. */
  reached(): Promise<void> {
    if (this.#exported.running === 0) return Promise.resolve();
    const { program, options } = this.#agent;
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
      const timer = program.host.after(options.quiescence, end, undefined);
      this.#waiting.push(end);
    });
  }

  /** The last execution under way has ended. */
  idle(): void {
    for (const end of this.#waiting.splice(0)) end();
  }
}
