/**
 * Determinism is the product: every experiment, run twice under one seed, has the same trace, event by event and byte
 * by byte.
 *
 * When it fails, the first event that differs is shown.
 */
import assert from "node:assert/strict";
import { loadExperiment } from "../../harness/load.ts";
import { experimentNames, findExperiment } from "../../harness/sources.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";
import { firstDifference } from "../../sim/trace-file.ts";
import type { StampedEvent } from "../../sim/trace.ts";

/** Smaller than any setting of the demo: it is the trace that counts, not the figures. */
const small: Readonly<Record<string, Readonly<Record<string, number | string>>>> = {
  availability: { horizon: "30h", calls: 5 },
  "commit-conflict": { rounds: 20 },
  "commit-throughput": { duration: "1s" },
  configuration: { horizon: "300h" },
  "call-latency": { calls: 50, loss: 0.1 },
  detection: { level: "ringmaster", loss: 0.2, life: "5s", crashes: 1 },
  nines: { members: 2, replacement: "111.11h", cycles: 2 },
  partition: { cut: "8s", rate: 1 },
  reconfiguration: { state: 10_000, load: 50 },
  replacement: { members: 2, replacement: "20m", horizon: "1h", detection: "2m", state: 2000, calls: 2 },
  "required-replacement": { cycles: 3 },
};

describe("the same seed", function () {
  // A replication of the largest experiment takes some seconds; there are three, on whatever machine.
  this.timeout(120_000);
  for (const name of experimentNames()) {
    it(`gives ${name} the same trace twice, and another seed another one`, async function () {
      const experiment = await loadExperiment(findExperiment(name));
      if (experiment.reproducible === false) return this.skip();
      const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, small[name] ?? {})]);
      const trace = async (seed: string): Promise<StampedEvent[]> => {
        const events: StampedEvent[] = [];
        await replicate(experiment, cell!, seed, 0, (event) => events.push(event));
        return events;
      };
      const first = await trace("one");
      assert.ok(first.length > 50, `${first.length} events`);
      assert.equal(firstDifference(first, await trace("one"))?.sentence, undefined);
      // Without randomness there is nothing that a seed could change.
      if (experiment.replications !== 1) {
        assert.notEqual(firstDifference(first, await trace("two")), undefined);
      }
    });
  }
});
