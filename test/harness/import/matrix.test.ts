/** `troupe import network`: matrices as they circulate, and what is refused. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importMatrix, type MatrixOptions } from "../../../harness/import/matrix.ts";
import { loadExperiment } from "../../../harness/load.ts";
import { findExperiment } from "../../../harness/sources.ts";
import { latencyMatrix, matrixCsv, parseMatrix } from "../../../harness/networks.ts";

const trips: MatrixOptions = { unit: 1, measured: "round-trip" };
const read = (text: string, options: MatrixOptions = trips) => importMatrix(text, "m.txt", options).matrix;
const refused = (text: string, options: MatrixOptions, message: string | RegExp): void => {
  assert.throws(() => importMatrix(text, "m.txt", options), { name: "BadData", message });
};

describe("troupe import network", () => {
  it("takes a square of numbers, with names or without, by any separator; a round trip is twice the way", () => {
    const delays = [
      [0, 5, 15],
      [5, 0, 10],
      [15, 10, 0],
    ];
    assert.deepEqual(read("0\t10\t30\n10\t0\t20\n30\t20\t0\n"), { sites: ["site 1", "site 2", "site 3"], delays });
    assert.deepEqual(read("a,b,c\n0,10,30\n10,0,20\n30,20,0\n"), { sites: ["a", "b", "c"], delays });
    assert.deepEqual(read(";a;b;c\na;0;10;30\nb;10;0;20\nc;30;20;0\n"), { sites: ["a", "b", "c"], delays });
    assert.deepEqual(read("# King\na b 10\na c 30\nb c 20\nb a 10\n"), { sites: ["a", "b", "c"], delays });
  });

  it("takes one-way delays and seconds as they are", () => {
    const { delays } = read("0.5 0.010 0.02\n0.03 0.5 0.04\n0.05 0.06 0.5\n", { unit: 1000, measured: "one-way" });
    assert.deepEqual(delays, [
      [0, 10, 20],
      [30, 0, 40],
      [50, 60, 0],
    ]);
  });

  it("settles as it is told what is asymmetric, zero or missing, and refuses it else", () => {
    const skewed = "0 10 30\n14 0 20\n30 20 0\n";
    refused(
      skewed,
      trips,
      /^m\.txt: 1 pairs of sites have two round trips \(site 1 to site 2 takes 10, and back 14\); --asymmetric/,
    );
    assert.equal(read(skewed, { ...trips, asymmetric: "mean" }).delays[0]![1], 6);
    assert.equal(read(skewed, { ...trips, asymmetric: "smaller" }).delays[1]![0], 5);
    assert.equal(read(skewed, { ...trips, asymmetric: "larger" }).delays[1]![0], 7);
    const holed = "0 0 30 40\n0 0 20 NaN\n30 20 0 -1\n40 NaN 25 0\n";
    refused(holed, trips, "m.txt: 2 zeros between different sites; --zeros missing or keep says what they are.");
    refused(holed, { ...trips, zeros: "missing" }, /^m\.txt: 4 delays between sites are missing; --missing/);
    // A to b by c, 30 + 20; b to d by c, 20 + 25; c to d was measured from one side.
    assert.deepEqual(read(holed, { ...trips, zeros: "missing", missing: "through" }).delays[1], [25, 0, 10, 22.5]);
    const left = read(holed, { ...trips, zeros: "missing", missing: "leave-out" });
    assert.deepEqual(left, { sites: ["site 1", "site 3", "site 4"], delays: [[0, 15, 20], [15, 0, 12.5], [20, 12.5, 0]] }); // prettier-ignore
    assert.equal(read(holed, { ...trips, zeros: "keep", missing: "leave-out" }).sites.length, 3);
  });

  it("names what is wrong", () => {
    refused("0 1\n1 0 3\n", trips, "m.txt, line 2: 3 numbers; expected 2, as many as there are lines.");
    refused("0 1\n1 x\n", trips, /^m\.txt, line 2: "x" is not a number\.$/);
    refused("0\n", trips, "m.txt: 1 sites; expected 2 at least.");
    refused(
      "a b 1\nb c 2\na b 3\nc a 3\n",
      trips,
      "m.txt, line 3: a to b is in line 1 already; expected each pair once.",
    );
  });

  it("writes what is read again, and read once", () => {
    const matrix = read("a,b\n0,0.3\n0.3,0\n");
    assert.deepEqual(parseMatrix(matrixCsv(matrix), "n.csv"), matrix);
    const wrong = (text: string, message: RegExp): void => assert.throws(() => parseMatrix(text, "n.csv"), { message });
    wrong("0 1\n1 0\n", /^n\.csv, line 1: the table begins with "0 1"; expected "one-way ms" .*troupe import network/);
    wrong("one-way ms,a,b\na,0,1\n", /1 lines of delays; expected 2/);
    wrong("one-way ms,a,b\na,0,1\nc,1,0\n", /line 3: site "c"; expected "b"/);
    wrong("one-way ms,a,b\na,0,-1\nb,1,0\n", /line 2: "-1" is not a delay in ms/);
  });

  it("has a model: the order statistics of round trips, over all placements", async () => {
    const directory = mkdtempSync(join(tmpdir(), "troupe-"));
    const file = join(directory, "n.csv");
    const matrix = read("0 3 8 20 33\n3 0 5 21 30\n8 5 0 14 41\n20 21 14 0 50\n33 30 41 50 0\n");
    writeFileSync(file, matrixCsv(matrix));
    const { parameters, model } = await loadExperiment(findExperiment("call-latency"));
    const standard = Object.fromEntries(Object.entries(parameters).map(([name, each]) => [name, each.default]));
    const latency = model!["latency"]!;
    assert.ok(typeof latency === "object");
    const { delays } = latencyMatrix(file);
    for (const [collator, needed] of [
      ["unanimous", 3],
      ["majority", 2],
      ["first-come", 1],
    ] as const) {
      // prettier-ignore
      // The dumb way: all clients, all three of the other four sites.
      let [sum, count] = [0, 0];
      for (let client = 0; client < 5; client++) {
        for (let without = 0; without < 5; without++) {
          if (without === client) continue;
          const trips = delays[client]!.map((there, j) => there + delays[j]![client]!).filter(
            (_, j) => j !== client && j !== without,
          );
          sum += trips.toSorted((a, b) => a - b)[needed - 1]!;
          count++;
        }
      }
      const value = latency.of({ ...standard, members: 3, collator, network: file }, {});
      assert.ok(Math.abs(value! - sum / count) < 1e-9, `${collator}: ${value} and ${sum / count}`);
    }
    rmSync(directory, { recursive: true });
  });
});
