import assert from "node:assert/strict";
import type { ReplacementPolicy } from "../../../protocols/troupe/replacement-policy.ts";
import { constant } from "../../../sim/chance/distribution.ts";
import { Account } from "../../../sim/troupes/availability-account.ts";
import { Repairs } from "../../../sim/troupes/repairs.ts";
import { World } from "../../../sim/world.ts";

/** Three places fail at 10, 20 and 95; a replacement takes 100. When does which come back? */
async function returns(
  policy: ReplacementPolicy,
  { spares, cameBack }: { readonly spares?: number; readonly cameBack?: readonly [number, number] } = {},
): Promise<[number, number][]> {
  const world = new World({ seed: "repairs" });
  const back: [number, number][] = [];
  const repairs = new Repairs(world, {
    policy,
    members: 3,
    time: constant(100),
    random: () => world.random,
    back: (place) => back.push([place, world.now]),
    ...(spares === undefined ? {} : { spares: { number: spares, repair: constant(150), random: () => world.random } }),
  });
  for (const [place, time] of [10, 20, 95].entries()) world.at(time, () => repairs.known(place));
  if (cameBack !== undefined) world.at(cameBack[1], () => repairs.cameBack(cameBack[0]));
  // Known already: passed over, whether it waits or is being replaced.
  world.at(30, () => repairs.known(0));
  await world.run(500);
  assert.equal(repairs.replaced, back.length);
  return back;
}

describe("a repairer", () => {
  it("replaces each at once, or one after the other", async () => {
    assert.deepEqual(await returns({ kind: "eager", repairers: "many" }), [
      [0, 110],
      [1, 120],
      [2, 195],
    ]);
    assert.deepEqual(await returns({ kind: "eager", repairers: "one" }), [
      [0, 110],
      [1, 210],
      [2, 310],
    ]);
  });

  it("waits for the delay first", async () => {
    assert.deepEqual(await returns({ kind: "delayed", delay: 50, repairers: "many" }), [
      [0, 160],
      [1, 170],
      [2, 245],
    ]);
  });

  it("replaces all together at the threshold, with those that fail meanwhile", async () => {
    assert.deepEqual(await returns({ kind: "threshold", threshold: 1 }), [
      [0, 120],
      [1, 120],
      [2, 120],
    ]);
    assert.deepEqual(await returns({ kind: "threshold", threshold: 0 }), [
      [0, 195],
      [1, 195],
      [2, 195],
    ]);
  });

  it("replaces all together at a visit", async () => {
    assert.deepEqual(await returns({ kind: "periodic", period: 60 }), [
      [0, 160],
      [1, 160],
      [2, 160],
    ]);
  });
});

describe("a repairer with few machines", () => {
  const many: ReplacementPolicy = { kind: "eager", repairers: "many" };

  it("waits for a spare machine; a repaired machine becomes a spare", async () => {
    // The first failure takes the spare; the machines that failed at 10 and 20 are spares from 160 and 170 on.
    assert.deepEqual(await returns(many, { spares: 1 }), [
      [0, 110],
      [1, 260],
      [2, 270],
    ]);
  });

  it("takes in only as many as there are spares", async () => {
    // At 120 the group of two is done, and no spare is left for the third before 160.
    assert.deepEqual(await returns({ kind: "threshold", threshold: 1 }, { spares: 2 }), [
      [0, 120],
      [1, 120],
    ]);
    assert.deepEqual(await returns({ kind: "threshold", threshold: 2 }, { spares: 2 }), [
      [0, 110],
      [1, 110],
      [2, 260],
    ]);
  });

  it("cancels the replacement of a machine that comes back, and frees its repairer", async () => {
    const one: ReplacementPolicy = { kind: "eager", repairers: "one" };
    assert.deepEqual(await returns(one, { cameBack: [0, 50] }), [
      [1, 150],
      [2, 250],
    ]);
    assert.deepEqual(await returns({ kind: "threshold", threshold: 1 }, { cameBack: [1, 50] }), [
      [0, 120],
      [2, 120],
    ]);
    assert.deepEqual(await returns({ kind: "delayed", delay: 50, repairers: "many" }, { cameBack: [0, 50] }), [
      [1, 170],
      [2, 245],
    ]);
  });
});

describe("the account of a troupe", () => {
  it("adds up downtimes from the given moment, and records the course to a loss", () => {
    const account = new Account(3, 100, 0);
    for (const [time, living] of [
      // Not yet counted.
      [80, 1],
      [90, 2],
      [110, 1],
      [120, 0],
      [150, 1],
      [160, 0],
      [170, 3],
      [200, 3],
    ] as const)
      account.change(time, living);
    assert.equal(account.below, 30 + 10);
    assert.equal(account.belowMajority, 10 + 30 + 10 + 10);
    // The second time that none was left, there had not been all before.
    assert.equal(account.losses, 1);
    assert.equal(account.exposure, 120 + 30);
  });
});
