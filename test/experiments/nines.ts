/** Rare outages with the protocols in the loop are as rare as the closed form says, biased or not. */
import assert from "node:assert/strict";
import { modelOf } from "../../harness/experiment.ts";
import { loadExperiment } from "../../harness/load.ts";
import { findExperiment } from "../../harness/sources.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";
import { ratioInterval, type Pair } from "../../harness/statistics/intervals.ts";

const replications = 12;
/** Of Student's t with 11 degrees of freedom. */
const quantile = 2.201;

/** A cell, and the relative standard error within which its figures must be. */
type Chained = readonly [setting: Readonly<Record<string, number | string>>, within: number];

export function describeNines(cells: readonly Chained[]): void {
  describe("the nines experiment", () => {
    for (const [setting, within] of cells) {
      it(`agrees with the chain: ${JSON.stringify(setting)}`, async () => {
        const experiment = await loadExperiment(findExperiment("nines"));
        const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, setting)]);
        const pairs = new Map<string, Pair[]>();
        for (let i = 0; i < replications; i++) {
          const { observations } = await replicate(experiment, cell!, "nines", i);
          for (const measure of ["unavailability", "majorityUnavailability", "timeToTotalLoss"]) {
            pairs.set(measure, [...(pairs.get(measure) ?? []), observations[measure] as Pair]);
          }
        }
        for (const [measure, all] of pairs) {
          const { value, outside } = modelOf(experiment, measure, cell!)!;
          assert.equal(outside, null);
          const { mean, low, high } = ratioInterval(all);
          const error = (high! - low!) / 2 / quantile;
          assert.ok(error < within * value, `seed "nines", ${measure}: standard error ${error} of ${mean}`);
          assert.ok(Math.abs(mean! - value) < 3.5 * error, `seed "nines", ${measure}: ${mean} is not near ${value}`);
        }
      });
    }
  });
}
