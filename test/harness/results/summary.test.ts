import assert from "node:assert/strict";
import fc from "fast-check";
import { experiment, type Definition, type Measure, type Measures, type Observation } from "../../../harness/experiment.ts";
import { count, type Parameters } from "../../../harness/parameters.ts";
import { summarize } from "../../../harness/results/summary.ts";
import { comparisonOf } from "../../../harness/results/comparison.ts";
import { verdictOf } from "../../../harness/results/verdict.ts";
import type { Remark, Row } from "../../../harness/plan/row.ts";

function measuring(measure: Partial<Measure>, change: Partial<Definition<Parameters, Measures>> = {}) {
  return experiment<Parameters, Measures>({
    name: "measuring",
    question: "What is it?",
    parameters: { n: count(1, "") },
    measures: { it: { help: "it", ...measure } },
    run: () => ({ it: 0 }),
    ...change,
  });
}

function rowsOf(values: readonly Observation[], remarks: readonly Remark[] = []): Row[] {
  return values.map((it, replication) => ({ replication, observations: { it }, series: {}, remarks }));
}

describe("the summary of a cell", () => {
  it("has converged when the interval is narrow for its figure", () => {
    const narrow = rowsOf([99, 100, 101, 100]);
    const wide = rowsOf([50, 100, 150, 100]);
    assert.equal(summarize(measuring({}), { n: 1 }, narrow, null).converged, true);
    assert.equal(summarize(measuring({}), { n: 1 }, wide, null).converged, false);
    assert.equal(summarize(measuring({}), { n: 1 }, narrow, 0.001).converged, false);
    assert.equal(summarize(measuring({ precision: 0.001 }), { n: 1 }, narrow, null).converged, false);
    assert.equal(summarize(measuring({ precision: null }), { n: 1 }, wide, null).converged, true);
    assert.equal(summarize(measuring({ resolution: 100 }), { n: 1 }, wide, null).converged, true);
  });

  it("has not converged when a replication says so, nor without an interval or data", () => {
    const doubt: Remark[] = [{ kind: "unconverged", text: "cut off" }];
    const doubted = summarize(measuring({ precision: null }), { n: 1 }, rowsOf([1, 1], doubt), null);
    assert.equal(doubted.converged, false);
    assert.deepEqual(doubted.warnings, ["cut off"]);
    assert.equal(summarize(measuring({}), { n: 1 }, rowsOf([1]), null).converged, false);
    const none = summarize(measuring({}), { n: 1 }, rowsOf([null, null]), null);
    assert.equal(none.converged, false);
    assert.equal(none.measures["it"]!.mean, null);
    assert.deepEqual(none.warnings, ["it: there was nothing to measure in 2 of 2 replications."]);
  });

  it("has no interval below 0 of what cannot be negative, by any estimator, in either run of a comparison", () => {
    const upTo = (max: number): fc.Arbitrary<number> => fc.double({ min: 1e-12, max, noNaN: true });
    const size = fc.oneof(fc.constant(0), upTo(1e-3), upTo(1e6));
    const pair = fc.tuple(size, fc.double({ min: 1e-6, max: 1e6, noNaN: true }));
    const batches = fc.tuple(size, fc.integer({ min: 2, max: 40 }), fc.double({ min: 0, max: 1e9, noNaN: true }));
    const observations: readonly (readonly [Partial<Measure>, fc.Arbitrary<Observation>])[] = [
      [{ estimator: "mean" }, size],
      [{ estimator: "quantile", quantile: 0.9 }, size],
      [{ estimator: "ratio" }, pair],
      [{ estimator: "rare" }, pair],
      [{ estimator: "waiting" }, pair],
      [{ estimator: "steady" }, batches as unknown as fc.Arbitrary<Observation>],
    ];
    for (const [measure, observation] of observations) {
      const experiment = measuring(measure);
      fc.assert(
        fc.property(fc.array(observation, { minLength: 1, maxLength: 12 }), (values) => {
          const rows = rowsOf(values);
          const { low } = summarize(experiment, { n: 1 }, rows, null).measures["it"]!;
          const runs = [new Map([['{"n":1}', new Map(rows.map((row) => [row.replication, row]))]])] as const;
          const [cell] = comparisonOf(experiment, [runs[0], runs[0]], [[{ n: 1 }], [{ n: 1 }]]).cells;
          for (const each of [low, cell!.first["it"]!.low, cell!.second["it"]!.low])
            assert.ok(each === null || each >= 0, `${measure.estimator}: ${each}`);
        }),
      );
    }
    const wild = rowsOf([[1, 10, 100]] as unknown as Observation[]);
    assert.equal(summarize(measuring({ estimator: "steady" }), { n: 1 }, wild, null).measures["it"]!.low, 0);
    assert.ok(summarize(measuring({ estimator: "steady", signed: true }), { n: 1 }, wild, null).measures["it"]!.low! < 0);
  });

  it("takes one replication as exact if the experiment states that one is enough", () => {
    const exact = summarize(measuring({}, { replications: 1 }), { n: 1 }, rowsOf([7]), null);
    assert.deepEqual(exact.measures["it"], {
      mean: 7,
      low: 7,
      high: 7,
      model: null,
      outside: null,
      ratio: { mean: null, low: null, high: null },
      converged: true,
    });
  });

  it("says which measures are outside which assumption, and how many times the model they are", () => {
    const model = { it: { of: () => 50, outside: () => "it assumes that nothing is lost." } };
    const { measures, notes } = summarize(measuring({}, { model }), { n: 1 }, rowsOf([98, 100, 102]), null);
    const { mean, low, high, outside, ratio } = measures["it"]!;
    assert.equal(outside, "it assumes that nothing is lost.");
    assert.deepEqual(notes, ["it: outside the model: it assumes that nothing is lost."]);
    assert.deepEqual(ratio, { mean: mean! / 50, low: low! / 50, high: high! / 50 });
    const ratioOf = (value: number, rows: readonly Row[]) =>
      summarize(measuring({}, { model: { it: () => value } }), { n: 1 }, rows, null).measures["it"]!.ratio;
    assert.deepEqual(ratioOf(0, rowsOf([98, 102])), { mean: null, low: null, high: null });
    assert.deepEqual(ratioOf(50, rowsOf([100])), { mean: 2, low: null, high: null });
    const negative = ratioOf(-50, rowsOf([98, 100, 102]));
    assert.deepEqual(negative, { mean: -2, low: -ratio.high!, high: -ratio.low! });
  });

  it("says notes and warnings once each", () => {
    const remarks: Remark[] = [
      { kind: "note", text: "calibrated" },
      { kind: "warning", text: "no effect" },
    ];
    const { notes, warnings } = summarize(measuring({}), { n: 1 }, rowsOf([1, 2, 3], remarks), null);
    assert.deepEqual([notes, warnings], [["calibrated"], ["no effect"]]);
  });

  it("has no interval below 0 unless values can be negative", () => {
    const of = (measure: Partial<Measure>, values: readonly Observation[]) =>
      summarize(measuring(measure), { n: 1 }, rowsOf(values), null).measures["it"]!.low!;
    const skewed = [0, 0, 0, 9];
    assert(of({}, skewed) >= 0 && of({ signed: true }, skewed) < 0);
    assert(of({}, [0, 0, -1, 9]) < 0);
  });

  it("is made of 130,000 replications", () => {
    const many = Array.from({ length: 130_000 }, (_, i): Observation => [i % 2, 1]);
    for (const estimator of ["ratio", "rare", "waiting"] as const) {
      const { mean } = summarize(measuring({ estimator }), { n: 1 }, rowsOf(many), null).measures["it"]!;
      assert.equal(mean, 0.5);
    }
  });

  it("estimates by the measure's estimator", () => {
    const rows = rowsOf([
      [0, 10],
      [3, 10],
      [0, 40],
    ]);
    const of = (estimator: "ratio" | "rare") => summarize(measuring({ estimator }), { n: 1 }, rows, null).measures["it"]!;
    assert.equal(of("ratio").mean, 0.05);
    assert.equal(of("rare").mean, 0.05);
    assert(of("ratio").low! === 0 && of("rare").low! > 0);
  });

  it("ends the interval of a share at 1, and not that of a rate", () => {
    const rows = rowsOf([
      [9, 10],
      [10, 10],
      [4, 10],
    ]);
    const of = (measure: Partial<Measure>) =>
      summarize(measuring({ estimator: "rare", ...measure }), { n: 1 }, rows, null).measures["it"]!;
    assert.equal(of({}).high, 1);
    assert(of({ unit: "per hour" }).high! > 1);
    assert.equal(of({}).low, of({ unit: "per hour" }).low);
  });
});

