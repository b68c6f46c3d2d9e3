import assert from "node:assert/strict";
import { experiment } from "../../../harness/experiment.ts";
import { progress, roughly } from "../../../harness/cli/progress.ts";
import type { Plan } from "../../../harness/plan/plan.ts";
import type { Row } from "../../../harness/plan/row.ts";
import type { Workers } from "../../../harness/run/workers.ts";

const subject = experiment({
  name: "subject",
  question: "How far is it?",
  parameters: {},
  measures: { value: { help: "" } },
  run: () => ({ value: 1 }),
});
const plan: Plan = {
  experiment: subject,
  seed: "1",
  cells: [{}],
  replications: 10,
  precision: 0.05,
  maxReplications: 100,
};
const row = (replication: number): Row => ({
  replication,
  observations: { value: 10 + (replication % 2) },
  series: {},
  remarks: [],
});
const task = (replication: number) => ({ seed: "1", cell: 0, replication });

describe("the progress of a run", () => {
  it("is a line with time left, failures, and the widest interval, in a log or pipe", () => {
    let [written, now] = ["", 0];
    const stream = { write: (text: string) => (written += text) };
    const bar = progress({ title: "subject", isWanted: true, plan, stream, now: () => now });
    bar.began(2, 12, "Keeps 2 replications.");
    for (let i = 0; i < 4; i++) bar.finished(task(i), row(i));
    bar.failed();
    now = 10_000;
    bar.tick();
    bar.stop();
    // Four values of 10 and 11: 3.182 * 0.577 / 2 of 10.5.
    assert.equal(
      written,
      "Keeps 2 replications.\nsubject: 6 of 12 replications, 1 failed, about 10s left, widest interval ±8.7% (wanted ±5%)\n",
    );
  });

  it("is redrawn in one line of a terminal, and cleared away at the end", () => {
    let written = "";
    const stream = { isTTY: true, columns: 40, write: (text: string) => (written += text) };
    const bar = progress({ title: "subject", isWanted: true, stream, now: () => 0 });
    bar.began(0, 1000);
    bar.tick();
    bar.grew(1000);
    bar.tick();
    bar.stop();
    assert.equal(
      written,
      "\r\u001b[2Ksubject: 0 of 1000 replications\r\u001b[2Ksubject: 0 of 2000 replications\r\u001b[2K",
    );
  });

  it("names a replication that runs for very long, once", () => {
    let written = "";
    const stream = { write: (text: string) => (written += text) };
    const nameOf = ({ replication }: { replication: number }): string => `replication ${replication}`;
    const bar = progress({ title: "subject", isWanted: true, stream, nameOf, now: () => 100_000 });
    bar.began(0, 10);
    for (let i = 0; i < 9; i++) bar.finished(task(i), row(i));
    const running = [{ task: task(9), milliseconds: 90_000 }];
    bar.hired({ running: () => running } as unknown as Workers);
    bar.tick();
    bar.tick();
    bar.stop();
    assert.deepEqual(
      written.split("\n").filter((line) => line.includes("running")),
      ["replication 9 has been running for 1m30s: --timeout would end it."],
    );
  });

  it("says times in two units at most", () => {
    assert.deepEqual([300, 7_000, 760_400, 12_000_000].map(roughly), ["1s", "7s", "12m40s", "3h20m"]);
  });
});
