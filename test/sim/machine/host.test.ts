import assert from "node:assert/strict";
import type { Address, Host } from "../../../protocols/host.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import { MeteredHost } from "../../../sim/machine/metered-host.ts";
import { World } from "../../../sim/world.ts";
import { hostContract, type Site } from "../../contract/host-contract.ts";

/** `faceOf` makes of each host what its process sees of it. */
function simulatedSite(faceOf: (host: Host) => Host): Site {
  const world = new World({ seed: "contract" });
  const machines = new Map<Address, Machine>();
  const hosts = new Map<Address, Host>();
  return {
    start(main): Host {
      const machine = world.machine();
      const { address } = machine.start((host) => {
        const face = faceOf(host);
        hosts.set(host.address, face);
        main(face);
      });
      machines.set(address, machine);
      return hosts.get(address)!;
    },
    restart({ address }): Host {
      const machine = machines.get(address)!;
      machine.crash();
      machine.restart();
      return hosts.get(address)!;
    },
    group: () => world.group(),
    pass: (milliseconds) => world.run(world.now + milliseconds),
    close: () => Promise.resolve(),
  };
}

hostContract("the simulated machine", () => Promise.resolve(simulatedSite((host) => host)), 20);
hostContract("a metered host", () => Promise.resolve(simulatedSite((host) => new MeteredHost(host, () => {}))), 20);

describe("a metered host", () => {
  it("counts the bytes that its process sends, and those that it receives", async () => {
    const world = new World({ seed: "metered" });
    const echo = world.machine().start((host) => host.listen((from) => host.send(from, new Uint8Array(5))));
    const counted: number[] = [];
    world.machine().start((host) => {
      const metered = new MeteredHost(host, (bytes) => counted.push(bytes));
      metered.listen(() => {});
      metered.send(echo.address, new Uint8Array(3));
    });
    await world.run();
    assert.deepEqual(counted, [3, 5]);
  });
});
