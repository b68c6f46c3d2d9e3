/**
 * Call latency: a slow sender does not bury itself, and the model is held to nothing when its assumptions are broken.
 */
import assert from "node:assert/strict";
import { loadExperiment } from "../../harness/load.ts";
import { findExperiment } from "../../harness/sources.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { summarize } from "../../harness/results/summary.ts";
import { verdictOf } from "../../harness/results/verdict.ts";
import type { Row } from "../../harness/plan/row.ts";
import { replicate } from "../../harness/run/replicate.ts";

describe("the call-latency experiment with a slow sender", () => {
  async function run(setting: Readonly<Record<string, number | string>>, replications: number) {
    const experiment = await loadExperiment(findExperiment("call-latency"));
    const shared = { members: 3, collator: "first-come", transport: "multicast" };
    const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, { ...shared, ...setting })]);
    const rows: Row[] = [];
    for (let i = 0; i < replications; i++) rows.push(await replicate(experiment, cell!, "slow", i));
    const summary = summarize(experiment, cell!, rows, null);
    const { latency, repetitions, utilisation } = summary.measures;
    return {
      verdict: verdictOf(experiment, summary, "latency")!.word,
      latency: latency!.mean!,
      repetitions: repetitions!.mean!,
      utilisation: utilisation!.mean!,
      notes: summary.notes.join(),
    };
  }

  it("agrees with the model as long as nothing is repeated", async () => {
    const { verdict, repetitions, utilisation } = await run({ sendCost: "10ms", calls: 1000 }, 5);
    assert.deepEqual([verdict, repetitions], ["agrees", 0]);
    assert.ok(Math.abs(utilisation - 3 / 4) < 0.02, `${utilisation}: 10 ms of 10 + 10/3`);
  });

  it("learns to wait, where acknowledgements come later than the first repetition", async () => {
    const { verdict, latency, repetitions, notes } = await run({ sendCost: "100ms", calls: 2000 }, 2);
    assert.ok(latency > 103 && latency < 106, `${latency} ms, and the model says 103.3`);
    assert.ok(repetitions > 0 && repetitions < 0.02, `${repetitions}`);
    assert.equal(verdict, "outside");
    assert.match(notes, /^latency: outside the model: it assumes that nothing is repeated, .* repeated for each call/);
  });

  it("buries itself with the fixed interval of 1985, and says that the model does not apply", async () => {
    const { verdict, latency, notes } = await run({ sendCost: "100ms", calls: 100, retransmission: "fixed" }, 2);
    assert.ok(latency > 10_000, `${latency}`);
    assert.equal(verdict, "outside");
    assert.match(notes, /the CPU was busy for 100% of the time/);
  });
});
