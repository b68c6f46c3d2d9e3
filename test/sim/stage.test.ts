import assert from "node:assert/strict";
import { Stage } from "../../sim/stage.ts";
import { World } from "../../sim/world.ts";

class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
}

describe("Stage", () => {
  it("puts a troupe on machines and lets clients call it", async () => {
    const world = new World({ seed: "stage" });
    const stage = new Stage(world);
    const counter = stage.troupe("counter", () => new Counter(), 3);
    const client = stage.client("client");
    const stub = client.import(Counter, "counter");
    let answer = 0;
    void client.thread(async () => {
      await stub.add(2);
      answer = await stub.add(3);
    });
    await world.run();
    assert.equal(answer, 5);
    assert.deepEqual(
      counter.members.map((member) => member.module.value),
      [5, 5, 5],
    );
  });

  it("gives a member a new module after a restart, at the same address", async () => {
    const world = new World({ seed: "stage" });
    const stage = new Stage(world);
    const counter = stage.troupe("counter", () => new Counter(), 2);
    const client = stage.client("client");
    const stub = client.import(Counter, "counter", {
      collator: { name: "last", decide: (e) => (e.includes(undefined) ? -1 : 0) },
    });
    const answers: number[] = [];
    void client.thread(async () => {
      answers.push(await stub.add(1));
      counter.member(1).machine.crash();
      counter.member(1).machine.restart();
      answers.push(await stub.add(1));
    });
    await world.run();
    assert.deepEqual(answers, [1, 1]);
    assert.deepEqual(
      counter.members.map((member) => member.module.value),
      [1, 2],
    );
  });

  it("names the troupe when there is no such member", () => {
    const stage = new Stage(new World({ seed: "stage" }));
    const counter = stage.troupe("counter", () => new Counter(), 2);
    assert.throws(() => counter.member(3), /troupe "counter" has 2 members, no member 3/);
  });
});
