import assert from "node:assert/strict";
import { experiment } from "../../../harness/experiment.ts";
import { count } from "../../../harness/parameters.ts";
import { coveragesOf, knownFigures } from "../../../harness/results/coverage.ts";
import { summarize } from "../../../harness/results/summary.ts";

const subject = (figure: number | null, outside: string | null = null) =>
  experiment({
    name: "subject",
    question: "How often?",
    parameters: { n: count(1, "") },
    measures: { it: { help: "" }, other: { help: "" } },
    run: () => ({ it: 0, other: 0 }),
    model: {
      it: {
        of: () => figure,
        // By what was measured: more than 100 is not this model's.
        outside: (_, { it: mean }) => outside ?? ((mean ?? 0) > 100 ? "it assumes little." : null),
      },
    },
  });

/** The coverage of campaigns of such values, with intervals of a mean. */
function coverage(figure: number, campaigns: readonly (readonly (number | null)[])[]) {
  const summaries = campaigns.map((values) => [
    summarize(
      subject(figure),
      { n: 1 },
      values.map((it, replication) => ({ replication, observations: { it, other: 0 }, series: {}, remarks: [] })),
      null,
    ),
  ]);
  return coveragesOf(subject(figure), [{ n: 1 }], summaries)[0]!.measures["it"]!;
}

/** Mean 10, interval 8.76 to 11.24. */
const around10 = [9, 10, 11, 10, 9, 11, 8, 12];

describe("coverage", () => {
  it("counts the campaigns whose interval contains the figure, with bias and half-width relative to it", () => {
    const shifted = around10.map((value) => value + 5);
    const found = coverage(11, [around10, around10, around10, shifted]);
    assert.deepEqual([found.intervals, found.held, found.coverage.mean], [4, 3, 0.75]);
    assert(Math.abs(found.bias.mean! - (10 + 10 + 10 + 15 - 44) / 44) < 1e-12);
    // Student's t at 7 degrees of freedom, 2.364624, times the standard error.
    assert(Math.abs(found.halfWidth! - (2.364_624 * Math.sqrt(10 / 7 / 8 + 2 / 7 / 8)) / 11) < 0.02);
    assert.equal(found.model, 11);
  });

  it("is judged by Wilson's interval", () => {
    const campaigns = (hits: number, misses: number) => [
      ...Array.from({ length: hits }, () => around10),
      ...Array.from({ length: misses }, () => around10.map((value) => value + 5)),
    ];
    assert.equal(coverage(10, campaigns(95, 5)).verdict, "nominal");
    assert.equal(coverage(10, campaigns(85, 15)).verdict, "too narrow");
    assert.equal(coverage(10, campaigns(100, 0)).verdict, "too wide");
    assert.equal(coverage(10, campaigns(10, 0)).verdict, "nominal");
  });

  it("leaves campaigns without an interval out, and tells how many gave one", () => {
    const found = coverage(10, [around10, [null, null], [10], around10]);
    assert.deepEqual([found.intervals, found.held], [2, 2]);
    const none = coverage(10, [[10]]);
    assert.deepEqual([none.coverage.mean, none.halfWidth, none.verdict], [null, null, "unknown"]);
  });

  it("leaves campaigns out that measured that the model is outside its assumptions", () => {
    const found = coverage(10, [around10, around10.map((value) => value + 200), around10]);
    assert.deepEqual([found.intervals, found.held], [2, 2]);
    assert.ok(Math.abs(found.bias.mean!) < 1e-9);
  });

  it("is exact where nothing varies, has nothing relative to zero", () => {
    const exact = coverage(0.3, Array.from({ length: 100 }, () => [0.1 + 0.2, 0.1 + 0.2]));
    assert.deepEqual([exact.held, exact.verdict], [100, "exact"]);
    const zero = coverage(0, [around10]);
    assert.deepEqual([zero.held, zero.bias.mean, zero.halfWidth], [0, null, null]);
  });

  it("is known only of figures that a model gives within its assumptions", () => {
    assert.deepEqual([...knownFigures(subject(5), { n: 1 })], [["it", 5]]);
    assert.equal(knownFigures(subject(null), { n: 1 }).size, 0);
    assert.equal(knownFigures(subject(NaN), { n: 1 }).size, 0);
    assert.equal(knownFigures(subject(5, "it assumes much."), { n: 1 }).size, 0);
  });
});
