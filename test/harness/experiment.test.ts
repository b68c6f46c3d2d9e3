import assert from "node:assert/strict";
import { BadData } from "../../sim/bad-data.ts";
import { bar, line } from "../../harness/chart.ts";
import { experiment, modelOf, type Definition, type Measures } from "../../harness/experiment.ts";
import { choice, count, duration, ratio, type Parameters } from "../../harness/parameters.ts";

describe("experiment", () => {
  it("infers the types of parameters and observations", () => {
    const typed = experiment({
      name: "typed",
      question: "Is it typed?",
      parameters: {
        members: count(3, "degree of replication", { min: 1 }),
        roundTrip: duration("10ms", "mean round trip"),
        loss: ratio(0, "share of datagrams lost"),
        collator: choice(["unanimous", "majority"], "what decides"),
      },
      measures: {
        latency: { unit: "ms", help: "time of a call" },
        failures: { help: "share of calls failed", estimator: "rare" },
      },
      run(p, replication) {
        const collator: "unanimous" | "majority" = p.collator;
        const members: number = p.members;
        // @ts-expect-error: no such parameter.
        void p.member;
        return { latency: members * replication.number, failures: [collator.length, 10] };
      },
      model: { latency: (p) => p.roundTrip * p.members, failures: { of: (p) => p.loss, label: "published" } },
      charts: [line({ x: "members", y: "latency", by: "collator" })],
      sweep: { members: "1..5", collator: ["unanimous", "majority"] },
    });
    const p = { members: 2, roundTrip: 10, loss: 0.5, collator: "majority" };
    assert.equal(modelOf(typed, "latency", p)?.value, 20);
    assert.deepEqual(modelOf(typed, "failures", p), {
      value: 0.5,
      label: "published",
      source: "",
      within: null,
      outside: null,
      expected: 0.5,
    });
  });

  it("takes an observation of the estimator's form only", () => {
    experiment({
      name: "wrong",
      question: "Is it refused?",
      parameters: {},
      measures: { failures: { help: "share of calls failed", estimator: "rare" } },
      // @ts-expect-error: a rare measure takes [numerator, denominator].
      run: () => ({ failures: 1 }),
    });
    assert.throws(() =>
      experiment({
        name: "wrong",
        question: "Is it refused?",
        parameters: { members: count(3, "degree of replication") },
        measures: { latency: { help: "time of a call" } },
        run: () => ({ latency: 1 }),
        // @ts-expect-error: no such measure.
        charts: [line({ x: "members", y: "latencies" })],
      }),
    );
  });
});

describe("an experiment with a mistake is refused in one sentence", () => {
  const sound = {
    name: "sound",
    question: "Is it sound?",
    parameters: { members: count(3, "degree of replication", { min: 1 }) },
    measures: { latency: { unit: "ms", help: "time of a call" } },
    run: () => ({ latency: 1 }),
  };
  const refused: [string, Partial<Definition<Parameters, Measures>>, string][] = [
    ["name", { name: "Call Cost" }, "experiment Call Cost: a name has small letters, digits and hyphens only"],
    ["parameter's name", { parameters: { "a-b": count(1, "") } }, "parameter a-b: a name has letters and digits only"],
    ["taken option", { parameters: { seed: count(1, "") } }, "parameter seed: that is the name of an option of every"],
    ["default", { parameters: { n: count(0, "", { min: 1 }) } }, "must be a whole number of at least 1, not 0"],
    [
      "parameter",
      { parameters: { members: 3 } as unknown as Parameters },
      "parameter members is made by a function of troupe/parameters, as in members: count(3,",
    ],
    [
      "estimator",
      { measures: { latency: { help: "", estimator: "rar" as "rare" } } },
      "measure latency has the estimator rar, which is none. Did you mean rare?",
    ],
    ["bar's x", { charts: [bar({ x: "member", y: "latency" })] }, "names the parameter member, which"],
    ["no measure", { measures: {} }, "experiment sound measures nothing"],
    ["same name", { measures: { members: { help: "" } } }, "members is both a parameter and a measure"],
    [
      "model",
      { model: { latncy: () => 1 } },
      "model names the measure latncy, which the experiment has not. Did you mean",
    ],
    ["chart's x", { charts: [line({ x: "member", y: "latency" })] }, "names the parameter member, which"],
    ["chart's y", { charts: [line({ x: "members", y: "late" })] }, "names the measure late, which"],
    [
      "setting",
      { sweep: { mebmers: "1..2" } },
      "a setting names the parameter mebmers, which the experiment has not. Did",
    ],
    ["replications", { replications: 0 }, "replications must be a whole number of at least 1"],
  ];
  for (const [what, change, sentence] of refused) {
    it(what, () => {
      assert.throws(
        () => experiment({ ...sound, ...change } as Definition<Parameters, Measures>),
        (error) => {
          assert(error instanceof BadData);
          assert(error.message.includes(sentence), error.message);
          return true;
        },
      );
    });
  }
});
