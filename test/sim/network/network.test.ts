/** The network as processes meet it: rules in force, partitions, links, and what ledger and trace say of them. */
import assert from "node:assert/strict";
import type { Address } from "../../../protocols/host.ts";
import { constant, uniform } from "../../../sim/chance/distribution.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import type { Life } from "../../../sim/machine/process.ts";
import type { NetworkOptions } from "../../../sim/network/links.ts";
import type { StampedEvent } from "../../../sim/trace.ts";
import { World, type WorldOptions } from "../../../sim/world.ts";

interface Station {
  readonly host: Life;
  /** Time of arrival, first byte. */
  readonly heard: [time: number, first: number][];
}

function listener(world: World, name: string): Station {
  const heard: [number, number][] = [];
  const process = world
    .machine(name)
    .start((host) => host.listen((_from, datagram) => heard.push([world.now, datagram[0]!])));
  return { host: process.life!, heard };
}

function pair(network: NetworkOptions, options: Partial<WorldOptions> = {}): { world: World; a: Station; b: Station } {
  const world = new World({ seed: "network", network, ...options });
  return { world, a: listener(world, "a"), b: listener(world, "b") };
}

/** Sends numbered datagrams, one each ms from the next. */
function stream(world: World, from: Life, to: Address, count: number): void {
  for (let i = 0; i < count; i++) world.after(i + 1, () => from.send(to, Uint8Array.of(i & 255)));
}

const counts = (world: World, name: string): [number, number] => {
  const { injected, effective } = world.ledger.fault(name);
  return [injected, effective];
};

