/** The checker agrees with one that tries all orders, and finds what is wrong in histories that are known. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { streams } from "../../../../sim/chance/random.ts";
import { checkLinearizability } from "../../../../sim/checkers/history/linearizability.ts";
import {
  callsOf,
  counter,
  recorded,
  register,
  type Model,
  type Operation,
  type RegisterCall,
} from "../../../../sim/checkers/history/models.ts";
import { Undecided } from "../../../../sim/checkers/history/search.ts";
import { execute, type Program } from "./executor.ts";

type Call<I, O> = readonly [input: I, output: O | undefined, begun: number, ended: number];

function operations<I, O>(calls: readonly Call<I, O>[], object = "x"): Operation<I, O>[] {
  return calls.map(([input, output, begun, ended], i) => {
    return { process: `${i}`, object, name: `call ${i}`, input, output, begun, ended, time: Math.min(ended, 99) };
  });
}

/** Tries all orders of all calls that respect real time, with and without those that have not ended. */
function isLinearizable<S, I, O>(
  calls: readonly Operation<I, O>[],
  model: Model<S, I, O>,
  state = model.initial,
): boolean {
  if (calls.every(({ ended }) => ended === Infinity)) return true;
  return calls.some((call) => {
    const others = calls.filter((other) => other !== call);
    if (others.some(({ ended }) => ended < call.begun)) return false;
    const after = model.step(state, call.input, call.output);
    return after !== undefined && isLinearizable(others, model, after);
  });
}

function sentences<S, I, O>(calls: readonly Operation<I, O>[], model: Model<S, I, O>): string[] {
  return checkLinearizability(calls, model, { seed: "1" }).map(({ sentence }) => sentence);
}

const read: RegisterCall = { kind: "read" };
const write = (value: number): RegisterCall => ({ kind: "write", value });

/** Spans that overlap often, some without an end. */
const span = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 5 }));

