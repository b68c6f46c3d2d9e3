/** All processes of the Ringmaster die and start again: living members register their troupe, and clients go on. */
import assert from "node:assert/strict";
import Bank from "../../../examples/bank.ts";
import type { OrderingName } from "../../../protocols/call/server/ordering.ts";
import type { RingmasterBinding } from "../../../protocols/binding/verbs/ringmaster-binding.ts";
import { CallError } from "../../../protocols/errors.ts";
import type { Program } from "../../../protocols/program/program.ts";
import { epochOf } from "../../../protocols/troupe/troupe-id.ts";
import { constant } from "../../../sim/chance/distribution.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import { Stage, type StagedOptions } from "../../../sim/stage.ts";
import type { StagedTroupe } from "../../../sim/staged-troupe.ts";
import { World, type WorldOptions } from "../../../sim/world.ts";

interface Scene {
  readonly world: World;
  readonly bank: StagedTroupe<Bank>;
  readonly client: Program;
  readonly ringmasters: readonly Machine[];
}

async function begin(
  seed: string,
  options: StagedOptions<Bank> = {},
  network: WorldOptions["network"] = {},
): Promise<Scene> {
  const world = new World({ seed, network });
  const stage = new Stage(world);
  const bank = stage.troupe("bank", () => new Bank(), 3, { binding: "ringmaster", ...options });
  await bank.formed();
  const ringmasters = [1, 2, 3].map((place) => world.named(`ringmaster ${place}`));
  return { world, bank, client: stage.client("client"), ringmasters };
}

/** Deposits of 1, each of which must be answered by the next balance. */
function deposits({ client }: Scene, count: number, pause: number): Promise<void> {
  return client.thread(async () => {
    const account = await client.bind(Bank, "bank");
    for (let i = 1; i <= count; i++) {
      assert.equal(await account.deposit("alice", 1), i);
      await client.sleep(pause);
    }
  });
}

function complaints({ world }: Scene): string[] {
  return world.checks.flatMap((check) => check()).map(({ sentence }) => sentence);
}

describe("a Ringmaster that is formed anew", () => {
  it("learns the living troupe from its members; calls go on, and a newcomer gets the state", async () => {
    const scene = await begin("anew", { replacement: { spares: 1, time: constant(1000) } });
    const { world, bank, ringmasters } = scene;
    const before = bank.troupe;
    const done = deposits(scene, 100, 300);
    world.after(5000, () => ringmasters.forEach((machine) => machine.crash()));
    // A newcomer that asks a new Ringmaster for the troupe must not found it.
    world.after(10_000, () => {
      ringmasters.forEach((machine) => machine.restart());
      bank.member(3).machine.crash();
    });
    await world.until(done);
    await bank.formed();
    assert.equal(bank.member(3).machine.name, "bank 4");
    assert.deepEqual(
      bank.members.map(({ module }) => module.accounts),
      [{ alice: 100 }, { alice: 100 }, { alice: 100 }],
    );
    assert.ok(epochOf(bank.troupe.id) > epochOf(before.id), "the membership has changed, and not begun anew");
    assert.equal(bank.troupe.founded, before.founded);
    assert.deepEqual(complaints(scene), []);
  });

  it("executes no call under a membership that only a member knows, until a change has confirmed it", async () => {
    const scene = await begin("unconfirmed");
    const { world, bank, ringmasters } = scene;
    ringmasters.forEach((machine) => machine.crash());
    await world.run(world.now + 10_000);
    // The others cannot be asked whether they know a later membership.
    const cut = world.partition({ between: ["bank 2", "bank 3"] });
    ringmasters.forEach((machine) => machine.restart());
    const done = deposits(scene, 3, 10);
    await world.run(world.now + 3000);
    const membership = (bank.member(1).program.binding as RingmasterBinding).membership("bank")!;
    assert.equal(membership.registration?.recovered, true);
    assert.ok(!membership.lease.runs, "a member alone was given a lease");
    assert.deepEqual(bank.member(1).module.accounts, {});
    cut.heal();
    await world.until(done);
    assert.deepEqual(
      bank.members.map(({ module }) => module.accounts),
      [{ alice: 3 }, { alice: 3 }, { alice: 3 }],
    );
  });

  it("founds a troupe that nobody registers, but not as the continuation of a lost one", async () => {
    const scene = await begin("nobody");
    const { world, bank, client, ringmasters } = scene;
    const account = await world.until(client.thread(() => client.bind(Bank, "bank")));
    await world.until(client.thread(() => account.deposit("alice", 1)));
    const all = [...ringmasters, ...bank.members.map(({ machine }) => machine)];
    all.forEach((machine) => machine.crash());
    await world.run(world.now + 1000);
    all.forEach((machine) => machine.restart());
    const begun = world.now;
    await bank.formed();
    assert.ok(world.now - begun > 5000, "living members had no time to register");
    const kindOf = (error: unknown): string => (error instanceof CallError ? error.kind : String(error));
    const outcome = client.thread(() => account.deposit("alice", 1)).then(String, kindOf);
    assert.equal(await world.until(outcome), "troupe-lost");
    assert.equal(await world.until(client.thread(async () => (await client.bind(Bank, "bank")).balance("alice"))), 0);
  });

  // The seeds are those of faults that were found: a frozen member that a second office freezes.
  const courses: readonly (readonly [OrderingName, number])[] = [["none", 3], ["commit", 4], ["commit", 2], ["broadcast", 5]]; // prettier-ignore
  for (const [ordering, seed] of courses) {
    it(`dies again and again while members die too, ordering ${ordering}, seed ${seed}`, async () => {
      const scene = await begin(`rm ${seed}`, { ordering }, { loss: 0.02, delay: exponential(2) });
      const { world, bank, ringmasters } = scene;
      const [lifetime, repair] = [exponential(15_000), exponential(4000)];
      world.fail(ringmasters, { lifetime, repair, name: "all ringmasters" });
      for (const { machine } of bank.members.slice(0, 2)) {
        world.fail(machine, { lifetime: exponential(60_000), repair: exponential(8000) });
      }
      await world.until(deposits(scene, 140, 300));
      assert.deepEqual(complaints(scene), []);
    });
  }
});
