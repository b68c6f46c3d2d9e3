/**
 * Reconfiguration: the model against the protocol that it is derived from, and the judge of each replication against
 * what it must find.
 */
import assert from "node:assert/strict";
import { modelOf } from "../../harness/experiment.ts";
import { loadExperiment } from "../../harness/load.ts";
import { findExperiment } from "../../harness/sources.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";
import type { Row } from "../../harness/plan/row.ts";
import { troupeIdOf } from "../../protocols/troupe/troupe-id.ts";
import type { TraceEvent } from "../../protocols/trace.ts";
import { Steps } from "../../sim/theory/change-steps.ts";
import { fetchTime } from "../../sim/theory/join-model.ts";
import type { StampedEvent, TraceListener } from "../../sim/trace.ts";
import { MembershipTrace } from "../../sim/troupes/membership-trace.ts";
import type { World } from "../../sim/world.ts";

async function run(setting: Readonly<Record<string, number | string>>, number = 0): Promise<Row> {
  const experiment = await loadExperiment(findExperiment("reconfiguration"));
  const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, setting)]);
  return replicate(experiment, cell!, "reconfiguration", number);
}

async function measured(
  setting: Readonly<Record<string, number | string>>,
  number = 0,
): Promise<Record<string, number>> {
  const { observations } = await run(setting, number);
  return Object.fromEntries(Object.entries(observations).map(([name, value]) => [name, [value].flat()[0] as number]));
}

/** What the experiment's model says of a cell, by measure. */
async function modelled(setting: Readonly<Record<string, number | string>>): Promise<Record<string, number>> {
  const experiment = await loadExperiment(findExperiment("reconfiguration"));
  const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, setting)]);
  return Object.fromEntries(
    ["changeTime", "standstill"].map((name) => [name, modelOf(experiment, name, cell!)!.value]),
  );
}

describe("the model of a change", () => {
  it("fetches in windows, and in answers of half a megabyte", () => {
    const bytesPerMs = 12_500;
    const setting = {
      roundTrip: 2,
      bytesPerMs,
      overhead: 66,
      members: 3,
      ringmasters: 3,
    };
    const time = (...lengths: number[]): number => fetchTime(new Steps(setting, 4), lengths);
    /** The CALL, of about 90 bytes, and the RETURN. */
    const line = (bytes: number, datagrams: number): number => (90 + 66 + bytes + datagrams * (20 + 66)) / bytesPerMs;
    const close = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-9);
    close(time(), 0);
    close(time(1000), 2 + line(1000, 1));
    close(time(1452 * 64, 1452), 4 + line(1452 * 65, 65));
    close(time(262_144, 262_144, 1000), 2 * 6 + line(524_288, 362) + 2 + line(1000, 1));
  });

  // Without load nothing is random, and the model leaves nothing out that takes more than a few bytes of a line.
  for (const setting of [
    { members: 1, state: 500_000 },
    { members: 3, state: 1000 },
    { members: 7, state: 5000, ringmasters: 7 },
    { members: 3, state: 100_000, bandwidth: 10 },
    { members: 3, state: 10_000, roundTrip: 20 },
    { members: 3, state: 10_000, change: "leave" },
  ]) {
    it(`is what a change takes without load: ${JSON.stringify(setting)}`, async () => {
      const [found, expected] = [await measured({ ...setting, load: 0 }), await modelled({ ...setting, load: 0 })];
      for (const name of ["changeTime", "standstill"]) {
        const error = found[name]! / expected[name]! - 1;
        assert.ok(Math.abs(error) < 0.015, `${name} ${found[name]} instead of ${expected[name]}`);
      }
    });
  }

  it("is the mean of what a join takes under load", async () => {
    const setting = { state: 50_000, load: 400 };
    const expected = await modelled(setting);
    const found = await Promise.all(Array.from({ length: 5 }, (_, i) => measured(setting, i)));
    for (const name of ["changeTime", "standstill"]) {
      const values = found.map((each) => each[name]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      const error = (mean - expected[name]!) / Math.sqrt(variance / values.length);
      assert.ok(Math.abs(error) < 3, `${name} ${mean} instead of ${expected[name]}: ${error} standard errors`);
    }
  }).timeout(60_000);
});

