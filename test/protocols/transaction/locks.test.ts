/** Strict two-phase locking: a table of what each mode lets through, and a dumb twin for long courses. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  areCompatible,
  comparePaths,
  join,
  LockTable,
  relate,
  type Claim,
  type Holder,
  type Mode,
  type Owner,
} from "../../../protocols/transaction/locks.ts";

const modes: readonly Mode[] = ["intend-shared", "intend-exclusive", "shared", "exclusive"];

interface Named extends Holder {
  readonly name: string;
}

type Call = Owner & { readonly transaction: Named };

/** The transactions of the present test. */
const transactions = new Map<string, Named>();

function transaction(name: string): Named {
  const known = transactions.get(name) ?? { name, locks: [] };
  transactions.set(name, known);
  return known;
}

function call(name: string, ...path: number[]): Call {
  return { transaction: transaction(name), path, ended: false };
}

const names = (these: Iterable<Named>): string[] => [...these].map(({ name }) => name);

function claim(object: string, mode: Mode = "exclusive"): Claim[] {
  return [{ object, mode }];
}

/** Notes who was let in later. */
function course(): { table: LockTable<Call>; ask: (owner: Call, claims: Claim[]) => string; later: string[] } {
  transactions.clear();
  const later: string[] = [];
  const table = new LockTable<Call>(({ transaction: { name }, path }, outcome) => {
    later.push(`${name}${path.join(".")} ${outcome}`);
  });
  return { table, ask: (owner, claims) => table.request(owner, claims), later };
}

