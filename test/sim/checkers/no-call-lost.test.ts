import assert from "node:assert/strict";
import type { TraceEvent } from "../../../protocols/trace.ts";
import { checkNoCallLost } from "../../../sim/checkers/no-call-lost.ts";
import type { StampedEvent, WorldEvent } from "../../../sim/trace.ts";

const [client, first, second] = [1, 2, 3];

function at(time: number, address: number, event: TraceEvent | WorldEvent, incarnation = 1): StampedEvent {
  return { time, machine: `m${address}`, address, incarnation, event };
}

const names = { thread: "1.1.1", path: "1", troupe: 7 };
const call: TraceEvent = { type: "call", ...names, procedure: "add", members: 2 };
const done = (outcome: string): TraceEvent => ({ type: "call-done", ...names, outcome });
const crash: WorldEvent = { type: "end", reason: "crash" };
const begun = [client, first, second].map((address) => at(0, address, { type: "start" }));

function judge(...events: StampedEvent[]): string[] {
  const trace = [...begun, ...events].toSorted((a, b) => a.time - b.time);
  const violations = checkNoCallLost(trace, { seed: "s", members: () => [first, second] });
  return violations.map(({ sentence }) => sentence);
}

describe("the checker of lost calls", () => {
  it("accepts answered calls, and calls whose callees all died before they could answer", () => {
    assert.deepEqual(judge(at(10, client, call), at(20, client, done("returned"))), []);
    assert.deepEqual(
      judge(
        at(10, client, call),
        at(15, first, crash),
        at(12, second, crash),
        at(14, second, { type: "start" }, 2),
        at(30, client, done("troupe-unavailable")),
      ),
      [],
    );
  });

  it("finds a call that was given up although a member lived throughout", () => {
    assert.deepEqual(judge(at(10, client, call), at(15, first, crash), at(30, client, done("troupe-unavailable"))), [
      "At 30 ms (seed s): m1 gave up call 1 of thread 1.1.1 (add), although the member at address 3 lived throughout.",
    ]);
  });

  it("finds a call that never ended, unless its client died", () => {
    assert.match(judge(at(10, client, call))[0]!, /never done with/);
    assert.deepEqual(judge(at(10, client, call), at(20, client, crash)), []);
  });
});
