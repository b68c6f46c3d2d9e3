import assert from "node:assert/strict";
import { due, nextVisit, takesIn, type ReplacementPolicy } from "../../../protocols/troupe/replacement-policy.ts";

const many: ReplacementPolicy = { kind: "eager", repairers: "many" };
const one: ReplacementPolicy = { kind: "eager", repairers: "one" };
const delayed: ReplacementPolicy = { kind: "delayed", delay: 10, repairers: "many" };
const threshold: ReplacementPolicy = { kind: "threshold", threshold: 1 };
const periodic: ReplacementPolicy = { kind: "periodic", period: 50 };

/**
 * Policy, time, [place, since] of those that have failed, number under way; groups that are due, next visit, spares.
 */
const table: readonly (readonly [
  ReplacementPolicy,
  number,
  readonly (readonly [number, number])[],
  number,
  number[][],
  (number | undefined)?,
  number?,
])[] = [
  [many, 7, [], 0, []],
  [many, 7, [[2, 5], [0, 7]], 1, [[2], [0]]], // prettier-ignore
  [one, 7, [[2, 5], [0, 7]], 0, [[2]]], // prettier-ignore
  [one, 7, [[0, 7]], 1, []],
  [delayed, 14, [[2, 4], [0, 7]], 0, [[2]], 17], // prettier-ignore
  [delayed, 13, [[2, 4], [0, 7]], 0, [], 14], // prettier-ignore
  [{ ...delayed, repairers: "one" }, 20, [[2, 4], [0, 7]], 0, [[2]]], // prettier-ignore
  [threshold, 7, [[2, 5]], 0, []],
  [threshold, 7, [[2, 5], [0, 7]], 0, [[2, 0]]], // prettier-ignore
  [threshold, 7, [[1, 7]], 2, []],
  [{ kind: "threshold", threshold: 2 }, 7, [[1, 7]], 0, [[1]]],
  [periodic, 49, [[1, 7]], 0, [], 50],
  [periodic, 100, [[1, 7], [0, 80]], 0, [[1, 0]], 150], // prettier-ignore
  [periodic, 100, [[1, 7]], 1, [], 150],
  [periodic, 100, [], 0, [], 150],
  [{ kind: "none" }, 7, [[2, 5]], 0, []],
  [many, 7, [[2, 5], [0, 7]], 0, [[2]], undefined, 1], // prettier-ignore
  [one, 7, [[2, 5]], 0, [], undefined, 0],
  [threshold, 7, [[2, 5], [0, 7]], 0, [[2]], undefined, 1], // prettier-ignore
  [threshold, 7, [[2, 5], [0, 7]], 0, [], undefined, 0], // prettier-ignore
];

describe("a replacement policy", () => {
  for (const [policy, now, failures, underWay, groups, visit, spares = Infinity] of table) {
    const failed = failures.map(([place, since]) => ({ place, since }));
    it(`${JSON.stringify(policy)} at ${now}, failed ${JSON.stringify(failures)}, ${underWay} under way, ${spares} spares`, () => {
      const situation = { now, members: 3, failed, underWay, spares };
      assert.deepEqual(due(policy, situation), groups);
      assert.equal(nextVisit(policy, situation), visit);
    });
  }

  it("replaces members that fail meanwhile too, if it replaces together", () => {
    assert.deepEqual([many, one, delayed, threshold, periodic].map(takesIn), [false, false, false, true, true]);
  });
});
