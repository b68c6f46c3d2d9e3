import assert from "node:assert/strict";
import experiment, { simulate, type Calibration, type Setting } from "../../experiments/real-versus-simulated.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";
import type { Experiment, Replication } from "../../harness/experiment.ts";
import { World } from "../../sim/world.ts";

const setting: Setting = {
  members: 1,
  transport: "unicast",
  threads: 1,
  loss: 0,
  retransmission: 1000,
  calls: 100,
};

const told: Calibration = {
  send: 1,
  receive: 2,
  wait: 0.5,
  issue: 0.25,
  resume: 0.75,
  timerLateness: 0,
  stalls: [],
  stallRate: 0,
};

async function latencies(p: Setting, calibration: Calibration = told): Promise<readonly number[]> {
  const replication = { world: (options: object) => new World({ seed: "1", ...options }) } as unknown as Replication;
  return (await simulate(p, calibration, replication)).latencies;
}

describe("real-versus-simulated", () => {
  it("gives the simulated call of a troupe of one the very time that was measured", async () => {
    const expected = 0.25 + (1 + 0.5 + 2) * 2 + 0.75;
    for (const latency of await latencies(setting)) assert.ok(Math.abs(latency - expected) < 1e-9, `${latency}`);
  });

  it("lets all parties share one CPU, and waiting be shared by what came together", async () => {
    // Issue, three sends, a wait, three executions of receive and send, a wait, three RETURNs, resume.
    const expected = 0.25 + 3 * 1 + 0.5 + 3 * (2 + 1) + 0.5 + 3 * 2 + 0.75;
    for (const latency of await latencies({ ...setting, members: 3 })) {
      assert.ok(latency > expected - 1e-9 && latency < expected + 0.5 + 1e-9, `${latency} against ${expected}`);
    }
  });

  it("lets the process stand still as it did", async () => {
    const some = await latencies({ ...setting, calls: 2000 }, { ...told, stalls: [50], stallRate: 0.002 });
    const mean = some.reduce((sum, latency) => sum + latency, 0) / some.length;
    // A share 0.002 * 50 of all time is lost: what takes 8 ms takes 8 / 0.9.
    assert.ok(Math.abs(mean - 8 / 0.9) < 0.5, `${mean}`);
  });

  it("measures the real host, and tells it from the simulated one by nothing but chance", async function () {
    this.timeout(30_000);
    assert.equal(experiment.reproducible, false);
    const general = experiment as unknown as Experiment;
    const [cell] = cellsOf(general, [settingGrid(general.parameters, { members: 2, calls: 200 })]);
    const { observations } = await replicate(general, cell!, "1", 0);
    const of = (name: string): number => observations[name] as number;
    for (const [name, value] of Object.entries(observations)) assert.ok((value as number) > 0, name);
    assert.ok(Math.abs(of("datagrams") - of("predictedDatagrams")) < 0.2 * of("datagrams"));
    // A busy machine may be late, but not ten times.
    const error = of("median") / of("predictedMedian");
    assert.ok(error > 0.1 && error < 10, `${error}`);
  });
});
