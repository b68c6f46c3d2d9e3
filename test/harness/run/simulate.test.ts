import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../harness/package-root.ts";
import { readResults } from "../../../harness/results.ts";
import { simulate } from "../../../harness/run/simulate.ts";
import { captured } from "../cli/captured.ts";
import kinds from "../fixtures/kinds.ts";

describe("an experiment in this thread", () => {
  it("has the figures that the command line writes for the same cells, seed and replications", async () => {
    const directory = mkdtempSync(join(tmpdir(), "troupe-"));
    const file = join(packageRoot, "dist/test/harness/fixtures/kinds.js");
    const words = `run ${file} --members 3,5 --pause 1s --seed x --replications 3 --charts false --workers 1 --no-check --out ${directory}`;
    assert.equal((await captured(words.split(" "))).status, 0);
    const cells = await simulate(kinds, { members: [3, 5], pause: "1s" }, { seed: "x", replications: 3 });
    assert.deepEqual(
      cells.map(({ parameters }) => parameters["members"]),
      [3, 5],
    );
    for (const name of Object.keys(kinds.measures)) {
      const time = name === "median" ? "s" : name === "life" ? "h" : "ms";
      const written = readResults(directory, { time }).measure(name);
      const here = cells.map(({ measures }) => measures[name]!);
      assert.deepEqual(
        here.map(({ mean, low, high }) => [mean, low, high]),
        written.map(({ mean, low, high }) => [mean, low, high]),
        name,
      );
    }
    rmSync(directory, { recursive: true });
  });

  it("refuses a parameter that the experiment has not, with the nearest name", async () => {
    const setting = { member: 3 } as object;
    await assert.rejects(
      simulate(kinds, setting),
      /^BadData: experiment kinds has no parameter member. Did you mean members\?$/,
    );
    await assert.rejects(simulate(kinds, { members: -1 }), /members/);
  });
});
