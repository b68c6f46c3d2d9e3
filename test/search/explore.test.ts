/**
 * Small worlds in all orders: the protocols hold, the reduction loses no outcome, and a run is repeated from its file.
 */
import assert from "node:assert/strict";
import { explore, type Level } from "../../search/explore/explore.ts";
import { readRun, recorded, retell, type RecordedRun } from "../../search/explore/recorded-run.ts";
import { defaultWorld, explored, type SmallWorld } from "../../search/explore/small-world.ts";

const calm: SmallWorld = { ...defaultWorld, crashes: 0, losses: 0 };
const states = 100_000;

/** The levels with reduction and without. */
async function both(world: SmallWorld): Promise<{ reduced: Level[]; whole: Level[] }> {
  return {
    reduced: await explore(world, { states, reduced: true }),
    whole: await explore(world, { states, reduced: false }),
  };
}

describe("small worlds", function () {
  this.timeout(120_000);

  for (const protocol of explored) {
    for (const faults of [{}, { crashes: 1, transactions: 1 }, { timeouts: 1, clients: 1, transactions: 1 }] as const) {
      const name = Object.keys(faults).join() || "no fault";
      it(`hold in all runs of ${protocol}, with the same outcomes with reduction as without: ${name}`, async () => {
        const world = { ...calm, protocol, ...faults };
        const { reduced, whole } = await both(world);
        assert.equal(reduced.length, "crashes" in faults || "timeouts" in faults ? 2 : 1);
        reduced.forEach((level, i) => {
          assert.ok(level.complete && whole[i]!.complete);
          assert.deepEqual(level.broken, []);
          assert.deepEqual([level.outcomes, level.broken, level.cut], [whole[i]!.outcomes, whole[i]!.broken, 0]);
          assert.ok(level.states < whole[i]!.states, `${level.states} of ${whole[i]!.states}`);
        });
      });
    }
  }

  it("have both orders of two transactions as outcomes", async () => {
    const [level] = await explore(calm, { states, reduced: true });
    assert.deepEqual(level!.outcomes, ["t1 t2 | t1 t2 | t1 | t1 t2", "t2 t1 | t2 t1 | t2 t1 | t2"]);
  });

  it("are explored alike each time, and no further than the limit of states", async () => {
    const world = { ...calm, losses: 1 };
    const [once, again] = [1, 2].map(() => explore(world, { states: 900, reduced: true }));
    const levels = await once!;
    assert.deepEqual(await again, levels);
    assert.deepEqual(
      levels.map(({ states: visited, complete }) => [visited, complete]),
      [
        [800, true],
        [900, false],
      ],
    );
  });

  it("cut runs off at the bound on rounds", async () => {
    const [level] = await explore({ ...calm, depth: 1 }, { states, reduced: true });
    assert.ok(level!.cut > 0 && level!.ends > 0);
  });
});

describe("a run of a small world", () => {
  const begin = (at: string) => ({ at, what: "begin" }) as const;
  const arrives = (at: string, from: string, number: number) => ({ at, what: "datagram", from, number }) as const;
  const world = { ...calm, members: 1, clients: 1, transactions: 1 };
  const run: RecordedRun = {
    world: { ...world, losses: 1 },
    steps: [
      { ...begin("client 1"), lost: [1] },
      { at: "client 1", what: "timer" },
      arrives("member 1", "client 1", 2),
      arrives("client 1", "member 1", 1),
      arrives("member 1", "client 1", 3),
    ],
  };

  it("is repeated from its file, and told step by step", async () => {
    const { lines, complaint } = await retell(readRun(JSON.stringify(run), "run.json"), "run.json");
    assert.equal(complaint, undefined);
    assert.match(lines[0]!, /0 ms: client 1 begins: sends CALL 1 to member 1, its datagram 1 is LOST$/);
    assert.match(lines[1]!, /20 ms: a timer of client 1 fires: repeats CALL 1 to member 1$/);
    assert.match(
      lines[2]!,
      /datagram 2 of client 1 arrives at member 1: executes a call, .* is ready, sends CALL 1 to client 1$/,
    );
    assert.match(lines[4]!, /is committed, sends RETURN 1 to client 1$/);
  });

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ["no JSON", "[", /^f: expected a run in JSON/],
    ["no run", {}, /^f: world: expected .*, not undefined\.$/],
    ["an unknown protocol", { ...run, world: { ...world, protocol: "x" } }, /^f: world\.protocol: expected/],
    [
      "a step that cannot happen",
      { ...run, steps: [arrives("member 1", "client 1", 1)] },
      /^f: steps\.0: datagram 1 of client 1 arrives at member 1 cannot happen then\.$/,
    ],
    [
      "faults beyond the bounds",
      { ...run, steps: [{ ...begin("client 1"), crash: true }] },
      /^f: steps\.0: these faults cannot happen then\.$/,
    ],
  ];
  for (const [what, file, sentence] of refused) {
    it(`is refused: ${what}`, async () => {
      const text = typeof file === "string" ? file : JSON.stringify(file);
      await assert.rejects(async () => retell(readRun(text, "f"), "f"), { name: "BadData", message: sentence });
    });
  }

  it("is recorded as it was", () => {
    const move = {
      kind: "datagram",
      at: 0,
      from: 1,
      number: 2,
      bytes: new Uint8Array(0),
      content: 1,
      sentBy: 0,
    } as const;
    const step = { move, faults: { crash: true, early: 1, lost: [4] } };
    const [kept] = recorded(world, [step]).steps;
    assert.deepEqual(kept, { ...arrives("member 1", "client 1", 2), crash: true, early: 1, lost: [4] });
  });
});
