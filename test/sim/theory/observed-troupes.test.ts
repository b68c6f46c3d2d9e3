/** What a trace says of troupes of its nodes, against all troupes counted one by one. */
import assert from "node:assert/strict";
import { streams } from "../../../sim/chance/random.ts";
import { ObservedOutages } from "../../../sim/machine/outages.ts";
import type { Outage } from "../../../sim/machine/recording.ts";
import { shareMissing, timeOfOne } from "../../../sim/theory/observed-troupes.ts";
import { near } from "../../near.ts";

/** Nine nodes for a hundred minutes: some fail often, one hardly, and two for most of the time. */
const random = streams("outages", 0);
const outages: Outage[] = Array.from({ length: 9 }, (_, node) => {
  const length = node < 2 ? 30 : 3;
  return Array.from({ length: 1 + node }, () => {
    const failed = Math.floor(random.next() * (100 - length));
    return { system: "", node: String(node), failed, repaired: failed + length };
  });
}).flat();
const ends: Outage[] = [0, 100].map((time) => ({ system: "", node: "0", failed: time, repaired: time }));
const observed = new ObservedOutages({ outages: [...outages, ...ends] });

/** The time in which at least `missing` of these nodes are down, minute by minute. */
function missed(nodes: readonly string[], missing: number): number {
  let minutes = 0;
  for (let minute = 0; minute < 100; minute++) {
    const isDown = (node: string): boolean =>
      observed.downtimes(node).some(({ from, to }) => from <= minute && minute < to);
    if (nodes.filter(isDown).length >= missing) minutes++;
  }
  return minutes;
}

function choices(count: number, from = 0): string[][] {
  if (count === 0) return [[]];
  return observed.nodes
    .slice(from)
    .flatMap((node, i) => choices(count - 1, from + i + 1).map((rest) => [node, ...rest]));
}

describe("what a trace says of its troupes", () => {
  for (const [members, missing] of [
    [1, 1],
    [2, 2],
    [3, 2],
    [3, 3],
    [4, 3],
  ] as const) {
    it(`is the mean over all troupes of ${members}, with ${missing} missing`, () => {
      const times = choices(members).map((nodes) => missed(nodes, missing));
      const sum = times.reduce((a, b) => a + b, 0);
      const squares = times.reduce((a, b) => a + b * b, 0);
      near(shareMissing(observed, members, missing), sum / times.length / 100);
      const one = timeOfOne(observed, members, missing, streams("one", 0));
      // By a thousand troupes that are found down.
      near(one, squares / sum, 0.06);
    });
  }

  it("is nothing where so many are never down together", () => {
    assert.equal(shareMissing(observed, 9, 9), 0);
    assert.equal(timeOfOne(observed, 9, 9, streams("none", 0)), 0);
  });
});
