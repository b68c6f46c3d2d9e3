import assert from "node:assert/strict";
import { founded } from "../../../protocols/binding/register/register.ts";
import type { RingmasterBinding } from "../../../protocols/binding/verbs/ringmaster-binding.ts";
import { hashOfName } from "../../../protocols/troupe/troupe-id.ts";
import type { Program } from "../../../protocols/program/program.ts";
import { CallError } from "../../../protocols/errors.ts";
import { constant } from "../../../sim/chance/distribution.ts";
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

const base = hashOfName("ledger");

/** A proposal that changes the register for certain; nobody is watched for its sake. */
async function propose({ binding }: Program): Promise<void> {
  await (binding as RingmasterBinding).process.consensus.agree(base, (now) => {
    const before = now ?? founded(undefined, "ledger", { address: 0, incarnation: 0 }, { quorum: "one", group: null });
    return { ...before, members: [], term: before.term + 1 };
  });
}

describe("concurrent proposals to the Ringmaster", () => {
  /**
   * First phases that it took the proposer whose datagrams take `delay` ms, among others that propose without a pause.
   */
  async function roundsAmong(fast: number, delay: number): Promise<number> {
    const town = new Town(`${fast} fast proposers, and one of ${delay} ms`, {
      network: { delay: constant(0.5), links: [{ from: ["client 1"], both: true, delay: constant(delay) }] },
      binding: { patience: 20_000 },
    });
    const slow = town.client();
    const others = Array.from({ length: fast }, () => town.client());
    await town.world.run(1000);
    // It knows the way to the Ringmaster.
    await town.answer(slow, async () => slow.binding.lookupByName("ledger"));
    let proposed = 0;
    for (const program of others) {
      void program.thread(async () => {
        for (;;) {
          await propose(program);
          proposed++;
        }
      });
    }
    let rounds = 0;
    town.world.listen(({ event, ...by }) => {
      if (by.machine === "client 1" && event.type === "call" && event.procedure === "prepare") rounds++;
    });
    await town.answer(slow, () => propose(slow));
    assert.ok(proposed > 10, `${proposed} other proposals`);
    return rounds;
  }

  for (const fast of [1, 8]) {
    for (const delay of [20, 100]) {
      it(`do not starve a slow proposal: ${delay} ms, among ${fast} proposers without a pause`, async () => {
        assert.ok((await roundsAmong(fast, delay)) <= 12);
      });
    }
  }
});
