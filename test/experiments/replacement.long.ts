/**
 * Replacement: policies under one seed meet the same failures; a rare event's estimate does not depend on how it is
 * forced.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadExperiment } from "../../harness/load.ts";
import { findExperiment } from "../../harness/sources.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";
import { pairedDifference, pairingByChance } from "../../harness/statistics/differences.ts";
import { ratioInterval, type Pair } from "../../harness/statistics/intervals.ts";
import { shareBelow } from "../../sim/theory/replacement-model.ts";

type Words = Readonly<Record<string, number | string>>;

async function cellOf(name: string, setting: Words) {
  const experiment = await loadExperiment(findExperiment(name));
  const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, setting)]);
  return { experiment, cell: cell! };
}

/** By member's machine: how long each of its lives was, in ms, to the microsecond. */
async function lives(setting: Words): Promise<Map<string, number[]>> {
  const { experiment, cell } = await cellOf("replacement", {
    members: 2,
    replacement: "20m",
    horizon: "8h",
    calls: 0,
    ...setting,
  });
  const lengths = new Map<string, number[]>();
  const begun = new Map<string, number>();
  await replicate(experiment, cell, "alike", 0, ({ time, machine, event }) => {
    if (event.type === "restart") begun.set(machine, time);
    if (event.type !== "crash" || !begun.has(machine)) return;
    lengths.set(machine, [...(lengths.get(machine) ?? []), Math.round((time - begun.get(machine)!) * 1000)]);
  });
  return lengths;
}

describe("the replacement experiment", () => {
  it("lets the members of all policies live equally long", async () => {
    const eager = await lives({ policy: "eager" });
    assert.equal(eager.size, 2);
    for (const other of [await lives({ policy: "threshold" }), await lives({ policy: "eager", detection: "2m" })]) {
      for (const [machine, lengths] of other) {
        const common = Math.min(lengths.length, eager.get(machine)!.length);
        assert.ok(common > 1, `${machine} has had ${common} lives under both`);
        assert.deepEqual(lengths.slice(0, common), eager.get(machine)!.slice(0, common));
      }
    }
  });

  it("replaces at the first failure where all members are few enough", async () => {
    const rowOf = async (members: number, setting: Words) => {
      const { experiment, cell } = await cellOf("replacement", { members, horizon: "20h", calls: 0, ...setting });
      return (await replicate(experiment, cell, "alike", 0)).observations;
    };
    for (const members of [1, 2]) {
      const few = await rowOf(members, { policy: "threshold", threshold: members });
      assert.deepEqual(few, await rowOf(members, { policy: "threshold", threshold: members - 1 }));
      assert.ok((few["replacements"] as Pair)[0] > 5);
    }
    assert.deepEqual(await rowOf(1, { policy: "threshold" }), await rowOf(1, { policy: "eager" }));
  });

  it("tells policies apart from pairs of replications, better than independent runs would", async function () {
    this.timeout(60_000);
    const pairsOf = async (policy: string): Promise<Pair[]> => {
      const setting = { members: 2, policy, replacement: "20m", horizon: "8h", calls: 0 };
      const { experiment, cell } = await cellOf("replacement", setting);
      const pairs: Pair[] = [];
      for (let i = 0; i < 10; i++) {
        const { observations } = await replicate(experiment, cell, "alike", i);
        pairs.push(observations["majorityUnavailability"] as Pair);
      }
      return pairs;
    };
    const [eager, threshold] = [await pairsOf("eager"), await pairsOf("threshold")];
    const model = (kind: "eager" | "threshold"): number => {
      const policy = kind === "eager" ? ({ kind, repairers: "many" } as const) : ({ kind, threshold: 1 } as const);
      return shareBelow({ members: 2, lifetime: 3, replacement: 1, policy }, 2)!;
    };
    const truth = model("threshold") - model("eager");
    const { low, high, pairing } = pairedDifference(eager, threshold, true);
    assert.ok(low! < truth && truth < high!, `${low} to ${high} is not around ${truth}`);
    const [, byChance] = pairingByChance(10)!;
    assert.ok(pairing! > byChance, `the same failures: ${pairing}, and by chance up to ${byChance}`);
    // Each with the next replication of the other policy, which meets other failures.
    const unpaired = pairedDifference(eager, [...threshold.slice(1), threshold[0]!], true);
    assert.ok(unpaired.pairing! < byChance, `other failures: ${unpaired.pairing}`);
    assert.ok(high! - low! < unpaired.high! - unpaired.low!);
  });

  it("lets nodes of a trace fail when the trace says, and come back by the policy", async () => {
    const directory = mkdtempSync(join(tmpdir(), "outages-"));
    const trace = join(directory, "outages.csv");
    // The observation begins with the first failure. The fourth is one of a node that is down already.
    const outages = ["a 00:00 00:01", "b 02:00 20:00", "a 05:00 05:01", "a 05:30 05:31", "b 23:00 23:30"];
    const rows = outages.map((row) => row.replaceAll(" ", ",2002-05-06T"));
    writeFileSync(trace, `node,failed,repaired\n${rows.join("\n")}\n`);
    const crashes = async (setting: Words): Promise<number[]> => {
      const { experiment, cell } = await cellOf("replacement", {
        members: 2,
        trace,
        replacement: "1h",
        replacementLaw: "constant",
        calls: 0,
        ...setting,
      });
      const times: number[] = [];
      await replicate(experiment, cell, "alike", 0, ({ time, event }) => {
        if (event.type === "crash") times.push(time);
      });
      return times.map((time) => (time - times[0]!) / 3_600_000);
    };
    assert.deepEqual(await crashes({ policy: "eager" }), [0, 2, 5, 23]);
    assert.deepEqual(await crashes({ policy: "threshold", threshold: 0 }), [0, 2, 5, 23]);
    // Who waits for the machines has them back when the trace says: none is replaced, and none is down at its next
    // failure.
    assert.deepEqual(await crashes({ policy: "none" }), [0, 2, 5, 5.5, 23]);
    rmSync(directory, { recursive: true });
  });

  for (const setting of [
    { members: 2, detection: "4m", state: 20_000 },
    { members: 2, detection: "4m", ringmasters: 3, horizon: "15h" },
    { members: 3, detection: "10m", lifetime: "30m", horizon: "8h" },
  ]) {
    it(`finds failures with the delay that is asked for: ${JSON.stringify(setting)}`, async () => {
      const replacement = 20 * 60_000;
      const { experiment, cell } = await cellOf("replacement", {
        replacement,
        replacementLaw: "constant",
        horizon: "20h",
        calls: 0,
        ...setting,
      });
      const detection = cell["detection"] as number;
      const delays: number[] = [];
      let losses = 0;
      for (let i = 0; i < 6; i++) {
        const failed = new Map<string, number>();
        const { observations } = await replicate(experiment, cell, "delays", i, ({ time, machine, event }) => {
          if (event.type === "crash") failed.set(machine, time);
          if (event.type !== "restart" || !failed.has(machine)) return;
          delays.push(time - failed.get(machine)! - replacement);
        });
        losses += (observations["timeToTotalLoss"] as Pair)[1];
      }
      assert.ok(losses > 3, `${losses} total losses`);
      assert.ok(Math.max(...delays) < 3 * detection, `a failure was found ${Math.max(...delays)} ms later`);
      const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
      const variance = delays.reduce((sum, delay) => sum + (delay - mean) ** 2, 0) / (delays.length - 1);
      const error = Math.sqrt(variance / delays.length);
      assert.ok(error < 0.05 * detection && Math.abs(mean - detection) < 3 * error, `${mean} with error ${error}`);
    });
  }

  it("brings the assumptions of the chain about: one repairer, exponential times, no delays", async () => {
    const { experiment, cell } = await cellOf("replacement", {
      members: 2,
      repairers: "one",
      replacement: "30m",
      horizon: "20h",
      calls: 0,
    });
    const pairs: Pair[] = [];
    for (let i = 0; i < 6; i++) {
      const { observations } = await replicate(experiment, cell, "chain", i);
      pairs.push(observations["unavailability"] as Pair);
    }
    const { mean, low, high } = ratioInterval(pairs);
    const model = 0.5 / (1 + 1 + 0.5);
    const error = (high! - low!) / 2 / 2.571;
    assert.ok(error < 0.06, `standard error ${error}`);
    assert.ok(Math.abs(mean! - model) < 3.5 * error, `${mean} is not near ${model}`);
  });
});

