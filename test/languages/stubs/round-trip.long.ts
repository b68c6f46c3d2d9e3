/**
 * Every type: a value that has travelled is what it was, has one encoding, and emitted stubs and run-time stubs agree
 * on it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { compileCourier } from "../../../languages/stubs/courier/compile.ts";
import { emit } from "../../../languages/stubs/emit/module.ts";
import type { Program } from "../../../languages/stubs/form.ts";
import { Codecs, type Codec } from "../../../languages/stubs/schema/codec.ts";
import { MalformedError, Reader, Writer } from "../../../protocols/wire/bytes.ts";
import { typed, type Typed } from "./arbitrary.ts";
import { compile, lint, load, root } from "./emitted.ts";

const seed = 19850715;

export function bytesOf(codec: Pick<Codec, "externalize">, value: unknown): Uint8Array {
  const writer = new Writer();
  writer.begin(0);
  codec.externalize(writer, value, "value");
  return writer.finish();
}

export function valueOf(codec: Pick<Codec, "internalize">, bytes: Uint8Array): unknown {
  const reader = new Reader(bytes, 0);
  const value = codec.internalize(reader);
  reader.end();
  return value;
}

/** A map whose order is not kept may come back in another. */
function sorted(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [k as unknown, sorted(v)] as const));
  return value;
}

describe("types of the intermediate form", function () {
  this.timeout(120_000);

  it("round-trip, and have one encoding of words", () => {
    fc.assert(
      fc.property(
        typed.chain((type) => fc.tuple(fc.constant(type), type.value)),
        ([{ form }, value]) => {
          const codec = new Codecs().of(form);
          const bytes = bytesOf(codec, value);
          const back = valueOf(codec, bytes);
          assert.deepEqual(sorted(back), sorted(value));
          assert.deepEqual(bytesOf(codec, back), bytes);
        },
      ),
      { numRuns: 2000, seed },
    );
  });

  it("throw nothing but MalformedError on bytes that were changed", () => {
    fc.assert(
      fc.property(
        typed.chain((type) => fc.tuple(fc.constant(type), type.value)),
        fc.nat(),
        fc.nat({ max: 255 }),
        ([{ form }, value], place, byte) => {
          const codec = new Codecs().of(form);
          const bytes = bytesOf(codec, value);
          if (bytes.length > 0) bytes[place % bytes.length] = byte;
          try {
            // What can be read must be what is written again: else equal values had different bytes.
            assert.deepEqual(bytesOf(codec, valueOf(codec, bytes)).length, bytes.length);
          } catch (error) {
            if (!(error instanceof MalformedError)) throw error;
          }
        },
      ),
      { numRuns: 2000, seed },
    );
  });

  it("have procedures in emitted stubs that the linter passes", () =>
    lint(compile(emit(compileCourier([join(root, "test/languages/stubs/bank.cr")])))));

  it("are the same bytes in emitted stubs, which the linter passes", async () => {
    const types: Typed[] = fc.sample(typed, { numRuns: 150, seed });
    const program: Program = {
      name: "Sample",
      module: "Sample",
      source: "sample",
      dependencies: [],
      types: types.map(({ form }, i) => ({ name: `T${i}`, form })),
      constants: [],
      errors: [],
      procedures: [],
    };
    const path = compile(emit([program]));
    lint(path);
    type Functions = Record<string, Codec["externalize"] & Codec["internalize"]>;
    const module = await load<Functions>(path, "Sample");
    types.forEach(({ form, value: arbitrary }, i) => {
      const codec = new Codecs().of(form);
      const emitted = { externalize: module[`externalizeT${i}`]!, internalize: module[`internalizeT${i}`]! };
      for (const value of fc.sample(arbitrary, { numRuns: 20, seed })) {
        const bytes = bytesOf(codec, value);
        assert.deepEqual(bytesOf(emitted, value), bytes);
        assert.deepEqual(valueOf(emitted, bytes), valueOf(codec, bytes));
      }
    });
  });
});
