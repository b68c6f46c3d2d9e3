/** A state is cut at places that its contents decide. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { cut, Cutter, digest, digestOf } from "../../../protocols/binding/state/pieces.ts";

function cutInParts(parts: readonly Uint8Array[], size: number): Cutter["pieces"] {
  const cutter = new Cutter(size);
  for (const part of parts) cutter.add(part);
  cutter.end();
  return cutter.pieces;
}

/** Bytes without a pattern. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return state >>> 16;
  });
}

describe("Pieces of a state", () => {
  it("are the same in whatever parts the bytes come, and are the bytes", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 20 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 200 }), fc.integer(), (parts, size, seed) => {
        const all = noise(
          parts.reduce((sum, length) => sum + length, 0),
          seed,
        );
        let at = 0;
        const cuts = parts.map((length) => all.subarray(at, (at += length)));
        const [whole, inParts] = [cut(all, size), cutInParts(cuts, size)];
        assert.deepEqual(inParts, whole);
        assert.deepEqual(Buffer.concat(whole.map(({ bytes }) => bytes)), Buffer.from(all));
        for (const piece of whole) assert.equal(piece.digest, digest(piece.bytes));
        assert.equal(digestOf(inParts), digestOf(whole));
        for (const { bytes } of whole.slice(0, -1))
          assert.ok(bytes.length >= size >>> 2 && bytes.length <= 4 * size, `${bytes.length} bytes for ${size}`);
      }),
    );
  });

  it("move along with the bytes when others come in before them", () => {
    const bytes = noise(200_000, 1);
    const before = new Set(cut(bytes, 1024).map((piece) => piece.digest));
    const after = cutInParts([bytes.subarray(0, 50_000), noise(7, 2), bytes.subarray(50_000)], 1024);
    assert.ok(before.size > 100);
    assert.ok(after.filter((piece) => !before.has(piece.digest)).length <= 3);
  });
});
