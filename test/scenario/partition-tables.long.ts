/**
 * What is said of partitions in docs/under-a-partition.md, as a test: every cell of every row is what simulated clients
 * and members see.
 */
import assert from "node:assert/strict";
import { serviceFor } from "../../sim/checkers/partition-statement.ts";
import { play, standard } from "../protocols/binding/course.ts";
import { bindings, columns, holdTo, rows, sides, tables } from "./partition-tables.ts";

describe("the tables of guarantees under a partition", function () {
  this.timeout(60_000);

  it("are two tables in docs/under-a-partition.md", () => assert.equal(tables.length, 2));

  // `npm run campaign` plays all courses.
  for (const { title, some } of rows) {
    it(title, async () => {
      for (const check of some) await check();
    });
  }

  it("show a quorum of k as a majority of k, which fails on a side that continues with fewer members", async () => {
    const quorum = { collator: "quorum" } as const;
    holdTo("refused", await play({ ...quorum, binding: "static" }), "minority");
    holdTo("answered", await play({ ...quorum, binding: "static" }), "majority");
    const half = await play({ ...quorum, binding: "static", members: 4, minority: 2 });
    for (const side of ["minority", "majority"] as const) holdTo("answered", half, side);
    holdTo("refused", await play({ ...quorum, ringmastersCutOff: 3 }), "minority");
  });

  it("show the differences that a static table leaves, by collator", async () => {
    const seen: Record<string, string[]> = {};
    for (const collator of columns.flat()) {
      const { reads } = await play({ binding: "static", collator });
      seen[collator] = [...new Set(reads.map(({ outcome, kind }) => kind || outcome))];
    }
    assert.deepEqual(seen, {
      unanimous: ["disagreement"],
      "first-come": ["answered"],
      watchdog: ["answered", "thread-aborted"],
      majority: ["answered"],
    });
  });

  it("show that a client's time limit turns waits into errors, and long cuts into differences", async () => {
    const options = { ringmasters: 4, ringmastersCutOff: 2, timeout: 2000 };
    const short = await play(options);
    const during = short.calls.minority.filter(({ made }) => made >= short.opened && made < short.healed - 2000);
    assert.deepEqual(
      new Set(during.map(({ outcome, kind }) => `${outcome}, ${kind}`)),
      new Set(["failed indefinitely, timed-out"]),
    );
    assert.equal(short.judgement.divergent, 0);
    assert.ok((await play({ ...options, cut: 60_000 })).judgement.divergent > 0);
  });

  it("agree with the functions of the statement", () => {
    const told: Record<string, string> = {
      refused: "unanswered",
      "kept waiting": "unanswered",
      "until leases end": "until leases end",
    };
    for (const [binding = "", having = "", ...cells] of tables[0]!.slice(2)) {
      for (const bound of bindings[binding]!) {
        for (const { side, ...varied } of sides[having]!) {
          const p = { ...standard, ...varied, ...bound };
          const members = side === "minority" ? p.minority : p.members - p.minority;
          const ringmasters = side === "minority" ? p.ringmastersCutOff : p.ringmasters - p.ringmastersCutOff;
          for (const [place, words] of cells.entries()) {
            for (const collator of columns[place]!) {
              const service = serviceFor({ ...p, collator }, { members, ringmaster: ringmasters > p.ringmasters / 2 });
              assert.equal(service, told[words] ?? "answered", `${binding}, ${having}, ${collator}`);
            }
          }
        }
      }
    }
  });
});
