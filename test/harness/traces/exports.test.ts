import assert from "node:assert/strict";
import { chromeTrace } from "../../../harness/traces/chrome.ts";
import { readTrace } from "../../../harness/traces/read.ts";
import { selected } from "../../../harness/traces/select.ts";
import { shivizLog } from "../../../harness/traces/shiviz.ts";
import type { TraceView } from "../../../harness/traces/view.ts";
import { badDay, conflict } from "./scenes.ts";

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

describe("exports of a trace", () => {
  let views: TraceView[];
  before(async () => {
    views = [readTrace(await badDay()), readTrace(await conflict())];
  });

  const eventsOf = (view: TraceView): Event[] =>
    (JSON.parse(chromeTrace(view)) as { traceEvents: Event[] }).traceEvents;

  it("have slices that lie within each other or apart, on each track", () => {
    for (const view of views) {
      const slices = eventsOf(view).filter(({ ph }) => ph === "X");
      assert.ok(slices.length > 5, `${slices.length} slices`);
      for (const [i, a] of slices.entries()) {
        assert.ok(a.dur! > 0);
        for (const b of slices.slice(i + 1)) {
          if (a.pid !== b.pid || a.tid !== b.tid) continue;
          const [first, second] = a.ts <= b.ts ? [a, b] : [b, a];
          const isApart = second.ts >= first.ts + first.dur! - 1e-9;
          const isWithin = second.ts + second.dur! <= first.ts + first.dur! + 1e-9;
          assert.ok(isApart || isWithin, `${first.name} and ${second.name} cross`);
        }
      }
    }
  });

  it("have arrows from a slice to a slice", () => {
    for (const view of views) {
      const events = eventsOf(view);
      const slices = events.filter(({ ph }) => ph === "X");
      const starts = events.filter(({ ph }) => ph === "s");
      const ends = events.filter(({ ph }) => ph === "f");
      assert.ok(starts.length >= 8, `${starts.length} arrows`);
      assert.deepEqual(
        starts.map(({ id }) => id),
        ends.map(({ id }) => id),
      );
      for (const { pid, tid, ts } of [...starts, ...ends]) {
        const holder = slices.find((each) => {
          return each.pid === pid && each.tid === tid && each.ts <= ts && ts <= each.ts + each.dur!;
        });
        assert.ok(holder !== undefined, `an arrow at ${ts} us has no slice`);
      }
    }
  });

  it("tell calls, executions, faults and what became of them", () => {
    const events = eventsOf(views[0]!);
    const machines = events.filter(({ name }) => name === "process_name").map(({ args }) => args!["name"]);
    assert.deepEqual(machines, views[0]!.machines);
    const of = (machine: string): Event[] =>
      events.filter(({ ph, pid }) => "Xi".includes(ph) && pid === machines.indexOf(machine) + 1);
    const calls = of("teller").filter(({ ph }) => ph === "X");
    assert.deepEqual(
      calls.map(({ name }) => name),
      ["deposit(5)", "refuse('no & <never>')", "size(4000 bytes)", "slowly()", "deposit(7)"],
    );
    assert.equal(calls[0]!.args!["outcome"], "result 5");
    const second = of("bank 2");
    const down = second.find(({ name }) => name === "down")!;
    assert.deepEqual([down.ts, down.dur], [500_000, 200_000]);
    // What ran there ended with the crash.
    const cut = second.find(({ name }) => name === "slowly()")!;
    assert.ok(Math.abs(cut.ts + cut.dur! - 500_000) < 0.001);
    assert.equal(cut.args!["outcome"], "crash");
    assert.ok(of("bank 3").some(({ name, dur }) => name === "paused" && dur === 50_000));
    assert.ok(events.some(({ ph, name }) => ph === "i" && name === "partition bank 1 | others"));
    assert.ok(events.some(({ ph, cat }) => ph === "i" && cat === "loss"));
  });

  it("have vector clocks that count each machine's events from 1 and know what was received", () => {
    for (const view of views) {
      for (const filter of [
        {},
        { from: view.items[Math.floor(view.items.length / 3)]!.time },
        { machines: view.machines.slice(0, 2) },
      ]) {
        const selection = selected(view, filter);
        const [expression, delimiter, ...lines] = shivizLog(view, selection).trimEnd().split("\n");
        assert.deepEqual([expression, delimiter], ["", ""]);
        assert.equal(lines.length % 2, 0);
        const counts = new Map<string, number>();
        const clocks: Record<string, number>[] = [];
        for (let i = 1; i < lines.length; i += 2) {
          const [, host, json] = /^(\S+) (\{.*\})$/.exec(lines[i]!)!;
          const clock = JSON.parse(json!) as Record<string, number>;
          counts.set(host!, (counts.get(host!) ?? 0) + 1);
          assert.equal(clock[host!], counts.get(host!));
          // Nothing is known of an event that has not been written yet.
          for (const [other, count] of Object.entries(clock)) assert.ok(count <= (counts.get(other) ?? 0));
          clocks.push(clock);
        }
        assert.ok(clocks.length > 4);
        if (Object.keys(filter).length === 0) assert.ok(clocks.some((clock) => Object.keys(clock).length > 1));
      }
    }
  });
});
