import assert from "node:assert/strict";
import { firstCome } from "../../../protocols/call/collator.ts";
import { Client } from "./clients.ts";
import { Ledger } from "./ledger.ts";
import { Observer } from "./observer.ts";
import { Town, type Inhabitant } from "./town.ts";

describe("a member that is heard again while a change leaves it out", () => {
  it("executes nothing more under the old ID", async () => {
    const town = new Town("given up", { binding: { lease: 600, suspicion: 900 } });
    const { world } = town;
    const observer = new Observer(world);
    const members: ReturnType<typeof member>[] = [];
    const member = () => town.member("ledger", () => new Ledger());
    for (let i = 0; i < 3; i++) {
      await world.run(1000 + i * 200);
      members.push(member());
    }
    await world.run(2000);
    const client = new Client(town, "client", firstCome, { quiet: 6000, rest: () => 5, failing: () => undefined });
    await world.run(2200);
    // The first change finds the silent member suspected, and has to wait until it is known that the other is dead.
    const [silent, dead] = members as [(typeof members)[0], (typeof members)[0]];
    silent.machine.pause();
    await world.run(2900);
    dead.machine.crash();
    let asked = 0;
    observer.onStep = (_, procedure) => {
      if (procedure !== "giveUp") return;
      if (++asked === 2) world.after(20, () => silent.machine.resume());
      // The third time the other is given up too. The silent one does not hear of the end, and has a client with it.
      if (asked !== 7) return;
      const cut = world.partition({ between: [silent.machine.name, client.machine.name] });
      world.after(1500, () => cut.heal());
    };
    await world.run(8000);
    assert.ok(asked >= 7, "nobody was given up");
    assert.equal(observer.counts["ledger out"], 1, "the silent member was not left out");
    const present = members.filter(({ machine }) => machine.up);
    const [first] = observer.judge(members, present, { seed: "given up", time: world.now });
    assert.deepEqual([...observer.problems, ...client.judge(first!.module, undefined, 0)], []);
  });
});

describe("a member that cannot be reached by the coordinator of a change, and by nobody else", () => {
  it("remains a member", async () => {
    const town = new Town("unreached");
    const { world } = town;
    const observer = new Observer(world);
    await world.run(1000);
    const members: Inhabitant<Ledger>[] = [];
    const member = (): Inhabitant<Ledger> => town.member("ledger", () => new Ledger());
    for (let i = 0; i < 3; i++) {
      members.push(member());
      await world.run(world.now + 300);
    }
    const client = new Client(town, "client", firstCome, { quiet: 6000, rest: () => 5, failing: () => undefined });
    await world.run(world.now + 200);
    // The first gives the newcomer its state.
    const newcomer = member();
    const cut = world.partition({ between: [members[2]!.machine.name], and: [newcomer.machine.name] });
    await world.run(4500);
    assert.equal(newcomer.membership?.state, "joining");
    cut.heal();
    await world.run(8000);
    members.push(newcomer);
    for (const { membership } of members) assert.equal(membership?.state, "member");
    assert.equal(observer.counts["ledger out"] ?? 0, 0);
    const [first] = observer.judge(members, members, { seed: "unreached", time: world.now });
    assert.deepEqual([...observer.problems, ...client.judge(first!.module, undefined, 0)], []);
  });
});
