import assert from "node:assert/strict";
import { streams } from "../../../sim/chance/random.ts";
import { ObservedOutages } from "../../../sim/machine/outages.ts";
import { parseRecording, type Outage } from "../../../sim/machine/recording.ts";
import { coincidences, coincidencesByPlace } from "../../../sim/theory/coincidences.ts";

const day = 24 * 3_600_000;

/** Failures at these times, in ms, of nodes by number; each lasts a second. */
function observed(failures: readonly (readonly [number, number])[], nodes: number): ObservedOutages {
  const outages = failures.map(([node, at]): Outage => ({
    system: "",
    node: `${node}`,
    failed: at,
    repaired: at + 1000,
  }));
  return new ObservedOutages({ outages }, { nodes, start: "1970-01-01T00:00", end: "1970-04-11T00:00" });
}

describe("coincidences of failures", () => {
  it("counts pairs of different nodes, each in the part of the earlier", () => {
    const failures = [
      [0, 0],
      [1, 60_000],
      [0, 90_000],
      [2, 10 * day],
      [3, 10 * day + 100_000],
      [3, 60 * day],
    ] as const;
    const parts = coincidences(observed(failures, 4), 100_000, 50 * day);
    // 0 and 1, 1 and 0, 2 and 3; not the two of node 0.
    assert.deepEqual(
      parts.map(({ pairs }) => pairs),
      [3, 0],
    );
    // Six failures of four nodes in 100 days: 3/4 * 6^2 * 100 s / 100 days, in two halves.
    const whole = (0.75 * 36 * 100_000) / (100 * day);
    assert.ok(Math.abs(parts[0]!.independent + parts[1]!.independent - whole) < 1e-9);
    assert.ok(Math.abs(parts[0]!.atOwnRate - (0.75 * 25 * 100_000) / (50 * day)) < 1e-9);
  });

  it("finds as many as expected where nodes are independent, more where they are not, and not for a rate that changes", () => {
    const random = streams("coincidences", 0).fork("times");
    const alone = Array.from(
      { length: 3000 },
      () => [Math.floor(random.next() * 50), random.next() * 100 * day] as const,
    );
    const sum = (failures: readonly (readonly [number, number])[], of: "pairs" | "independent" | "atOwnRate") =>
      coincidences(observed(failures, 50), 600_000, 10 * day).reduce((total, part) => total + part[of], 0);
    const expected = sum(alone, "independent");
    assert.ok(expected > 500, `${expected}`);
    const error = Math.sqrt(expected);
    assert.ok(Math.abs(sum(alone, "pairs") - expected) < 4 * error, `${sum(alone, "pairs")} is not near ${expected}`);
    const together = alone.flatMap(([node, at]) => [[node, at] as const, [(node + 1) % 50, at + 1000] as const]);
    assert.ok(sum(together, "pairs") > 1.2 * sum(together, "atOwnRate"));
    // All in the first half: twice the rate there.
    const early = alone.map(([node, at]) => [node, at / 2] as const);
    const ratio = sum(early, "pairs") / sum(early, "atOwnRate");
    assert.ok(sum(early, "pairs") > 1.7 * sum(early, "independent") && Math.abs(ratio - 1) < 0.15, `${ratio}`);
  });
});

describe("coincidences of failures by place", () => {
  const days = 2000;
  const window = 2 * 3_600_000;

  /** Eight racks of four nodes in two rooms; nodes fail at rates of their own, racks as a whole if they are said to. */
  function trace(racksFail: boolean): ObservedOutages {
    const random = streams("places", 0);
    const rows = ["node,rack,room,observed_from,observed_until,failed,repaired"];
    const time = (at: number): string => new Date(at).toISOString();
    const bounds = `${time(0)},${time(days * day)}`;
    const failures = (key: string, mean: number): number[] => {
      const stream = random.fork(key);
      const times: number[] = [];
      for (let at = -mean * Math.log(1 - stream.next()); at < days * day; at -= mean * Math.log(1 - stream.next()))
        times.push(at);
      return times;
    };
    for (let rack = 0; rack < 8; rack++) {
      const together = racksFail ? failures(`rack ${rack}`, 40 * day) : [];
      for (let i = 0; i < 4; i++) {
        const own = failures(`node ${rack} ${i}`, (5 + 10 * i) * day);
        for (const at of [...own, ...together]) {
          rows.push(
            `${rack}-${i},r${rack},${rack % 2},${bounds},${time(Math.floor(at))},${time(Math.floor(at) + 60_000)}`,
          );
        }
      }
    }
    return new ObservedOutages(parseRecording(rows.join("\n"), "t.csv"));
  }

  const sum = (pairs: readonly (readonly [number, number])[]): [seen: number, expected: number] =>
    pairs.reduce<[number, number]>(([seen, expected], pair) => [seen + pair[0], expected + pair[1]], [0, 0]);
  const near = ([seen, expected]: [number, number]): boolean => Math.abs(seen - expected) < 4 * Math.sqrt(expected);

  it("are as many as expected where nodes fail by themselves, whatever their rates", () => {
    const observed = trace(false);
    const pairs = coincidencesByPlace(observed, "rack", undefined, window, 30 * day);
    const [together, apart] = [sum(pairs.map((each) => each.together)), sum(pairs.map((each) => each.apart))];
    assert.ok(together[1] > 50 && near(together), together.join(" and "));
    assert.ok(near(apart), apart.join(" and "));
    // Together and apart they are all pairs.
    const all = coincidences(observed, window, 30 * day).reduce((total, each) => total + each.pairs, 0);
    assert.equal(together[0] + apart[0], all);
  });

  it("are more in racks that fail, and not in the rooms around them", () => {
    const observed = trace(true);
    const racks = coincidencesByPlace(observed, "rack", undefined, window, 30 * day);
    const [seen, expected] = sum(racks.map((each) => each.together));
    // 50 failures of each of 8 racks, 6 pairs of nodes each.
    assert.ok(seen > 2000 && seen > 10 * expected, `${seen} and ${expected}`);
    const rooms = coincidencesByPlace(observed, "room", "rack", window, 30 * day);
    const [inRooms, byThemselves] = sum(rooms.map((each) => each.together));
    // Racks fail by themselves; pairs of racks bring 16 pairs of nodes at once, so that the count scatters four times
    // as much.
    assert.ok(Math.abs(inRooms - byThemselves) < 16 * Math.sqrt(byThemselves), `${inRooms} and ${byThemselves}`);
  });
});
