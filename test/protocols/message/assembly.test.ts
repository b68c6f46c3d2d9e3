/** Dissertation, paired message protocol: segments come in any order and any number of times; an ACK is cumulative. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Assembly } from "../../../protocols/message/assembly.ts";
import { headerBytes, writeHeader } from "../../../protocols/wire/segment.ts";

function segment(total: number, number: number, data: Uint8Array): Uint8Array {
  const datagram = new Uint8Array(headerBytes + data.length);
  datagram.set(data, headerBytes);
  writeHeader(datagram, 0, total, number, 1, 1, 0, 1);
  return datagram;
}

/** A message's segments, and an order in which they come, each at least once. */
const delivery = fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 40 }).chain((parts) => {
  const all = parts.map((_, i) => i + 1);
  return fc.record({
    parts: fc.constant(parts),
    order: fc
      .array(fc.constantFrom(...all), { maxLength: 40 })
      .chain((again) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length })),
  });
});

describe("Assembly", () => {
  it("assembles a message from segments in any order, with duplicates", () => {
    fc.assert(
      fc.property(delivery, ({ parts, order }) => {
        const total = parts.length;
        const assembly = new Assembly(total);
        const come = new Set<number>();
        for (const number of order) {
          const known = come.has(number);
          const before = assembly.contiguous;
          const outcome = assembly.add(segment(total, number, parts[number - 1]!));
          come.add(number);
          // The dumb twin of the cumulative acknowledgement.
          let contiguous = 0;
          while (come.has(contiguous + 1)) contiguous++;
          assert.equal(assembly.contiguous, contiguous);
          assert.equal(assembly.complete, come.size === total);
          assert.equal(outcome, known ? "duplicate" : number === before + 1 ? "next" : "gap");
        }
        assert.deepEqual(Buffer.from(assembly.message().subarray(headerBytes)), Buffer.concat(parts));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("refuses segments that contradict the first, and counts the memory of its segments", () => {
    const assembly = new Assembly(3);
    assert.equal(assembly.add(segment(4, 1, new Uint8Array(5))), "refused");
    assert.equal(assembly.memory, 0);
    assert.equal(assembly.add(segment(3, 2, new Uint8Array(0))), "gap");
    const empty = assembly.memory;
    assert.ok(empty >= headerBytes, "even a segment without data takes memory");
    assert.equal(assembly.add(segment(3, 2, new Uint8Array(9))), "duplicate");
    assert.equal(assembly.memory, empty);
    assembly.add(segment(3, 3, new Uint8Array(1000)));
    assert.equal(assembly.memory, 2 * empty + 1000);
  });
});
