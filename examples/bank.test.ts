/** The class as a troupe of three, whose machines fail and come back while it is called. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exponential } from "troupe/sim/chance/lifetimes";
import { Stage } from "troupe/sim/stage";
import { World } from "troupe/sim/world";
import Bank from "./bank.ts";

void test("a troupe of three keeps its money while machines fail", async () => {
  const world = new World({ seed: "bank", network: { loss: 0.05 } });
  const stage = new Stage(world);
  const bank = stage.troupe("bank", () => new Bank(), 3, { binding: "ringmaster", ordering: "commit" });
  await bank.formed();
  for (const { machine } of bank.members) {
    world.fail(machine, { lifetime: exponential(120_000), repair: exponential(10_000) });
  }
  const client = stage.client("client");
  await world.until(
    client.thread(async () => {
      const account = await client.bind(Bank, "bank");
      for (let i = 1; i <= 100; i++) {
        assert.equal(await account.deposit("alice", 1), i);
        await client.sleep(1000);
      }
    }),
  );
  const found = world.checks.flatMap((check) => check());
  assert.deepEqual(found, [], "calls executed twice or not at all, or members with different states");
});
