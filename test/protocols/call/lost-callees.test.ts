/** Calls of a troupe that is lost, dissolved or founded anew before all have their answer (protocols/call/repetition.ts). */
import assert from "node:assert/strict";
import { unanimous } from "../../../protocols/call/collator.ts";
import { CallError } from "../../../protocols/errors.ts";
import { Ledger } from "../binding/ledger.ts";
import { Town } from "../binding/town.ts";
import { marking, marks, place } from "./tellers.ts";

async function townOf(seed: string, members: number) {
  const town = new Town(seed);
  const { world } = town;
  await world.run(1000);
  const ledgers = Array.from({ length: members }, () => town.member("ledger", () => new Ledger()));
  await world.run(2000);
  const client = town.client();
  const machine = world.machines.at(-1)!;
  const ledger = await town.answer(client, () => client.bind(Ledger, "ledger"));
  return { town, world, ledgers, client, machine, ledger };
}

const lost = { name: "CallError", kind: "troupe-lost" };

describe("a call of a troupe that is lost", () => {
  it("ends though a member has answered it", async () => {
    const { town, world, ledgers, client, machine, ledger } = await townOf("answered and lost", 2);
    const [answers, other] = ledgers.map((member) => member.machine);
    world.partition({ between: [other!.name], and: [machine.name] });
    world.after(100, () => {
      answers!.crash();
      other!.crash();
    });
    await assert.rejects(
      town.answer(client, () => ledger.write("client", 1)),
      lost,
    );
    assert.deepEqual(ledgers[0]!.module.written.get("client"), [1]);
  });

  it("fails when the troupe has been founded anew, and the next one is executed there", async () => {
    const { town, world, ledgers, client, machine, ledger } = await townOf("founded anew", 1);
    const cut = world.partition({ between: [machine.name] });
    world.after(100, () => ledgers[0]!.machine.crash());
    world.after(200, () => ledgers.push(town.member("ledger", () => new Ledger(), { anew: true })));
    world.after(8000, () => cut.heal());
    const answers = await town.answer(client, async () => [
      await ledger.write("client", 1).catch((error: unknown) => error),
      await ledger.write("client", 2),
    ]);
    assert.ok(world.now > 8000);
    assert.equal((answers[0] as CallError).kind, "troupe-lost");
    assert.equal(answers[1], 1);
    assert.deepEqual(ledgers[1]!.module.written.get("client"), [2]);
  });
});

describe("a call of a replicated caller whose callee is lost in the middle", () => {
  it("has one outcome at all members: those that were told of the loss give way to those that were answered", async () => {
    const here = await place("divided");
    const { world, observer, tellers, ledgers, named } = here;
    const client = marking(here, 1, unanimous);
    await world.run(3050);
    world.partition({ between: named(tellers.slice(1)), and: named(ledgers) });
    await world.run(5000);
    assert.deepEqual(marks(ledgers), [[1], [1]]);
    assert.deepEqual(marks(tellers), [[1], []]);
    for (const { machine } of ledgers) machine.crash();
    await world.run(30_000);
    assert.deepEqual(client.told, [1]);
    assert.deepEqual(marks(tellers), [[1], [1]]);
    assert.equal(observer.counts["teller out"], 1);
    assert.deepEqual(observer.problems, []);
  });
});
