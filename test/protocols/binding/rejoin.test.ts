/** A member that was dropped by mistake comes back: for the state of those that stayed, or not at all. */
import assert from "node:assert/strict";
import { Ledger } from "./ledger.ts";
import { Town } from "./town.ts";

describe("a member that was cut off and removed", () => {
  it("does not found the troupe again from its old state after the last other member has left", async () => {
    const town = new Town("rejoin");
    const { world } = town;
    await world.run(1000);
    const [near, far] = [town.member("ledger", () => new Ledger()), town.member("ledger", () => new Ledger())];
    await world.run(2000);
    const client = town.client();
    const write = async (call: number): Promise<number> => {
      const ledger = await client.bind(Ledger, "ledger");
      return ledger.write("client", call);
    };
    assert.equal(await town.answer(client, () => write(1)), 1);
    const cut = world.partition({ between: [far.machine.name] });
    await world.run(world.now + 4000);
    assert.equal(near.membership?.registration?.members.length, 1);
    const { binding } = near.program;
    await town.answer(near.program, () => (binding as ReturnType<Town["binding"]>).leaveTroupe(near.membership!));
    cut.heal();
    await world.run(world.now + 4000);
    assert.equal(far.membership, undefined);
    assert.equal(await town.answer(client, async () => client.binding.lookupByName("ledger")), undefined);
    // One that joins on its program's behalf may found it.
    const other = town.member("ledger", () => new Ledger());
    await world.run(world.now + 1000);
    assert.equal(other.membership?.state, "member");
    assert.equal(await town.answer(client, () => write(2)), 1);
  });
});
