import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { captured } from "./captured.ts";
import { inNewDirectory } from "./new-directory.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url));

interface Estimate {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What `troupe coverage --json` tells of a measure. */
interface Coverage {
  readonly held: number;
  readonly coverage: Estimate;
  readonly bias: Estimate;
  readonly halfWidth: number | null;
  readonly verdict: string;
}

describe("troupe coverage", function () {
  this.timeout(60_000);
  inNewDirectory();

  it("tells the real coverage of intervals, and sees those that are wrong", async () => {
    const words = ["coverage", fixture("estimates"), "--campaigns", "300", "--seed", "11"];
    const json = await captured([...words, "--json", "--workers", "1"]);
    const text = await captured([...words, "--workers", "2"]);
    assert.equal(json.status, 0, json.err);
    assert.equal(text.status, 0, text.err);
    assert.deepEqual(json.err + text.err, "");
    const { cells, ...head } = JSON.parse(json.out) as { cells: { measures: Record<string, Coverage> }[] };
    assert.deepEqual(head, { experiment: "estimates", seed: "11", campaigns: 300 });
    const { measures } = cells[0]!;
    assert.deepEqual(Object.keys(measures), ["sound", "ratio", "rare", "dependent", "biased"]);
    const of = (name: string): Coverage => measures[name]!;
    for (const name of ["sound", "ratio", "rare"]) {
      // 300 campaigns have a standard error of 1.26%.
      assert(of(name).coverage.mean! > 0.906 && of(name).coverage.mean! < 0.994, JSON.stringify(of(name)));
      assert(of(name).verdict !== "too narrow");
      const { mean, low, high } = of(name).bias;
      assert(Math.abs(mean!) < (3.5 / 1.96 / 2) * (high! - low!), JSON.stringify(of(name)));
    }
    // A common error as large as that of one replication: intervals of twelve are 3.6 times too narrow.
    assert(of("dependent").coverage.high! < 0.6, JSON.stringify(of("dependent")));
    assert.equal(of("dependent").verdict, "too narrow");
    // Two hundredths too high, with a half-width of six: it covers less, and the bias is seen at once.
    const { bias, halfWidth, verdict } = of("biased");
    assert.equal(verdict, "too narrow");
    assert(bias.low! > 0.015 && bias.low! < 0.02 && bias.high! > 0.02 && bias.high! < 0.025, JSON.stringify(bias));
    assert(Math.abs(halfWidth! - 0.062) < 0.003, `${halfWidth}`);

    // The same on two workers, for people.
    const held = of("dependent");
    const line = new RegExp(`\\ndependent +10 +\\d+\\.\\d% \\(${held.held} of 300\\) .* too narrow\\n`);
    assert.match(text.out, line);
    assert.match(
      text.out,
      /\n300 campaigns of 12 replications of each cell, under the seeds "11 campaign 0" to "11 campaign 299"\./,
    );

    const failing = await captured([...words, "--fails", "--workers", "1"]);
    assert.equal(failing.status, 1);
    assert.match(failing.err, /failed under seed "11 campaign \d+":\n\nError: the fourth never works/);
    assert.match(failing.err, / --seed '11 campaign \d+' --replication 4 --fails true\n$/);
    assert.deepEqual(
      readdirSync(".").filter((name) => name.startsWith("out")),
      [],
    );
  });
});
