import assert from "node:assert/strict";
import { line } from "../../../harness/chart.ts";
import { experiment } from "../../../harness/experiment.ts";
import { count } from "../../../harness/parameters.ts";
import type { Plan } from "../../../harness/plan/plan.ts";
import { carryOut, nextSize } from "../../../harness/run/campaign.ts";
import { Abandoned, ReplicationFailure, type Task } from "../../../harness/run/workers.ts";
import { replicate } from "../../../harness/run/replicate.ts";
import type { Row } from "../../../harness/plan/row.ts";
import { meanInterval } from "../../../harness/statistics/intervals.ts";

const waiting = experiment({
  name: "waiting",
  question: "How long is a wait?",
  parameters: { mean: count(10, "mean of an exponential wait") },
  measures: { wait: { unit: "ms", help: "a wait", precision: 0.1 } },
  run: (p, replication) => ({ wait: -p.mean * Math.log(1 - replication.random("wait")()) }),
  charts: [line({ x: "mean", y: "wait" })],
});

function planOf(change: Partial<Plan> = {}): Plan {
  const cells = [{ mean: 10 }, { mean: 20 }];
  return { experiment: waiting, seed: "1", cells, replications: 10, precision: null, maxReplications: 100, ...change };
}

const runOf =
  (plan: Plan) =>
  ({ cell, replication }: Task): Promise<Row> =>
    replicate(plan.experiment, plan.cells[cell]!, plan.seed, replication);

describe("a campaign", () => {
  it("runs each replication of each cell once, and gives the rows in order however they come in", async () => {
    const plan = planOf();
    let delay = 200;
    const asked: string[] = [];
    const rows = await carryOut(plan, async (task) => {
      asked.push(`${task.cell}/${task.replication}`);
      const row = await runOf(plan)(task);
      for (let turn = delay--; turn > 0; turn--) await Promise.resolve();
      return row;
    });
    assert.equal(new Set(asked).size, 20);
    assert.equal(asked.length, 20);
    assert.deepEqual(
      rows.map((ofCell) => ofCell.map(({ replication }) => replication)),
      [0, 1].map(() => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    );
  });

  it("gives all cells the same random numbers", async () => {
    const rows = await carryOut(planOf(), runOf(planOf()));
    const [first, second] = rows.map((ofCell) => ofCell.map(({ observations }) => observations["wait"] as number));
    assert.deepEqual(
      first!.map((wait) => wait * 2),
      second,
    );
    assert.equal(new Set(first).size, 10);
  });

  it("adds replications until the interval is narrow, and tells how many", async () => {
    const plan = planOf({ precision: 0.1, maxReplications: 10_000 });
    let total = 20;
    const rows = await carryOut(plan, runOf(plan), (additional) => (total += additional));
    for (const ofCell of rows) {
      const { mean, low, high } = meanInterval(ofCell.map(({ observations }) => observations["wait"] as number));
      assert((high! - low!) / 2 <= 0.1 * mean!);
      // An exponential wait has a deviation of its mean: some 1.96^2 / 0.1^2 = 384 replications are needed.
      assert(ofCell.length > 200 && ofCell.length < 900, String(ofCell.length));
    }
    assert.equal(total, rows[0]!.length + rows[1]!.length);
  });

  it("gives up at the most replications", async () => {
    const plan = planOf({ precision: 0.001, maxReplications: 64 });
    const rows = await carryOut(plan, runOf(plan));
    assert.deepEqual(
      rows.map(({ length }) => length),
      [64, 64],
    );
  });

  it("keeps near its coverage though it looks at the interval before it stops", async () => {
    let held = 0;
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const plan = planOf({ seed: `looking ${run}`, cells: [{ mean: 10 }], precision: 0.2, maxReplications: 1000 });
      const [rows] = await carryOut(plan, runOf(plan));
      const { low, high } = meanInterval(rows!.map(({ observations }) => observations["wait"] as number));
      if (low! <= 10 && 10 <= high!) held++;
    }
    // Optional stopping costs a little: 90% is what is promised of a short campaign on a skewed law.
    assert(held / runs >= 0.9, `${held} of ${runs}`);
  });

  it("reports the first failure in order of cell and replication", async () => {
    const thrown = { name: "Error", message: "it broke", stack: "" };
    const failing = async (task: Task): Promise<Row> => {
      if (task.cell === 1 && task.replication === 2) throw new ReplicationFailure(task, thrown);
      if (task.cell === 0 && task.replication === 8) {
        await new Promise(setImmediate);
        throw new ReplicationFailure(task, thrown);
      }
      if (task.replication > 8) throw new Abandoned();
      return runOf(planOf())(task);
    };
    await assert.rejects(carryOut(planOf(), failing), (error) => {
      assert(error instanceof ReplicationFailure);
      assert.deepEqual(error.task, { seed: "1", cell: 0, replication: 8 });
      return true;
    });
  });
});

describe("the next size of a cell", () => {
  it("follows the square root law within a quarter and four times, up to the most", () => {
    assert.equal(nextSize(100, 1.5, 10_000), 237);
    assert.equal(nextSize(100, 1.01, 10_000), 125);
    assert.equal(nextSize(100, 50, 10_000), 400);
    assert.equal(nextSize(100, Infinity, 10_000), 400);
    assert.equal(nextSize(100, 50, 150), 150);
    assert.equal(nextSize(1, 1.01, 10), 2);
  });
});
