/** The checker accepts what correct executors produce, and names each anomaly of hand-made histories. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BadData } from "../../../../sim/bad-data.ts";
import type { Access, Transaction, Value } from "../../../../sim/checkers/history/history.ts";
import { streams } from "../../../../sim/chance/random.ts";
import { recorded } from "../../../../sim/checkers/history/models.ts";
import { checkSerializability } from "../../../../sim/checkers/history/serializability.ts";
import { execute, type Program } from "./executor.ts";

const r = (object: string, value: Access["value"]): Access => ({ kind: "read", object, value });
const w = (object: string, value: Value): Access => ({ kind: "write", object, value });
const a = (object: string, value: Value): Access => ({ kind: "append", object, value });
const i = (object: string, value?: number): Access => ({ kind: "increment", object, value });

/** Transactions that all overlap, unless `later` says otherwise; `!` marks a failed, `?` an unknown one. */
function history(...rows: (readonly [string, ...Access[]])[]): Transaction[] {
  return rows.map(([text, ...accesses], place) => {
    const name = text.replace(/[!?>]/g, "");
    const outcome = /!/.test(text) ? "failed" : /\?/.test(text) ? "unknown" : "committed";
    // What begins with ">" begins after those above it have ended.
    const begun = text.startsWith(">") ? 1000 + place : place;
    return {
      process: name,
      name,
      outcome,
      accesses,
      begun,
      ended: outcome === "unknown" ? Infinity : 100 + begun,
      time: place,
    };
  });
}

function violations(transactions: readonly Transaction[], strict = true): string[] {
  return checkSerializability(transactions, { seed: "1", strict }).map(({ sentence }) => sentence);
}

/** Tries all orders of all transactions that may have committed, with and without those whose outcome is not known. */
function isSerializable(
  transactions: readonly Transaction[],
  strict: boolean,
  states: Readonly<Record<string, State>> = {},
): boolean {
  if (transactions.every(({ outcome }) => outcome !== "committed")) return true;
  return transactions.some((transaction) => {
    const { outcome, accesses, begun } = transaction;
    const others = transactions.filter((other) => other !== transaction);
    if (outcome === "failed" || (strict && others.some((other) => other.outcome !== "failed" && other.ended < begun)))
      return false;
    const after = { ...states };
    for (const object of new Set(accesses.map((access) => access.object))) {
      const own = accesses.filter((access) => access.object === object);
      const state = recorded.step(after[object] ?? null, own, undefined);
      if (state === undefined) return false;
      after[object] = state;
    }
    return isSerializable(others, strict, after);
  });
}

type State = Value | readonly Value[];

