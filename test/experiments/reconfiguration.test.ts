/** Reconfiguration: the model against the protocol that it is derived from, and the judge of each replication against what it must find. */
import assert from "node:assert/strict";
import { findExperiment, loadExperiment } from "../../harness/load.ts";
import { cellsOf, settingGrid } from "../../harness/run/grid.ts";
import { replicate, type Row } from "../../harness/run/replicate.ts";
import { cut } from "../../protocols/binding/pieces.ts";
import { troupeIdOf } from "../../protocols/binding/troupe-id.ts";
import type { TraceEvent } from "../../protocols/trace.ts";
import { drawPieces, fetchTime, joinTime, type JoinModel } from "../../sim/join-model.ts";
import { MembershipTrace } from "../../sim/membership-trace.ts";
import { streams } from "../../sim/random.ts";
import type { StampedEvent, TraceListener } from "../../sim/trace.ts";
import type { World } from "../../sim/world.ts";

const model: JoinModel = {
  roundTrip: 2,
  bytesPerMs: 12_500,
  overhead: 66,
  datagramBytes: 1472,
  window: 64,
  state: 1_000_000,
  piece: 16_384,
  load: 0,
  callBytes: 88,
};

async function run(setting: Readonly<Record<string, number | string>>): Promise<Row> {
  const experiment = await loadExperiment(findExperiment("reconfiguration"));
  const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, setting)]);
  return replicate(experiment, cell!, "reconfiguration", 0);
}

async function measured(setting: Readonly<Record<string, number | string>>): Promise<Record<string, number>> {
  const { observations } = await run(setting);
  return Object.fromEntries(Object.entries(observations).map(([name, value]) => [name, [value].flat()[0] as number]));
}

describe("the model of a join", () => {
  it("fetches in windows, and in answers of half a megabyte", () => {
    const line = (bytes: number, datagrams: number): number => (bytes + datagrams * (20 + 66)) / 12_500;
    const close = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-9);
    close(fetchTime(model, []), 0);
    close(fetchTime(model, [1000]), 2 + line(1000, 1));
    close(fetchTime(model, [1452 * 64, 1452]), 4 + line(1452 * 65, 65));
    close(fetchTime(model, [262_144, 262_144, 1000]), 2 * 6 + 2 + line(524_288, 362) + line(1000, 1));
  });

  it("draws pieces as long as a state is really cut into", () => {
    const random = streams("pieces", 0);
    const state = new Uint8Array(model.state);
    // Sums over pieces of their length to the power of 0 and 2: their number, and what a changed byte makes to be fetched again.
    const sums = (lengths: readonly number[]): [number, number] => [
      lengths.length,
      lengths.reduce((sum, length) => sum + length ** 2, 0),
    ];
    const totals = { cut: [0, 0], drawn: [0, 0] };
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < state.length; i++) state[i] = random.next() * 256;
      const ends = drawPieces(model, random);
      const [cutting, drawing] = [
        sums(cut(state, model.piece).map(({ from, to }) => to - from)),
        sums(ends.map((end, i) => end - (ends[i - 1] ?? 0))),
      ];
      for (const k of [0, 1]) {
        totals.cut[k]! += cutting[k]!;
        totals.drawn[k]! += drawing[k]!;
      }
    }
    for (const k of [0, 1]) {
      const ratio = totals.drawn[k]! / totals.cut[k]!;
      assert.ok(Math.abs(ratio - 1) < 0.04, `${totals.drawn[k]} instead of ${totals.cut[k]}`);
    }
  });

  it("is what a join into an idle troupe takes", async () => {
    for (const [members, state] of [
      [1, 2_000_000],
      [3, 1000],
    ] as const) {
      const { changeTime, standstill } = await measured({ members, load: 0, state });
      const expected = joinTime({ ...model, state });
      assert.ok(Math.abs(changeTime! / expected.total - 1) < 0.03, `${changeTime} instead of ${expected.total}`);
      assert.ok(Math.abs(standstill! / expected.standstill - 1) < 0.05, `${standstill}`);
    }
  });
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
