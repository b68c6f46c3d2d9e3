/**
 * Transparency: one plain module and one caller, whose text does not change, with one, three and five members, three
 * collators and the transaction protocols, simulated and on real sockets. What differs is the configuration alone.
 */
import assert from "node:assert/strict";
import Bank from "../../examples/bank.ts";
import { collatorOf, putOnStage } from "../../harness/configured/on-stage.ts";
import { solve, specify } from "../../languages/configuration/solve.ts";
import { readMachines } from "../../languages/configuration/table-files.ts";
import { Stage } from "../../sim/stage.ts";
import type { StageWorld } from "../../sim/staged-troupe.ts";
import { World } from "../../sim/world.ts";
import { RealWorld } from "../../udp/world.ts";

const table = readMachines(
  "machines.csv",
  `name,building\n${Array.from({ length: 12 }, (_, i) => `m${i + 1},b${i % 6}`).join("\n")}\n`,
);

/** The caller: an ordinary program. Answers what it was told, and the machines that the members were on. */
async function run<W extends StageWorld>(world: W, configuration: string) {
  const specification = specify("bank.troupe", configuration, table);
  const placement = solve(specification, table)!;
  const stage = new Stage<W>(world);
  const machineNamed = (name: string) => world.machine(name) as ReturnType<W["machine"]>;
  const troupe = putOnStage(stage, specification, placement, table, machineNamed, () => new Bank());
  const client = stage.client("client");
  const bank = client.import(Bank, troupe.troupe, { collator: collatorOf(specification.configuration.collator) });
  const told: unknown[] = [];
  world.at(0, () =>
    client.thread(async () => {
      told.push(await bank.deposit("alice", 100));
      told.push(await bank.withdraw("alice", 30));
      told.push(await bank.withdraw("alice", 1000).catch((error: Error) => error.message));
      told.push(await bank.balance("alice"));
    }),
  );
  await world.run();
  return { told, members: troupe.members.map(({ machine, module }) => [machine.name, module.accounts] as const) };
}

describe("one module under different configurations", () => {
  for (const members of [1, 3, 5]) {
    for (const stated of [
      "collator unanimous",
      "collator first-come",
      "collator majority",
      "ordering commit",
      "ordering broadcast",
    ]) {
      const names = Array.from({ length: members }, (_, i) => `m${i + 1}`).join(", ");
      const configuration = `troupe bank (${names}) where alldifferent(m in members: m.building) ${stated}`;

      it(`does the same with ${members} members, ${stated}, simulated and on real sockets`, async () => {
        const simulated = await run(new World({ seed: "transparency" }), configuration);
        const realWorld = new RealWorld({ seed: "transparency" });
        try {
          const real = await run(realWorld, configuration);
          assert.deepEqual(real, simulated);
        } finally {
          realWorld.close();
        }
        assert.deepEqual(simulated.told, [100, 70, "alice has 70, which is not 1000", 70]);
        assert.equal(simulated.members.length, members);
        for (const [, accounts] of simulated.members) assert.deepEqual(accounts, { alice: 70 });
      });
    }
  }
});
