import assert from "node:assert/strict";
import { Ledger } from "./ledger.ts";
import { Town } from "./town.ts";

describe("a state transfer", () => {
  it("takes the state that most members have, not that of the first", async () => {
    const town = new Town("collated");
    const { world } = town;
    await world.run(1000);
    const members = [1, 2, 3].map(() => town.member("ledger", () => new Ledger()));
    await world.run(2000);
    const client = town.client();
    const ledger = await town.answer(client, () => client.bind(Ledger, "ledger"));
    assert.equal(await town.answer(client, () => ledger.write("client", 1)), 1);
    const [first] = members[1]!.membership!.registration!.members;
    const wrong = members.find(({ program }) => program.host.address === first!.address)!;
    wrong.module.written.set("client", [7]);
    const disagreements: string[] = [];
    world.listen(({ event }) => {
      if (event.type === "disagreement") disagreements.push(event.path);
    });
    const newcomer = town.member("ledger", () => new Ledger());
    await world.run(3000);
    assert.equal(newcomer.membership?.state, "member");
    assert.deepEqual(newcomer.module.written, new Map([["client", [1]]]));
    assert.deepEqual(disagreements, ["get_state"]);
  });
});
