/** A little of what `npm run campaign` has thousands of. */
import assert from "node:assert/strict";
import { killCases, runCase, seedCases } from "../../campaign/cases.ts";

describe("troupes that change, under faults", function () {
  this.timeout(60_000);

  it("agree in the Ringmaster while its members crash and come back", async () => {
    for (const name of seedCases("agreement", 1, 5)) assert.deepEqual((await runCase(name)).problems, []);
  });

  it("lose no executed call when a process is killed in the middle of a change", async () => {
    const cases = await killCases();
    assert.ok(cases.length > 1000, `${cases.length} cases`);
    for (let i = 0; i < cases.length; i += 240) {
      assert.deepEqual((await runCase(cases[i]!)).problems, [], cases[i]);
    }
  });
});
