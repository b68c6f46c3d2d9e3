/**
 * Many calls between the same two processes, one after another: what the protocol remembers, and the heap after
 * collection. Usage: node --expose-gc endurance.js CALLS. The growth is that of the heap after the first tenth.
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

const calls = Number(process.argv[2]);
const world = new World({ seed: "endurance" });
const stage = new Stage(world);
const troupe = stage.troupe("counter", () => new Counter(), 1);
const client = stage.client("client");
const counter = client.import(Counter, troupe.troupe);
let remembered = 0;

async function run(count: number): Promise<void> {
  void client.thread(async () => {
    for (let i = 0; i < count; i++) {
      await counter.add(1);
      if (i % 1000 > 0) continue;
      const { calls, peers, incoming } = troupe.member(1).program.endpoint.remembered;
      remembered = Math.max(remembered, calls + peers + incoming + client.endpoint.remembered.calls);
    }
  });
  await world.run();
}

function heap(): number {
  globalThis.gc!();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

await run(calls / 10);
const early = heap();
const measurement = await measured(calls - calls / 10, () => run(calls - calls / 10));
if (troupe.member(1).module.value !== calls) throw new Error("each call is executed once");
print({ ...measurement, growthMiB: (heap() - early) / 2 ** 20, remembered });
