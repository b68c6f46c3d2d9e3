/** The configuration manager on simulated machines, with the real protocols. */
import assert from "node:assert/strict";
import { SimulatedSite } from "../../../harness/configured/simulated-site.ts";
import { Manager } from "../../../languages/configuration/manager.ts";
import { specify } from "../../../languages/configuration/solve.ts";
import { readMachines } from "../../../languages/configuration/table-files.ts";
import type { Program } from "../../../protocols/program/program.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import { World } from "../../../sim/world.ts";
import Bank from "../../../examples/bank.ts";
import { quickBinding, quickMessages } from "../../protocols/binding/town.ts";

const table = readMachines(
  "machines.csv",
  `name,building,price
a1,A,1
a2,A,2
b1,B,1
b2,B,2
c1,C,1
c2,C,2
`,
);

const apart = "alldifferent(m in members: m.building)";

class Scene {
  readonly world = new World({ seed: "manager" });
  readonly site: SimulatedSite;
  readonly said: string[] = [];
  readonly managerMachine: Machine;
  readonly client: Program;
  manager!: Manager;

  constructor(clauses: string) {
    const specification = specify("bank.troupe", `troupe bank (x, y, z)\nwhere ${clauses}`, table);
    this.site = new SimulatedSite(this.world, {
      name: "bank",
      machines: table.names,
      ringmasters: 3,
      binding: quickBinding,
      messages: quickMessages,
      make: () => new Bank(),
    });
    const say = (sentence: string): void => void this.said.push(sentence);
    this.managerMachine = this.site.process("manager", (program, binding) => {
      const options = { interval: 500, patience: 20_000, say };
      this.manager = new Manager(program, binding, specification, table, this.site, options);
      void this.manager.run();
    });
    let client: Program | undefined;
    this.site.process("client", (program) => (client = program));
    this.client = client!;
  }

  async run(seconds: number): Promise<string> {
    await this.world.run(this.world.now + seconds * 1000);
    return [...this.site.modules.keys()].toSorted((a, b) => (a < b ? -1 : 1)).join(" ");
  }

  /** What the troupe answers. */
  async ask<R>(call: (bank: Bank) => unknown): Promise<R> {
    let answer: unknown;
    void this.client.thread(async () => {
      answer = await call((await this.client.bind(Bank, "bank")) as unknown as Bank);
    });
    await this.run(3);
    return answer as R;
  }

  machine(name: string): Machine {
    return this.site.machines.get(name)!;
  }
}

describe("the configuration manager", () => {
  it("brings the troupe about, and replaces a failed member where the formula lets it, with its state", async () => {
    const scene = new Scene(`${apart} minimize sum(m in members: m.price)`);
    assert.equal(await scene.run(10), "a1 b1 c1");
    assert.equal(await scene.ask((bank) => bank.deposit("alice", 100)), 100);
    scene.machine("b1").crash();
    await scene.run(10);
    assert.deepEqual([...scene.manager.living].toSorted(), ["a1", "b2", "c1"]);
    assert.equal((scene.site.modules.get("b2") as Bank).accounts["alice"], 100);
    // The machine comes back, and its old member does not: its place is taken.
    scene.machine("b1").restart();
    await scene.run(10);
    assert.deepEqual([...scene.manager.living].toSorted(), ["a1", "b2", "c1"]);
    assert.equal(await scene.ask((bank) => bank.balance("alice")), 100);
  });

  it("keeps as many members as can be, and lets one go that has no place any more", async () => {
    // Two in a building at most one of which may be in A; when C is gone, one of A or B must move.
    const scene = new Scene(
      `count(m in members: m.building = "A") <= 1 and count(m in members: m.building = "B") <= 1`,
    );
    await scene.run(10);
    const before = [...scene.manager.living];
    assert.equal(before.length, 3);
    const [inC] = before.filter((name) => name.startsWith("c"));
    scene.machine(inC!).crash();
    await scene.run(15);
    const after = [...scene.manager.living];
    assert.equal(after.length, 3);
    assert.equal(before.filter((name) => after.includes(name)).length, 2);
  });

  it("says which conditions are in the way when nothing is left, and goes on when it is", async () => {
    const scene = new Scene(apart);
    await scene.run(10);
    scene.machine("c1").crash();
    scene.machine("c2").crash();
    await scene.run(10);
    assert.equal(scene.manager.living.size, 2);
    assert.deepEqual(
      scene.said.filter((line) => line.startsWith("no placement")),
      [`no placement on the 4 machines that are up: ${apart}`],
    );
    scene.machine("c2").restart();
    await scene.run(10);
    assert.deepEqual([...scene.manager.living].toSorted(), ["a1", "b1", "c2"]);
  });

  it("replaces together when the policy says so", async () => {
    const scene = new Scene(`${apart} replace threshold 1`);
    await scene.run(10);
    scene.machine("a1").crash();
    await scene.run(20);
    assert.equal(scene.manager.living.size, 2);
    scene.machine("b1").crash();
    await scene.run(20);
    assert.deepEqual([...scene.manager.living].toSorted(), ["a2", "b2", "c1"]);
  });

  it("waits for a machine that may come back by itself", async () => {
    const scene = new Scene(`${apart} replace delayed 1m`);
    await scene.run(10);
    scene.machine("a1").crash();
    await scene.run(20);
    scene.machine("a1").restart();
    await scene.run(20);
    assert.deepEqual([...scene.manager.living].toSorted(), ["a1", "b1", "c1"]);
    scene.machine("a1").crash();
    await scene.run(90);
    assert.deepEqual([...scene.manager.living].toSorted(), ["a2", "b1", "c1"]);
  });

  it("is not missed by callers while it is down, and takes over what it finds", async () => {
    const scene = new Scene(apart);
    await scene.run(10);
    await scene.ask((bank) => bank.deposit("alice", 100));
    scene.managerMachine.crash();
    scene.machine("a1").crash();
    await scene.run(20);
    assert.equal(await scene.ask((bank) => bank.deposit("alice", 1)), 101);
    assert.deepEqual([...scene.site.modules.keys()].filter((name) => scene.site.isUp(name)).toSorted(), ["b1", "c1"]);
    scene.managerMachine.restart();
    await scene.run(15);
    assert.deepEqual([...scene.manager.living].toSorted(), ["a2", "b1", "c1"]);
    assert.equal((scene.site.modules.get("a2") as Bank).accounts["alice"], 101);
  });
});