describe("the simulated network", () => {
  it("delivers after the delay, in order, without faults", async () => {
    const { world, a, b } = pair({ delay: constant(2.5) });
    stream(world, a.host, b.host.address, 3);
    await world.run();
    assert.deepEqual(b.heard, [
      [3.5, 0],
      [4.5, 1],
      [5.5, 2],
    ]);
    assert.deepEqual([world.network.sent, world.network.delivered, world.network.dropped], [3, 3, {}]);
    assert.deepEqual(world.ledger.summary(), []);
  });

  it("delays by a distribution, and lets datagrams overtake", async () => {
    const { world, a, b } = pair({ delay: uniform(0, 50) });
    stream(world, a.host, b.host.address, 200);
    await world.run();
    assert.equal(b.heard.length, 200);
    assert.ok(b.heard.every(([time, i]) => time >= i + 1 && time <= i + 51));
    assert.ok(b.heard.some(([, i], at) => at > 0 && i < b.heard[at - 1]![1]));
  });

  it("delivers from a machine to itself after a short delay, without faults", async () => {
    const { world, a } = pair({ loss: 1, loopback: 0.25 });
    world.at(1, () => a.host.send(a.host.address, Uint8Array.of(9)));
    await world.run();
    assert.deepEqual(a.heard, [[1.25, 9]]);
  });

  it("takes the same way as others from a machine to itself where that is asked for", async () => {
    const { world, a } = pair({ loss: 0.5, delay: constant(3), loopback: "link" });
    for (let i = 0; i < 100; i++) world.at(1 + i, () => a.host.send(a.host.address, Uint8Array.of(i)));
    await world.run();
    assert.ok(a.heard.length > 30 && a.heard.length < 70);
    assert.ok(a.heard.every(([time, i]) => time === 4 + i));
  });

  it("counts the faults that rules made, and those that had an effect", async () => {
    const { world, a, b } = pair({ loss: 0.2, duplication: 0.2, corruption: 0.2, reordering: 0.2 });
    stream(world, a.host, b.host.address, 2500);
    await world.run();
    const { dropped, delivered, sent } = world.network;
    assert.equal(dropped.loss, counts(world, "loss")[0]);
    assert.equal(delivered, b.heard.length);
    assert.equal(sent + counts(world, "duplication")[0], delivered + dropped.loss! + dropped.corruption!);
    for (const name of ["loss", "duplication", "corruption", "reordering"]) {
      const [injected, effective] = counts(world, name);
      assert.ok(injected > 200 && effective > 100, `${name}: ${effective} of ${injected}`);
    }
    // A hold of mean 1 ms is overtaken by the next datagram of 1 ms later with probability 1 / e.
    const [held, overtaken] = counts(world, "reordering");
    assert.ok(overtaken < 0.5 * held && overtaken > 0.25 * held, `${overtaken} of ${held}`);
    assert.deepEqual(world.ledger.idle(), []);
  });

  it("does not blame reordering for datagrams that overtake others by their delays", async () => {
    const { world, a, b } = pair({ delay: uniform(0, 50), reordering: { probability: 1e-12, hold: constant(1) } });
    stream(world, a.host, b.host.address, 50);
    await world.run();
    assert.ok(b.heard.some(([, i], at) => at > 0 && i < b.heard[at - 1]![1]));
    assert.deepEqual(counts(world, "reordering"), [0, 0]);
  });

  it("says which faults never had an effect", async () => {
    const { world, a, b } = pair(
      { loss: 1e-12, duplication: 1 },
      { partitions: [{ between: ["a"], start: 50, end: 60 }] },
    );
    b.host.listen(() => {});
    stream(world, a.host, 255 * 256 + 1, 3);
    await world.run();
    assert.deepEqual(world.ledger.idle(), [
      `The fault "loss" was configured but never occurred.`,
      `The fault "duplication" was configured but never occurred.`,
      `The fault "partition" occurred once but never had an effect.`,
    ]);
    assert.deepEqual(world.network.dropped, { "no-receiver": 3 });
  });

  it("applies overrides to the links they name, in one direction or both", async () => {
    const world = new World({
      seed: "links",
      network: {
        links: [
          { from: ["a"], to: ["b"], delay: constant(7) },
          { from: ["c"], both: true, loss: 0.5, delay: constant(9) },
          { from: ["c"], both: true, loss: 1 },
        ],
      },
    });
    const [a, b, c] = ["a", "b", "c"].map((name) => listener(world, name)) as [Station, Station, Station];
    world.at(0, () => {
      for (const from of [a, b, c]) {
        for (const to of [a, b, c])
          if (to !== from) from.host.send(to.host.address, Uint8Array.of(from.host.address >> 8));
      }
    });
    await world.run();
    assert.deepEqual([a.heard, b.heard, c.heard], [[[1, 1]], [[7, 0]], []]);
    assert.deepEqual(world.network.dropped, { loss: 4 });
  });

  it("can be changed while it runs, and goes on with its random numbers where they were", async () => {
    const arrivals = async (change: (world: World) => void): Promise<number[]> => {
      const { world, a, b } = pair({ delay: exponential(5), loss: 0.3 });
      stream(world, a.host, b.host.address, 100);
      world.at(50, () => change(world));
      await world.run();
      return b.heard.map(([, i]) => i).toSorted((x, y) => x - y);
    };
    const unchanged = await arrivals(() => {});
    assert.deepEqual(await arrivals((world) => world.network.configure({ duplication: undefined })), unchanged);
    const healed = await arrivals((world) => world.network.configure({ loss: 0 }));
    assert.deepEqual(
      healed.filter((i) => i < 48),
      unchanged.filter((i) => i < 48),
    );
    assert.equal(healed.filter((i) => i >= 50).length, 50);
  });

  it("multicasts to the members that there are, each by its own link", async () => {
    const world = new World({ seed: "group", network: { links: [{ to: ["c"], loss: 1 }] } });
    const [a, b, c] = ["a", "b", "c"].map((name) => listener(world, name)) as [Station, Station, Station];
    const group = world.group();
    for (const member of [a, b, c]) member.host.join(group);
    world.at(0, () => a.host.send(group, Uint8Array.of(5)));
    world.at(10, () => world.named("b").crash());
    world.at(10, () => a.host.send(group, Uint8Array.of(6)));
    await world.run();
    assert.deepEqual(
      [a.heard, b.heard, c.heard],
      [
        [
          [0.01, 5],
          [10.01, 6],
        ],
        [[1, 5]],
        [],
      ],
    );
    assert.throws(() => a.host.send(group + 1, Uint8Array.of(1)), /no multicast group has this address/);
  });
});

