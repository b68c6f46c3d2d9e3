import assert from "node:assert/strict";
import { mock } from "node:test";
import { longestTimeout, startTimeout } from "../../udp/long-timeout.ts";

describe("a timer of any length", () => {
  const day = 86_400_000;

  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  for (const days of [1, 30, 100]) {
    it(`fires once, after ${days} days and not before`, () => {
      let fired = 0;
      startTimeout(() => fired++, days * day);
      // The mocked clock reads its end of a tick in timers that are set during the tick.
      let left = days * day - 1;
      for (; left > longestTimeout; left -= longestTimeout) mock.timers.tick(longestTimeout);
      mock.timers.tick(left);
      assert.equal(fired, 0);
      mock.timers.tick(1);
      assert.equal(fired, 1);
    });
  }

  it("is cancelled in each of its pieces", () => {
    let fired = 0;
    const cancel = startTimeout(() => fired++, 30 * day);
    mock.timers.tick(longestTimeout);
    mock.timers.tick(3 * day);
    cancel();
    mock.timers.tick(100 * day);
    assert.equal(fired, 0);
  });
});
