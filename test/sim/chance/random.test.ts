/** Random streams: independent of one another, found by key, with 53 bits. */
import assert from "node:assert/strict";
import seedrandom from "seedrandom";
import { exponential, weibull } from "../../../sim/chance/lifetimes.ts";
import { streams } from "../../../sim/chance/random.ts";
import { Stage } from "../../../sim/stage.ts";
import { World } from "../../../sim/world.ts";
import { dependences, families } from "./independence.ts";

describe("random streams", () => {
  // `npm run campaign -- --only streams` does the same with 25 times as many runs.
  for (const [name, family] of Object.entries(families)) {
    it(`are jointly independent in twos, threes and fours: ${name}`, () => {
      assert.deepEqual(dependences(family, 10_000), []);
    });
  }

  it("fail the test of independence if keys seed the generator Alea directly", () => {
    const found = dependences(families["members, lives of a replaced troupe"]!, 25_000, (key) => seedrandom.alea(key));
    assert.ok(
      found.some((sentence) => sentence.startsWith("draw 1 of 3 streams: all low")),
      found.join("\n"),
    );
  });

  it("have numbers in which each bit changes with probability 1/2 when any character of the key changes", () => {
    const runs = 2000;
    for (const place of [0, 1, 5, 11]) {
      for (const bit of [0, 3, 6]) {
        const changed = new Int32Array(32);
        for (let run = 0; run < runs; run++) {
          const key = `lives ${String(run).padStart(6, "0")}`;
          const other =
            key.slice(0, place) + String.fromCharCode(key.charCodeAt(place) ^ (1 << bit)) + key.slice(place + 1);
          const [a, b] = [key, other].map((each) => Math.floor(streams(each, 0).next() * 2 ** 32));
          for (let i = 0; i < 32; i++) changed[i]! += ((a! ^ b!) >>> i) & 1;
        }
        for (const count of changed) {
          const z = Math.abs(count - runs / 2) / Math.sqrt(runs / 4);
          assert.ok(z < 4.9, `character ${place}, bit ${bit}: ${z.toFixed(1)} deviations off`);
        }
      }
    }
  });

  it("do not depend on what was drawn before", () => {
    const root = streams("seed", 3);
    const first = root.fork("a").next();
    root.next();
    root.fork("b").next();
    assert.equal(root.fork("a").next(), first);
    assert.notEqual(streams("seed", 4).fork("a").next(), first);
    assert.notEqual(streams("seee", 3).fork("a").next(), first);
  });

  it("differ for names that differ in an empty or a longer part", () => {
    const keys = [["a", "b"], ["ab"], ["a", "b", ""], ["", "a", "b"], ["a", "b\0"], ["a\0", "b"]];
    const firsts = keys.map((parts) => {
      const stream = parts.reduce((each, part) => each.fork(part), streams("seed", 0));
      return [stream.next(), stream.next(), stream.next()];
    });
    assert.equal(new Set(firsts.flat()).size, 3 * keys.length);
  });

  it("have 53 bits, so that the tails of laws are not cut", () => {
    const stream = streams("bits", 0);
    const numbers = Array.from({ length: 1000 }, () => stream.next());
    assert.ok(numbers.every((number) => number > 0 && number < 1 && Number.isInteger(number * 2 ** 53)));
    // Of numbers with 32 bits, all would be whole multiples of 2^-32.
    assert.ok(numbers.filter((number) => Number.isInteger(number * 2 ** 32)).length === 0);
    const last = { next: () => 1 - 2 ** -53, fork: () => last };
    assert.ok(Math.abs(exponential(1).draw(last) - 53 * Math.LN2) < 1e-9);
    // Weibull(0.3), scale 1: 36.7^(1/0.3), where numbers of 32 bits end at 22.2^(1/0.3), a fifth of that.
    assert.ok(Math.abs(weibull(0.3, 1).draw(last) / (53 * Math.LN2) ** (1 / 0.3) - 1) < 1e-9);
  });
});

describe("program.random()", () => {
  /** What three members and the client draw in calls of one thread. */
  async function rolls(seed: string, replication: number): Promise<number[][]> {
    const world = new World({ seed, replication });
    const stage = new Stage(world);
    const drawn: number[][] = [[], [], []];
    let members = 0;
    class Dice {
      readonly #drawn = drawn[members++]!;
      readonly #roll: () => number;
      constructor(roll: () => number) {
        this.#roll = roll;
      }
      roll(): number {
        const number = this.#roll();
        this.#drawn.push(number);
        return number;
      }
    }
    stage.troupe("dice", (program) => new Dice(() => program.random()), 3);
    const client = stage.client("client");
    const dice = client.import(Dice, "dice");
    const done = client.thread(async () => {
      for (let call = 0; call < 20; call++) await dice.roll();
    });
    await world.run();
    await done;
    return drawn;
  }

  it("is the same at every member, and another number in each call, replication and under each seed", async () => {
    const all: number[] = [];
    for (const seed of ["1", "2"]) {
      for (const replication of [0, 1]) {
        const [first, second, third] = await rolls(seed, replication);
        assert.equal(first!.length, 20);
        assert.deepEqual(second, first);
        assert.deepEqual(third, first);
        all.push(...first!);
      }
    }
    assert.equal(new Set(all).size, 80);
  });

  it("is uniform over replications", async () => {
    let low = 0;
    for (let replication = 0; replication < 200; replication++) {
      low += (await rolls("1985", replication))[0]!.filter((number) => number < 0.1).length;
    }
    // 400 of 4000 expected, with a standard deviation of 19.
    assert.ok(Math.abs(low - 400) < 4 * 19, `${low} of 4000 rolls are below 0.1`);
  });
});
