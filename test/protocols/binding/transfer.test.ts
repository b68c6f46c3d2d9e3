import assert from "node:assert/strict";
import type { RingmasterBinding } from "../../../protocols/binding/verbs/ringmaster-binding.ts";
import { bringsNearer, isLast } from "../../../protocols/binding/state/transfer.ts";
import { constant } from "../../../sim/chance/distribution.ts";
import { Ledger } from "./ledger.ts";
import { Town } from "./town.ts";

/** Counts how often each document was filed. */
class Archive {
  filed = new Map<string, number>();

  file(name: string, _contents: Uint8Array): void {
    this.filed.set(name, (this.filed.get(name) ?? 0) + 1);
  }
}

describe("a state transfer", () => {
  it("takes the state that most members have, not the state of the first member", async () => {
    const town = new Town("collated");
    const { world } = town;
    await world.run(1000);
    const members = [1, 2, 3].map(() => town.member("ledger", () => new Ledger()));
    await world.run(2000);
    const client = town.client();
    const ledger = await town.answer(client, () => client.bind(Ledger, "ledger"));
    assert.equal(await town.answer(client, () => ledger.write("client", 1)), 1);
    const [first] = members[1]!.membership!.registration!.members;
    const wrong = members.find(({ program }) => program.host.address === first!.address)!;
    wrong.module.written.set("client", [7]);
    const disagreements: string[] = [];
    world.listen(({ event }) => {
      if (event.type === "disagreement") disagreements.push(event.path);
    });
    const newcomer = town.member("ledger", () => new Ledger());
    await world.run(3000);
    assert.equal(newcomer.membership?.state, "member");
    assert.deepEqual(newcomer.module.written, new Map([["client", [1]]]));
    assert.deepEqual(disagreements, ["get_state"]);
  });

  it("freezes members for four round trips if the state has not changed since the newcomer fetched it", async () => {
    const town = new Town("standstill");
    const { world } = town;
    await world.run(1000);
    for (let i = 0; i < 3; i++) town.member("ledger", () => new Ledger());
    await world.run(2000);
    const times: number[] = [];
    world.listen(({ time, event }) => {
      if (event.type === "membership" && event.name === "ledger") times.push(time);
    });
    const newcomer = town.member("ledger", () => new Ledger());
    await world.run(3000);
    assert.equal(newcomer.membership?.state, "member");
    // A delay is 1 ms: half of freezing; digests, manifest and kept calls; prepare; accept; and half to tell all.
    assert.equal(times.at(-1)! - times[0]!, 8);
  });

  it("asks all members at once which calls they lack, except the leaving member", async () => {
    const town = new Town("levelled");
    const { world } = town;
    await world.run(1000);
    const members = [1, 2, 3, 4].map(() => town.member("ledger", () => new Ledger()));
    await world.run(2000);
    const client = town.client();
    const ledger = await town.answer(client, () => client.bind(Ledger, "ledger"));
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < 200; i++) {
      world.after(i / 4, () => {
        answers.push(client.thread(() => ledger.mark("client", i)));
      });
    }
    const [leaver] = members;
    const questions: { time: number; machine: string }[] = [];
    const times: number[] = [];
    world.listen(({ time, machine, event }) => {
      if (event.type === "execute" && event.procedure === "lacking") questions.push({ time, machine });
      if (event.type === "membership" && event.name === "ledger") times.push(time);
    });
    world.after(10, () => {
      const { program, membership } = leaver!;
      void program.thread(() => (program.binding as RingmasterBinding).leaveTroupe(membership!));
    });
    await world.run(2500);
    assert.equal(leaver!.membership, undefined);
    // The leaver keeps calls that clients have finished with elsewhere, since it stands still a ms before the others.
    assert.deepEqual(questions.map(({ machine }) => machine).sort(), ["ledger 2", "ledger 3", "ledger 4"]);
    assert.equal(new Set(questions.map(({ time }) => time)).size, 1);
    // Round trips of 2 ms: freezing, what is lacking, prepare and accept; and half to tell all.
    assert.ok(times.at(-1)! - times[0]! < 9.1, `${times.at(-1)! - times[0]!} ms`);
    await town.answer(town.client(), () => Promise.all(answers));
    for (const { module } of members.slice(1)) assert.equal(module.marked.get("client")!.size, 200);
  });

  it("transfers all retained calls, even if clients finish with some of them during the transfer", async () => {
    const town = new Town("pages", { network: { delay: constant(5) }, messages: { tries: 20 } });
    const { world } = town;
    await world.run(1000);
    const old = town.member("archive", () => new Archive());
    await world.run(2000);
    const cuts: { heal(): void }[] = [];
    const answers: Promise<unknown>[] = [];
    const many = 20;
    for (const [i, count] of [many, 1].entries()) {
      const client = town.client();
      const archive = await town.answer(client, () => client.bind(Archive, "archive"));
      cuts.push(world.partition({ between: [old.machine.name], and: [`client ${i + 2}`], oneWay: true }));
      // Without acknowledgements only so much comes; two fill a page.
      const file = (_: unknown, at: number): Promise<void> => archive.file(`${i} ${at}`, new Uint8Array(90_000));
      answers.push(client.thread(() => Promise.all(Array.from({ length: count }, file))));
    }
    await world.run(world.now + 60);
    assert.equal(old.module.filed.size, many + 1);
    let pages = 0;
    let left = -1;
    world.listen(({ event }) => {
      if (event.type === "call" && event.procedure === "retained" && ++pages === 2) cuts[0]!.heal();
      if (event.type === "execute" && event.procedure === "retained")
        left = [...old.program.endpoint.retention.exchanges()].length;
    });
    const newcomer = town.member("archive", () => new Archive());
    await world.run(world.now + 1000);
    assert.equal(newcomer.membership?.state, "member");
    assert.ok(pages > 1, `${pages} pages`);
    assert.ok(left <= many, "clients have finished with some calls");
    // The client has no answer, and turns to the newcomer.
    old.machine.crash();
    cuts[1]!.heal();
    await town.answer(town.client(), () => Promise.all(answers));
    assert.equal(newcomer.module.filed.size, many + 1);
    for (const [document, times] of newcomer.module.filed) assert.equal(times, 1, document);
  });

  it("begins another round as long as each round leaves less to fetch, and at most three quarters of the state", () => {
    assert.equal(bringsNearer([100]), true);
    assert.equal(bringsNearer([100, 0]), false);
    assert.equal(bringsNearer([100, 75]), true);
    assert.equal(bringsNearer([100, 76]), false);
    // One round in which calls happened to change much is made up for by those before; one that leaves as much is the
    // last.
    assert.equal(bringsNearer([100, 40, 35]), true);
    assert.equal(bringsNearer([100, 40, 40]), false);
    // At worst it fetches four times the state.
    const missing = [10_000];
    while (bringsNearer(missing)) missing.push(missing.at(-1)! - 1);
    assert.ok(missing.slice(0, -1).reduce((sum, each) => sum + each, 0) <= 40_000);
  });

  it("asks for no further manifest when one answer of a large state is all that was missing", () => {
    assert.equal(isLast([100], 8), false);
    assert.equal(isLast([100, 9], 8), false);
    assert.equal(isLast([100, 40, 8], 8), true);
    assert.equal(isLast([8], 8), false);
    assert.equal(isLast([8, 1], 8), false);
  });
});
