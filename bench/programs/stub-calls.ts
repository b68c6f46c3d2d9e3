/**
 * Replicated calls of degree 3 that take a record of 94 bytes and return it. Usage: stub-calls.js compiled|run-time
 * CALLS. Operations are calls.
 */
import { Stage } from "../../sim/stage.ts";
import { World } from "../../sim/world.ts";
import { interfaceOfTrading, type Trade } from "../stubs/Trading1.ts";
import { measured, print } from "./measured.ts";

class Desk {
  book(trade: Trade): Trade {
    return trade;
  }
}

const [, , kind = "compiled", count = "100000"] = process.argv;
const world = new World({ seed: "stubs" });
const stage = new Stage(world);
const { troupe } = stage.troupe(
  "desk",
  () => new Desk(),
  3,
  kind === "compiled" ? { interface: interfaceOfTrading } : {},
);
const client = stage.client("client");
const desk = kind === "compiled" ? client.import(interfaceOfTrading, troupe) : client.import(Desk, troupe);

async function run(calls: number): Promise<void> {
  const done = client.thread(async () => {
    for (let i = 0; i < calls; i++) {
      const booked = await desk.book({
        id: i,
        account: "ACC-004217",
        symbol: "TRPE",
        venue: "BERKELEY",
        side: "sell",
        quantity: 1200,
        price: 184_750,
        time: [489_024_000, 1_985],
        flags: 3,
        note: "a note of forty letters, as clerks write",
      });
      if (booked.id !== i) throw new Error(`call ${i} was answered with trade ${booked.id}`);
    }
  });
  await world.run();
  await done;
}

await run(20_000);
print(await measured(Number(count), () => run(Number(count))));
