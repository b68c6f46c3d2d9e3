import assert from "node:assert/strict";
import { CallError } from "../../../protocols/errors.ts";
import { Town } from "./town.ts";

describe("a question to the Ringmaster", () => {
  it("does not wait for one member when the others have failed and no majority can be had", async () => {
    // A silent member would be declared crashed after four seconds.
    const town = new Town("no majority", { messages: { tries: 40 }, binding: { patience: 300 } });
    const { world, ringmasters } = town;
    const client = town.client();
    await world.run(1000);
    assert.equal(await town.answer(client, async () => client.binding.lookupByName("ledger")), undefined);
    const [first, ...others] = ringmasters.map(({ machine }) => machine);
    first!.pause();
    // They have forgotten what they were, and say so at once.
    for (const machine of others) {
      machine.crash();
      machine.restart();
    }
    const begun = world.now;
    const { reason } = await town.outcome(client, async () => client.binding.lookupByName("ledger"));
    assert.ok(reason instanceof CallError && reason.kind === "ringmaster-unavailable", String(reason));
    assert.ok(world.now - begun < 1000, `it was given up after ${world.now - begun} ms`);
  });
});
