import assert from "node:assert/strict";
import { Lease } from "../../../protocols/binding/member/lease.ts";
import type { Host } from "../../../protocols/host.ts";
import { World } from "../../../sim/world.ts";

function hostOf(world: World): Host {
  let found: Host | undefined;
  world.machine("m").start((host) => (found = host));
  return found!;
}

describe("a lease", () => {
  it("reports its end, and begins again when a majority of the Ringmaster has heard the member", async () => {
    const world = new World({ seed: "lease" });
    const changes: [number, boolean][] = [];
    const host = hostOf(world);
    const lease = new Lease(host, 1000, (runs) => changes.push([world.now, runs]));
    lease.known(0);
    await world.run(1500);
    const greet = (address: number): void =>
      lease.granted({ from: { address, incarnation: 1 }, epoch: 1, size: 3, id: 1, echo: host.now() }, 1);
    greet(1);
    assert.equal(lease.runs, false);
    greet(2);
    assert.equal(lease.runs, true);
    await world.run(5000);
    assert.deepEqual(changes, [
      [0, true],
      [1000, false],
      [1500, true],
      [2500, false],
    ]);
  });

  it("sends no more questions after it was ended", async () => {
    const world = new World({ seed: "lease" });
    const changes: boolean[] = [];
    const lease = new Lease(hostOf(world), 1000, (runs) => changes.push(runs));
    lease.known(0);
    await world.run(500);
    lease.end();
    await world.run(5000);
    assert.deepEqual(changes, [true]);
    assert.equal(lease.runs, true);
  });
});
