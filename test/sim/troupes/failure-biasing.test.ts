/**
 * A hurried world is counted by its likelihood: estimates by failure biasing are on the closed form, and their
 * intervals hold it.
 */
import assert from "node:assert/strict";
import { ratioInterval, type Pair } from "../../../harness/statistics/intervals.ts";
import type { ReplacementPolicy } from "../../../protocols/troupe/replacement-policy.ts";
import { exponential, weibull } from "../../../sim/chance/lifetimes.ts";
import { stationary } from "../../../sim/theory/markov.ts";
import { chain, shareBelow, timeToTotalLoss, type ReplacementModel } from "../../../sim/theory/replacement-model.ts";
import {
  chanceOfLoss,
  failureBias,
  likelihoods,
  sizeOfOutage,
  unbiased,
} from "../../../sim/troupes/failure-biasing.ts";
import { OutageCycles } from "../../../sim/troupes/outage-cycles.ts";
import { Repairs } from "../../../sim/troupes/repairs.ts";
import { World } from "../../../sim/world.ts";
import { near } from "../../near.ts";

/** Machines that fail and are replaced by a policy. No protocols. */
function cyclesOf(world: World, { members, lifetime, replacement, policy }: ReplacementModel, delay = 0): OutageCycles {
  const laws = { lifetime: exponential(lifetime), replacement: exponential(replacement) };
  const bias = failureBias(chain({ members, lifetime, replacement: replacement + delay, policy }));
  const cycles = new OutageCycles(world, { members, ...laws, detection: delay, bias });
  const streams = Array.from({ length: members }, (_, i) => world.random.fork(`machine ${i}`));
  let living = members;
  const live = (place: number): void =>
    world.afterRandom(laws.lifetime, streams[place]!, () => {
      cycles.change(--living);
      if (delay === 0) repairs.known(place);
      else world.after(delay, () => repairs.known(place));
    });
  const repairs = new Repairs(world, {
    policy,
    members,
    time: laws.replacement,
    random: (place) => streams[place]!,
    back: (place) => {
      cycles.change(++living);
      live(place);
    },
  });
  for (let place = 0; place < members; place++) live(place);
  return cycles;
}

const many: ReplacementPolicy = { kind: "eager", repairers: "many" };
const one: ReplacementPolicy = { kind: "eager", repairers: "one" };

