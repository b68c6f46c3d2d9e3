/** Unrelated clients that call a troupe at the same time: one order at all members, by either protocol. */
import assert from "node:assert/strict";
import { Stage } from "../../../sim/stage.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { World } from "../../../sim/world.ts";
import { Bank } from "./bank.ts";

const orderings = ["commit", "broadcast"] as const;

interface Course {
  readonly orders: readonly string[];
  readonly answers: readonly unknown[];
  readonly outcomes: readonly string[];
  readonly world: World;
}

/** So many clients make so many calls each; answers what the members have written down. */
async function course(
  ordering: "none" | "commit" | "broadcast",
  { seed = "1", clients = 3, calls = 5, members = 3, loss = 0, crash = false } = {},
): Promise<Course> {
  const world = new World({ seed, network: { delay: exponential(5), loss } });
  const outcomes: string[] = [];
  world.listen(({ event }) => {
    if (event.type === "transaction") outcomes.push(event.outcome);
  });
  const stage = new Stage(world);
  const troupe = stage.troupe("bank", () => new Bank(), members, { ordering });
  const answers: unknown[] = [];
  for (let i = 0; i < clients; i++) {
    const client = stage.client(`client ${i}`);
    const bank = client.import(Bank, "bank");
    void client.thread(async () => {
      for (let k = 0; k < calls; k++) {
        try {
          answers.push(await bank.transfer("a", "b", 1, `${i}.${k}`));
        } catch (error) {
          answers.push(error);
        }
      }
    });
  }
  if (crash) world.at(40, () => troupe.member(2).machine.crash());
  await world.run(120_000);
  const living = troupe.members.filter(({ machine }) => machine.up);
  return { orders: living.map(({ module }) => module.entries.join(" ")), answers, outcomes, world };
}

describe("calls of unrelated clients at the same time", () => {
  it("make the members' states diverge without transactions", async () => {
    const { orders } = await course("none");
    assert.ok(new Set(orders).size > 1);
  });

  for (const ordering of orderings) {
    describe(`by ${ordering}`, () => {
      for (let seed = 1; seed <= 8; seed++) {
        it(`are executed in one order at all members, seed ${seed}`, async () => {
          const { orders, answers } = await course(ordering, { seed: `${seed}` });
          assert.equal(new Set(orders).size, 1, orders.join("\n"));
          assert.equal(orders[0]!.split(" ").length, 15);
          assert.deepEqual(
            answers.toSorted((a, b) => (a as number) - (b as number)),
            Array.from({ length: 15 }, (_, i) => i + 1),
          );
        });

        it(`with losses and a member that crashes, seed ${seed}`, async () => {
          const { orders, answers } = await course(ordering, { seed: `${seed}`, loss: 0.05, crash: true });
          assert.equal(orders.length, 2);
          assert.equal(orders[0], orders[1]);
          assert.equal(orders[0]!.split(" ").length, 15);
          assert.ok(answers.every((answer) => typeof answer === "number"));
        });
      }
    });
  }

  it("have the same trace, byte for byte, under the same seed", async () => {
    const [one, other] = [await course("commit", { loss: 0.1 }), await course("commit", { loss: 0.1 })];
    assert.deepEqual(one.orders, other.orders);
    assert.equal(one.world.now, other.world.now);
    assert.deepEqual(one.outcomes, other.outcomes);
  });
});

class Sly {
  static readonly transactions = { reads: ["look"] };
  looks = 0;

  look(): number {
    return ++this.looks;
  }
}

describe("a method that is marked as reading, and writes", () => {
  it("fails with an error that names class, method and place, and its changes are undone", async () => {
    const world = new World({ seed: "sly" });
    const stage = new Stage(world);
    const troupe = stage.troupe("sly", () => new Sly(), 2, { ordering: "commit" });
    const client = stage.client("client");
    const errors: Error[] = [];
    void client.thread(() =>
      client
        .import(Sly, "sly")
        .look()
        .catch((error: unknown) => errors.push(error as Error)),
    );
    await world.run();
    assert.match(
      errors[0]!.message,
      /^class Sly marks the method look as reading, but it changes looks; mark it as writing$/,
    );
    assert.deepEqual(
      troupe.members.map(({ module }) => module.looks),
      [0, 0],
    );
  });

  it("is refused for an unknown ordering", () => {
    const stage = new Stage(new World({ seed: "unknown" }));
    const ordering = "comit" as "commit";
    assert.throws(
      () => stage.troupe("sly", () => new Sly(), 1, { ordering }),
      /ordering "comit"; expected one of none, commit, broadcast/,
    );
  });
});