describe("the reconfiguration experiment", () => {
  it("lets a newcomer fetch what has changed, and not all of it again", async () => {
    const { bytes, standstill, callFailures } = await measured({ members: 2, state: 3_000_000, load: 40 });
    assert.ok(bytes! > 3_000_000 && bytes! < 5_000_000, `${bytes} bytes`);
    assert.ok(standstill! < 50, `${standstill} ms of standstill`);
    assert.equal(callFailures, 0);
  });

  for (const [change, longest] of [
    ["leave", 100],
    ["crash", 5000],
  ] as const) {
    it(`answers every call when members ${change}`, async () => {
      const { observations, series } = await run({ change, state: 10_000 });
      assert.equal((observations["callFailures"] as readonly number[])[0], 0);
      assert.ok((observations["longest"] as number) < longest);
      const latency = series["latency"]!.map(
        (pair) => (pair as readonly number[])[0]! / (pair as readonly number[])[1]!,
      );
      // From 1 s before the change, in tenths of a second.
      const quiet = Math.max(...latency.slice(0, 8));
      const [atOnce, atLast] = [latency[10]!, latency.at(-1)!];
      assert.ok(quiet < 2.2 && atLast < 2.2, `${quiet} and ${atLast}`);
      if (change === "crash") assert.ok(atOnce > 500, `${atOnce}`);
    });
  }
});

describe("what a trace of memberships is judged by", () => {
  function judge(
    events: readonly (readonly [machine: string, event: TraceEvent | { readonly type: "start" }])[],
  ): string[] {
    let listener: TraceListener | undefined;
    const world = { listen: (given: TraceListener) => (listener = given) } as unknown as World;
    const trace = new MembershipTrace(world, "store");
    const addresses = ["client", "old", "new"];
    events.forEach(([machine, event], time) =>
      listener!({ time, machine, address: addresses.indexOf(machine), incarnation: 1, event } as StampedEvent),
    );
    return trace.violations((epoch) => (epoch < 2 ? [1] : [1, 2]), "s").map(({ sentence }) => sentence);
  }
  const troupe = troupeIdOf("store", 2);
  const named = { thread: "t", path: "1", troupe, procedure: "add" };
  const begin = (["client", "old", "new"] as const).map((machine) => [machine, { type: "start" }] as const);
  const called = ["client", { type: "call", members: 2, ...named }] as const;
  const done = ["client", { type: "call-done", outcome: "returned", ...named }] as const;
  const executed = (machine: string) => [machine, { type: "execute", ...named }] as const;

  it("passes where all members of the epoch have executed a call once", () => {
    assert.deepEqual(judge([...begin, called, executed("old"), executed("new"), done]), []);
  });

  it("finds a newcomer that has not, a member that has twice, and a call that is lost", () => {
    assert.match(judge([...begin, called, executed("old"), done])[0]!, /new was up but never executed/);
    assert.match(judge([...begin, called, executed("old"), executed("old"), executed("new"), done])[0]!, /2 times/);
    assert.match(judge([...begin, called, executed("old"), executed("new")])[0]!, /never done with/);
  });

  it("measures the time in which any member stands still, once", () => {
    let listener: TraceListener | undefined;
    const trace = new MembershipTrace(
      { listen: (given: TraceListener) => (listener = given) } as unknown as World,
      "store",
    );
    const entered = (time: number, machine: string, state: string): void =>
      listener!({ time, machine, event: { type: "membership", name: "store", troupe, state } } as StampedEvent);
    entered(10, "old", "frozen");
    entered(12, "new", "frozen");
    entered(15, "old", "member");
    entered(19, "new", "out");
    entered(30, "old", "frozen");
    entered(31, "old", "member");
    assert.equal(trace.standstill, 10);
    assert.equal(trace.epoch, 2);
  });
});
