/**
 * Collators: dissertation, replicated procedure call (waiting and collating). Each is checked against a dumb twin that
 * says in the plainest way what the rule is.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  collators,
  disagreement,
  firstCome,
  majority,
  noMajority,
  quorum,
  sameBody,
  unanimous,
  unavailable,
  wait,
  watchdog,
  type Collator,
  type Entry,
} from "../../../protocols/call/collator.ts";
import { headerBytes } from "../../../protocols/wire/segment.ts";

/** A message whose body is one letter; headers differ, as they do on the wire. */
function message(letter: number, header = 0): Uint8Array {
  const bytes = new Uint8Array(headerBytes + 1).fill(header, 0, headerBytes);
  bytes[headerBytes] = letter;
  return bytes;
}

const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.constantFrom(undefined, null),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(255)).map(([letter, header]) => message(letter, header)),
);
const entries = fc.array(entry, { minLength: 1, maxLength: 8 });

const letterOf = (e: Entry): number => e![headerBytes]!;
const bodies = (all: readonly Entry[]): number[] => all.filter((e) => !!e).map(letterOf);
const pending = (all: readonly Entry[]): number => all.filter((e) => e === undefined).length;

/** What a verdict means: the letter of the answer, or the negative verdict. */
function meaning(collator: Collator, all: readonly Entry[]): number {
  const verdict = collator.decide(all);
  return verdict >= 0 ? letterOf(all[verdict]) : verdict;
}

function agreementTwin(all: readonly Entry[], need: number): number {
  // Of several answers with enough votes, as a small quorum may find, the one that is first to have them in members'
  // order.
  for (let n = 1; n <= all.length; n++) {
    const letter = [1, 2, 3].find((l) => bodies(all.slice(0, n)).filter((b) => b === l).length >= need);
    if (letter !== undefined) return letter;
  }
  for (const letter of [1, 2, 3]) {
    if (bodies(all).filter((b) => b === letter).length + pending(all) >= need) return wait;
  }
  return bodies(all).length === 0 && pending(all) === 0 ? unavailable : noMajority;
}

describe("collators", () => {
  it("unanimous: waits for all living members; an error if two messages differ", () => {
    fc.assert(
      fc.property(entries, (all) => {
        const twin =
          pending(all) > 0
            ? wait
            : bodies(all).length === 0
              ? unavailable
              : new Set(bodies(all)).size > 1
                ? disagreement
                : bodies(all)[0]!;
        assert.equal(meaning(unanimous, all), twin);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("first-come and watchdog: the first message that has arrived", () => {
    fc.assert(
      fc.property(entries, (all) => {
        const twin = bodies(all)[0] ?? (pending(all) > 0 ? wait : unavailable);
        assert.equal(meaning(firstCome, all), twin);
        assert.equal(meaning(watchdog, all), twin);
      }),
      { numRuns: 1000, seed: 1 },
    );
    assert.ok(watchdog.watches);
    assert.ok(!firstCome.watches);
  });

  it("majority: of all members, not of the living members; decides as soon as the majority is certain", () => {
    fc.assert(
      fc.property(entries, (all) => {
        assert.equal(meaning(majority, all), agreementTwin(all, Math.floor(all.length / 2) + 1));
      }),
      { numRuns: 3000, seed: 1 },
    );
    // Two survivors of five agree: still no majority.
    assert.equal(majority.decide([message(1), message(1), null, null, null]), noMajority);
    assert.equal(majority.decide([message(1), undefined, message(1), undefined, message(1)]) >= 0, true);
  });

  it("quorum: the given number of equal messages", () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 9 }), (all, need) => {
        assert.equal(meaning(quorum(need), all), agreementTwin(all, need));
      }),
      { numRuns: 2000, seed: 1 },
    );
    for (const bad of [0, -1, 1.5, NaN]) assert.throws(() => quorum(bad), RangeError);
  });

  it("never change a verdict when another message arrives", () => {
    const filling = entries.chain((all) =>
      fc.record({ all: fc.constant(all.map((e) => e ?? null)), hidden: fc.shuffledSubarray([...all.keys()]) }),
    );
    fc.assert(
      fc.property(filling, ({ all, hidden }) => {
        for (const collator of [unanimous, majority]) {
          const seen: Entry[] = all.map((e, i) => (hidden.includes(i) ? undefined : e));
          let decided: number | undefined;
          for (const index of [-1, ...hidden]) {
            if (index >= 0) seen[index] = all[index];
            const verdict = meaning(collator, seen);
            if (decided === undefined && verdict !== wait) decided = verdict;
            // A majority that has become impossible may later look like no answer at all.
            else if (decided !== undefined && decided !== noMajority) assert.equal(verdict, decided, collator.name);
          }
          assert.notEqual(decided, undefined);
        }
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it("compare the bodies of messages only", () => {
    assert.ok(sameBody(message(1, 3), message(1, 200)));
    assert.ok(!sameBody(message(1), message(2)));
    assert.ok(!sameBody(message(1), new Uint8Array(headerBytes)));
    assert.ok(sameBody(new Uint8Array(headerBytes), new Uint8Array(headerBytes)));
  });

  it("are found by name", () => {
    for (const [name, collator] of Object.entries(collators)) assert.equal(collator.name, name);
    assert.deepEqual(Object.keys(collators), ["unanimous", "first-come", "majority", "watchdog"]);
  });
});