describe("the checker of linearizability", () => {
  it("accepts reads and writes in one order, and overlapping ones in either", () => {
    assert.deepEqual(
      sentences(
        operations([
          [write(1), null, 0, 1],
          [read, 1, 2, 3],
        ]),
        register(),
      ),
      [],
    );
    assert.deepEqual(
      sentences(
        operations([
          [write(1), null, 0, 5],
          [read, null, 1, 2],
          [read, 1, 3, 4],
        ]),
        register(),
      ),
      [],
    );
  });

  it("finds a stale read, and says which and where", () => {
    const found = sentences(
      operations([
        [write(1), null, 0, 1],
        [write(2), null, 2, 3],
        [read, 1, 4, 5],
      ]),
      register(),
    );
    assert.deepEqual(found, [
      "At 5 ms (seed 1): x is not linearizable: no order of its calls explains the answer to call 2; " +
        "the longest that explains the others has 2 of 3 answered calls, and leaves 2.",
    ]);
  });

  it("finds a read that goes back behind an earlier read", () => {
    const calls = operations<RegisterCall, number | null>([
      [write(1), null, 0, 9],
      [read, 1, 1, 2],
      [read, null, 3, 4],
    ]);
    assert.equal(sentences(calls, register()).length, 1);
  });

  it("finds two successful compare-and-sets from one value", () => {
    const cas = (to: number): RegisterCall => ({ kind: "cas", from: 0, to });
    assert.equal(
      sentences(
        operations([
          [cas(1), true, 0, 9],
          [cas(2), true, 0, 9],
        ]),
        register(0),
      ).length,
      1,
    );
    assert.deepEqual(
      sentences(
        operations([
          [cas(1), true, 0, 9],
          [cas(2), false, 0, 9],
        ]),
        register(0),
      ),
      [],
    );
  });

  it("takes a call without an end as made at any time, or never", () => {
    const calls = operations<RegisterCall, number | null>([
      [write(1), undefined, 0, Infinity],
      [read, null, 1, 2],
      [read, 1, 30, 40],
    ]);
    assert.deepEqual(sentences(calls, register()), []);
    assert.equal(
      sentences([...calls, ...operations<RegisterCall, null>([[read, null, 50, 60]])], register()).length,
      1,
    );
  });

  it("judges each object by itself", () => {
    const calls = [
      ...operations<RegisterCall, number>([[write(1), undefined, 0, 1]], "x"),
      ...operations<RegisterCall, number>([[read, 1, 2, 3]], "y"),
    ];
    const found = sentences(calls, register());
    assert.equal(found.length, 1);
    assert.match(found[0]!, /: y is not linearizable/);
  });

  it("agrees with trying all orders, on registers", () => {
    const call = fc.oneof(
      fc.constant(read),
      fc.integer({ min: 0, max: 2 }).map(write),
      fc.record({
        kind: fc.constant("cas" as const),
        from: fc.integer({ min: 0, max: 2 }),
        to: fc.integer({ min: 0, max: 2 }),
      }),
    );
    const answer = fc.constantFrom(0, 1, 2, null, true, false);
    let refused = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(call, answer, span), { maxLength: 6 }), (rows) => {
        const calls = operations<RegisterCall, number | boolean | null>(
          rows.map(([input, output, [begun, length, ends]]) => {
            const ended = ends === 0 ? Infinity : begun + length;
            // A write may answer anything; and what has no end has no answer.
            return [input, ended === Infinity ? undefined : output, begun, ended];
          }),
        );
        const expected = isLinearizable(calls, register(0));
        if (!expected) refused++;
        assert.equal(sentences(calls, register(0)).length === 0, expected);
      }),
      { numRuns: 2000 },
    );
    assert.ok(refused > 200 && refused < 1900, `${refused} of 2000 are not linearizable`);
  });

  it("agrees with trying all orders, on counters", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 5 }), span), { maxLength: 6 }),
        (rows) => {
          const calls = operations<number, number>(
            rows.map(([amount, sum, [begun, length, ends]]) => {
              const ended = ends === 0 ? Infinity : begun + length;
              return [amount, ended === Infinity ? undefined : sum, begun, ended];
            }),
          );
          assert.equal(sentences(calls, counter()).length === 0, isLinearizable(calls, counter()));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("knows that a write which changes nothing now may change something later", () => {
    const cas = (from: number, to: number): RegisterCall => ({ kind: "cas", from, to });
    const calls = operations<RegisterCall, boolean | null>([
      [cas(2, 0), false, 1, 1],
      [cas(0, 2), undefined, 0, Infinity],
      [write(0), null, 0, 0],
      [cas(0, 0), false, 0, 0],
    ]);
    assert.deepEqual(sentences(calls, register(0)), []);
  });

  it("takes a model of the user's own, whose states have keys", () => {
    type Queue = readonly number[];
    const queue: Model<Queue, { readonly put?: number }, number | null> = {
      initial: [],
      step(items, { put }, answer) {
        if (put !== undefined) return [...items, put];
        return answer === undefined || answer === (items[0] ?? null) ? items.slice(1) : undefined;
      },
      key: (items) => items.join(),
    };
    const calls = (last: number): Operation<{ readonly put?: number }, number | null>[] =>
      operations([
        [{ put: 1 }, null, 0, 9],
        [{ put: 2 }, null, 0, 9],
        [{}, last, 10, 11],
        [{}, 3 - last, 12, 13],
        [{}, null, 14, 15],
      ]);
    assert.deepEqual(sentences(calls(1), queue), []);
    assert.deepEqual(sentences(calls(2), queue), []);
    assert.equal(sentences(calls(3), queue).length, 1);
  });

  it("accepts the calls of a history that a serial executor has made", () => {
    const programs = fc.array(
      fc.array(fc.record({ object: fc.integer({ min: 0, max: 2 }), writes: fc.boolean() }), {
        minLength: 1,
        maxLength: 3,
      }),
      { maxLength: 12 },
    ) as fc.Arbitrary<Program>;
    for (const kind of ["register", "list", "counter"] as const) {
      let refused = 0;
      fc.assert(
        fc.property(programs, fc.string(), (program, seed) => {
          const chance = (purpose: string) => {
            const stream = streams(seed, 0).fork(purpose);
            return () => stream.next();
          };
          assert.deepEqual(sentences(callsOf(execute(program, kind, chance("sound"))), recorded), []);
          refused += sentences(callsOf(execute(program, kind, chance("stale"), true)), recorded).length;
        }),
        { numRuns: 100 },
      );
      assert.ok(refused > 10, `${refused} of stale reads of a ${kind}`);
    }
  });

  it("gives up where the order of many overlapping calls shows at their end only, and says so", () => {
    type Item = { readonly append: number } | "read";
    const list: Model<readonly number[], Item, string> = {
      initial: [],
      step(items, item, answer) {
        if (item !== "read") return [...items, item.append];
        return answer === items.join() ? items : undefined;
      },
      key: (items) => items.join(),
    };
    const calls = Array.from({ length: 400 }, (_, i): Call<Item, string> => [
      { append: i },
      "",
      i - (i % 2),
      i + 0.5 + (1 - (i % 2)),
    ]);
    const wrong = operations<Item, string>([...calls, ["read", "0", 1000, 1001]]);
    assert.throws(
      () => checkLinearizability(wrong, list, { memory: 1 }),
      (error) => error instanceof Undecided && /^x: whether .* is not decided/.test(error.message),
    );
  });

  it("is linear in a long history of one object, and finds the one wrong answer at its end", () => {
    const stream = streams("long", 0);
    const calls: Call<number, number>[] = [];
    for (let i = 0; i < 20_000; i++) calls.push([1, i + 1, i - 5 * stream.next(), i + 5 * stream.next()]);
    const long = operations(calls);
    assert.deepEqual(sentences(long, counter()), []);
    const wrong = [...long, ...operations<number, number>([[0, 3, 30_000, 30_001]])];
    assert.match(sentences(wrong, counter())[0]!, /has 20000 of 20001 answered calls, and leaves 20000/);
  });
});
