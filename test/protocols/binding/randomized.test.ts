/** A little of what `npm run campaign` has thousands of. */
import assert from "node:assert/strict";
import { killCases, runCase, seedCases } from "../../campaign/cases.ts";

/** Runs the first so many cases, which must have no problems, and counts what happened in them. */
async function pass(kind: Parameters<typeof seedCases>[0], count: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of seedCases(kind, 1, count)) {
    const report = await runCase(name);
    assert.deepEqual(report.problems, []);
    for (const [what, times] of Object.entries(report.counts)) counts[what] = (counts[what] ?? 0) + times;
  }
  return counts;
}

describe("troupes that change, under faults", function () {
  this.timeout(60_000);

  it("pass randomized schedules", async () => {
    const counts = await pass("schedule", 16);
    // The schedules were what they should be.
    const faults = ["crash of a Ringmaster member", "crash of a member", "crash of a client", "pause", "leave"];
    for (const what of [...faults, "partition", "partial partition", "ledger out", "rebind", "execute execute"]) {
      assert.ok((counts[what] ?? 0) >= 3, `${what}: ${counts[what]} times`);
    }
  });

  it("pass randomized schedules in which one troupe calls another", async () => {
    const counts = await pass("nested", 8);
    for (const what of ["teller out", "ledger out", "crash of a member", "rebind"]) {
      assert.ok((counts[what] ?? 0) >= 1, `${what}: ${counts[what]} times`);
    }
    assert.ok((counts["told of a loss"] ?? 0) >= 1, `told of a loss: ${counts["told of a loss"]} times`);
  });

  it("agree in the Ringmaster while its members crash and come back", async () => {
    for (const name of seedCases("agreement", 1, 5)) assert.deepEqual((await runCase(name)).problems, []);
  });

  it("lose no executed call when a process is killed in the middle of a change", async () => {
    const cases = await killCases();
    assert.ok(cases.length > 1000, `${cases.length} cases`);
    for (let i = 0; i < cases.length; i += 60) {
      assert.deepEqual((await runCase(cases[i]!)).problems, [], cases[i]);
    }
  });
});
