/** Sound protocols pass, and a broken rule is found; a search without faults would find nothing anyway. */
import assert from "node:assert/strict";
import { search } from "../../harness/fuzz/search.ts";
import { mutantRow } from "../../harness/fuzz/tables.ts";
import { mutants } from "../../search/mutants/all.ts";

describe("the search over 200 seeds", function () {
  this.timeout(300_000);

  it("finds nothing, and has had something of everything", async () => {
    const counts: Record<string, number> = {};
    const failed: string[] = [];
    const { seeds } = await search({
      from: 1,
      seeds: 200,
      time: Infinity,
      workers: 2,
      always: [],
      marks: false,
      onResult(seed, outcome) {
        for (const { sentence } of outcome.violations) failed.push(`seed ${seed}: ${sentence}`);
        for (const [what, count] of Object.entries(outcome.counts)) counts[what] = (counts[what] ?? 0) + count;
        return true;
      },
    });
    assert.equal(seeds, 200);
    assert.deepEqual(failed, []);
    for (const what of ["crash", "restart", "pause", "partition", "transaction", "rebind", "membership out"])
      assert.ok((counts[what] ?? 0) >= 3, `${what}: ${counts[what]} times`);
  });
});

describe("the search", function () {
  this.timeout(60_000);

  it("finds a rule broken, and shrinks the schedule to a few steps", async () => {
    const mutant = mutants.find(({ name }) => name === "nested calls of one procedure have the same path")!;
    const row = await mutantRow(mutant, { seeds: 40, time: 20_000 });
    assert.deepEqual([row.verdict, row.checker], ["found", "exactly once"]);
    assert.match(row.size, /^[12] members?, 1 machine of clients, [12] calls?, 0 faults$/);
  });
});
