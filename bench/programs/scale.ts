/**
 * Many troupes of three in one world. Usage: scale.js TROUPES CLIENTS CALLS MACHINES: so many clients, each calls the
 * troupes in turn, in steps of its own; further machines are idle. Operations are datagrams. Prints also the memory of
 * a machine.
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

function heap(): number {
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
}

const [troupes, clients, calls, machines] = process.argv.slice(2).map(Number) as [number, number, number, number];
const before = heap();
const world = new World({ seed: "scale" });
const stage = new Stage(world);
const staged = Array.from({ length: troupes }, (_, i) => stage.troupe(`counter ${i}`, () => new Counter(), 3).troupe);
while (world.machines.length < machines - clients) world.machine();
const bytesPerMachine = (heap() - before) / world.machines.length;
const callers = Array.from({ length: clients }, (_, c) => {
  const program = stage.client(`client ${c}`);
  // With as many clients as troupes each has its own; fewer rove.
  const own = clients === troupes ? [staged[c]!] : staged;
  return { program, stubs: own.map((troupe) => program.import(Counter, troupe)) };
});

async function run(each: number): Promise<void> {
  for (const [c, { program, stubs }] of callers.entries()) {
    void program.thread(async () => {
      for (let i = 0; i < each; i++) await stubs[(7 * i + 13 * c) % stubs.length]!.add(1);
    });
  }
  await world.run();
}

await run(Math.ceil(calls / 4));
const sent = world.network.sent;
const measurement = await measured(0, () => run(calls));
print({ ...measurement, operations: world.network.sent - sent, bytesPerMachine });
