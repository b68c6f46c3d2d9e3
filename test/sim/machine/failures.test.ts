/** Failure processes: their statistics against renewal theory, groups, recorded histories, common random numbers. */
import assert from "node:assert/strict";
import { constant, uniform } from "../../../sim/chance/distribution.ts";
import { exponential, weibull } from "../../../sim/chance/lifetimes.ts";
import type { FailureOptions } from "../../../sim/machine/failures.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import type { Downtime } from "../../../sim/machine/outages.ts";
import { World } from "../../../sim/world.ts";

/** Records the spans in which each machine of the world is down. */
function downtimes(world: World): Map<string, Downtime[]> {
  const spans = new Map<string, Downtime[]>();
  const since = new Map<string, number>();
  world.listen(({ time, machine, event }) => {
    if (event.type === "crash") since.set(machine, time);
    if (event.type !== "restart") return;
    const list = spans.get(machine) ?? [];
    spans.set(machine, list);
    list.push({ from: since.get(machine)!, to: time });
  });
  return spans;
}

async function history(options: FailureOptions, until: number, seed = "failures"): Promise<Downtime[]> {
  const world = new World({ seed });
  const spans = downtimes(world);
  const machine = world.machine("a");
  machine.start(() => {});
  world.fail(machine, options);
  await world.run(until);
  return spans.get("a") ?? [];
}

