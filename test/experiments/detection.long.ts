/** Detection: what theory says against the protocols, where suspicions are frequent. */
import assert from "node:assert/strict";
import { loadExperiment } from "../../harness/load.ts";
import { findExperiment } from "../../harness/sources.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";
import type { Row } from "../../harness/plan/row.ts";
import { ratioInterval, type Pair } from "../../harness/statistics/intervals.ts";
import { judged } from "../../sim/theory/detection-model.ts";

describe("the detection experiment", () => {
  async function observed(setting: Readonly<Record<string, number | string>>, replications: number) {
    const experiment = await loadExperiment(findExperiment("detection"));
    const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, setting)]);
    const rows: Row[] = [];
    for (let i = 0; i < replications; i++) rows.push(await replicate(experiment, cell!, "detection", i));
    return (name: string): Pair[] => rows.map(({ observations }) => observations[name] as Pair);
  }

  it("suspects as often as runs of lost null calls say", async function () {
    this.timeout(60_000);
    const setting = { level: "ringmaster", ringmasters: 1, loss: 0.3, tries: 2, life: "300s", crashes: 1 };
    const of = await observed(setting, 8);
    const { mean, low, high } = ratioInterval(of("falseSuspicions"));
    const expected =
      judged({ loss: 0.3, tries: 2, ringmasters: 1, interval: 1000, retry: 100, roundTrip: 2, pause: 40 }).falseRate *
      3_600_000;
    const error = (high! - low!) / 2 / 2.365;
    assert.ok(error < 0.2 * expected, `standard error ${error}`);
    assert.ok(Math.abs(mean! - expected) < 3.5 * error, `${mean} is not near ${expected}`);
  });

  it("takes the patience of the watch, and half an interval more, when nothing is lost", async () => {
    const of = await observed({ loss: 0, tries: 2, life: "2s", crashes: 20 }, 2);
    // The standard error of the mean of 40 times is 0.046 s.
    const { mean } = ratioInterval(of("detectionTime"));
    assert.ok(Math.abs(mean! - 0.8) < 0.17, `${mean}`);
    assert.ok(of("falseSuspicions").every(([suspicions]) => suspicions === 0));
  });
});