describe("the replacement experiment on real outages", () => {
  it("finds that nodes of a Los Alamos cluster fail together, in a note", async () => {
    const { experiment, cell } = await cellOf("replacement", {
      members: 2,
      trace: "data/lanl-failures.csv",
      system: "20",
      nodes: 512,
      troupes: 3,
      calls: 0,
    });
    const { remarks, observations } = await replicate(experiment, cell, "real", 0);
    const notes = remarks.map(({ text }) => text).join();
    assert.match(notes, /2461 failures of 512 nodes\. 171 pairs of them are within 400 s/);
    assert.match(notes, /do not fail independently/);
    const [replaced, hours] = observations["replacements"] as Pair;
    // Three troupes for 1359 days, of whose nodes each fails five times on average.
    assert.ok(Math.abs(hours - 3 * 1359 * 24) < 3 * 24, `${hours} hours`);
    assert.ok(replaced > 5 && replaced < 100, `${replaced} replaced`);
  });
});

describe("the required-replacement experiment", () => {
  for (const bias of [0.3, 0.7]) {
    it(`finds an unavailability of 1e-9 with failures forced by ${bias}`, async () => {
      const { experiment, cell } = await cellOf("required-replacement", {
        members: 3,
        availability: 1 - 1e-9,
        bias,
        cycles: 60,
      });
      const pairs: Pair[] = [];
      for (let i = 0; i < 20; i++) {
        const { observations } = await replicate(experiment, cell, "rare", i);
        pairs.push(observations["unavailability"] as Pair);
      }
      const { mean, low, high } = ratioInterval(pairs);
      const error = (high! - low!) / 2 / 2.093;
      assert.ok(error < 0.25e-9, `standard error ${error}`);
      assert.ok(Math.abs(mean! - 1e-9) < 3.5 * error, `${mean} is not near 1e-9`);
    });
  }
});
