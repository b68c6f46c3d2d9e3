/** A limit that is cleared, microtasks, ticks and immediates in one method. */
import { promisify } from "node:util";

export default class Hurry {
  steps: string[] = [];

  async run(): Promise<string> {
    const limit = setTimeout(() => this.steps.push("late"), 1000);
    process.nextTick(() => this.steps.push("tick"));
    queueMicrotask(() => this.steps.push("microtask"));
    await new Promise<void>((resolve) => setImmediate(resolve));
    await promisify(setTimeout)(5);
    clearTimeout(limit);
    return this.steps.slice(-2).join(" ");
  }
}
