/** Members that have parted are found, while they execute calls and when a newcomer joins, with field and call. */
import assert from "node:assert/strict";
import { Samples } from "../../../protocols/binding/state/samples.ts";
import { Export } from "../../../protocols/call/server/export.ts";
import type { TraceEvent } from "../../../protocols/trace.ts";
import { Town, type Inhabitant } from "./town.ts";

/** Adds up what it is told; one member begins to add too much. */
class Till {
  name = "till";
  sum = 0;
  calls = 0;
  readonly #wrongFrom: number;

  constructor(wrongFrom: number) {
    this.#wrongFrom = wrongFrom;
  }

  add(amount: number): number {
    this.calls++;
    this.sum += this.calls > this.#wrongFrom ? amount + 1 : amount;
    return this.calls;
  }

  getState(): unknown {
    return { name: this.name, sum: this.sum, calls: this.calls };
  }

  setState(state: { sum: number; calls: number }): void {
    Object.assign(this, state);
  }
}

class Page {
  text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Divergence = TraceEvent & { type: "divergence" };

interface Scene {
  readonly town: Town;
  readonly members: Inhabitant<Till>[];
  readonly seen: { machine: string; event: Divergence }[];
  readonly add: (calls: number) => Promise<void>;
}

/** Three members, of which the third is wrong from that call on. */
async function scene(seed: string, compare: number, wrongFrom: number): Promise<Scene> {
  const town = new Town(seed, { binding: { compare } });
  const seen: Scene["seen"] = [];
  town.world.listen(({ machine, event }) => {
    if (event.type === "divergence") seen.push({ machine, event });
  });
  await town.world.run(1000);
  const members: Inhabitant<Till>[] = [];
  for (let i = 1; i <= 3; i++) {
    members.push(town.member("till", () => new Till(i === 3 ? wrongFrom : Infinity)));
    await town.world.run(town.world.now + 1000);
  }
  const client = town.client();
  const add = async (calls: number): Promise<void> => {
    await town.answer(client, async () => {
      const till = await client.bind(Till, "till");
      for (let i = 0; i < calls; i++) await till.add(2);
    });
  };
  return { town, members, seen, add };
}

describe("members that have parted", () => {
  it("are found while they execute calls: the first field that differs, and the call", async () => {
    const { add, seen, members, town } = await scene("parted", 100, 300);
    await add(290);
    assert.equal(seen.length, 0, "equal members differ in nothing");
    await add(4000);
    await town.world.run(town.world.now + 500);
    assert.equal(seen.length, 1, "once in an epoch");
    const { machine, event } = seen[0]!;
    assert.equal(machine, members[0]!.machine.name);
    assert.equal(event.name, "till");
    assert.equal(event.field, "sum");
    const [, number] = /^call (\d+) of thread \S+, add$/.exec(event.call) ?? [];
    assert.ok(Number(number) > 10 && Number(number) < 4000, event.call);
  });

  it("are found when a newcomer joins, which gets what most of them have", async () => {
    const { add, seen, town } = await scene("newcomer", Infinity, 5);
    await add(10);
    assert.equal(seen.length, 0);
    const newcomer = town.member("till", () => new Till(Infinity));
    await town.world.run(town.world.now + 2000);
    assert.equal(newcomer.membership?.state, "member");
    assert.deepEqual(newcomer.module.getState(), { name: "till", sum: 20, calls: 10 });
    assert.ok(seen.length > 0);
    assert.ok(seen.every(({ event }) => event.field === "sum"));
    assert.equal(seen[0]!.machine, newcomer.machine.name);
  });

  it("take samples of a state up to a megabyte, and none of a longer one", () => {
    const samplesOf = (bytes: number): number => {
      const exported = new Export(new Page("x".repeat(bytes)), {
        troupe: { id: 1, name: "page", module: 0, members: [] },
      });
      return new Samples(exported, () => undefined).list(true).length;
    };
    assert.equal(samplesOf(1000), 1);
    assert.equal(samplesOf(2 ** 20 - 1000), 1);
    assert.equal(samplesOf(2 ** 20 + 1000), 0);
  });

  it("cost nothing on the network without a difference or a limit of time", async () => {
    const bytes = async (compare: number): Promise<number> => {
      const { town, add } = await scene("bytes", compare, Infinity);
      const before = town.world.network.sent;
      await add(3000);
      return town.world.network.sent - before;
    };
    const never = await bytes(Infinity);
    const often = await bytes(100);
    assert.ok(often > never && often < never * 1.2, `${often} against ${never}`);
  });
});
