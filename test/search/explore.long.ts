/** Larger small worlds: all mutants in their reach are found, with reduction as without, and sound protocols pass. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMutant } from "../../harness/fuzz/mutation.ts";
import { explore } from "../../search/explore/explore.ts";
import { reach } from "../../search/explore/reach.ts";
import { defaultWorld } from "../../search/explore/small-world.ts";
import { exploreMutant } from "./small-worlds.ts";

describe("small worlds, the larger ones", function () {
  this.timeout(900_000);
  let out: string;
  before(() => (out = mkdtempSync(join(tmpdir(), "troupe-"))));
  after(() => rmSync(out, { recursive: true }));

  for (const each of reach) {
    it(`find, with reduction and without: ${each.mutant}`, async () => {
      const [reduced, whole] = await Promise.all([
        exploreMutant(each, out, ["--states", "150000"]),
        exploreMutant(each, out, ["--states", "600000", "--no-reduction"]),
      ]);
      const [one, other] = [reduced, whole].map(({ levels }) => levels.at(-1)!);
      assert.ok(one!.broken.length > 0 && other!.broken.length > 0);
      assert.equal(one!.faults, other!.faults);
    });
  }

  it("find a rule broken, and save a run that fails again", async () => {
    const [each] = reach;
    const { levels, found } = await exploreMutant(each!, out);
    assert.equal(found?.property, "one outcome");
    assert.ok(levels[0]!.states < 5000);
    const words = ["explore", "--replay", join(out, "run.json"), "--mutant", each!.mutant];
    const { status, output } = await runMutant(each!.mutant, words, { shows: false });
    assert.equal(status, 1);
    assert.match(output, /run\.json fails: one outcome: member 1 shows \[t1 t2\], member 2 shows \[t2 t1 t2\]\./);
  });

  for (const protocol of ["commit", "broadcast"] as const) {
    it(`hold in all runs of ${protocol} with a crash, or with a loss; with reduction as without`, async () => {
      const world = { ...defaultWorld, protocol, crashes: 1, losses: 1 };
      for (const faults of [{ crashes: 0 }, { losses: 0 }]) {
        const options = { states: 150_000, reduced: true };
        const reduced = await explore({ ...world, ...faults }, options);
        const whole = await explore({ ...world, ...faults }, { ...options, reduced: false });
        for (const [i, { complete, broken, outcomes, states }] of reduced.entries()) {
          assert.deepEqual([complete, broken], [true, []]);
          assert.deepEqual([outcomes, true], [whole[i]!.outcomes, whole[i]!.complete]);
          assert.ok(states < whole[i]!.states);
        }
      }
    });
  }
});
