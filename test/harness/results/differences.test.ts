import assert from "node:assert/strict";
import { inVain } from "../../../harness/statistics/intervals.ts";
import { experiment, type Observation } from "../../../harness/experiment.ts";
import { choice, count } from "../../../harness/parameters.ts";
import { differencesOf, differencesToCsv, mustBeComparable } from "../../../harness/results/differences.ts";
import { summarize } from "../../../harness/results/summary.ts";
import { differenceRemark, differenceTable } from "../../../harness/report/differences.ts";
import { cellsOf, settingGrid } from "../../../harness/plan/grid.ts";
import type { Row } from "../../../harness/plan/row.ts";

const subject = experiment({
  name: "subject",
  question: "What is the difference?",
  parameters: { n: count(1, ""), policy: choice(["eager", "lazy", "never"], "") },
  measures: {
    mean: { help: "", unit: "ms" },
    ratio: { help: "", estimator: "ratio" },
    rare: { help: "", estimator: "rare" },
  },
  run: () => ({ mean: 0, ratio: [0, 1], rare: [0, 1] }),
  model: {
    mean: (p) => (p.policy === "eager" ? 10 : 12),
    ratio: { of: () => 1, outside: (p) => (p.policy === "never" ? "it assumes replacement." : null) },
  },
});

const cells = (setting: object) => cellsOf(subject, [settingGrid(subject.parameters, { ...setting })]);

/** Rows of a mean; ratios and rare events follow from it. */
function rowsOf(means: readonly (number | null)[]): Row[] {
  const observe = (mean: number | null): Record<string, Observation> =>
    mean === null ? { mean, ratio: null, rare: null } : { mean, ratio: [mean, 2], rare: [0, 100, 3] };
  return means.map((mean, replication) => ({ replication, observations: observe(mean), series: {}, remarks: [] }));
}

function differences(setting: object, rows: readonly (readonly (number | null)[])[], parameter = "policy") {
  const [asked, all] = [cells(setting), rows.map(rowsOf)];
  const summaries = asked.map((cell, i) => summarize(subject, cell, all[i]!, null));
  return differencesOf(subject, parameter, summaries, all);
}

describe("the differences of cells", () => {
  it("are those of each value from the first, for cells that are else alike", () => {
    const found = differences({ n: [1, 2], policy: "lazy,eager,never" }, [
      [1, 2],
      [2, 4],
      [5, 5],
      [3, 3],
      [4, 4],
      [3, 4],
    ]);
    const told = found.map(({ baseline, other, parameters, measures }) => [
      baseline,
      other,
      parameters,
      measures["mean"]!.mean,
      measures["ratio"]!.mean,
    ]);
    assert.deepEqual(told, [
      ["lazy", "eager", { n: 1 }, 1.5, 0.75],
      ["lazy", "never", { n: 1 }, 3.5, 1.75],
      ["lazy", "eager", { n: 2 }, 1, 0.5],
      ["lazy", "never", { n: 2 }, 0.5, 0.25],
    ]);
    const byNumber = differences({ n: [1, 2], policy: "lazy,eager" }, [[1, 2], [2, 4], [5, 5], [3, 3]], "n");
    assert.deepEqual(
      byNumber.map(({ baseline, other, parameters }) => [baseline, other, parameters]),
      [
        [1, 2, { policy: "lazy" }],
        [1, 2, { policy: "eager" }],
      ],
    );
  });

  it("rest on the replications that both have and in which both saw something", () => {
    const [found] = differences({ policy: "eager,lazy" }, [
      [1, null, 3, 4],
      [2, 4, null, 5, 100, 100],
    ]);
    const { mean, ratio, rare } = found!.measures;
    assert.deepEqual([mean!.pairs, ratio!.pairs, rare!.pairs], [2, 2, 2]);
    assert.deepEqual([mean!.mean, mean!.low, mean!.high, ratio!.mean], [1, 1, 1, 0.5]);
    assert.equal(rare!.mean, 0);
    // None seen in 200: the limit of events in vain, of size 3.
    assert(Math.abs(rare!.high! - (3 * inVain) / 200) < 1e-6);
    assert.match(differenceRemark([found!]), /^The other less the baseline, from 2 pairs of replications, /);
  });

  it("have the difference of models beside them, where both hold", () => {
    const found = differences({ policy: "eager,lazy,never" }, [[1], [2], [3]]);
    assert.deepEqual(
      found.map(({ measures }) => [measures["mean"]!.model, measures["ratio"]!.model, measures["rare"]!.model]),
      [
        [2, 0, null],
        [2, null, null],
      ],
    );
  });

  it("are exact where the experiment says that one replication is enough", () => {
    const exact = { ...subject, replications: 1 };
    const [asked, rows] = [cells({ policy: "eager,lazy" }), [rowsOf([1]), rowsOf([3])]];
    const summaries = asked.map((cell, i) => summarize(exact, cell, rows[i]!, null));
    const { mean } = differencesOf(exact, "policy", summaries, rows)[0]!.measures;
    assert.deepEqual([mean!.mean, mean!.low, mean!.high], [2, 2, 2]);
  });

  it("have one line for each measure in differences.csv and in the table", () => {
    const found = differences({ n: [1, 2], policy: "eager,lazy" }, [[1, 2, 3], [2, 4, 3], [1, 1, 1], [2, 3, 4]]);
    const lines = differencesToCsv(subject, found).split("\n");
    assert.equal(lines[0], "n,parameter,baseline,other,measure,unit,pairs,difference,low,high,model,pairing");
    assert.match(lines[1]!, /^1,policy,eager,lazy,mean,ms,3,1,-1\.484\d+,3\.484\d+,2,2$/);
    assert.equal(lines[6], `2,policy,eager,lazy,rare,,3,0,${lines[3]!.split(",").slice(8, 10).join(",")},,`);
    assert.equal(lines.length, 2 * 3 + 2);
    const table = differenceTable(subject, found).split("\n");
    assert.match(table[0]!, /^cell +measure +baseline +other +difference +95% interval +model +pairing$/);
    assert.match(
      table[1]!,
      /^n 1 +mean +policy eager +policy lazy +\+1 ms +-1\.484 to 3\.484 +\+2 +2 times fewer replications$/,
    );
    assert.match(table.at(-1)!, / from 3 pairs of replications, .* chance alone makes that 0\.51 to 20 times with 3 pairs\.$/);
  });
});

describe("cells can be compared", () => {
  it("by a parameter of the experiment, in which some of them differ alone", () => {
    const asked = cells({ policy: "eager,lazy" });
    mustBeComparable(subject, asked, "policy");
    const refused: [string, ReturnType<typeof cells>, string][] = [
      ["polcy", asked, "--compare polcy: subject has no such parameter. Did you mean policy?"],
      ["x9", asked, "--compare x9: subject has no such parameter. It has n, policy."],
      ["n", asked, "--compare n needs two values of n or more, not just 1."],
      [
        "policy",
        [...cells({ n: 1, policy: "eager" }), ...cells({ n: 2, policy: "lazy" })],
        "--compare policy: no two cells differ in policy alone.",
      ],
    ];
    for (const [parameter, some, message] of refused) {
      assert.throws(() => mustBeComparable(subject, some, parameter), { name: "BadData", message });
    }
  });
});
