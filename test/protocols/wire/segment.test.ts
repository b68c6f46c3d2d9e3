/** The segment header: dissertation, paired message protocol (type, control bits, total, number, call number). */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ackBit,
  callOf,
  faultOf,
  flagsOf,
  headerBytes,
  maximumSegments,
  oldestOf,
  pleaseAckBit,
  precedes,
  receiverOf,
  returnBit,
  segmentOf,
  senderOf,
  totalOf,
  writeHeader,
} from "../../../protocols/wire/segment.ts";

const word = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff),
);
const twelve = fc.integer({ min: 0, max: maximumSegments });

function segment(flags: number, total: number, number: number, data = 0, sender = 1): Uint8Array {
  const datagram = new Uint8Array(headerBytes + data);
  writeHeader(datagram, flags, total, number, 7, sender, 0, 7);
  return datagram;
}

describe("the segment header", () => {
  it("carries each of its fields", () => {
    fc.assert(
      fc.property(fc.nat(7), twelve, twelve, word, word, word, word, (flags, total, number, call, from, to, oldest) => {
        const datagram = new Uint8Array(headerBytes + 3).fill(0xaa);
        writeHeader(datagram, flags, total, number, call, from, to, oldest);
        assert.deepEqual(
          [flagsOf, totalOf, segmentOf, callOf, senderOf, receiverOf, oldestOf].map((field) => field(datagram)),
          [flags, total, number, call, from, to, oldest],
        );
        assert.deepEqual([...datagram.subarray(headerBytes)], [0xaa, 0xaa, 0xaa]);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("has no fault in segments that the protocol sends", () => {
    const sent: [flags: number, total: number, number: number, data: number][] = [
      [0, 1, 1, 5],
      [0, 1, 1, 0],
      [pleaseAckBit, 4095, 4095, 1452],
      [returnBit, 3, 2, 5],
      [returnBit | pleaseAckBit, 3, 3, 5],
      [ackBit, 3, 0, 0],
      [ackBit, 3, 3, 0],
      [ackBit | returnBit, 3, 3, 0],
      [pleaseAckBit, 3, 0, 0], // a probe
      [pleaseAckBit, 0, 0, 0], // a watch
      [ackBit, 0, 0, 0],
    ];
    for (const [flags, total, number, data] of sent) {
      assert.equal(faultOf(segment(flags, total, number, data)), undefined, `${flags} ${total} ${number} ${data}`);
    }
  });

  it("is checked: the fault of a malformed segment is named", () => {
    const faults: [Uint8Array, RegExp][] = [
      [new Uint8Array(0), /shorter/],
      [segment(0, 1, 1).subarray(0, 19), /shorter/],
      [segment(0, 1, 1).fill(0, 0, 1), /version/],
      [segment(0, 1, 2, 5), /beyond the total/],
      [segment(0, 0, 1, 5), /beyond the total/],
      [segment(0, 1, 1, 5, 0), /no incarnation/],
      [segment(ackBit, 1, 1, 5), /an ACK with data/],
      [segment(0, 1, 0, 5), /segment number 0/],
      [segment(0, 1, 0, 0), /segment number 0/],
      [segment(pleaseAckBit, 1, 0, 5), /segment number 0/],
      // A server does not probe: this would be a RETURN without its only segment.
      [segment(returnBit | pleaseAckBit, 1, 0, 0), /segment number 0/],
    ];
    for (const [datagram, fault] of faults) assert.match(faultOf(datagram) ?? "none", fault);
  });

  it("can be checked for arbitrary bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const fault = faultOf(bytes);
        if (fault === undefined) assert.ok(bytes.length >= headerBytes && segmentOf(bytes) <= totalOf(bytes));
      }),
      { numRuns: 3000, seed: 1 },
    );
  });
});

describe("serial numbers (RFC 1982)", () => {
  it("are ordered across the wrap-around at 2^32", () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (a, step) => {
        const b = (a + step) % 2 ** 32;
        assert.equal(precedes(a, b), true);
        assert.equal(precedes(b, a), false);
        assert.equal(precedes(a, a), false);
      }),
      { numRuns: 2000, seed: 1 },
    );
    assert.ok(precedes(0xffffffff, 1));
    assert.ok(!precedes(1, 0xffffffff));
  });
});
