/** Transactions while members of the troupe come, crash and come back, and clients die: bound by a Ringmaster. */
import assert from "node:assert/strict";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Town, type Inhabitant } from "../binding/town.ts";
import { Bank } from "./bank.ts";

const calls = 12;

/** Three clients call; between 2 s and 6 s members crash and come back, a newcomer joins, and one client dies. */
async function course(ordering: "commit" | "broadcast", seed: number) {
  const town = new Town(`${ordering} ${seed}`, { network: { delay: exponential(2), loss: 0.02 } });
  const { world } = town;
  const options = { ordering, transactions: { deadlockTimeout: 60 } };
  const members: Inhabitant<Bank>[] = [1, 2, 3].map(() => town.member("bank", () => new Bank(), options));
  await world.run(2000);
  const done: string[] = [];
  const answers: number[] = [];
  const clients = [0, 1, 2].map((i) => {
    const client = town.client();
    void client.thread(async () => {
      const bank = await client.bind(Bank, "bank");
      for (let k = 0; k < calls; k++) {
        answers.push(await bank.transfer("a", "b", 1, `${i}.${k}`));
        await client.sleep(200 * world.random.fork(`pause ${i} ${k}`).next());
      }
      done.push(`${i}`);
    });
    return client;
  });
  const chance = world.random.fork("trouble");
  for (const at of [2100, 3600]) {
    const { machine } = members[Math.floor(3 * chance.next())]!;
    world.at(at + 300 * chance.next(), () => machine.crash());
    world.at(at + 600 + 2000 * chance.next(), () => machine.restart());
  }
  world.at(2200 + 1000 * chance.next(), () => members.push(town.member("bank", () => new Bank(), options)));
  const victim = world.machines.find((machine) => machine.index === clients[0]!.host.address >> 8)!;
  world.at(2000 + 2500 * chance.next(), () => victim.crash());
  await world.run(40_000);
  return { banks: members.filter(({ machine }) => machine.up), done, answers };
}

/** The tests, with courses of these numbers. */
export function describeChanging(firstSeed: number, lastSeed: number): void {
  describe(`transactions of a troupe that changes, courses ${firstSeed} to ${lastSeed}`, () => {
    for (const ordering of ["commit", "broadcast"] as const) {
      it(`by ${ordering}: have one order at all members, also at members that join meanwhile`, async function () {
        this.timeout(120_000);
        for (let seed = firstSeed; seed <= lastSeed; seed++) {
          const { banks, done, answers } = await course(ordering, seed);
          const where = `seed ${seed}`;
          const [first] = banks;
          assert.equal(banks.length, 4, where);
          for (const { membership, module } of banks) {
            assert.equal(membership?.state, "member", where);
            assert.equal(module.entries.join(" "), first!.module.entries.join(" "), where);
            assert.equal(module.total(), 300, where);
          }
          const { entries } = first!.module;
          assert.equal(new Set(entries).size, entries.length, where);
          assert.deepEqual(done.toSorted(), ["1", "2"], `${where}: ${entries.join(" ")}`);
          for (const i of ["1", "2"]) {
            const own = entries.filter((entry) => entry.startsWith(`${i}.`));
            assert.deepEqual(
              own,
              Array.from({ length: calls }, (_, k) => `${i}.${k}`),
              where,
            );
          }
          assert.equal(new Set(answers).size, answers.length, `${where}: ${answers.join(" ")}`);
        }
      });
    }
  });
}
