/**
 * Calls of a troupe that is lost, dissolved or founded anew before all have their answer
 * (protocols/call/client/repetition.ts).
 */
import assert from "node:assert/strict";
import { unanimous } from "../../../protocols/call/collator.ts";
import { CallError, RemoteError } from "../../../protocols/errors.ts";
import { Ledger } from "../binding/ledger.ts";
import { Teller } from "../binding/teller.ts";
import { Town, type Inhabitant } from "../binding/town.ts";
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

describe("a call to a troupe that is lost", () => {
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

  it("fails if the troupe has been founded again, and the next call is executed there", async () => {
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

  it("stays failed even if the troupe is heard again, since only some of its members may have executed it", async () => {
    const { town, world, ledgers, client, machine, ledger } = await townOf("heard again", 2);
    const names = ledgers.map((member) => member.machine.name);
    const cuts = [
      world.partition({ between: names.slice(0, 1), and: [machine.name], oneWay: true }),
      world.partition({ between: names.slice(1), and: [machine.name] }),
    ];
    world.after(20, () => cuts.push(world.partition({ between: names })));
    await assert.rejects(
      town.answer(client, () => ledger.mark("client", 1)),
      { name: "CallError", kind: "troupe-unavailable" },
    );
    // It goes on in the background, until it is known that the troupe is lost.
    await world.run(world.now + 15_000);
    for (const cut of cuts) cut.heal();
    await world.run(world.now + 5000);
    assert.equal(await town.answer(client, () => ledger.mark("client", 2)), 2);
    await world.run(world.now + 5000);
    assert.deepEqual(marks(ledgers), [[1, 2], [2]]);
  });
});

/** All members leave. */
async function dissolve(town: Town, members: readonly Inhabitant<Ledger>[]): Promise<void> {
  for (const { program, membership } of members) {
    const binding = program.binding as ReturnType<Town["binding"]>;
    await town.answer(program, () => binding.leaveTroupe(membership!));
  }
}

describe("a call by a replicated caller whose callee is lost during the call", () => {
  /** The ledgers have answered the first teller, but not the second, and are lost. */
  async function divided(seed: string) {
    const here = await place(seed);
    const { world, tellers, ledgers, named } = here;
    const client = marking(here, 1, unanimous);
    await world.run(3050);
    world.partition({ between: named(tellers.slice(1)), and: named(ledgers) });
    await world.run(5000);
    assert.deepEqual(marks(ledgers), [[1], [1]]);
    assert.deepEqual(marks(tellers), [[1], []]);
    for (const { machine } of ledgers) machine.crash();
    return { ...here, client };
  }

  it("has one outcome at all members: members that heard of the loss give way to members that were answered", async () => {
    const { world, observer, tellers, client } = await divided("divided");
    await world.run(30_000);
    assert.deepEqual(client.told, [1]);
    assert.deepEqual(marks(tellers), [[1], [1]]);
    assert.equal(observer.counts["teller out"], 1);
    assert.deepEqual(observer.problems, []);
  });

  it("has the outcome of the remaining members if the answered members die", async () => {
    const { world, observer, tellers, client } = await divided("left alone");
    tellers[0]!.machine.crash();
    await world.run(30_000);
    // Not that members of the troupe gave different answers.
    const [told] = client.told;
    assert.ok(told instanceof RemoteError);
    assert.match(told.message, /is lost/);
    assert.deepEqual(marks(tellers), [[]]);
    assert.deepEqual(observer.problems, []);
  });

  it("is found lost by all members or by none", async () => {
    const here = await place("looked up");
    const { world, observer, tellers, ledgers, named } = here;
    const client = marking(here, 1, unanimous);
    const cut = world.partition({ between: [client.name], and: named(tellers.slice(1)) });
    await world.run(5000);
    assert.deepEqual(marks(tellers), [[1], []]);
    await dissolve(here.town, ledgers);
    cut.heal();
    await world.run(12_000);
    assert.deepEqual(client.told, [1]);
    assert.deepEqual(marks(tellers), [[1], [1]]);
    assert.deepEqual(observer.problems, []);
  });

  it("removes no member if all hear of the loss, even at different times", async () => {
    const here = await place("told together");
    const { world, observer, tellers, ledgers, named } = here;
    await dissolve(here.town, ledgers);
    const client = marking(here, 1, unanimous);
    await world.run(world.now + 60);
    const cut = world.partition({ between: [client.name], and: named(tellers.slice(1)) });
    await world.run(world.now + 60);
    cut.heal();
    await world.run(world.now + 5000);
    const [told] = client.told;
    assert.ok(told instanceof RemoteError);
    assert.equal(observer.counts["teller out"], undefined);
    assert.deepEqual(marks(tellers), [[], []]);
    assert.deepEqual(observer.problems, []);
  });

  it("keeps members that heard of the loss from executing calls until the outcome is settled", async () => {
    const here = await divided("unsettled");
    const { world, observer, tellers, ringmasters, named } = here;
    const [answered, told] = named(tellers);
    const executed: string[] = [];
    let settling = false;
    world.listen(({ machine, event }) => {
      if (event.type === "call-done" && event.outcome === "troupe-lost") settling = true;
      if (event.type === "execute" && event.procedure === "write") executed.push(machine);
    });
    while (!settling) await world.run(world.now + 10);
    // Nothing can be settled, but leases last.
    const cut = world.partition({ between: [told!], and: ringmasters });
    const client = here.town.client();
    void client.thread(async () => (await client.bind(Ledger, "teller")).write("other", 1).catch(() => undefined));
    await world.run(world.now + 400);
    assert.deepEqual(executed, [answered]);
    cut.heal();
    await world.run(30_000);
    assert.deepEqual(marks(tellers), [[1], [1]]);
    assert.deepEqual(observer.problems, []);
  });

  it("is settled too if it is made during a change, by a call that another member has executed", async () => {
    const here = await place("levelled", { binding: { quiescence: 2000 } });
    const { town, world, observer, tellers, ledgers, named } = here;
    const client = marking(here, 1, unanimous);
    world.partition({ between: [client.name], and: named(tellers.slice(1)) });
    await world.run(5000);
    assert.deepEqual(marks(tellers), [[1], []]);
    for (const machine of [world.named(client.name), ...ledgers.map((each) => each.machine)]) machine.crash();
    await world.run(15_000);
    tellers.push(town.member("teller", (program) => new Teller(program, () => Promise.resolve())));
    await world.run(30_000);
    assert.deepEqual(marks(tellers), [[1], [1], [1]]);
    assert.ok(observer.counts["told of a loss"]! > 0);
    assert.deepEqual(observer.problems, []);
  });
});
