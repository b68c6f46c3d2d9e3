/** Replacement policies against what their chains say, and against one another: they meet the same failures. */
import assert from "node:assert/strict";
import { modelOf } from "../../harness/experiment.ts";
import { loadExperiment } from "../../harness/load.ts";
import { findExperiment } from "../../harness/sources.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";
import { ratioInterval, type Pair } from "../../harness/statistics/intervals.ts";
import type { StampedEvent } from "../../sim/trace.ts";

const base = { replacement: "20m", horizon: "20h", calls: 0 };
const replications = 12;
/** Of Student's t with 11 degrees of freedom. */
const quantile = 2.201;

async function cellOf(setting: Readonly<Record<string, number | string>>) {
  const experiment = await loadExperiment(findExperiment("replacement"));
  const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, { ...base, ...setting })]);
  return { experiment, cell: cell! };
}

async function crashes(
  setting: Readonly<Record<string, number | string>>,
  watch: (event: StampedEvent) => void,
): Promise<void> {
  const { experiment, cell } = await cellOf({ horizon: "10h", ...setting });
  await replicate(experiment, cell, "alike", 0, watch);
}

describe("replacement by policy", () => {
  for (const setting of [
    { members: 2, policy: "none", comeback: "20m" },
    { members: 2, policy: "delayed", delay: "10m", comeback: "20m" },
    { members: 2, policy: "delayed", delay: "10m", comeback: "20m", lifetimeLaw: "uniform", horizon: "75h" },
    { members: 2, spares: 1, repair: "40m", replacement: "10m" },
    { members: 3, spares: 2, repair: "1h", repairers: "one", horizon: "30h" },
    { members: 3, racks: 2, rackLifetime: "2h", rackRepair: "20m" },
    { members: 3, racks: 2, rackLifetime: "2h", rackRepair: "20m", placement: "packed" },
  ]) {
    it(`agrees with its chain: ${JSON.stringify(setting)}`, async () => {
      const { experiment, cell } = await cellOf(setting);
      const pairs = new Map<string, Pair[]>();
      for (let i = 0; i < replications; i++) {
        const { observations } = await replicate(experiment, cell, "policies", i);
        for (const measure of ["unavailability", "majorityUnavailability", "timeToTotalLoss", "replacements"]) {
          pairs.set(measure, [...(pairs.get(measure) ?? []), observations[measure] as Pair]);
        }
      }
      let judged = 0;
      for (const [measure, all] of pairs) {
        const model = modelOf(experiment, measure, cell);
        if (model === null || model.value === 0) continue;
        assert.equal(model.outside, measure === "timeToTotalLoss" ? model.outside : null);
        if (model.outside !== null) continue;
        const { mean, low, high } = ratioInterval(all.map(([a, b]) => [a, b]));
        const error = (high! - low!) / 2 / quantile;
        assert.ok(error < 0.4 * model.value, `${measure}: standard error ${error} of ${mean}`);
        assert.ok(Math.abs(mean! - model.value) < 3.5 * error, `${measure}: ${mean} is not near ${model.value}`);
        judged++;
      }
      assert.ok(judged >= 2, `${judged} measures were judged`);
    });
  }

  it("does not hold members to the chain that stay in step, since nothing is random", async () => {
    const constant = { members: 2, lifetimeLaw: "constant", replacementLaw: "constant", horizon: "100h" };
    const { experiment, cell } = await cellOf(constant);
    const { observations } = await replicate(experiment, cell, "in step", 0);
    const [down, time] = observations["unavailability"] as Pair;
    assert.ok(down / time > 0.2, `both are down for ${down / time} of the time, and not for a sixteenth`);
    const outside = "it assumes that lifetimes are exponential, that replacement times are exponential.";
    const outsideOf = async (setting: object): Promise<string | null | undefined> =>
      modelOf(experiment, "unavailability", (await cellOf({ ...constant, ...setting })).cell)?.outside;
    assert.equal(await outsideOf({}), outside);
    assert.equal(await outsideOf({ lifetimeLaw: "uniform" }), null);
    assert.equal(await outsideOf({ replacementLaw: "uniform" }), null);
    assert.equal(await outsideOf({ policy: "none" }), null);
    assert.match((await outsideOf({ policy: "none", comebackLaw: "constant" }))!, /lifetimes are exponential/);
  });

  it("does not hold the first hours of a troupe to its long run, where nothing else is known", async () => {
    const { experiment } = await cellOf({});
    const outsideOf = async (setting: Parameters<typeof cellOf>[0]): Promise<string | null | undefined> =>
      modelOf(experiment, "unavailability", (await cellOf(setting)).cell)?.outside;
    const short = /^the horizon is shorter than [\d.]+ h, and all members are up at its beginning\.$/;
    assert.match((await outsideOf({ members: 2, lifetimeLaw: "weibull", horizon: "5h" }))!, short);
    assert.equal(await outsideOf({ members: 2, lifetimeLaw: "weibull", horizon: "70h" }), null);
    assert.match((await outsideOf({ members: 2, policy: "periodic", horizon: "20h" }))!, short);
    // The chain knows it from the beginning.
    assert.equal(await outsideOf({ members: 4, lifetime: "10h", replacement: "2h", horizon: "5h" }), null);
  });

  it("lets machines live equally long, whoever repairs and with however many spares", async () => {
    const lives = async (setting: Readonly<Record<string, number | string>>) => {
      const lengths = new Map<string, number[]>();
      const begun = new Map<string, number>();
      await crashes({ members: 2, ...setting }, ({ time, machine, event }) => {
        if (event.type === "restart") begun.set(machine, time);
        if (event.type !== "crash" || !begun.has(machine)) return;
        lengths.set(machine, [...(lengths.get(machine) ?? []), Math.round((time - begun.get(machine)!) * 1000)]);
      });
      return lengths;
    };
    const eager = await lives({ policy: "eager" });
    const others = [
      { policy: "none", comeback: "10m" },
      { policy: "delayed", comeback: "10m" },
      { spares: 1, repair: "10m" },
    ];
    for (const other of others) {
      for (const [machine, lengths] of await lives(other)) {
        const common = Math.min(lengths.length, eager.get(machine)!.length);
        assert.ok(common > 1, `${machine} has had ${common} lives under both`);
        assert.deepEqual(lengths.slice(0, common), eager.get(machine)!.slice(0, common));
      }
    }
  });

  it("lets racks fail at the same times, and their machines together", async () => {
    const moments = async (placement: string) => {
      const times = new Map<number, string[]>();
      await crashes({ members: 4, racks: 2, rackLifetime: "1h", placement, lifetime: "1000h" }, (stamped) => {
        const { time, machine, event } = stamped;
        if (event.type === "crash") times.set(time, [...(times.get(time) ?? []), machine]);
      });
      return times;
    };
    const packed = [...(await moments("packed"))].filter(([, machines]) => machines.length === 4);
    const spread = await moments("spread");
    assert.ok(packed.length > 3, `${packed.length} times the rack of all has failed`);
    for (const [time] of packed) assert.deepEqual(spread.get(time)?.slice(0, 1), ["store 1"]);
    assert.ok([...spread.values()].every((machines) => machines.length <= 2));
  });

  it("counts the bytes that newcomers cost: state, and little else", async () => {
    const bytes = async (state: number) => {
      const { experiment, cell } = await cellOf({ members: 3, replacement: "5m", state });
      const { observations } = await replicate(experiment, cell, "bytes", 0);
      const [total] = observations["bytes"] as Pair;
      const [replaced] = observations["replacements"] as Pair;
      assert.ok(replaced > 20, `${replaced} replacements`);
      return total / replaced;
    };
    const without = await bytes(0);
    const added = (await bytes(300_000)) - without;
    assert.ok(without > 1000 && without < 20_000, `${without} bytes for each newcomer without state`);
    // Now and then a transfer fails, or all is lost and nothing is transferred.
    assert.ok(added > 0.95 * 300_000 && added < 1.15 * 300_000, `${added} bytes more for 300,000 of state`);
  });
});
