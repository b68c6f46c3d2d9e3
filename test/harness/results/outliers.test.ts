import assert from "node:assert/strict";
import { experiment, type Measure, type Observation } from "../../../harness/experiment.ts";
import type { Row } from "../../../harness/plan/row.ts";
import { outliersOf } from "../../../harness/results/outliers.ts";

function outliers(measure: Partial<Measure>, ...cells: readonly (readonly Observation[])[]) {
  const measuring = experiment({
    name: "measuring",
    question: "What is it?",
    parameters: {},
    measures: { it: { help: "it", ...measure } },
    run: () => ({ it: 0 }),
  });
  const rows = cells.map((values) =>
    values.map((it, replication): Row => ({ replication, observations: { it }, series: {}, remarks: [] })),
  );
  return outliersOf(measuring, rows);
}

describe("outliers", () => {
  it("lie beyond 3.5 by the modified z-score, and come with the farthest first", () => {
    // The median is 12, and the median absolute deviation 2: the limit is 12 + 2 * 3.5 / 0.6745 = 22.378.
    const values = [10, 14, 12, 14, 10, 12, 12, 22.3, 22.4, 100, 12];
    assert.deepEqual(
      outliers({}, [11, 12, 13, 12, 11, 13], values).map(({ cell, replication, value, median, score }) => [
        cell,
        replication,
        value,
        median,
        Number(score.toFixed(4)),
      ]),
      [
        [1, 9, 100, 12, 29.678],
        [1, 8, 22.4, 12, 3.5074],
      ],
    );
  });

  it("are found among ratios, and not where there is nothing to divide by", () => {
    const pairs: [number, number][] = [20, 24, 28, 24, 20, 28, 300].map((value) => [value, 2]);
    const found = outliers({ estimator: "ratio" }, [...pairs, [5, 0], null]);
    assert.deepEqual(
      found.map(({ replication, value, median }) => [replication, value, median]),
      [[6, 150, 12]],
    );
  });

  it("are not told apart in small cells, nor where most values are equal but for rounding", () => {
    assert.deepEqual(outliers({}, [1, 2, 3, 1000]), []);
    assert.deepEqual(outliers({}, [5, 5, 5, 5, 6, 100]), []);
    assert.deepEqual(outliers({}, [0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3, 100]), []);
  });
});