describe("a failure process", () => {
  it("draws lives and repairs from their distributions", async () => {
    const spans = await history({ lifetime: exponential(100), repair: uniform(5, 15) }, 500_000);
    const lives = spans.map(({ from }, i) => from - (spans[i - 1]?.to ?? 0));
    const repairs = spans.map(({ from, to }) => to - from);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(spans.length > 4000);
    assert.ok(Math.abs(mean(lives) - 100) < (3.9 * 100) / Math.sqrt(lives.length), `life ${mean(lives)}`);
    assert.ok(Math.abs(mean(repairs) - 10) < (3.9 * 2.9) / Math.sqrt(lives.length), `repair ${mean(repairs)}`);
    assert.ok(repairs.every((repair) => repair > 4.999 && repair < 15.001));
  });

  it("draws lifetimes and repairs from separate streams", async () => {
    const [first] = await history({ lifetime: exponential(100), repair: exponential(100) }, 10_000);
    assert.notEqual(first!.to - first!.from, first!.from);
  });

  it("is down for the share of time that renewal theory gives", async () => {
    const until = 2_000_000;
    const spans = await history({ lifetime: weibull(0.7, 100), repair: exponential(20) }, until);
    const share = spans.reduce((sum, { from, to }) => sum + to - from, 0) / until;
    const expected = 20 / (20 + weibull(0.7, 100).mean);
    assert.ok(Math.abs(share / expected - 1) < 0.05, `${share}, expected ${expected}`);
  });

  it("begun as steady is down at once with the right probability, and ends its first span at the right time", () => {
    const lifetime = weibull(0.5, 50);
    const repair = uniform(20, 60);
    const world = new World({ seed: "steady" });
    const machines = Array.from({ length: 4000 }, () => world.machine());
    for (const machine of machines) world.fail(machine, { lifetime, repair, begin: "steady" });
    const share = machines.filter((machine) => !machine.up).length / machines.length;
    const expected = repair.mean / (lifetime.mean + repair.mean);
    assert.ok(Math.abs(share - expected) < 3.9 * Math.sqrt((expected * (1 - expected)) / machines.length), `${share}`);
  });

  it("that begins steady stays steady: the share of machines down is constant", async () => {
    const world = new World({ seed: "stationary" });
    const lifetime = weibull(0.5, 50);
    const machines = Array.from({ length: 4000 }, () => world.machine());
    for (const machine of machines) world.fail(machine, { lifetime, repair: constant(40), begin: "steady" });
    const expected = 40 / (lifetime.mean + 40);
    const spread = Math.sqrt((expected * (1 - expected)) / machines.length);
    for (const time of [1, 10, 40, 100, 300]) {
      await world.run(time);
      const share = machines.filter((machine) => !machine.up).length / machines.length;
      assert.ok(Math.abs(share - expected) < 3.9 * spread, `${share} at ${time}, expected ${expected}`);
    }
  });

  it("that begins new is not in its steady state at first", async () => {
    const world = new World({ seed: "new" });
    const machines = Array.from({ length: 1000 }, () => world.machine());
    for (const machine of machines) world.fail(machine, { lifetime: constant(50), repair: constant(50) });
    assert.ok(machines.every((machine) => machine.up));
    await world.run(75);
    assert.ok(machines.every((machine) => !machine.up));
  });

  it("without repair fails once; stopped, never", async () => {
    const world = new World({ seed: "once" });
    const [a, b] = [world.machine("a"), world.machine("b")];
    world.fail(a, { lifetime: constant(10) });
    world.fail(b, { lifetime: constant(10) }).stop();
    await world.run();
    assert.deepEqual([a.up, b.up, world.ledger.fault("failure").injected, world.now], [false, true, 1, 10]);
  });

  it("of a group takes all its machines down at once, besides the machines' own failures", async () => {
    const world = new World({ seed: "rack" });
    const rack = [world.machine("a"), world.machine("b")];
    const other = world.machine("c");
    for (const machine of [...rack, other]) machine.start(() => {});
    world.fail(rack, { lifetime: constant(100), repair: constant(10), name: "rack" });
    world.fail(rack[0]!, { lifetime: constant(105), repair: constant(50) });
    const up: boolean[][] = [];
    for (const time of [99, 101, 106, 111, 156]) {
      await world.run(time);
      up.push([...rack, other].map((machine) => machine.up));
    }
    assert.deepEqual(up, [
      [true, true, true],
      [false, false, true],
      [false, false, true],
      // The rack is repaired; the first machine's own repair goes on.
      [false, true, true],
      [true, true, true],
    ]);
    assert.deepEqual(world.ledger.summary(), [
      { name: "rack", injected: 2, effective: 2 },
      { name: "failure", injected: 1, effective: 0 },
    ]);
  });

  it("of a named group does not depend on its machines; each unnamed group has its own stream", async () => {
    const failures = async (names: readonly string[], name?: string): Promise<Downtime[]> => {
      const world = new World({ seed: "rack" });
      const spans = downtimes(world);
      const machines = names.map((each) => world.machine(each));
      const laws = { lifetime: exponential(100), repair: exponential(10) };
      world.fail(machines, name === undefined ? laws : { ...laws, name });
      await world.run(1000);
      return spans.get("a")!;
    };
    assert.deepEqual(await failures(["a", "b"], "rack 1"), await failures(["a"], "rack 1"));
    assert.notDeepEqual(await failures(["a"], "rack 2"), await failures(["a"], "rack 1"));
    assert.notDeepEqual(await failures(["a", "b"]), await failures(["a"]));
  });

  it("is equal for all policies that are compared under one seed", async () => {
    const run = async (policy: (world: World, machine: Machine) => void): Promise<Downtime[]> => {
      const world = new World({ seed: "common", network: { loss: 0.5 } });
      const spans = downtimes(world);
      const machine = world.machine("a");
      policy(world, machine);
      world.fail(machine, { lifetime: exponential(100), repair: exponential(10) });
      await world.run(5000);
      return spans.get("a")!;
    };
    const plain = await run(() => {});
    const busy = await run((world, machine) => {
      const peer = world.machine("b").start((host) => host.listen(() => {}));
      world.fail(peer.machine, { lifetime: exponential(7), repair: exponential(1) });
      world.random.fork("policy").next();
      machine.start((host) => {
        const send = (): void => {
          host.send(peer.address, new Uint8Array(1));
          host.after(host.random.next() * 10, send, undefined);
        };
        send();
      });
    });
    assert.ok(plain.length > 20);
    assert.deepEqual(busy, plain);
    assert.notDeepEqual(await history({ lifetime: exponential(100), repair: exponential(10) }, 5000, "another"), plain);
  });
});

describe("a replayed history", () => {
  it("takes the machine down for each later span, merges overlapping spans, and ignores past spans", async () => {
    const world = new World({ seed: "replay" });
    const spans = downtimes(world);
    const machine = world.machine("a");
    const started: number[] = [];
    await world.run(1000);
    world.replay(machine, [
      { from: 50, to: 70 },
      { from: -5, to: 10 },
      { from: -20, to: -10 },
      { from: 60, to: 90 },
      { from: 90, to: 95 },
      { from: 200, to: 200 },
    ]);
    machine.start(() => started.push(world.now));
    assert.equal(machine.up, false);
    await world.run();
    assert.deepEqual(spans.get("a"), [
      { from: 1000, to: 1010 },
      { from: 1050, to: 1095 },
      { from: 1200, to: 1200 },
    ]);
    assert.deepEqual(started, [1010, 1095, 1200]);
    assert.deepEqual(world.ledger.summary(), [{ name: "outage", injected: 3, effective: 2 }]);
  });
});