describe("partitions", () => {
  it("block both directions between the sides, and nothing else, until healed", async () => {
    const world = new World({ seed: "cut" });
    const [a, b, c] = ["a", "b", "c"].map((name) => listener(world, name)) as [Station, Station, Station];
    const round = (value: number): void => {
      for (const from of [a, b, c]) {
        for (const to of [a, b, c]) if (to !== from) from.host.send(to.host.address, Uint8Array.of(value));
      }
    };
    const partition = world.partition({ between: ["a"], and: ["b"] });
    world.at(0, () => round(1));
    world.at(10, () => partition.heal());
    world.at(10, () => round(2));
    await world.run();
    const heard = (station: Station, value: number): number => station.heard.filter(([, v]) => v === value).length;
    assert.deepEqual(
      [a, b, c].map((station) => [heard(station, 1), heard(station, 2)]),
      [
        [1, 2],
        [1, 2],
        [2, 2],
      ],
    );
    assert.deepEqual([partition.blocked, counts(world, "partition")], [2, [1, 1]]);
  });

  it("leave those of one side together, and the other side too", async () => {
    const world = new World({ seed: "sides" });
    const stations = ["a", "b", "c", "d"].map((name) => listener(world, name));
    world.partition({ between: ["a", "b"] });
    world.at(0, () => {
      for (const from of stations) {
        for (const to of stations) if (to !== from) from.host.send(to.host.address, Uint8Array.of(1));
      }
    });
    await world.run();
    assert.deepEqual(
      stations.map(({ heard }) => heard.length),
      [1, 1, 1, 1],
    );
  });

  it("are healed one by one; healing one twice has no effect on another", async () => {
    const { world, a, b } = pair({});
    const [first, second] = [world.partition({ between: ["a"] }), world.partition({ between: ["b"], name: "second" })];
    first.heal();
    first.heal();
    stream(world, a.host, b.host.address, 3);
    world.at(1.5, () => second.heal());
    await world.run();
    assert.deepEqual(
      b.heard.map(([, i]) => i),
      [1, 2],
    );
  });

  it("may be one-way, against all others, and at given times", async () => {
    const { world, a, b } = pair({}, { partitions: [{ between: ["a"], oneWay: true, start: 2.5, end: 4.5 }] });
    const events: StampedEvent[] = [];
    world.listen((event) => events.push(event));
    stream(world, a.host, b.host.address, 6);
    stream(world, b.host, a.host.address, 6);
    await world.run();
    assert.deepEqual(
      b.heard.map(([, i]) => i),
      [0, 1, 4, 5],
    );
    assert.equal(a.heard.length, 6);
    const marks = events.filter(({ event }) => event.type === "partition" || event.type === "heal");
    assert.deepEqual(
      marks.map(({ time, event }) => [time, event]),
      [
        [2.5, { type: "partition", name: "a -> others" }],
        [4.5, { type: "heal", name: "a -> others" }],
      ],
    );
  });

  it("of unknown machines are refused", () => {
    assert.throws(() => new World({ seed: "x" }).partition({ between: ["nobody"] }), {
      name: "BadData",
      message: `machine "nobody": the world has no machine of this name.`,
    });
  });
});

describe("random numbers of the network", () => {
  /** Arrival times at b of datagrams from a, in a world where more may happen. */
  async function arrivals(
    network: NetworkOptions,
    disturb: (world: World, a: Life, b: Life) => void,
  ): Promise<number[]> {
    const { world, a, b } = pair(network, { seed: "streams" });
    disturb(world, a.host, b.host);
    stream(world, a.host, b.host.address, 50);
    await world.run();
    return b.heard.filter(([, first]) => first < 50).map(([time]) => time);
  }
  const network: NetworkOptions = { delay: exponential(3), loss: 0.2 };

  it("of one link do not depend on what else is drawn", async () => {
    const alone = await arrivals(network, () => {});
    const disturbed = await arrivals(network, (world, a, b) => {
      const c = listener(world, "c").host;
      world.random.fork("an experiment's own").next();
      a.random.next();
      for (let i = 0; i < 20; i++) {
        world.after(i, () => b.send(a.address, Uint8Array.of(99)));
        world.after(i, () => c.send(b.address, Uint8Array.of(99)));
        world.after(i, () => a.send(c.address, Uint8Array.of(99)));
      }
    });
    assert.ok(alone.length > 30 && alone.length < 50);
    assert.deepEqual(disturbed, alone);
  });

  it("of one rule do not depend on the other rules", async () => {
    const without = await arrivals({ delay: exponential(3) }, () => {});
    const faulty = await arrivals({ ...network, corruption: 0.1 }, () => {});
    assert.ok(faulty.length < 50 && faulty.every((time) => without.includes(time)));
  });

  it("differ between seeds and between replications", async () => {
    const first = async (options: Partial<WorldOptions>): Promise<number> => {
      const { world, a, b } = pair({ delay: exponential(3) }, options);
      world.at(0, () => a.host.send(b.host.address, Uint8Array.of(1)));
      await world.run();
      return b.heard[0]![0];
    };
    const times = [await first({}), await first({ seed: "other" }), await first({ replication: 1 })];
    assert.equal(new Set(times).size, 3);
    assert.equal(times[0], await first({ replication: 0 }));
  });
});
