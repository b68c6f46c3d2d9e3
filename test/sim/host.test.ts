import type { Host } from "../../protocols/host.ts";
import type { Process } from "../../sim/process.ts";
import { World } from "../../sim/world.ts";
import { hostContract, type Site } from "../contract/host-contract.ts";

function simulatedSite(): Site {
  const world = new World({ seed: "contract" });
  const processes = new Map<number, Process>();
  return {
    start(main): Host {
      const process = world.machine().start(main);
      processes.set(process.address, process);
      return process.life!;
    },
    restart(host): Host {
      const process = processes.get(host.address)!;
      process.machine.crash();
      process.machine.restart();
      return process.life!;
    },
    group: () => world.group(),
    pass: (milliseconds) => world.run(world.now + milliseconds),
    close: () => Promise.resolve(),
  };
}

hostContract("the simulated machine", () => Promise.resolve(simulatedSite()), 20);