describe("the verdict", () => {
  const verdict = (values: readonly Observation[], model: Definition<Parameters, Measures>["model"], replications = 20) => {
    const subject = measuring({}, { model: model!, replications });
    return verdictOf(subject, summarize(subject, { n: 1 }, rowsOf(values), null), "it");
  };
  // Mean 100, interval 97.4 to 102.6.
  const values = [98, 100, 102, 100, 99, 101, 104, 96];

  it("is three standard errors, or the tolerance that is stated", () => {
    assert.equal(verdict(values, { it: () => 103 })?.word, "agrees");
    assert.equal(verdict(values, { it: () => 97 })?.word, "agrees");
    assert.equal(verdict(values, { it: () => 105 })?.word, "differs");
    assert.equal(verdict(values, { it: () => 95 })?.word, "differs");
    assert.deepEqual(verdict(values, { it: { of: () => 80, within: 0.25 } }), { word: "agrees", error: 0.25 });
    assert.deepEqual(verdict(values, { it: { of: () => 125, within: 0.1 } }), { word: "differs", error: -0.2 });
    assert.equal(verdict(values, { it: { of: () => 103, within: 0.01 } })?.word, "agrees");
    assert.equal(verdict([100], { it: { of: () => 103, within: 0.01 } }, 1)?.word, "differs");
  });

  const verdictOfRows = (estimator: "rare" | "waiting" | "ratio", values: readonly Observation[], model: number) => {
    const subject = measuring({ estimator }, { model: { it: () => model } });
    const cell = summarize(subject, { n: 1 }, rowsOf(values), null);
    return { word: verdictOf(subject, cell, "it")?.word, cell };
  };

  it("takes the side of the interval on which the model lies", () => {
    const none: Observation[] = Array.from({ length: 20 }, () => [0, 50]);
    // Six events are expected in 1000. The lower limit of two is nearer to them than that.
    const two = none.map((value, i): Observation => (i < 2 ? [1, 50] : value));
    assert.equal(verdictOfRows("rare", two, 0.006).word, "agrees");
    assert.equal(verdictOfRows("rare", none, 0.006).word, "differs");
  });

  it("compares a waiting time without events with the time waited", () => {
    const never: Observation[] = Array.from({ length: 20 }, () => [50, 0]);
    const word = (time: number) => verdictOfRows("waiting", never, time).word;
    assert.deepEqual([word(100), word(190), word(1e6)], ["differs", "agrees", "scant"]);
  });

  it("is none where few events were seen and few expected, and the cell has not converged", () => {
    const few: Observation[] = Array.from({ length: 20 }, (_, i) => [i < 4 ? 1 : 0, 50]);
    const { word, cell } = verdictOfRows("rare", few, 0.0041);
    assert.equal(word, "scant");
    assert.equal(cell.converged, false);
    assert(cell.measures["it"]!.low! > 0 && cell.measures["it"]!.high! < 0.01);
    assert.match(cell.warnings[0]!, /^it: not enough data: /);
    assert.equal(verdictOfRows("rare", few, 0.02).word, "differs");
    // Long outages, of which a thirtieth was seen.
    const long = few.map((value): Observation => [(value as readonly number[])[0]!, 50, 30]);
    assert.equal(verdictOfRows("rare", long, 0.02).word, "scant");
  });

  it("is none on a ratio whose numerators are all zero, unless that is what the model says", () => {
    const zeros: Observation[] = Array.from({ length: 5 }, () => [0, 50]);
    const { word, cell } = verdictOfRows("ratio", zeros, 5e-6);
    assert.equal(word, "scant");
    const { mean, low, high, converged } = cell.measures["it"]!;
    assert.deepEqual({ mean, low, high, converged }, { mean: 0, low: 0, high: null, converged: false });
    assert.equal(verdictOfRows("ratio", zeros, 0).word, "agrees");
  });

  it("compares an exact figure with the closed form up to rounding", () => {
    assert.equal(verdict([0.1 + 0.2], { it: () => 0.3 }, 1)?.word, "agrees");
    assert.equal(verdict([0.3001], { it: () => 0.3 }, 1)?.word, "differs");
    assert.deepEqual(verdict([0], { it: () => 0 }, 1), { word: "agrees", error: null });
  });

  it("is never that a figure outside the model's assumptions agrees", () => {
    const outside = (): string => "it assumes that nothing is lost.";
    assert.deepEqual(verdict(values, { it: { of: () => 100, outside } }), { word: "outside", error: 0 });
    assert.deepEqual(verdict(values, { it: { of: () => 80, outside, within: 0.5 } }), { word: "outside", error: 0.25 });
  });

  it("is undecided without figure or interval, and none without model", () => {
    assert.equal(verdict([5], { it: () => 5 })?.word, "undecided");
    assert.equal(verdict([null, null], { it: () => 5 })?.word, "undecided");
    assert.equal(verdict(values, { it: () => null }), null);
    assert.equal(verdict(values, {}), null);
  });
});
