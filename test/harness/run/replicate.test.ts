import assert from "node:assert/strict";
import {
  experiment,
  type Definition,
  type Experiment,
  type Measures,
  type Replication,
} from "../../../harness/experiment.ts";
import type { Parameters } from "../../../harness/parameters.ts";
import { replicate } from "../../../harness/run/replicate.ts";
import { increment } from "../../../sim/checkers/history/history.ts";
import { Stage } from "../../../sim/stage.ts";

function returning(run: (replication: Replication) => unknown): Experiment {
  return experiment({
    name: "returning",
    question: "What comes out?",
    parameters: {},
    measures: {
      mean: { help: "" },
      ratio: { help: "", estimator: "ratio" },
      rare: { help: "", estimator: "rare" },
    },
    run: (_, replication) => run(replication),
  } as Definition<Parameters, Measures>);
}

const sound = { mean: 1, ratio: [1, 2], rare: [0, 3, 4] };

describe("a replication", () => {
  it("gives its observations in the experiment's order, waiting for a promise", async () => {
    const row = await replicate(
      returning(async () => ({ rare: [0, 3, 4], ratio: [1, 2], mean: null })),
      {},
      "s",
      3,
    );
    assert.equal(JSON.stringify(row.observations), '{"mean":null,"ratio":[1,2],"rare":[0,3,4]}');
    assert.equal(row.replication, 3);
  });

  it("draws equal numbers for equal seed, number and purpose only", async () => {
    const drawn = async (seed: string, number: number, purpose: string): Promise<unknown> => {
      const row = await replicate(
        returning(({ random }) => ({ ...sound, mean: random(purpose)() })),
        {},
        seed,
        number,
      );
      return row.observations["mean"];
    };
    assert.equal(await drawn("s", 1, "a"), await drawn("s", 1, "a"));
    const others = await Promise.all([drawn("s", 1, "a"), drawn("t", 1, "a"), drawn("s", 2, "a"), drawn("s", 1, "b")]);
    assert.equal(new Set(others).size, 4);
  });

  it("fails with the sentence of a checker, which nobody has to call", async () => {
    const found = returning((replication) => {
      replication.world().checks.push(() => [{ time: 5, sentence: "At 5 ms (seed s): m1 executed the call 2 times." }]);
      return sound;
    });
    await assert.rejects(replicate(found, {}, "s", 0), /^Error: At 5 ms \(seed s\): m1 executed the call 2 times\.$/);
  });

  it("says each remark once", async () => {
    const row = await replicate(
      returning((replication) => {
        for (let i = 0; i < 3; i++) replication.warn("no fault had an effect");
        replication.note("calibrated: nothing");
        replication.unconverged("the run was cut off");
        return sound;
      }),
      {},
      "s",
      0,
    );
    assert.deepEqual(row.remarks, [
      { kind: "warning", text: "no fault had an effect" },
      { kind: "note", text: "calibrated: nothing" },
      { kind: "unconverged", text: "the run was cut off" },
    ]);
  });

  const refused: [string, unknown, string][] = [
    ["nothing", undefined, "run returned undefined instead of one value for each measure"],
    [
      "a measure too few",
      { mean: 1, ratio: [1, 2] },
      "the measure rare came out as undefined instead of [numerator, denominator], none negative or null",
    ],
    ["a measure too many", { ...sound, maen: 1 }, "run returned maen, which is none of the measures"],
    ["a mean that is NaN", { ...sound, mean: NaN }, "the measure mean came out as NaN instead of a number or null"],
    ["a mean that is a text", { ...sound, mean: "1" }, "the measure mean came out as '1' instead of a number or null"],
    [
      "a ratio of one",
      { ...sound, ratio: 0.5 },
      "the measure ratio came out as 0.5 instead of [numerator, denominator] or null",
    ],
    ["a ratio of three", { ...sound, ratio: [1, 2, 3] }, "the measure ratio came out as [ 1, 2, 3 ] instead of"],
    ["a negative rarity", { ...sound, rare: [-1, 2] }, "the measure rare came out as [ -1, 2 ] instead of"],
  ];
  for (const [what, value, sentence] of refused) {
    it(`must not return ${what}`, async () => {
      await assert.rejects(
        replicate(
          returning(() => value),
          {},
          "s",
          0,
        ),
        (error) => error instanceof TypeError && error.message.startsWith(sentence),
      );
    });
  }

  it("keeps of a long run its mean, batches and their variance, and doubts one without a steady state", async () => {
    const running = (values: unknown): Experiment => ({
      ...returning(() => ({ ...sound, mean: values })),
      measures: { ...returning(() => sound).measures, mean: { help: "", estimator: "steady" } },
    });
    const steady = await replicate(running(Array.from({ length: 400 }, (_, i) => (i * 7919) % 97)), {}, "s", 0);
    const [mean, count, variance] = steady.observations["mean"] as readonly number[];
    assert(Math.abs(mean! - 48) < 1 && count === 40 && variance! > 0, String(steady.observations["mean"]));
    assert.deepEqual(steady.remarks, []);
    const rising = await replicate(running(Array.from({ length: 400 }, (_, i) => i)), {}, "s", 0);
    assert.deepEqual(rising.observations["mean"], [199.5, 1]);
    assert.equal(rising.remarks[0]!.kind, "unconverged");
    assert.equal((await replicate(running([]), {}, "s", 0)).observations["mean"], null);
    await assert.rejects(
      replicate(running([1, "2"]), {}, "s", 0),
      /mean came out as \[ 1, '2' \] instead of a list of numbers/,
    );
  });

  it("fails if the history that it kept is not serializable, and hands the history over all the same", async () => {
    const skewed = (isJudged: boolean) =>
      returning((replication) => {
        const { history } = replication.audit(new Stage(replication.world()), { isJudged });
        const [one, other] = ["one", "other"].map((name) => history.begin(name, `increment by ${name}`, []));
        one!.committed([increment("x", 1)]);
        other!.committed([increment("x", 1)]);
        return sound;
      });
    let kept = 0;
    const keep = (transactions: readonly unknown[]): unknown => (kept += transactions.length);
    await assert.rejects(
      replicate(skewed(true), {}, "s", 0, undefined, { history: keep }),
      /^Error: At 0 ms \(seed s\): lost update: increment by one read x before increment by other wrote it/,
    );
    assert.equal(kept, 2);
    await replicate(skewed(false), {}, "s", 0, undefined, { history: keep });
    assert.equal(kept, 4);
  });

  it("has one audit at the most", async () => {
    const twice = returning((replication) => {
      const stage = new Stage(replication.world());
      replication.audit(stage);
      replication.audit(stage);
      return sound;
    });
    await assert.rejects(replicate(twice, {}, "s", 0), /a replication has one audit/);
  });

  it("refuses a series that is not what the experiment says", async () => {
    const handing = (name: string, values: readonly never[]) => ({
      ...returning(({ series }) => (series(name, values), sound)),
      series: { course: { help: "", along: { name: "time", at: [0, 1] } } },
    });
    const run = (name: string, values: readonly unknown[]) =>
      replicate(handing(name, values as readonly never[]), {}, "s", 0);
    assert.deepEqual((await run("course", [1, null])).series, { course: [1, null] });
    await assert.rejects(run("other", []), /run handed over other, which is none of the series/);
    await assert.rejects(run("course", [1]), /the series course came out with 1 values instead of 2/);
    await assert.rejects(
      run("course", [1, [2, 3]]),
      /the series course came out as \[ 2, 3 \] at 1 instead of a number/,
    );
  });
});
