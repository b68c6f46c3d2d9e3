/** Ordered broadcast: one order at all members, whatever the network does to proposals and acceptances. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DeliveryQueue } from "../../../protocols/transaction/queue.ts";

describe("the queue of ordered broadcast", () => {
  it("delivers no message behind a tentative message", () => {
    const queue = new DeliveryQueue();
    assert.equal(queue.propose({ id: "a" }), 1);
    assert.equal(queue.propose({ id: "b" }), 2);
    assert.equal(queue.accept("b", 2), true);
    assert.equal(queue.next(), undefined);
    queue.accept("a", 7);
    assert.deepEqual(queue.next(), { message: { id: "b" }, time: 2, accepted: true });
    assert.equal(queue.next()!.message.id, "a");
    assert.equal(queue.propose({ id: "c" }), 8);
  });

  it("delivers later messages when a tentative message is dropped", () => {
    const queue = new DeliveryQueue();
    queue.propose({ id: "orphan" });
    queue.propose({ id: "b" });
    queue.accept("b", 2);
    queue.drop("orphan");
    assert.equal(queue.next()!.message.id, "b");
    assert.equal(queue.drop("orphan"), false);
  });

  it("breaks ties by ID", () => {
    const queue = new DeliveryQueue();
    queue.propose({ id: "b" });
    queue.propose({ id: "a" });
    queue.accept("a", 5);
    queue.accept("b", 5);
    assert.deepEqual(
      [queue.next(), queue.next()].map((next) => next!.message.id),
      ["a", "b"],
    );
  });

  it("proposes one time for a message, and accepts it once", () => {
    const queue = new DeliveryQueue();
    assert.equal(queue.propose({ id: "a" }), 1);
    assert.equal(queue.propose({ id: "a" }), 1);
    assert.equal(queue.accept("a", 1), true);
    assert.equal(queue.accept("a", 4), false);
    assert.equal(queue.accept("unknown", 4), false);
  });

  it("refuses a time before its own proposal", () => {
    const queue = new DeliveryQueue(10);
    queue.propose({ id: "a" });
    assert.throws(() => queue.accept("a", 3), RangeError);
  });

  it("delivers in one order at all members, against a sorted list", () => {
    const members = 3;
    const messages = 8;
    // Each number picks one of the events that may come next.
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (picks) => {
        const queues = Array.from({ length: members }, () => new DeliveryQueue());
        const delivered = queues.map((): string[] => []);
        const times = new Map<string, number[]>();
        const accepted = new Map<string, number>();
        const proposals = queues.flatMap((_, m) => Array.from({ length: messages }, (__, i) => ({ m, id: `${i}` })));
        const accepts: { m: number; id: string }[] = [];
        const take = <T>(from: T[]): T => from.splice(picks.next().value! % from.length, 1)[0]!;
        while (proposals.length + accepts.length > 0) {
          const proposes = accepts.length === 0 || (proposals.length > 0 && picks.next().value! % 2 === 0);
          if (proposes) {
            const { m, id } = take(proposals);
            const known = times.get(id) ?? [];
            times.set(id, [...known, queues[m]!.propose({ id })]);
            if (known.length + 1 === members) {
              accepted.set(id, Math.max(...times.get(id)!));
              for (let each = 0; each < members; each++) accepts.push({ m: each, id });
            }
          } else {
            const { m, id } = take(accepts);
            queues[m]!.accept(id, accepted.get(id)!);
            for (let next = queues[m]!.next(); next !== undefined; next = queues[m]!.next())
              delivered[m]!.push(next.message.id);
          }
        }
        const sorted = [...accepted].toSorted(([a, s], [b, t]) => s - t || (a < b ? -1 : 1)).map(([id]) => id);
        for (const order of delivered) assert.deepEqual(order, sorted);
      }),
      { numRuns: 300 },
    );
  });
});
