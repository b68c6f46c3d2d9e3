/** Two clients move money between the same accounts at the same time. With transactions all members do so in one order. */
import assert from "node:assert/strict";
import { exponential } from "troupe/sim/chance/lifetimes";
import { Stage } from "troupe/sim/stage";
import { World } from "troupe/sim/world";
import Bank from "./bank.ts";

/** The balances at each of three members, after twenty transfers by each client. */
async function balances(ordering: "none" | "commit" | "broadcast"): Promise<string[]> {
  const world = new World({ seed: "two clients", network: { delay: exponential(5) } });
  const stage = new Stage(world);
  const bank = stage.troupe("bank", () => new Bank(), 3, ordering === "none" ? {} : { ordering });
  const [first, second] = [stage.client("first"), stage.client("second")];
  const begin = async (): Promise<void> => {
    const account = await first.bind(Bank, "bank");
    await account.deposit("alice", 10);
    await account.deposit("bob", 10);
  };
  const pay = async (client: typeof first, from: string, to: string): Promise<void> => {
    const account = await client.bind(Bank, "bank");
    // A transfer of more than there is raises an error; members in different orders disagree about it.
    for (let i = 0; i < 20; i++) await account.transfer(from, to, 6).catch(() => undefined);
  };
  await world.until(first.thread(begin));
  const threads = [first.thread(() => pay(first, "alice", "bob")), second.thread(() => pay(second, "bob", "alice"))];
  await world.until(Promise.all(threads));
  await world.run(world.now + 60_000);
  return bank.members.map(({ module }) => `${module.balance("alice")}+${module.balance("bob")}`);
}

for (const ordering of ["none", "commit", "broadcast"] as const) {
  const found = await balances(ordering);
  console.log(`${ordering}: Alice and Bob have ${found.join(", ")} at the members`);
  assert.equal(
    new Set(found).size === 1,
    ordering !== "none",
    "members with transactions have one state, and others part",
  );
}
