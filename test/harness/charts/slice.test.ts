import assert from "node:assert/strict";
import { bar, line } from "../../../harness/chart.ts";
import { sliceOf, mostLines } from "../../../harness/charts/slice.ts";
import { subtitleOf } from "../../../harness/charts/subtitle.ts";
import { experiment } from "../../../harness/experiment.ts";
import { choice, count, number } from "../../../harness/parameters.ts";
import type { CellSummary } from "../../../harness/results/summary.ts";

const costs = experiment({
  name: "costs",
  question: "What does it cost?",
  parameters: {
    members: count(3, ""),
    contention: number(0.8, ""),
    load: count(8, ""),
    protocol: choice(["none", "commit", "broadcast"], ""),
  },
  measures: { throughput: { help: "calls" } },
  run: () => ({ throughput: 1 }),
});

function cell(parameters: Record<string, string | number>): CellSummary {
  const defaults = { members: 3, contention: 0.8, load: 8, protocol: "none" };
  const empty = { replications: 1, converged: true, measures: {}, series: {}, notes: [], warnings: [] };
  return { ...empty, parameters: { ...defaults, ...parameters } } as unknown as CellSummary;
}

const protocols = ["none", "commit", "broadcast"];
const contentions = [0, 0.5, 1, 1.5, 2];
/** A union of two grids, as a sweep has them: contention by load with three members, and members alone. */
const cells = [
  ...protocols.flatMap((protocol) =>
    contentions.flatMap((contention) => [2, 8, 32].map((load) => cell({ protocol, contention, load }))),
  ),
  ...protocols.flatMap((protocol) => [1, 2, 3, 4, 5].map((members) => cell({ protocol, members }))),
];

describe("the cells that a chart of several grids shows", () => {
  it("leave out points that would stand alone beside lines", () => {
    const chart = line({ x: "members", y: "throughput", by: "protocol" });
    const shown = sliceOf(costs, chart, cells);
    assert.equal(shown.length, 15);
    assert.ok(shown.every(({ parameters }) => parameters["contention"] === 0.8 && parameters["load"] === 8));
  });

  it("are of one value of a parameter where lines would be too many, and the subtitle says so", () => {
    const chart = line({ x: "load", y: "throughput", by: "protocol" });
    assert.ok(protocols.length * contentions.length > mostLines);
    const shown = sliceOf(costs, chart, cells);
    assert.deepEqual(new Set(shown.map(({ parameters }) => parameters["contention"])), new Set([0]));
    assert.equal(shown.length, 9);
    assert.deepEqual(subtitleOf(costs, shown, cells.length), ["members 3 · contention 0 · 9 of 60 cells"]);
  });

  it("are of the default where all values have as many cells", () => {
    const chart = line({ x: "load", y: "throughput", by: "protocol" });
    const all = [...cells, ...protocols.flatMap((protocol) => [2, 32].map((load) => cell({ protocol, load })))];
    const shown = sliceOf(costs, chart, all);
    assert.deepEqual(new Set(shown.map(({ parameters }) => parameters["contention"])), new Set([0.8]));
  });

  it("are all of them in one grid of few lines, and where no line has two points", () => {
    const chart = line({ x: "contention", y: "throughput", by: "protocol", facet: "load" });
    const grid = cells.slice(0, 45);
    assert.deepEqual(sliceOf(costs, chart, grid), grid);
    const single = [cell({ load: 2 }), cell({ protocol: "commit" })];
    assert.deepEqual(sliceOf(costs, line({ x: "members", y: "throughput" }), single), single);
  });

  it("hold a parameter too where bars would be too many to tell apart", () => {
    const shown = sliceOf(costs, bar({ x: "protocol", y: "throughput" }), cells);
    const bars = new Set(
      shown.map(({ parameters: { members, contention, load } }) => `${members} ${contention} ${load}`),
    );
    assert.ok(shown.length > 0 && bars.size <= mostLines, `${bars.size} bars`);
    assert.deepEqual(
      sliceOf(costs, bar({ x: "protocol", y: "throughput", by: "load" }), cells.slice(0, 3)),
      cells.slice(0, 3),
    );
  });
});
