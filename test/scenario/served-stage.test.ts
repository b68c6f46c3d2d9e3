/**
 * A troupe with a Ringmaster, a member of which fails and comes back: simulated, and on real sockets.
 *
 * It waits for ten seconds of real time, in which other files can be tested.
 */
import assert from "node:assert/strict";
import Bank from "../../examples/bank.ts";
import { Stage } from "../../sim/stage.ts";
import type { StageWorld } from "../../sim/staged-troupe.ts";
import { World } from "../../sim/world.ts";
import { RealWorld } from "../../udp/world.ts";

describe("a stage with a Ringmaster", () => {
  it("is played by the same scenario in both worlds, with the same outcome", async function () {
    this.timeout(60_000);
    // A crash is noticed after 1.7 s instead of 7 s, which are real.
    const options = { retransmitInterval: 20, longestInterval: 200 };
    const play = async (world: StageWorld): Promise<unknown> => {
      const stage = new Stage(world, options);
      const bank = stage.troupe("bank", () => new Bank(), 2, { binding: "ringmaster" });
      await bank.formed();
      const client = stage.client("client");
      const receipts: number[] = [];
      await world.until(
        client.thread(async () => {
          const account = await client.bind(Bank, "bank");
          for (let i = 1; i <= 20; i++) {
            receipts.push(await account.deposit("alice", i));
            if (i === 5) bank.member(1).machine.crash();
            if (i === 10) bank.member(1).machine.restart();
          }
        }),
      );
      await bank.formed();
      const balances = bank.members.map(({ module }) => module.accounts);
      return {
        receipts,
        balances,
        members: bank.troupe.members.length,
        found: world.checks.flatMap((check) => check()),
      };
    };
    const simulated = await play(new World({ seed: "both" }));
    const world = new RealWorld({ seed: "both" });
    try {
      assert.deepEqual(await play(world), simulated);
    } finally {
      world.close();
    }
    const balance = { alice: 210 };
    const receipts = Array.from({ length: 20 }, (_, i) => ((i + 1) * (i + 2)) / 2);
    assert.deepEqual(simulated, { receipts, balances: [balance, balance], members: 2, found: [] });
  });
});
