/** Replicated calls from end to end, on a simulated network. */
import assert from "node:assert/strict";
import { StaticBinding } from "../../protocols/troupe/binding.ts";
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import { Program } from "../../protocols/program/program.ts";
import { World } from "../../sim/world.ts";

class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
}

describe("a replicated call", () => {
  it("executes once at each member and answers the client", async () => {
    const world = new World({ seed: "1", network: { loss: 0.2, duplication: 0.1 } });
    const machines = [1, 2, 3].map((i) => world.machine(`server ${i}`));
    const binding = new StaticBinding();
    const troupe: Troupe = binding.add({
      id: 7,
      name: "counter",
      module: 1,
      members: machines.map((machine) => ({ address: machine.index * 256 + 1 })),
    });
    const modules: Counter[] = [];
    for (const machine of machines) {
      machine.start((host) => {
        const module = new Counter();
        modules.push(module);
        new Program(host, binding).export(module, { troupe });
      });
    }
    const answers: number[] = [];
    world.machine("client").start((host) => {
      const program = new Program(host, binding);
      const counter = program.import(Counter, "counter");
      void program.thread(async () => {
        for (let i = 0; i < 100; i++) answers.push(await counter.add(1));
      });
    });
    await world.run();
    assert.deepEqual(
      answers,
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    assert.deepEqual(
      modules.map((module) => module.value),
      [100, 100, 100],
    );
  });
});
