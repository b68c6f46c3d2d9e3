/** A static binding while the network is cut for longer than a process is patient, and whole again: no call waits for ever. */
import assert from "node:assert/strict";
import { runCuts } from "./cuts.ts";

const seeds = 200;

describe("replicated calls through cuts of up to a minute", () => {
  for (const middle of [false, true]) {
    it(`all end, ${middle ? "through a troupe in the middle" : "from troupe to troupe"}, in ${seeds} schedules`, async () => {
      const failed: string[] = [];
      let givenUp = 0;
      for (let n = 1; n <= seeds; n++) {
        const report = await runCuts(`cuts ${n}`, { middle });
        givenUp += report.givenUp;
        if (report.problems.length > 0) failed.push(`seed "cuts ${n}": ${report.problems.join("; ")}`);
      }
      assert.deepEqual(failed, []);
      assert.ok(givenUp > seeds, `${givenUp} given up`);
    });
  }
});
