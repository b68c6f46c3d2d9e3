/** States as graphs of objects: what arrives is what was sent, in every respect, or a sentence says why not. */
import assert from "node:assert/strict";
import fc from "fast-check";
import "../../../sim/inspection.ts";
import { externalizeState, internalizeState, StateReader, StateWriter } from "../../../protocols/call/module-state.ts";
import { MalformedError } from "../../../protocols/wire/bytes.ts";
import { declareClasses } from "../../../protocols/wire/declared.ts";
import { anyText } from "../../text.ts";

/** A module that holds one value. */
class Holder {
  value: unknown;

  constructor(value?: unknown) {
    this.value = value;
  }
}

class Account {
  owner = "";
  balance = 0;
  partner: Account | undefined = undefined;
}
class Registry extends Map<unknown, unknown> {
  label = "registry";
}
class Stack extends Array<unknown> {
  limit = 3;
}
class Tags extends Set<unknown> {}
class Overdrawn extends RangeError {
  readonly by = 5;
}
class Frame extends Uint8Array {}
declareClasses({ Account, Registry, Stack, Tags, Overdrawn, Frame });

function bytesOf(value: unknown): Uint8Array {
  return externalizeState(new Holder(value));
}

function carried<T>(value: T): T {
  const newcomer = new Holder();
  internalizeState(newcomer, bytesOf(value));
  return newcomer.value as T;
}

function refused(value: unknown, sentence: RegExp): void {
  assert.throws(
    () => bytesOf(value),
    (error: Error) => error instanceof TypeError && sentence.test(error.message),
    String(sentence),
  );
}

const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: "graph" },
    fc.constantFrom<unknown>(
      undefined,
      null,
      true,
      0,
      -0,
      NaN,
      -Infinity,
      2 ** 53,
      "",
      "\udc00",
      Symbol.for("a"),
      Symbol.iterator,
    ),
    fc.bigInt(),
    anyText(),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 9 }),
    fc.float64Array({ maxLength: 4 }),
    fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie("value"), { depthIdentifier: "graph", maxLength: 5 }),
    fc.sparseArray(tie("value"), { depthIdentifier: "graph", maxNumElements: 4, maxLength: 3000 }),
    fc.dictionary(fc.oneof(fc.constant("__proto__"), fc.string()), tie("value"), {
      depthIdentifier: "graph",
      maxKeys: 5,
    }),
    fc.array(tie("value"), { depthIdentifier: "graph", maxLength: 4 }).map((all) => new Tags(all)),
    fc.array(fc.tuple(tie("value"), tie("value")), { depthIdentifier: "graph", maxLength: 4 }).map((e) => new Map(e)),
    fc
      .array(fc.tuple(tie("value"), tie("value")), { depthIdentifier: "graph", maxLength: 3 })
      .map((e) => new Registry(e)),
    fc.array(tie("value"), { depthIdentifier: "graph", maxLength: 3 }).map((all) => Stack.from(all)),
    tie("value").map((inner) => Object.assign(new Account(), { owner: inner })),
    tie("value").map((inner) => Object.freeze({ inner })),
    tie("value").map((inner) => Object.assign(new Overdrawn("by five"), { inner })),
  ),
}));

