import assert from "node:assert/strict";
import { streams } from "../../../sim/chance/random.ts";
import { ObservedOutages } from "../../../sim/machine/outages.ts";
import type { Outage } from "../../../sim/machine/recording.ts";
import { coincidences } from "../../../sim/theory/coincidences.ts";

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
