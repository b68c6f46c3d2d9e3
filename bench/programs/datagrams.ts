/**
 * Datagrams through the simulated network, without protocols: pairs of machines that play ping-pong, all at once.
 * Usage: datagrams.js MACHINES plain|faults|costs DATAGRAMS.
 */
import { constant } from "../../sim/chance/distribution.ts";
import { exponential } from "../../sim/chance/lifetimes.ts";
import { vaxCosts } from "../../sim/machine/costs.ts";
import type { NetworkOptions } from "../../sim/network/links.ts";
import { World } from "../../sim/world.ts";
import { measured, print } from "./measured.ts";

const machines = Number(process.argv[2]);
const style = process.argv[3];
const datagrams = Number(process.argv[4]);

const plain: NetworkOptions = { delay: constant(1) };
/** Losses are made up for by a player that serves again. */
const faulty: NetworkOptions = { delay: exponential(1), loss: 0.001, duplication: 0.001 };
const serving = 50;

const world = new World({ seed: "datagrams", network: style === "faults" ? faulty : plain });
const costs = style === "costs" ? { costs: vaxCosts } : {};
const datagram = new Uint8Array(64);

for (let pair = 0; pair < machines / 2; pair++) {
  const far = world.machine(costs).start((host) => host.listen((from, received) => host.send(from, received)));
  world.machine(costs).start((host) => {
    host.listen((from, received) => host.send(from, received));
    // Balls are served over one round trip, so that they do not all fly in step.
    const balls = Math.max(1, Math.round((2 * serving) / machines));
    const serve = (): void => host.send(far.address, datagram);
    for (let ball = 0; ball < balls; ball++) host.after(2 * host.random.next(), serve, undefined);
    if (style === "faults") {
      const again = (): void => {
        serve();
        host.after(1000, again, undefined);
      };
      host.after(1000, again, undefined);
    }
  });
}

/** Runs until so many more datagrams were delivered. */
async function play(count: number): Promise<void> {
  const enough = world.network.delivered + count;
  const check = (): void => {
    if (world.network.delivered >= enough) world.engine.stop();
    else world.after(10, check);
  };
  world.after(10, check);
  await world.run();
}

await play(datagrams / 4);
const before = world.network.delivered;
const result = await measured(datagrams, () => play(datagrams));
print({ ...result, operations: world.network.delivered - before });