describe("failure biasing", () => {
  for (const [name, model, delay] of [
    ["two members, 1e-2", { members: 2, lifetime: 9, replacement: 1, policy: many }],
    ["three members, 1e-9", { members: 3, lifetime: 999, replacement: 1, policy: many }],
    ["nine members, 1e-9", { members: 9, lifetime: 9, replacement: 1, policy: many }],
    ["five members, one repairer", { members: 5, lifetime: 100, replacement: 1, policy: one }],
    [
      "four members, a threshold",
      { members: 4, lifetime: 30, replacement: 1, policy: { kind: "threshold", threshold: 2 } },
    ],
    ["three members, failures are known late", { members: 3, lifetime: 200, replacement: 1, policy: many }, 0.5],
  ] as const satisfies readonly (readonly [string, ReplacementModel, number?])[]) {
    it(`is on the closed form: ${name}`, async () => {
      const replications = 20;
      const of = { below: [] as Pair[], belowMajority: [] as Pair[], loss: [] as Pair[] };
      for (let i = 0; i < replications; i++) {
        const world = new World({ seed: `on the closed form, ${name}`, replication: i });
        const { below, belowMajority, time, exposure, losses } = await cyclesOf(world, model, delay).means(150);
        of.below.push([below, time]);
        of.belowMajority.push([belowMajority, time]);
        of.loss.push([exposure, losses]);
      }
      // Shares of time depend on the mean alone that a member is down, if each is replaced by itself.
      const known = { ...model, replacement: model.replacement + (delay ?? 0) };
      const expected = {
        below: shareBelow(known, 1)!,
        belowMajority: shareBelow(known, Math.floor(model.members / 2) + 1)!,
        ...(delay === undefined ? { loss: timeToTotalLoss(model)! } : {}),
      };
      for (const [what, value] of Object.entries(expected)) {
        const { mean, low, high } = ratioInterval(of[what as keyof typeof of]);
        // Of Student's t with 19 degrees of freedom.
        const error = (high! - low!) / 2 / 2.093;
        assert.ok(error < 0.05 * value, `${what}: standard error ${error} of ${mean}`);
        assert.ok(Math.abs(mean! - value) < 3.5 * error, `${what}: ${mean} is not near ${value}, error ${error}`);
      }
    });
  }

  it("has intervals that hold the closed form as often as they say", async () => {
    const model: ReplacementModel = { members: 4, lifetime: 999, replacement: 1, policy: many };
    const expected = shareBelow(model, 1)!;
    const campaigns = 200;
    let covered = 0;
    for (let campaign = 0; campaign < campaigns; campaign++) {
      const pairs: Pair[] = [];
      for (let replication = 0; replication < 8; replication++) {
        const world = new World({ seed: `campaign ${campaign}`, replication });
        const { below, time } = await cyclesOf(world, model).means(12);
        pairs.push([below, time]);
      }
      const { low, high } = ratioInterval(pairs);
      if (low! <= expected && expected <= high!) covered++;
    }
    // With 95%, fewer than 180 have a probability of 0.002.
    assert.ok(covered >= 180 && covered < campaigns, `seed "campaign *": ${covered} of ${campaigns} intervals hold it`);
  });

  it("knows the mean likelihood of outages and of its square", () => {
    const two = chain({ members: 2, lifetime: 100, replacement: 1, policy: { kind: "eager", repairers: "many" } });
    const natural = 0.01 / 1.01;
    // Failures three times as likely, by 0.8 against 0.2.
    const bias = [unbiased, { lives: 0.8 / natural, replacements: 0.2 / (1 - natural) }, unbiased];
    const { first, second } = likelihoods(two, bias, 0);
    near(first, natural);
    near(second, natural ** 2 / 0.8);
    // An exponential outage of mean 1 with one weight: E[D^2 W^2] / E[D W] less E[D W].
    near(sizeOfOutage({ first, second }, 1, 2), (2 * natural) / 0.8 - natural);

    const threshold = chain({ members: 5, lifetime: 10, replacement: 1, policy: { kind: "threshold", threshold: 3 } });
    const of = likelihoods(threshold, failureBias(threshold), 0);
    near(of.first, chanceOfLoss(threshold));
    assert.ok(of.second >= of.first ** 2 && of.second < of.first);
    const own = threshold.map(() => unbiased);
    near(likelihoods(threshold, own, 0).second, chanceOfLoss(threshold));
    assert.ok(likelihoods(threshold, own, 2).first > 10 * of.first);
  });

  it("knows how likely an outage is", () => {
    const model: ReplacementModel = { members: 4, lifetime: 50, replacement: 1, policy: one };
    const rates = chain(model);
    // A chain that starts again at 3 whenever it has come to 0 or to 4.
    const again = rates.map((row, a) => (a === 0 || a === 4 ? row.map((_, b) => (b === 3 ? 1 : 0)) : [...row]));
    const shares = stationary(again);
    assert.ok(Math.abs(chanceOfLoss(rates) / (shares[0]! / (shares[0]! + shares[4]!)) - 1) < 1e-9);
  });

  it("refuses laws that are not memoryless", () => {
    const world = new World({ seed: "memory" });
    assert.throws(() => world.hurry(new Map([[weibull(0.7, 1), 2]])), /cannot be hurried: it has a memory/);
  });

  it("reports a troupe whose failed members are never replaced", async () => {
    const world = new World({ seed: "nobody" });
    const cycles = cyclesOf(world, { members: 2, lifetime: 10, replacement: 1, policy: { kind: "none" } });
    await assert.rejects(cycles.means(1), /nobody replaces them/);
  });
});

describe("the likelihood of a hurried world", () => {
  it("has mean 1 at any time, and its integral the mean of the time that passes", async () => {
    const law = exponential(10);
    const count = 4000;
    let [values, squares, times] = [0, 0, 0];
    for (let i = 0; i < count; i++) {
      const world = new World({ seed: "mean 1", replication: i });
      world.hurry(new Map([[law, 1.5]]));
      const again = (): void => world.afterRandom(law, world.random, again);
      again();
      await world.run(10);
      world.hurry(new Map([[law, 0.5]]));
      await world.run(20);
      const { value, time } = world.likelihood;
      values += value / count;
      squares += value ** 2 / count;
      times += time / count;
    }
    const error = Math.sqrt((squares - values ** 2) / count);
    assert.ok(error < 0.02, `standard error ${error}`);
    assert.ok(Math.abs(values - 1) < 3.5 * error, `seed "mean 1": mean ${values}, standard error ${error}`);
    // It varies less on the way than at the end.
    assert.ok(Math.abs(times - 20) < 3.5 * 20 * error, `seed "mean 1": time ${times}`);
  });

  it("is 1 if no span is hurried", async () => {
    const world = new World({ seed: "not hurried" });
    world.afterRandom(exponential(10), world.random, () => undefined);
    await world.run(7);
    assert.equal(world.likelihood.value, 1);
    assert.equal(world.likelihood.time, 7);
  });
});
