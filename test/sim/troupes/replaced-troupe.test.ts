/** A troupe whose members are replaced: what of its failures the ledger counts, and what takes machines down and up. */
import assert from "node:assert/strict";
import { constant } from "../../../sim/chance/distribution.ts";
import { FollowedTroupe } from "../../../sim/troupes/followed-troupe.ts";
import { ReplacedTroupe, store, type ReplacedTroupeOptions } from "../../../sim/troupes/replaced-troupe.ts";
import { World } from "../../../sim/world.ts";

const second = 1000;

/** Two members that fail when they are told to, and are replaced after a minute. */
const standard: ReplacedTroupeOptions = {
  members: 2,
  ringmasters: 1,
  policy: { kind: "eager", repairers: "many" },
  lifetime: undefined,
  replacement: constant(60 * second),
  detection: 0,
  service: store(0),
  changed: () => undefined,
};

function form(world: World, options: Partial<ReplacedTroupeOptions> = {}): Promise<ReplacedTroupe> {
  return ReplacedTroupe.form(world, { ...standard, ...options });
}

describe("a troupe with replaced members", () => {
  it("counts each failure once, and one of a machine that is down not at all", async () => {
    const world = new World({ seed: "replaced", network: { delay: constant(0.1) } });
    const troupe = await form(world);
    troupe.fail(0);
    troupe.fail(0);
    assert.equal(troupe.living, 1);
    await world.run(world.now + 90 * second);
    assert.equal(troupe.living, 2);
    assert.deepEqual(world.ledger.summary(), [{ name: "crash", injected: 1, effective: 1 }]);
  });

  it("does not count a replaced machine as back after its place has failed again", async () => {
    const world = new World({ seed: "comeback", network: { delay: constant(0.1) } });
    const troupe = await form(world, {
      policy: { kind: "delayed", delay: 10 * second, repairers: "many" },
      replacement: constant(5 * second),
      comeback: constant(100 * second),
    });
    const { now } = world;
    const { machine } = troupe.bound.places[0]!;
    const up: boolean[] = [];
    const look = async (time: number): Promise<void> => {
      await world.run(now + time * second);
      up.push(machine.up);
    };
    troupe.fail(0);
    // Replaced at 15 s; again at 105 s, after the machine that failed first would have come back.
    await look(14);
    await look(16);
    await world.run(now + 90 * second);
    troupe.fail(0);
    await look(104);
    await look(106);
    assert.deepEqual(up, [false, true, false, true]);
  });

  it("also replaces a newcomer that fails before it has joined", async () => {
    const world = new World({ seed: "newcomer", network: { delay: constant(0.1) } });
    const troupe = await form(world, { detection: 3 * second });
    const place = troupe.bound.places[0]!;
    const told = place.machine.onChange!;
    let starts = 0;
    place.machine.onChange = (machine) => {
      told(machine);
      if (machine.up && ++starts === 1) world.after(0.1, () => troupe.fail(0));
    };
    troupe.fail(0);
    await world.run(world.now + 180 * second);
    assert.deepEqual([starts, place.joined, troupe.living], [2, true, 2]);
  });

  it("has no place up before both its replacement and its rack's repair are over", async () => {
    const world = new World({ seed: "racks", network: { delay: constant(0.1) } });
    const racks = {
      number: 2,
      lifetime: constant(100 * second),
      repair: constant(30 * second),
      placement: "spread",
    } as const;
    const troupe = await form(world, { racks });
    const formed = world.now;
    const up: boolean[][] = [];
    for (const time of [99, 101, 131, 161]) {
      await world.run(formed + time * second);
      up.push(troupe.bound.places.map(({ machine }) => machine.up));
    }
    assert.deepEqual(up, [
      [true, true],
      [false, false],
      [false, false],
      [true, true],
    ]);
    // The crash is the rack's.
    assert.deepEqual(world.ledger.summary(), [
      { name: "rack 1", injected: 1, effective: 1 },
      { name: "rack 2", injected: 1, effective: 1 },
    ]);
  });
});

describe("a followed troupe", () => {
  it("counts times and costs from the given moment", async () => {
    const world = new World({ seed: "followed", network: { delay: constant(0.1) } });
    const followed = await FollowedTroupe.form(world, standard, 65 * second);
    const { now } = world;
    followed.troupe.fail(0);
    await world.run(now + 64 * second);
    assert.deepEqual([followed.troupe.repairs.replaced, followed.account.belowMajority], [1, 0]);
    await world.run(now + 70 * second);
    followed.troupe.fail(1);
    await world.run(now + 140 * second);
    assert.equal(followed.replaced, 1);
    assert.ok(followed.bytes > 0 && followed.bytes < followed.troupe.bound.joiningBytes, `${followed.bytes} bytes`);
    // A minute, and what it takes to join.
    const { below, belowMajority } = followed.account;
    assert.equal(below, 0);
    assert.ok(belowMajority > 60 * second && belowMajority < 60.1 * second, `${belowMajority} ms`);
  });

  it("counts the calls that fail while nobody has the state, and no others", async () => {
    const world = new World({ seed: "calls", network: { delay: constant(0.1) } });
    const followed = await FollowedTroupe.form(world, standard, 0);
    const { now } = world;
    followed.call(40, world.random, now + second, now + 40 * second);
    await world.run(now + 21 * second);
    assert.equal(followed.failedCalls, 0);
    for (const place of [0, 1]) followed.troupe.fail(place);
    await world.run(now + 60 * second);
    // Some 19 come in this time.
    assert.ok(followed.failedCalls > 10 && followed.failedCalls < 30, `${followed.failedCalls} calls failed`);
  });

  it("does not count a call as lost if it arrives after the troupe was founded again", async () => {
    const world = new World({ seed: "founded anew", network: { delay: constant(0.1) } });
    const followed = await FollowedTroupe.form(world, standard, 0);
    const { now } = world;
    followed.call(10, world.random, now + 100 * second, now + 110 * second);
    for (const place of [0, 1]) followed.troupe.fail(place);
    await world.run(now + 110 * second);
    assert.equal(followed.troupe.living, 2);
    assert.equal(followed.failedCalls, 0);
  });
});
