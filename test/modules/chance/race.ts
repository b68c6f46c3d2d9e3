/** Several timers at once, by node:timers/promises, with immediates and repetition. */
import { setTimeout as wait, setImmediate as soon, setInterval as every } from "node:timers/promises";

export default class Race {
  order: string[] = [];

  async run(): Promise<string> {
    await Promise.all([
      wait(20).then(() => this.order.push("20")),
      wait(10).then(() => this.order.push("10")),
      soon().then(() => this.order.push("0")),
    ]);
    let turns = 0;
    for await (const tick of every(5, "tick")) {
      this.order.push(tick);
      if (++turns === 3) break;
    }
    return this.order.slice(-6).join(" ");
  }
}
