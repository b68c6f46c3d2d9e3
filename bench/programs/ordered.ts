/**
 * Calls to a troupe of three, one after the other, without loss and without conflicts, by one ordering.
 * Usage: ordered.js none|commit|broadcast CALLS. Operations are calls.
 */
import { Stage } from "../../sim/stage.ts";
import { World } from "../../sim/world.ts";
import { measured, print } from "./measured.ts";

class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
}

const [ordering, calls] = [process.argv[2] as "none" | "commit" | "broadcast", Number(process.argv[3])];
const world = new World({ seed: "ordered" });
const stage = new Stage(world);
const troupe = stage.troupe("counter", () => new Counter(), 3, { ordering });
const client = stage.client("client");
const counter = client.import(Counter, troupe.troupe);

async function run(count: number): Promise<void> {
  void client.thread(async () => {
    for (let i = 0; i < count; i++) await counter.add(1);
  });
  await world.run();
}

await run(calls / 4);
const measurement = await measured(calls, () => run(calls));
if (troupe.members.some(({ module }) => module.value !== calls + calls / 4)) throw new Error("calls were lost");
print(measurement);
