/**
 * The real protocol, bytes and all: a client calls a troupe of three, without loss, again and again.
 * Usage: protocol.js CALLS. Operations are datagrams. Prints also the bytes that a call allocates.
 */
import { troupeOfThree } from "./counter.ts";
import { measured, print } from "./measured.ts";

const calls = Number(process.argv[2]);
const { world, client, counter } = troupeOfThree();
/** What the heap grew by in each hundred calls; a collection in between makes it shrink. */
const growth: number[] = [];

async function run(count: number): Promise<void> {
  void client.thread(async () => {
    for (let i = 0; i < count; i++) {
      await counter.add(1);
      if (i % 5000 < 101 && i % 100 === 0) growth.push(process.memoryUsage().heapUsed);
    }
  });
  await world.run();
}

await run(50_000);
growth.length = 0;
const sent = world.network.sent;
const measurement = await measured(6 * calls, () => run(calls));
if (world.network.sent - sent < 6 * calls) throw new Error("a call of degree 3 takes six datagrams");
const differences = growth.filter((_, i) => i % 2 === 1).map((after, i) => (after - growth[2 * i]!) / 100);
const grown = differences.filter((bytes) => bytes > 0).toSorted((a, b) => a - b);
print({ ...measurement, bytesPerCall: grown[grown.length >> 1]! });