const anomalies: readonly { name: string; history: readonly Transaction[]; finds: RegExp }[] = [
  {
    name: "G0: two transactions overwrite each other in different orders",
    history: history(
      ["T1", a("x", 1), a("y", 1)],
      ["T2", a("x", 2), a("y", 2)],
      ["T3", r("x", [1, 2]), r("y", [2, 1])],
    ),
    finds: /G0, a circle of writes: T1 wrote x before T2 wrote it \(ww\); T2 wrote y before T1 wrote it \(ww\)\.$/,
  },
  {
    name: "G1a: a read of what has failed, in a register",
    history: history(["T1!", w("x", 1)], ["T2", r("x", 1)]),
    finds: /G1a, aborted read: T2 read 1 of x, written by T1, which has failed/,
  },
  {
    name: "G1a, within a list",
    history: history(["T1!", a("x", 1)], ["T2", a("x", 2)], ["T3", r("x", [1, 2])]),
    finds: /G1a, aborted read: T3 read 1 of x/,
  },
  {
    name: "G1b: a read of what its writer overwrote itself",
    history: history(["T1", w("x", 1), w("x", 2)], ["T2", r("x", 1)]),
    finds: /G1b, intermediate read: T2 read 1 of x, which T1 overwrote/,
  },
  {
    name: "G1b in a list",
    history: history(["T1", a("x", 1), a("x", 2)], ["T2", r("x", [1])], ["T3", r("x", [1, 2])]),
    finds: /G1b, intermediate read: T2 read 1 of x/,
  },
  {
    name: "G1c: each reads what the other has written",
    history: history(["T1", w("x", 1), r("y", 1)], ["T2", w("y", 1), r("x", 1)]),
    finds: /G1c, circular information flow: T1 wrote what T2 read of x \(wr\); T2 wrote what T1 read of y \(wr\)/,
  },
  {
    name: "G-single: read skew",
    history: history(["T1", r("x", null), r("y", 1)], ["T2", w("x", 1), w("y", 1)]),
    finds: /G-single, read skew: T1 read x before T2 wrote it \(rw\); T2 wrote what T1 read of y \(wr\)/,
  },
  {
    name: "a lost update of a register",
    history: history(["T0", w("x", 1)], ["T1", r("x", 1), w("x", 2)], ["T2", r("x", 1), w("x", 3)]),
    finds: /lost update: T1 read x before T2 wrote it \(rw\); T2 read x before T1 wrote it \(rw\)/,
  },
  {
    name: "a lost update of a list",
    history: history(["T1", r("x", []), a("x", 1)], ["T2", r("x", []), a("x", 2)], ["T3", r("x", [1, 2])]),
    finds: /lost update/,
  },
  {
    name: "a lost update of a list that nobody has read afterwards",
    history: history(["T1", r("x", []), a("x", 1)], ["T2", r("x", []), a("x", 2)]),
    finds: /lost update/,
  },
  {
    name: "a lost update of a counter",
    history: history(["T1", i("x", 1)], ["T2", i("x", 1)]),
    finds: /lost update: T1 read x before T2 wrote it/,
  },
  {
    name: "G2: write skew",
    history: history(["T1", r("x", null), w("y", 1)], ["T2", r("y", null), w("x", 1)]),
    finds: /G2, write skew: T1 read x before T2 wrote it \(rw\); T2 read y before T1 wrote it \(rw\)/,
  },
  {
    name: "G2 of three",
    history: history(["T1", r("x", []), a("y", 1)], ["T2", r("y", []), a("z", 1)], ["T3", r("z", []), a("x", 1)]),
    finds: /G2: T1 read x before T3/,
  },
  {
    name: "a read of what nobody wrote",
    history: history(["T1", r("x", 7)], ["T2", w("x", 1)]),
    finds: /T1 read 7 of x, which nobody wrote/,
  },
  {
    name: "a counter that runs ahead",
    history: history(["T1", i("x", 1)], ["T2", i("x", 3)]),
    finds: /x has come to 3, by 1 increments more than were made/,
  },
  {
    name: "an element twice",
    history: history(["T1", a("x", 1)], ["T2", r("x", [1, 1])]),
    finds: /duplicate: T2 read 1 twice in x/,
  },
  {
    name: "reads of a list that contradict each other",
    history: history(["T1", a("x", 1)], ["T2", a("x", 2)], ["T3", r("x", [1, 2])], ["T4", r("x", [2])]),
    finds: /incompatible order: element 1 of x is 2 in what T4 read, and 1 in what T3 read/,
  },
  {
    name: "a transaction that does not see its own write",
    history: history(["T1", w("x", 1), r("x", null)]),
    finds: /T1 read null of x, where its own earlier accesses left 1/,
  },
  {
    name: "a transaction that does not see its own append",
    history: history(["T1", a("x", 1), r("x", [])]),
    finds: /T1 read \[\] of x, which does not end with what itself had appended, \[1\]/,
  },
  {
    name: "a transaction that sees its own write before it",
    history: history(["T1", r("x", 1), w("x", 1)]),
    finds: /T1 read 1 of x before it wrote that itself/,
  },
  {
    name: "a stale read, which only real time shows",
    history: history(["T1", i("x", 1)], [">T2", r("x", 0)]),
    finds:
      /G-single, read skew in real time: T1 ended before T2 began \(real time\); T2 read x before T1 wrote it \(rw\)|G-single, read skew in real time: T2 read x before T1/,
  },
];

