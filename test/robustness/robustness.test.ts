/** The attack of `npm run robustness` on a small scale. */
import assert from "node:assert/strict";
import { attack } from "./attack.ts";
import { measureShare } from "./starvation.ts";

describe("under attack", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  it("no process crashes or leaks, and no call is answered wrongly or executed twice", async function () {
    this.timeout(60_000);
    const damage = await attack({ seed: "1985", datagrams: 4000 }, () => {});
    assert.deepEqual(damage.failures, []);
    // The attack was one: each kind of defence was needed.
    const { malformed, duplicates, refused, forged, calls, executions } = damage;
    assert.ok(Object.values(damage.made).every((count) => count > 100));
    assert.ok(malformed > 100 && duplicates > 100 && refused > 10 && forged > 100, JSON.stringify(damage));
    assert.ok(executions > calls && calls > 10);
  });

  it("silent and slow peers do not starve others", async () => {
    const { alone, among, slowest, executed, repeated } = await measureShare(400);
    assert.ok(executed > 100 && repeated > 100, `${executed} executed, ${repeated} repeated`);
    assert.ok(among > alone / 5, `${among} calls among them, ${alone} alone`);
    assert.ok(slowest < 1000, `a call took ${slowest} ms`);
  });
});
