import assert from "node:assert/strict";
import { killAtRandom } from "./kills.ts";

describe("kill -9 at random moments", function () {
  this.timeout(120_000);

  it("loses no finished replication, mixes none, and ends with the bytes of an undisturbed run", async () => {
    const seed = String(process.hrtime.bigint());
    const { kills } = await killAtRandom(4, seed);
    assert.equal(kills, 4);
  });
});