describe("the lock table", () => {
  it("has Gray's table of compatible modes", () => {
    const shown = modes.map((a) => modes.map((b) => (areCompatible(a, b) ? "+" : "-")).join(""));
    assert.deepEqual(shown, ["+++-", "++--", "+-+-", "----"]);
  });

  it("joins two modes to a mode that conflicts with everything that conflicts with either", () => {
    for (const a of modes) {
      for (const b of modes) {
        for (const other of modes) {
          if (areCompatible(join(a, b), other)) assert.ok(areCompatible(a, other) && areCompatible(b, other));
        }
      }
    }
  });

  it("lets readers in together, and a writer alone", () => {
    const { table, ask, later } = course();
    assert.equal(ask(call("a"), claim("x", "shared")), "granted");
    assert.equal(ask(call("b"), claim("x", "shared")), "granted");
    assert.equal(ask(call("c"), claim("x")), "waiting");
    table.release(transaction("a"));
    assert.deepEqual(later, []);
    table.release(transaction("b"));
    assert.deepEqual(later, ["c granted"]);
  });

  it("lets no reader overtake a writer that waits", () => {
    const { table, ask, later } = course();
    ask(call("a"), claim("x", "shared"));
    ask(call("b"), claim("x"));
    assert.equal(ask(call("c"), claim("x", "shared")), "waiting");
    table.release(transaction("a"));
    assert.deepEqual(later, ["b granted"]);
    table.release(transaction("b"));
    assert.deepEqual(later, ["b granted", "c granted"]);
  });

  it("puts an upgrade before all other claims, and finds two upgrades that wait for each other", () => {
    const { table, ask, later } = course();
    ask(call("a"), claim("x", "shared"));
    ask(call("b"), claim("x", "shared"));
    ask(call("c"), claim("x"));
    assert.equal(ask(call("a", 1), claim("x")), "waiting");
    assert.equal(table.deadlock(transaction("a")), undefined);
    assert.equal(ask(call("b", 1), claim("x")), "waiting");
    assert.deepEqual(names(table.deadlock(transaction("b"))!), ["b", "a"]);
    table.release(transaction("b"));
    assert.deepEqual(later, ["a1 granted"]);
  });

  it("finds a circle over several objects", () => {
    const { table, ask } = course();
    for (const [owner, object] of [
      ["a", "x"],
      ["b", "y"],
      ["c", "z"],
    ] as const)
      ask(call(owner), claim(object));
    ask(call("a", 1), claim("y"));
    ask(call("b", 1), claim("z"));
    assert.equal(table.deadlock(transaction("b")), undefined);
    ask(call("c", 1), claim("x"));
    assert.deepEqual(names(table.deadlock(transaction("c"))!), ["c", "a", "b"]);
  });

  it("gives the objects of a call to its nested calls, and to later calls after its end", () => {
    const { table, ask, later } = course();
    const outer = call("a", 1);
    ask(outer, claim("x"));
    assert.equal(ask(call("a", 1, 1), claim("x")), "granted");
    assert.equal(ask(call("a", 2), claim("x")), "waiting");
    table.ended(outer);
    table.ended(call("a", 1, 1));
    assert.deepEqual(later, []);
    const inner = call("b", 1, 1);
    ask(inner, claim("y"));
    assert.equal(ask(call("b", 1, 2), claim("y")), "waiting");
    table.ended(inner);
    assert.deepEqual(later, ["b1.2 granted"]);
  });

  it("answers out of order when an earlier sibling arrives later", () => {
    const { ask } = course();
    ask(call("a", 2), claim("x"));
    assert.equal(ask(call("a", 1), claim("x")), "out of order");
    assert.equal(ask(call("a", 1), claim("y")), "granted");
  });

  it("protects parts by intention modes on the whole", () => {
    const { ask } = course();
    const part = (object: string): Claim[] => [...claim("", "intend-exclusive"), ...claim(object)];
    assert.equal(ask(call("a"), part("x")), "granted");
    assert.equal(ask(call("b"), part("y")), "granted");
    assert.equal(ask(call("c"), claim("")), "waiting");
    assert.equal(ask(call("d"), part("z")), "waiting");
  });

  it("is empty when all transactions are released", () => {
    const { table, ask } = course();
    for (let i = 0; i < 100; i++) ask(call(`${i}`), claim(`${i % 7}`));
    for (let i = 0; i < 100; i++) table.release(transaction(`${i}`));
    assert.equal(table.size, 0);
  });

  it("agrees with a simple reference implementation over long random courses", () => {
    const step = fc.record({
      owner: fc.integer({ min: 0, max: 4 }),
      kind: fc.constantFrom("ask", "ask", "ask", "release"),
      objects: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 2 }),
      mode: fc.constantFrom<Mode>("shared", "exclusive"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { table, ask } = course();
        const waiting = new Set<string>();
        const twin = new Twin();
        let calls = 0;
        for (const { owner, kind, objects, mode } of steps) {
          const name = `${owner}`;
          if (kind === "release") {
            table.release(transaction(name));
            twin.release(name);
            waiting.delete(name);
          } else if (!twin.waits(name)) {
            const claims = objects.map((object) => ({ object: `${object}`, mode }));
            // Each below the one before, so that calls of one transaction do not wait for one another.
            ask(call(name, ...Array.from({ length: ++calls }, () => 1)), claims);
            twin.ask(name, claims);
          }
          for (const each of ["0", "1", "2", "3", "4"]) {
            assert.deepEqual(names(table.waitsFor(transaction(each))).toSorted(), twin.waitsFor(each), `of ${each}`);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("the order of calls in a transaction", () => {
  it("has an ancestor before its descendants, and siblings by number", () => {
    const sorted = [[2], [1, 3], [1], [1, 2, 9]].toSorted(comparePaths);
    assert.deepEqual(sorted, [[1], [1, 2, 9], [1, 3], [2]]);
  });

  it("causes no conflict for a later sibling when the earlier sibling has ended", () => {
    const earlier = { ...call("a", 1), ended: true };
    assert.equal(relate(call("a", 2), "exclusive", { owner: earlier, mode: "exclusive" }), "fits");
    assert.equal(relate(call("b", 2), "exclusive", { owner: earlier, mode: "exclusive" }), "conflict");
  });
});

interface Asked {
  readonly owner: string;
  readonly claims: readonly Claim[];
  /** How many of the claims are granted. */
  granted: number;
}

/**
 * One list of all that was asked for; whoever waits is tried again from the beginning after every step, first on the
 * objects of the transaction that was released, in the order in which it came to them.
 */
class Twin {
  #asked: Asked[] = [];
  /** By object: who waits, in order. */
  readonly #lines = new Map<string, Asked[]>();

  waits(owner: string): boolean {
    return this.#asked.some((one) => one.owner === owner && one.granted < one.claims.length);
  }

  ask(owner: string, claims: readonly Claim[]): void {
    const one = { owner, claims, granted: 0 };
    this.#asked.push(one);
    this.#enter(one);
    this.#settle();
  }

  #holds(owner: string, object: string): boolean {
    return this.#held(object).some((held) => held.owner === owner);
  }

  #held(object: string): { owner: string; mode: Mode }[] {
    return this.#asked.flatMap(({ owner, claims, granted }) =>
      claims.slice(0, granted).flatMap((each) => (each.object === object ? [{ owner, mode: each.mode }] : [])),
    );
  }

  #line(object: string): Asked[] {
    const line = this.#lines.get(object) ?? [];
    this.#lines.set(object, line);
    return line;
  }

  #enter(one: Asked): void {
    const { object } = one.claims[one.granted]!;
    const line = this.#line(object);
    const place = this.#holds(one.owner, object)
      ? line.filter(({ owner }) => this.#holds(owner, object)).length
      : line.length;
    line.splice(place, 0, one);
  }

  #blockers(one: Asked): string[] {
    const { object, mode } = one.claims[one.granted]!;
    const held = this.#held(object).filter((each) => each.owner !== one.owner && !areCompatible(mode, each.mode));
    const line = this.#line(object);
    const before = this.#holds(one.owner, object) ? [] : line.slice(0, line.indexOf(one));
    const ahead = before.filter((each) => !areCompatible(mode, each.claims[each.granted]!.mode));
    return [...held, ...ahead].map(({ owner }) => owner);
  }

  #settle(first: readonly string[] = []): void {
    for (let again = true; again;) {
      again = false;
      for (const object of [...first, ...this.#lines.keys()]) {
        const line = this.#line(object);
        const one = line.find((each) => this.#blockers(each).length === 0);
        if (one === undefined) continue;
        line.splice(line.indexOf(one), 1);
        one.granted++;
        if (one.granted < one.claims.length) this.#enter(one);
        again = true;
        break;
      }
    }
  }

  release(owner: string): void {
    const released = this.#asked.filter((one) => one.owner === owner);
    const touched = released.flatMap(({ claims, granted }) => claims.slice(0, granted + 1).map(({ object }) => object));
    this.#asked = this.#asked.filter((one) => one.owner !== owner);
    for (const [object, line] of this.#lines)
      this.#lines.set(
        object,
        line.filter((one) => one.owner !== owner),
      );
    this.#settle(touched);
  }

  waitsFor(owner: string): string[] {
    const waiting = this.#asked.filter((one) => one.owner === owner && one.granted < one.claims.length);
    return [...new Set(waiting.flatMap((one) => this.#blockers(one)))].filter((other) => other !== owner).toSorted();
  }
}
