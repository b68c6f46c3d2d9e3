/** A partition: clients on both sides call a troupe of three. With a majority, only one side is answered. */
import assert from "node:assert/strict";
import { firstCome, majority } from "troupe/protocols/call/collator";
import { Stage } from "troupe/sim/stage";
import { World } from "troupe/sim/world";
import Bank from "./bank.ts";

/** How many of ten deposits a client on each side of the cut was told of. */
async function answered(collator: typeof majority): Promise<{ many: number; few: number; balances: number[] }> {
  const world = new World({ seed: "partition" });
  const stage = new Stage(world);
  const bank = stage.troupe("bank", () => new Bank(), 3);
  const [many, few] = [stage.client("many"), stage.client("few")];
  world.partition({ between: ["few", "bank 3"] });
  const count = async (client: typeof many): Promise<number> => {
    const account = client.import(Bank, "bank", { collator, timeout: 20_000 });
    let told = 0;
    for (let i = 0; i < 10; i++) {
      await account.deposit(client === many ? "alice" : "bob", 1).then(
        () => told++,
        () => undefined,
      );
    }
    return told;
  };
  const counts = [many.thread(() => count(many)), few.thread(() => count(few))] as const;
  const [onMany, onFew] = await world.until(Promise.all(counts));
  const balances = bank.members.map(({ module }) => module.balance("bob"));
  return { many: onMany, few: onFew, balances };
}

const [safe, unsafe] = [await answered(majority), await answered(firstCome)];
console.log(`majority:   ${safe.many} of 10 answered on the side of two members, ${safe.few} on the other`);
console.log(`first-come: ${unsafe.many} of 10 and ${unsafe.few}; Bob has ${unsafe.balances.join(", ")} at the members`);
assert.deepEqual([safe.many, safe.few, unsafe.many, unsafe.few], [10, 0, 10, 10]);
assert.deepEqual(unsafe.balances, [0, 0, 10]);
