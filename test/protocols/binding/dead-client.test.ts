import assert from "node:assert/strict";
import { Ledger } from "./ledger.ts";
import { Observer } from "./observer.ts";
import { Town, type Inhabitant } from "./town.ts";

describe("a call whose client died before it heard the answer", () => {
  it("is not executed again when only some members have forgotten it", async () => {
    const town = new Town("dead client", { messages: { datagramLifetime: 500 } });
    const { world } = town;
    const observer = new Observer(world);
    const members: Inhabitant<Ledger>[] = [];
    // Members forget at different times.
    for (let i = 0; i < 3; i++) {
      await world.run(1000 + i * 170);
      members.push(town.member("ledger", () => new Ledger()));
    }
    await world.run(2000);
    const client = town.client();
    const machine = world.machines.at(-1)!;
    const ledger = await town.answer(client, () => client.bind(Ledger, "ledger"));
    void client.thread(() => ledger.write("client", 1));
    await world.run(world.now + 1);
    machine.crash();
    await world.run(world.now + 2000);
    for (let i = 0; i < 10; i++) {
      await world.run(world.now + 150);
      members.push(town.member("ledger", () => new Ledger()));
    }
    await world.run(world.now + 3000);
    observer.judge(members, members, { seed: "dead client", time: world.now });
    assert.deepEqual(observer.problems, []);
    assert.equal(observer.counts["execute write"], 3);
  });
});