describe("a graph of objects", () => {
  it("arrives as it was, and gives the same bytes again", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const copy = carried(value);
        assert.deepStrictEqual(copy, value);
        assert.deepEqual(Buffer.from(bytesOf(copy)).toString("hex"), Buffer.from(bytesOf(value)).toString("hex"));
      }),
      { numRuns: 1500, seed: 1 },
    );
  });

  it("keeps what is shared shared, and circles closed", () => {
    const shared = { n: 1 };
    const [alice, bob] = [new Account(), new Account()];
    [alice.partner, bob.partner] = [bob, alice];
    const map = new Map<unknown, unknown>([[shared, alice]]);
    map.set(map, [map, shared]);
    const copy = carried({ first: shared, map, alice, list: [bob, shared] });
    assert.equal(copy.list[1], copy.first);
    assert.equal(copy.map.get(copy.first), copy.alice);
    assert.ok(copy.alice instanceof Account && copy.alice.partner === copy.list[0]);
    assert.equal(copy.alice.partner!.partner, copy.alice);
    assert.equal((copy.map.get(copy.map) as unknown[])[0], copy.map);
  });

  it("may be a hundred thousand objects deep", () => {
    let list: { next: unknown; n: number } | null = null;
    for (let n = 0; n < 100_000; n++) list = { n, next: list };
    let depth = 0;
    for (let at = carried(list); at !== null; at = at.next as typeof list) depth++;
    assert.equal(depth, 100_000);
  });

  it("keeps what long arrays hold, and the places that hold nothing", () => {
    const whole: unknown[] = Array.from({ length: 70_000 }, (_, i) => (i % 3 === 0 ? `${i}` : i / 4));
    assert.deepStrictEqual(carried(whole), whole);
    // A place that holds nothing differs from one that holds undefined.
    const sparse = [...whole];
    for (const place of [0, 5, 6, 69_999]) Reflect.deleteProperty(sparse, place);
    sparse[7] = undefined;
    assert.deepStrictEqual(carried(sparse), sparse);
    assert.equal(Object.keys(carried(sparse)).length, 69_996);
    const lengthOnly: unknown[] = [1];
    lengthOnly.length = 100_000;
    assert.deepStrictEqual(carried(lengthOnly), lengthOnly);
  });

  it("keeps attributes, freezing, null prototypes, symbol keys, and the classes of built-in subclasses", () => {
    const symbol = Symbol.for("graph");
    const value = Object.create(null) as Record<string | symbol, unknown>;
    Object.defineProperty(value, "hidden", { value: 1, writable: false });
    value[symbol] = Object.seal({ a: 1 });
    const copy = carried([value, Object.freeze([1, 2]), new Registry([[1, 2]]), new Overdrawn("much"), /b+/y] as const);
    assert.equal(Object.getPrototypeOf(copy[0]), null);
    assert.deepEqual(Object.getOwnPropertyDescriptor(copy[0], "hidden"), {
      value: 1,
      writable: false,
      enumerable: false,
      configurable: false,
    });
    assert.ok(Object.isSealed(copy[0][symbol]) && !Object.isFrozen(copy[0][symbol]));
    assert.ok(Object.isFrozen(copy[1]));
    assert.ok(copy[2] instanceof Registry && copy[2].label === "registry" && copy[2].get(1) === 2);
    assert.ok(copy[3] instanceof Overdrawn && copy[3].by === 5 && copy[3].message === "much");
    assert.ok(copy[4].sticky);
  });

  it("keeps the bytes that typed arrays have in common", () => {
    const bytes = new Uint8Array(8);
    const copy = carried({ bytes, view: new DataView(bytes.buffer, 2, 4), floats: new Float32Array(bytes.buffer) });
    copy.view.setUint8(0, 7);
    assert.equal(copy.bytes[2], 7);
    assert.equal(copy.floats.buffer, copy.bytes.buffer);
    const memory = new ArrayBuffer(8);
    const parts = carried([new Int16Array(memory, 2, 2), memory, new Uint8Array(memory, 3)] as const);
    parts[0][0] = 258;
    assert.equal(parts[2][0], 1);
    assert.equal(parts[1], parts[0].buffer);
    const [long, short] = carried([Buffer.from("abcdef"), Buffer.from("xyz")] as const);
    assert.deepEqual([long.toString(), short.toString(), Buffer.isBuffer(long)], ["abcdef", "xyz", true]);
    const all = Buffer.from("abcdef");
    const [whole, part] = carried([all, all.subarray(2, 4)] as const);
    whole[2] = 88;
    assert.equal(part.toString(), "Xd");
  });

  it("has bytes that do not depend on how the values came about", () => {
    const half = { x: 0.5 };
    half.x += 0.5;
    assert.deepEqual(bytesOf(half), bytesOf({ x: 1 }));
    const wide = "\u1234abcdefghijklmnopqrstuvwxyz".slice(1);
    assert.deepEqual(bytesOf(wide), bytesOf("abcdefghijklmnopqrstuvwxyz"));
    const filled: number[] = [];
    for (let i = 2; i >= 0; i--) filled[i] = i;
    assert.deepEqual(bytesOf(filled), bytesOf([0, 1, 2]));
  });

  it("keeps one object one among thousands, whether they are equal, differ, or hold nothing to tell them apart by", () => {
    const kinds: ((i: number) => object)[] = [
      (i) => ({ id: i, name: `name ${i % 9}` }),
      (i) => ({ x: i / 7, y: -i }),
      () => ({ x: 1, y: "one" }),
      (i) => [i],
      () => [],
      (i) => new Map([[i, i]]),
      (i) => ({ inner: { i } }),
      (i) => Object.assign(new Account(), { balance: i }),
      (i) => Object.freeze({ i }),
    ];
    const originals = kinds.flatMap((make) => Array.from({ length: 2000 }, (_, i) => make(i)));
    const copy = carried([...originals, ...originals.toReversed()]);
    assert.equal(copy.length, 2 * originals.length);
    assert.equal(new Set(copy).size, originals.length);
    for (const [i, each] of copy.entries()) assert.equal(each, copy[copy.length - 1 - i]);
    assert.deepEqual(copy.slice(0, originals.length), originals);
  });

  it("ends though objects change while it is written", () => {
    const ring = Array.from({ length: 10_000 }, (_, i) => ({ i, next: undefined as unknown }));
    for (const [i, each] of ring.entries()) each.next = ring[(i + 1) % ring.length];
    const writer = new StateWriter(new Holder(ring));
    let steps = 0;
    for (; steps < 1000 && !writer.step(1000); steps++) for (const each of ring) each.i += 100_000;
    assert.ok(steps > 20 && steps < 100, `${steps} steps`);
  });

  it("keeps the order of many fields, simple and not, and tells the place of one that is refused", () => {
    const entries = Array.from({ length: 200 }, (_, i): [string, unknown] => [`f${i}`, i % 70 === 69 ? { i } : i]);
    assert.deepEqual(Object.entries(carried(Object.fromEntries(entries))), entries);
    const closure = (): number => entries.length;
    refused(Object.fromEntries([...entries, ["last", closure]]), /^state of Holder\.value\.last is a function/);
    refused({ a: 1, b: closure, c: 1 }, /^state of Holder\.value\.b is a function/);
  });

  it("goes on in steps", () => {
    const value = new Map(Array.from({ length: 5000 }, (_, i) => [`k${i}`, { i, list: [i] }]));
    const writer = new StateWriter(new Holder(value));
    const parts: Uint8Array[] = [];
    do parts.push(parts.length % 2 === 0 ? writer.take() : writer.drain().slice());
    while (!writer.step(100));
    parts.push(writer.take());
    assert.ok(parts.length > 100);
    const bytes = Buffer.concat(parts);
    assert.deepEqual(new Uint8Array(bytes), bytesOf(value));
    const newcomer = new Holder();
    const reader = new StateReader(newcomer, new Uint8Array(bytes));
    let steps = 0;
    for (; !reader.step(100); steps++) assert.equal(newcomer.value, undefined);
    assert.ok(steps > 100);
    assert.deepStrictEqual(newcomer.value, value);
  });

  it("is refused with place and remedy, if a part of it belongs to one process", () => {
    class Stranger {}
    const hung = Object.assign(new Map(), { extra: 1 });
    refused({ f: () => 1 }, /^state of Holder\.value\.f is a function, .*; make it a method of the class$/);
    refused([[Symbol("s")]], /^state of Holder\.value\[0\]\[0\] is the symbol Symbol\(s\).*; use Symbol\.for$/);
    refused(
      new Map([["a", new Stranger()]]),
      /^state of Holder\.value\.get\("a"\) is an instance of Stranger, which none .*; hold plain data/,
    );
    refused(hung, /has the property extra beside its elements, .*; declare a subclass of Map/);
    refused(Object.assign([1], { extra: 1 }), /has the property extra beside its elements/);
    refused(Object.assign(Array.from({ length: 100 }), { extra: 1 }), /has the property extra beside its elements/);
    refused(new WeakMap(), /is an instance of WeakMap, whose entries nobody can list; use a Map/);
    refused(Promise.resolve(), /is an instance of Promise, .*; await it/);
    refused([1][Symbol.iterator](), /is an iterator, .*; hold the values/);
    refused((function* () {})(), /is an iterator/);
    refused(new Proxy({}, {}), /is a Proxy/);
    refused({ get x() { return 1; } }, /^state of Holder\.value\.x is an accessor of one object/); // prettier-ignore
    refused(new URL("http://a"), /is an instance of URL, which none of the module's files declares/);
    refused(Object.create({ a: 1 }), /has a prototype that is no class's/);
    refused(Object(1), /is an instance of Number, an object around a value; hold the value/);
    const bytes = Buffer.from("abcdef");
    refused([bytes.subarray(0, 3), bytes], /has a part of its bytes in common with an earlier/);
  });

  it("throws nothing but MalformedError on mutated bytes", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anything, changes, (value, mutations) => {
        const bytes = bytesOf(value);
        for (const [at, byte] of mutations) bytes[at % bytes.length] = byte;
        try {
          internalizeState(new Holder(), bytes);
        } catch (error) {
          assert.ok(error instanceof MalformedError, `${String(error)} for ${Buffer.from(bytes).toString("hex")}`);
        }
      }),
      { numRuns: 3000, seed: 1 },
    );
  });
});

