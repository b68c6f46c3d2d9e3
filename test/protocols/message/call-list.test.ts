/** Calls in the order of their numbers, across the wrap-around at 2^32: against a sorted array of distances. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CallList } from "../../../protocols/message/call-list.ts";

interface Call {
  readonly number: number;
}

describe("CallList", () => {
  it("behaves like a sorted array, wherever its numbers lie on the circle of 2^32", () => {
    const step = fc.record({ kind: fc.constantFrom("add", "remove", "before", "odd"), at: fc.nat(40) });
    const start = fc.constantFrom(1, 1000, 2 ** 31 - 20, 2 ** 32 - 20);
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 60 }), (base, steps) => {
        const list = new CallList<Call>();
        // The twin knows each call by its distance from the base.
        let twin: { distance: number; call: Call }[] = [];
        const numberAt = (distance: number): number => (base + distance) % 2 ** 32;
        for (const { kind, at } of steps) {
          const there = twin.find(({ distance }) => distance === at);
          if (kind === "add" && there === undefined) {
            const call = { number: numberAt(at) };
            list.add(call);
            twin = [...twin, { distance: at, call }].toSorted((a, b) => a.distance - b.distance);
          } else if (kind === "remove") {
            list.remove(there?.call ?? { number: numberAt(at) });
            twin = twin.filter((each) => each !== there);
          } else if (kind === "before") {
            const removed: Call[] = [];
            list.removeBefore(numberAt(at), (call) => removed.push(call));
            assert.deepEqual(
              removed,
              twin.filter(({ distance }) => distance < at).map(({ call }) => call),
            );
            twin = twin.filter(({ distance }) => distance >= at);
          } else if (kind === "odd") {
            list.removeIf((call) => call.number % 7 === at % 7);
            twin = twin.filter(({ call }) => call.number % 7 !== at % 7);
          }
          assert.deepEqual(
            [...list],
            twin.map(({ call }) => call),
          );
          assert.equal(list.size, twin.length);
          assert.equal(list.first, twin[0]?.call);
          assert.equal(list.find(numberAt(at)), twin.find(({ distance }) => distance === at)?.call);
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
