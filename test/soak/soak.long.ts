/** The soak of `npm run soak` on a small scale. */
import assert from "node:assert/strict";
import { Soak } from "./soak.ts";

describe("a soak", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  it("loses no call and executes none twice, while members are killed and started again", async function () {
    this.timeout(60_000);
    const result = await new Soak({
      seed: "1985",
      duration: 2000,
      members: 3,
      clients: 1,
      loss: 0.01,
      betweenKills: 150,
      untilRestart: 150,
    }).run(() => {});
    assert.deepEqual(result.failures, []);
    const { calls, executions, kills, fewest, outcomes } = result;
    assert.ok(kills >= 2 && fewest < 3, `${kills} kills, at least ${fewest} up`);
    assert.equal(outcomes["returned"], calls);
    assert.ok(calls > 50 && executions > calls, JSON.stringify(result));
  });
});
