/**
 * Bytes, after the rules that wire/bytes.ts states: LEB128 integers to 2^53 - 1, UTF-8, big-endian floats written alike
 * everywhere.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MalformedError, Reader, Writer } from "../../../protocols/wire/bytes.ts";
import { anyText } from "../../text.ts";

const writer = new Writer();

function written(write: (writer: Writer) => void, room = 0): Uint8Array {
  writer.begin(room);
  write(writer);
  return writer.finish();
}

const natural = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  fc
    .integer({ min: 0, max: 53 })
    .chain((bits) =>
      fc.integer({ min: -2, max: 2 }).map((near) => Math.min(Math.max(2 ** bits + near, 0), Number.MAX_SAFE_INTEGER)),
    ),
);

describe("Writer and Reader", () => {
  it("carry every non-negative safe integer, in as few bytes as seven bits each allow", () => {
    fc.assert(
      fc.property(natural, (value) => {
        const bytes = written((w) => w.integer(value));
        const reader = new Reader(bytes, 0);
        assert.equal(reader.integer(), value);
        assert.equal(reader.left, 0);
        assert.equal(bytes.length, Math.max(1, Math.ceil(BigInt(value).toString(2).length / 7)));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("refuse integers above 2^53 - 1, and integers without an end", () => {
    for (const bytes of [
      [255, 255, 255, 255, 255, 255, 255, 16], // 2^53
      [255, 255, 255, 255, 255, 255, 255, 127],
      [128, 128, 128, 128, 128, 128, 128, 128, 1],
      Array<number>(1000).fill(255),
    ]) {
      assert.throws(() => new Reader(Uint8Array.from(bytes), 0).integer(), MalformedError);
    }
    assert.equal(new Reader(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 15), 0).integer(), 2 ** 53 - 1);
  });

  it("write lone surrogates as three bytes each, and read them as they were", () => {
    fc.assert(
      fc.property(surrogates, (value) => {
        const bytes = written((w) => w.text(value));
        assert.equal(new Reader(bytes, 0).text(), value);
        assert.equal(bytes.length - 1, new TextEncoder().encode(value).length);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("write text as TextEncoder does, and read it as TextDecoder does", () => {
    const decoder = new TextDecoder();
    const text = fc.oneof(anyText(60), fc.string({ unit: "grapheme", maxLength: 30 }));
    fc.assert(
      fc.property(text, (value) => {
        const bytes = written((w) => w.text(value));
        const reader = new Reader(bytes, 0);
        const length = reader.integer();
        assert.deepEqual(bytes.subarray(reader.at), new TextEncoder().encode(value));
        assert.equal(length, reader.left);
        assert.equal(new Reader(bytes, 0).text(), decoder.decode(bytes.subarray(reader.at)));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("carry long text unchanged, whichever characters lie at the seams of its pieces", () => {
    for (const length of [1000, 1023, 1024, 1025, 2047, 2048, 5000, 100_000]) {
      for (const unit of ["a", "é", "€", "𝄞"]) {
        const value = "x" + unit.repeat(length);
        assert.equal(
          new Reader(
            written((w) => w.text(value)),
            0,
          ).text(),
          value,
        );
      }
    }
  });

  it("accept random bytes as text only if they are UTF-8", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const nearly = fc.array(
      fc.constantFrom(0, 0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xa0, 0x9f, 0xed, 0xf0, 0x90, 0xf4, 0x8f, 0xf5),
    );
    fc.assert(
      fc.property(fc.oneof(nearly, fc.array(fc.integer({ min: 0, max: 255 }))), (body) => {
        const bytes = written((w) => {
          w.integer(body.length);
          w.copy(Uint8Array.from(body));
        });
        let expected: string | undefined;
        try {
          expected = strict.decode(Uint8Array.from(body));
        } catch {
          assert.throws(() => new Reader(bytes, 0).text(), MalformedError);
          return;
        }
        assert.equal(new Reader(bytes, 0).text(), expected);
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it("carry every float, and write every NaN with the same bytes", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const bytes = written((w) => w.float(value));
        assert.equal(bytes.length, 8);
        assert.ok(Object.is(new Reader(bytes, 0).float(), value));
      }),
      { numRuns: 500, seed: 1 },
    );
    const zero = Number("0");
    const patterns = new Float64Array(2);
    new BigUint64Array(patterns.buffer).set([0xfff8000000000000n, 0x7ff8000000000123n]);
    const bytes = [NaN, zero / zero, Math.sqrt(zero - 1), patterns[0]!, patterns[1]!].map((nan) =>
      Buffer.from(written((w) => w.float(nan))).toString("hex"),
    );
    assert.deepEqual(new Set(bytes), new Set(["7ff8000000000000"]));
  });

  it("leave room in front, grow to any size, and end where the bytes end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(100), fc.nat(200), (data, from, room) => {
        const start = Math.min(from, data.length);
        const bytes = written((w) => w.copy(data, start), room);
        assert.deepEqual(bytes.subarray(room), data.subarray(start));
        const reader = new Reader(bytes, room);
        assert.deepEqual(reader.view(data.length - start), data.subarray(start));
        reader.end();
        assert.throws(() => reader.byte(), MalformedError);
        assert.throws(() => reader.view(1), MalformedError);
        assert.throws(() => reader.float(), MalformedError);
        if (room > 0) assert.throws(() => new Reader(bytes, room - 1).end(), MalformedError);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

const surrogates = fc
  .array(fc.constantFrom(0xd800, 0xdbff, 0xdc00, 0xdfff, 0x41, 0x20ac))
  .map((units) => String.fromCharCode(...units));
