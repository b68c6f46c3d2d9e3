/** Externalizing and internalizing plain data: SYSTEM's "externalized arguments"; one value has one encoding. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MalformedError, Reader, Writer } from "../../../protocols/wire/bytes.ts";
import {
  readArguments,
  readCall,
  readOutcome,
  writeFailed,
  writeRaised,
  writeResult,
} from "../../../protocols/wire/call.ts";
import { externalize, internalize } from "../../../protocols/wire/value.ts";
import { anyText } from "../../text.ts";

const writer = new Writer();

function encode(value: unknown): Uint8Array {
  writer.begin(0);
  externalize(writer, value);
  return writer.finish();
}

function decode(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes, 0);
  const value = internalize(reader);
  reader.end();
  return value;
}

const { value: plain } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: "plain" },
    fc.constantFrom<unknown>(
      undefined,
      null,
      true,
      false,
      0,
      -0,
      NaN,
      Infinity,
      -Infinity,
      -1,
      2 ** 53,
      -(2 ** 53),
      "",
    ),
    fc.double(),
    fc.maxSafeInteger(),
    fc.bigInt(),
    anyText(),
    fc.uint8Array({ maxLength: 100 }),
    fc.date({ noInvalidDate: true }),
    fc.array(tie("value"), { depthIdentifier: "plain", maxLength: 6 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom("__proto__", "constructor", "toString", "0", "10", "", "then"), fc.string()),
      tie("value"),
      { depthIdentifier: "plain", maxKeys: 6, noNullPrototype: true },
    ),
    fc.array(fc.tuple(tie("value"), tie("value")), { depthIdentifier: "plain", maxLength: 4 }).map((e) => new Map(e)),
    fc.array(tie("value"), { depthIdentifier: "plain", maxLength: 4 }).map((e) => new Set(e)),
  ),
}));

describe("externalize and internalize", () => {
  it("carry plain data: bigint, -0, NaN, unicode, Map, Set, Date, fields named __proto__", () => {
    fc.assert(
      fc.property(plain, (value) => {
        assert.deepStrictEqual(decode(encode(value)), value);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("give a value one encoding, also after it has travelled", () => {
    fc.assert(
      fc.property(plain, (value) => {
        assert.deepEqual(encode(structuredClone(value)), encode(value));
        assert.deepEqual(encode(decode(encode(value))), encode(value));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("keep a field named __proto__ a field", () => {
    const object = JSON.parse('{"__proto__": {"admin": true}, "a": 1}') as object;
    const copy = decode(encode(object)) as { admin?: boolean };
    assert.deepEqual(Object.keys(copy), ["__proto__", "a"]);
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
    assert.equal(copy.admin, undefined);
  });

  it("tell names of fields apart whose characters are another's bytes", () => {
    const letters = Array.from({ length: 800 }, (_, i) => String.fromCharCode(0x800 + 61 * i));
    const bytesOf = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));
    const names = letters.flatMap((letter) => [bytesOf(letter), letter]);
    for (const name of names) assert.deepEqual(Object.keys(decode(encode({ [name]: 1 })) as object), [name]);
  });

  it("carry an invalid date", () => {
    const copy = decode(encode(new Date(NaN)));
    assert.ok(copy instanceof Date && Number.isNaN(copy.getTime()));
  });

  it("carry strings as their 16-bit units, lone surrogates too", () => {
    const text = "a\ud800b\udc00 \ud83d\ude00";
    assert.deepEqual(decode(encode([text, { [text]: 1 }])), [text, { [text]: 1 }]);
  });

  it("carry what is no plain data but is known everywhere: Buffers, typed arrays, errors, expressions, holes", () => {
    for (const value of [
      Buffer.from("abc"),
      Float64Array.of(1, -0),
      new Uint16Array(2),
      /a+/gi,
      Object.assign(Array.from({ length: 0 }), { 0: 1, 2: 3 }),
      Object.assign(Array.from({ length: 0 }), { 1: undefined }),
    ]) {
      const copy = decode(encode({ value })) as { value: unknown };
      assert.deepStrictEqual(copy.value, value);
    }
    class Overdrawn extends RangeError {
      readonly by = 5;
      constructor() {
        super("by 5", { cause: new TypeError("why") });
      }
    }
    const error = decode(encode(new Overdrawn())) as Overdrawn;
    assert.ok(error instanceof RangeError && error.cause instanceof TypeError);
    assert.deepEqual([error.name, error.message, error.by], ["Overdrawn", "by 5", 5]);
  });

  it("carry what nests as deep as 200, and refuse what nests deeper or contains itself, in one sentence", () => {
    const nest = (depth: number, core: unknown): unknown => {
      let value = core;
      for (let i = 0; i < depth; i++)
        value = i % 3 === 0 ? [value] : i % 3 === 1 ? { f: value } : new Map([[1, value]]);
      return value;
    };
    for (const core of [1, "x", null, -1]) {
      assert.deepStrictEqual(decode(encode(nest(200, core))), nest(200, core));
      assert.throws(() => encode(nest(201, core)), TypeError);
    }
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    assert.throws(() => encode(cycle), /nested more than 200 deep, or contains itself/);
    // A hostile message may nest deeper than any stack: arrays of one array each.
    const deep = new Uint8Array(200_000);
    for (let i = 0; i < deep.length; i += 2) deep.set([10, 1], i);
    assert.throws(() => decode(deep), MalformedError);
  });

  it("name the place of what is not plain data", () => {
    class Account {}
    const refused: [unknown, RegExp][] = [
      [{ a: [1, () => 1] }, /value\.a\[?1?\]? is a function/],
      [[Symbol("s")], /is a symbol/],
      [{ a: { b: new Account() } }, /^value\.a\.b is an instance of Account, .*; answer plain data/],
      [[1, new WeakMap()], /value\[1\] is an instance of WeakMap/],
      [new URL("http://a"), /instance of URL/],
    ];
    for (const [value, sentence] of refused) {
      assert.throws(
        () => encode(value),
        (error: Error) => error instanceof TypeError && sentence.test(error.message),
      );
    }
  });

  it("throw nothing but MalformedError on random and mutated bytes, and give no more than was sent", () => {
    // Each value takes a byte at least: what comes out cannot have more parts than the message has bytes.
    const check = (bytes: Uint8Array): void => {
      let value: unknown;
      try {
        value = decode(bytes);
      } catch (error) {
        assert.ok(error instanceof MalformedError, `${String(error)} for ${Buffer.from(bytes).toString("hex")}`);
        return;
      }
      assert.ok(parts(value) <= bytes.length);
      assert.deepEqual(encode(decode(encode(value))), encode(value));
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => check(bytes)),
      { numRuns: 5000, seed: 1 },
    );
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plain, changes, fc.nat(), (value, mutations, cut) => {
        const bytes = encode(value);
        for (const [at, byte] of mutations) bytes[at % bytes.length] = byte;
        check(bytes);
        check(bytes.subarray(0, cut % (bytes.length + 1)));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("believe no length that the message cannot hold", () => {
    for (const kind of [8, 9, 10, 11, 12, 13]) {
      const lie = Uint8Array.of(kind, 255, 255, 255, 255, 255, 255, 255, 15, 0, 0);
      const before = process.memoryUsage().arrayBuffers;
      assert.throws(() => decode(lie), MalformedError);
      assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
    }
  });

  it("take a time in proportion for long bigints", () => {
    const long = (1n << 8_000_000n) - 1n;
    const began = process.cpuUsage().user;
    assert.ok(decode(encode(-long)) === -long);
    // Decimal digits took two seconds.
    assert.ok(process.cpuUsage(undefined).user - began < 1e6);
  });
});

function parts(value: unknown): number {
  if (value instanceof Map) return 1 + [...value].flat(1).reduce<number>((sum, part) => sum + parts(part), 0);
  if (value instanceof Set || Array.isArray(value)) {
    return 1 + [...(value as Iterable<unknown>)].reduce<number>((sum, part) => sum + parts(part), 0);
  }
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array) && !(value instanceof Date)) {
    return 1 + Object.values(value).reduce<number>((sum, part) => sum + parts(part), 0);
  }
  return typeof value === "string" ? Math.max(1, value.length) : 1;
}

describe("RETURN and CALL bodies", () => {
  it("carry results, errors of the procedure and failures", () => {
    assert.deepEqual(readOutcome(writeResult(writer, { a: 1 })), { type: "returned", value: { a: 1 } });
    const raised = writeRaised(writer, new RangeError("too far"));
    assert.deepEqual(readOutcome(raised), { type: "raised", name: "RangeError", message: "too far" });
    assert.deepEqual(readOutcome(writeFailed(writer, "stale-binding")), { type: "failed", kind: "stale-binding" });
  });

  it("carry whatever a procedure throws, with no more than 4096 characters", () => {
    const odd = new Error("odd");
    Object.assign(odd, { name: 5, message: { toString: () => "an object" } });
    const silent = Object.create(null) as object;
    const trap = new Error("trap");
    Object.defineProperty(trap, "message", { get: () => assert.fail("a getter that throws") });
    const thrown: [unknown, string, string][] = [
      ["text", "Error", "text"],
      [undefined, "Error", "undefined"],
      [odd, "5", "an object"],
      [silent, "Error", "an error that has no text"],
      [trap, "Error", "an error that has no text"],
      [new Error("x".repeat(10_000_000)), "Error", "x".repeat(4096)],
    ];
    for (const [error, name, message] of thrown) {
      assert.deepEqual(readOutcome(writeRaised(writer, error)), { type: "raised", name, message });
    }
  });

  it("throw nothing but MalformedError when they are damaged", () => {
    const damaged = (read: (bytes: Uint8Array) => unknown) => (bytes: Uint8Array) => {
      const message = new Uint8Array(20 + bytes.length);
      message.set(bytes, 20);
      try {
        read(message);
      } catch (error) {
        assert.ok(error instanceof MalformedError);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), damaged(readOutcome)), { numRuns: 3000, seed: 1 });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        damaged((message) => readArguments(readCall(message))),
      ),
      { numRuns: 3000, seed: 1 },
    );
    const tooLong = Uint8Array.of(...writeResult(writer, 1), 0);
    assert.throws(() => readOutcome(tooLong), /1 bytes too many/);
    assert.throws(() => readOutcome(new Uint8Array(20)), MalformedError);
  });
});