describe("the checker of serializability", () => {
  for (const { name, history: transactions, finds } of anomalies) {
    it(`finds ${name}`, () => {
      const found = violations(transactions);
      // An intermediate read makes a circle too.
      assert.equal(found.length, name.startsWith("G1b") ? 2 : 1, found.join("\n"));
      assert.match(found[0]!, finds);
      assert.match(found[0]!, /^At \d+ ms \(seed 1\): /);
    });
  }

  it("takes a stale read for serializable where real time does not count", () => {
    assert.deepEqual(violations(history(["T1", i("x", 1)], [">T2", r("x", 0)]), false), []);
  });

  it("accepts effects of a transaction whose outcome is not known, all or none", () => {
    assert.deepEqual(
      violations(history(["T1?", w("x", 1), w("y", 1)], ["T2", r("x", 1)], ["T3", r("x", 1), r("y", 1)])),
      [],
    );
    assert.deepEqual(violations(history(["T1?", w("x", 1)], ["T2", r("x", null)])), []);
    assert.deepEqual(violations(history(["T1?", i("x")], ["T2", i("x", 2)])), []);
    assert.match(violations(history(["T1?", w("x", 1), w("y", 1)], ["T2", r("x", 1), r("y", null)]))[0]!, /G-single/);
  });

  it("accepts what failed and was tried again", () => {
    assert.deepEqual(violations(history(["T1!", w("x", 1)], ["T2", w("x", 1)], ["T3", r("x", 1)])), []);
  });

  it("refuses what it cannot judge", () => {
    assert.throws(
      () => violations(history(["T1", w("x", 1)], ["T2", w("x", 1)])),
      (error) => error instanceof BadData && /T1 and T2 both write 1 to x/.test(error.message),
    );
    assert.throws(
      () => violations(history(["T1", w("x", 1)], ["T2", a("x", 1)])),
      /T2 takes x for a list, and an earlier transaction for a register/,
    );
    assert.throws(() => violations(history(["T1", w("x", null)])), /stands for the value before all writes/);
  });

  const programs = fc.array(
    fc.array(fc.record({ object: fc.integer({ min: 0, max: 3 }), writes: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    }),
    { minLength: 1, maxLength: 12 },
  ) as fc.Arbitrary<Program>;

  for (const kind of ["register", "list", "counter"] as const) {
    it(`accepts histories of a serial executor of ${kind}s, with failures and unknown outcomes`, () => {
      fc.assert(
        fc.property(programs, fc.string(), (program, seed) => {
          const stream = streams(seed, 0);
          const draw = (): number => stream.next();
          assert.deepEqual(violations(execute(program, kind, draw)), []);
        }),
        { numRuns: 200 },
      );
    });

    it(`finds nothing in histories of ${kind}s that have an order, and all of lists and counters that have none`, () => {
      let [found, missed] = [0, 0];
      fc.assert(
        fc.property(programs, fc.string(), fc.boolean(), (whole, seed, strict) => {
          const stream = streams(seed, 0);
          // In the end, all objects are read.
          const program = [...whole.slice(0, 5), [0, 1, 2, 3].map((object) => ({ object, writes: false }))];
          const history = execute(program, kind, () => stream.next(), true);
          const last = history.find(({ process }) => process === `${program.length - 1}`)!;
          if (last.outcome !== "committed") return;
          const serializable = isSerializable(history, strict);
          const sentences = violations(history, strict);
          if (serializable) assert.deepEqual(sentences, []);
          else if (sentences.length === 0 && history.every(({ outcome }) => outcome !== "unknown")) missed++;
          else found++;
        }),
        { numRuns: 400 },
      );
      assert.ok(found > 40, `${found} found`);
      assert.ok(kind === "register" || missed === 0, `${missed} missed`);
    });

    it(`finds most histories of an executor of ${kind}s whose reads are stale`, () => {
      let found = 0;
      fc.assert(
        fc.property(programs, fc.string(), (program, seed) => {
          const stream = streams(seed, 0);
          const draw = (): number => stream.next();
          if (violations(execute(program, kind, draw, true)).length > 0) found++;
        }),
        { numRuns: 100, seed: 1 },
      );
      assert.ok(found > 30, `${found} of 100`);
    });
  }
});
