/** Rare outages with the protocols in the loop are as rare as the closed form says, biased or not. */
import assert from "node:assert/strict";
import { modelOf } from "../../harness/experiment.ts";
import { findExperiment, loadExperiment } from "../../harness/load.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";
import { ratioInterval, type Pair } from "../../harness/statistics/intervals.ts";

const replications = 12;
/** Of Student's t with 11 degrees of freedom. */
const quantile = 2.201;

describe("the nines experiment", () => {
  for (const [setting, within] of [
    [{ members: 3, replacement: "1h", cycles: 12 }, 0.15],
    [{ members: 3, replacement: "20h", cycles: 10, policy: "threshold" }, 0.15],
    [{ members: 2, replacement: "111.11h", cycles: 40, method: "naive" }, 0.25],
  ] as const) {
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
