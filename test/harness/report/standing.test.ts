import assert from "node:assert/strict";
import hostile from "../fixtures/hostile.ts";
import type { Experiment } from "../../../harness/experiment.ts";
import type { Row } from "../../../harness/plan/row.ts";
import { claimState, standingOf, type Standing } from "../../../harness/report/standing.ts";
import { summarize } from "../../../harness/results/summary.ts";

const experiment = hostile as unknown as Experiment;

/** The standing of cells at these levels, with two values each. */
function standing(levels: readonly number[], values: readonly number[] = [12, 12.1], lacking = 0): Standing {
  const rows = values.map((value, replication): Row => ({
    replication,
    observations: { value },
    series: {},
    remarks: [],
  }));
  const cells = levels.map((level) => summarize(experiment, { kind: "a & 'b'", level, fails: false }, rows, null));
  return standingOf(experiment, cells, lacking);
}

describe("the standing of a run", () => {
  it("counts verdicts, and gives the reasons", () => {
    const { counts, sure, reasons } = standing([1, 2, 3]);
    assert.deepEqual(counts, { agrees: 1, differs: 1, outside: 1, scant: 0, undecided: 0, none: 0 });
    assert.equal(sure, 1);
    assert.deepEqual(reasons, [
      "1 of 3 figures agrees with the closed form.",
      "1 figure differs, where chance alone would make about 0.005 of 2 differ: value at level 2 by -82.8%.",
      "1 figure lies outside the model (1.004 times its figure): level <3> is too high.",
    ]);
  });

  it("tells intervals that are too wide, and replications that are lacking", () => {
    const { sure, reasons } = standing([1], [8, 16], 1);
    assert.equal(sure, 0);
    assert.deepEqual(reasons, [
      "1 of 1 figure agrees with the closed form, all of them not converged.",
      "1 cell lacks replications: they failed, or were not run.",
    ]);
  });
});

describe("the state of a claim", () => {
  it("is reproduced where the assumptions hold and nothing is in doubt", () => {
    assert.equal(claimState([standing([1])]), "reproduced");
    assert.equal(claimState([standing([1, 3])]), "reproduced");
    assert.equal(claimState([standing([3]), standing([1])]), "reproduced");
  });

  it("differs if one figure of one run differs", () => {
    assert.equal(claimState([standing([1]), standing([1, 2])]), "differs");
    assert.equal(claimState([standing([2], [12, 12.1], 1)]), "differs");
  });

  it("is not yet known without a run, outside the model, with wide intervals, or if replications are lacking", () => {
    assert.equal(claimState([]), "not yet");
    assert.equal(claimState([standing([3])]), "not yet");
    assert.equal(claimState([standing([1], [8, 16])]), "not yet");
    assert.equal(claimState([standing([1], [12, 12.1], 1)]), "not yet");
  });
});
