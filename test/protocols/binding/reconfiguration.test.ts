/** Binding from end to end: a Ringmaster of three, a troupe that grows and shrinks, a client that rebinds. */
import assert from "node:assert/strict";
import { RingmasterMember } from "../../../protocols/binding/ringmaster/formation.ts";
import type { Membership } from "../../../protocols/binding/member/membership.ts";
import { RingmasterBinding } from "../../../protocols/binding/verbs/ringmaster-binding.ts";
import { Program } from "../../../protocols/program/program.ts";
import { World } from "../../../sim/world.ts";
import { Town } from "./town.ts";

class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
}

const options = { probeInterval: 200, lease: 1000, suspicion: 1500, pollInterval: 50 };
const messages = { retransmitInterval: 30, tries: 5, longestInterval: 100, probeInterval: 200 };

describe("binding", () => {
  it("finds a troupe that grows, shrinks and heals while it is called", async () => {
    const world = new World({ seed: "thin" });
    const places = [0, 1, 2].map((i) => i * 256 + 1);
    const ringmasters: RingmasterMember[] = [];
    for (const i of [0, 1, 2]) {
      world.machine(`ringmaster ${i}`).start((host) => {
        const binding = new RingmasterBinding(places, options);
        new Program(host, binding, messages);
        ringmasters[i] = new RingmasterMember(binding);
        ringmasters[i].start();
      });
    }
    const modules: Counter[] = [];
    const memberships: Membership[] = [];
    const member = (i: number) =>
      world.machine(`member ${i}`).start((host) => {
        const binding = new RingmasterBinding(places, options);
        const program = new Program(host, binding, messages);
        const module = new Counter();
        modules.push(module);
        void program.thread(async () => {
          memberships.push(await binding.joinTroupe("counter", module));
        });
      });
    await world.run(2000);
    assert.ok(ringmasters.every(({ serves }) => serves));
    const first = member(1);
    await world.run(3000);
    assert.equal(memberships[0]?.state, "member");
    const answers: number[] = [];
    world.machine("client").start((host) => {
      const binding = new RingmasterBinding(places, options);
      const program = new Program(host, binding, messages);
      void program.thread(async () => {
        const troupe = await binding.lookupByName("counter");
        const counter = program.import(Counter, troupe!);
        for (let i = 0; i < 400; i++) {
          answers.push(await counter.add(1));
          await program.sleep(50);
        }
      });
    });
    await world.run(4000);
    member(2);
    await world.run(6000);
    member(3);
    await world.run(9000);
    assert.deepEqual(
      memberships.map(({ state, id }) => [state, id % 2 ** 20]),
      [
        ["member", 3],
        ["member", 3],
        ["member", 3],
      ],
    );
    first.machine.crash();
    await world.run(40_000);
    assert.deepEqual(
      answers,
      Array.from({ length: 400 }, (_, i) => i + 1),
    );
    assert.deepEqual(
      modules.slice(1).map(({ value }) => value),
      [400, 400],
    );
    assert.equal(memberships[1]!.id % 2 ** 20, 4);
  });

  it("looks the troupe up once for all calls that a change of membership has refused", async () => {
    const town = new Town("together");
    const first = town.member("counter", () => new Counter());
    await town.world.run(3000);
    const client = town.client();
    const counter = await town.answer(client, async () => {
      return client.import(Counter, (await (client.binding as RingmasterBinding).lookupByName("counter"))!);
    });
    let [calls, lookUps] = [0, 0];
    for (let caller = 0; caller < 50; caller++) {
      void client.thread(async () => {
        for (;;) {
          await counter.add(1);
          calls++;
          await client.sleep(1);
        }
      });
    }
    let refused = 0;
    town.world.listen(({ event, ...by }) => {
      if (by.machine !== "client 2") return;
      if (event.type === "rebind") refused++;
      if (event.type === "call" && event.procedure === "read") lookUps++;
    });
    await town.world.run(town.world.now + 500);
    const before = calls;
    const second = town.member("counter", () => new Counter());
    await town.world.run(town.world.now + 2000);
    assert.equal(second.membership?.state, "member");
    assert.equal(second.module.value, first.module.value);
    assert.ok(calls > before + 1000 && refused >= 40, `${calls - before} calls since the change, ${refused} refused`);
    assert.ok(lookUps <= 3, `${lookUps} look-ups`);
  });
});
