/** Branches of a world have one past and many futures, with the right law; splitting is unbiased, and its intervals hold. */
import assert from "node:assert/strict";
import { ratioInterval, type Pair } from "../../harness/statistics/intervals.ts";
import { exponential, weibull } from "../../sim/lifetimes.ts";
import { streams, type Stream } from "../../sim/random.ts";
import { meanTotals, split, type Trajectory } from "../../sim/splitting.ts";
import { World } from "../../sim/world.ts";

/** Machines that fail and come back, until all are up again; the first fails at the beginning. Nothing else. */
class Machines implements Trajectory {
  readonly world: World;
  level = 0;
  readonly #members: number;
  readonly #repair: number;
  readonly #streams: readonly Stream[];
  #since = 0;
  #below = 0;

  constructor(world: World, members: number, repair: number) {
    this.world = world;
    this.#members = members;
    this.#repair = repair;
    this.#streams = Array.from({ length: members }, (_, i) => world.random.fork(`machine ${i}`));
    for (let i = 1; i < members; i++) this.#live(i);
    this.#failed(0);
  }

  get over(): boolean {
    return this.level === 0;
  }

  #change(level: number): void {
    if (this.level === this.#members) this.#below += this.world.now - this.#since;
    this.#since = this.world.now;
    this.level = level;
    this.world.stop();
  }

  #live(i: number): void {
    this.world.afterRandom(exponential(1), this.#streams[i]!, () => this.#failed(i));
  }

  #failed(i: number): void {
    this.#change(this.level + 1);
    this.world.afterRandom(exponential(this.#repair), this.#streams[i]!, () => {
      this.#change(this.level - 1);
      this.#live(i);
    });
  }

  /** Downtime and length of the cycle, that before the first failure with its mean. */
  totals(): number[] {
    const open = this.level === this.#members ? this.world.now - this.#since : 0;
    return [this.#below + open, this.world.now + 1 / this.#members];
  }
}

async function unavailability(seed: string, replication: number, effort: number): Promise<Pair> {
  const stages = await split({
    lowest: 1,
    highest: 3,
    effort,
    random: streams(seed, replication).fork("splitting"),
    begin: () => Promise.resolve(new Machines(new World({ seed, replication }), 3, 0.1)),
  });
  const [below, time] = meanTotals(stages);
  return [below!, time!];
}

describe("a branch of a world", () => {
  async function times(branches: readonly string[]): Promise<number[]> {
    const world = new World({ seed: "branches" });
    const ends: number[] = [];
    for (const name of ["a", "b", "c", "d"]) {
      const random = world.random.fork(name);
      const again = (): void => {
        ends.push(world.now);
        world.afterRandom(exponential(10), random, again);
      };
      again();
    }
    for (const [i, name] of branches.entries()) {
      await world.run(20 * (i + 1));
      world.branch(name);
    }
    await world.run(60);
    return ends;
  }

  it("has the past of the world and a future of its own, alike under one name", async () => {
    const [first, again, other] = [await times(["x", "y"]), await times(["x", "y"]), await times(["x", "z"])];
    assert.deepEqual(again, first);
    const past = first.filter((time) => time <= 40);
    assert.deepEqual(other.slice(0, past.length), past);
    assert.notDeepEqual(other, first);
    // Also what was under way at the branch ends at other times.
    assert.equal(other.filter((time) => time > 40 && first.includes(time)).length, 0);
  });

  it("leaves lengths their law, at whatever age they are drawn anew", async () => {
    const law = weibull(0.6, 10);
    const world = new World({ seed: "lengths" });
    const lengths: number[] = [];
    const count = 4000;
    for (let i = 0; i < count; i++)
      world.afterRandom(law, world.random.fork(`${i}`), () => lengths.push(law.cdf(world.now)));
    for (const [i, age] of [0.5, 3, 10, 40].entries()) {
      await world.run(age);
      world.branch(`${i}`);
    }
    await world.run();
    assert.equal(lengths.length, count);
    // Kolmogorov and Smirnov: the greatest distance from the law is below 1.95 / sqrt(n), with probability 0.999.
    const distance = Math.max(...lengths.sort((a, b) => a - b).map((p, i) => Math.abs(p - (i + 0.5) / count)));
    assert.ok(distance < 1.95 / Math.sqrt(count), `distance ${distance}`);
  });
});

describe("splitting", function () {
  this.timeout(60_000);

  it("finds the unavailability of machines that fail, and its intervals hold it as often as they say", async () => {
    const model = (0.1 / 1.1) ** 3;
    const [campaigns, replications, effort] = [60, 6, 30];
    let covered = 0;
    const all: Pair[] = [];
    for (let campaign = 0; campaign < campaigns; campaign++) {
      const pairs: Pair[] = [];
      for (let i = 0; i < replications; i++) pairs.push(await unavailability(`campaign ${campaign}`, i, effort));
      const { low, high } = ratioInterval(pairs);
      if (low! <= model && model <= high!) covered++;
      all.push(...pairs);
    }
    const { mean, low, high } = ratioInterval(all);
    assert.ok(low! < model && model < high!, `seed "campaign *": ${low} to ${high} does not hold ${model}`);
    assert.ok(Math.abs(mean! / model - 1) < 0.08, `${mean} is not near ${model}`);
    const share = covered / campaigns;
    assert.ok(share > 0.82 && share < 0.995, `seed "campaign *": ${covered} of ${campaigns} intervals hold it`);
  });

  it("without levels is naive simulation, and estimates the same", async () => {
    const world = (trial: number) => new World({ seed: "naive", replication: trial });
    let trial = 0;
    const stages = await split({
      lowest: 1,
      highest: 1,
      effort: 3000,
      random: streams("naive", 0),
      begin: () => Promise.resolve(new Machines(world(trial++), 2, 0.5)),
    });
    assert.equal(stages.length, 1);
    const { mean, low, high } = ratioInterval(stages[0]!.added.map(([below, time]): Pair => [below!, time!]));
    const error = (high! - low!) / 2 / 1.96;
    assert.ok(Math.abs(mean! - 1 / 9) < 3.5 * error, `${mean} is not near ${1 / 9}`);
  });

  it("says so if a world is not run again alike", async () => {
    let run = 0;
    const begin = () => Promise.resolve(new Machines(new World({ seed: `another ${run++}` }), 3, 0.5));
    const random = streams("unlike", 0);
    await assert.rejects(split({ lowest: 1, highest: 3, effort: 200, random, begin }), /did not come out alike/);
  });
});