describe("a module's own fields", () => {
  it("come in the order of the donor, and its entries too if it is a collection", () => {
    class Bag extends Map<string, unknown> {
      a = 1;
      b?: number;
    }
    const donor = new Bag([["x", { n: 1 }]]);
    donor.b = 2;
    Reflect.deleteProperty(donor, "a");
    donor.a = 3;
    donor.set("self", donor);
    const newcomer = new Bag([["old", 1]]);
    internalizeState(newcomer, externalizeState(donor));
    assert.deepEqual(Object.keys(newcomer), ["b", "a"]);
    assert.equal(newcomer.get("self"), newcomer);
    assert.deepEqual(externalizeState(newcomer), externalizeState(donor));
  });

  it("may be said by the class, under the symbols or under both names", () => {
    const refusal = /has one of the methods \[getState\] and \[setState\]/;
    class Half {
      [Symbol.for("troupe.getState")](): unknown {
        return 1;
      }
    }
    assert.throws(() => externalizeState(new Half()), refusal);
    class Query {
      state = 1;
      getState(): string {
        return `state ${this.state}`;
      }
    }
    const donor = new Query();
    donor.state = 2;
    const newcomer = new Query();
    internalizeState(newcomer, externalizeState(donor));
    assert.equal(newcomer.getState(), "state 2");
  });
});
