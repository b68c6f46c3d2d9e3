/** Experiments on recordings: inventory, systems by name, placement by racks, and doubts that are said. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadExperiment } from "../../harness/load.ts";
import { findExperiment } from "../../harness/sources.ts";
import { cellsOf, settingGrid } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";

describe("experiments on recordings", () => {
  let directory: string;
  before(() => (directory = mkdtempSync(join(tmpdir(), "troupe-"))));
  after(() => rmSync(directory, { recursive: true }));

  let files = 0;
  function file(...rows: string[]): string {
    const path = join(directory, `trace-${++files}.csv`);
    writeFileSync(path, `${rows.join("\n")}\n`);
    return path;
  }

  async function rowOf(name: string, setting: Readonly<Record<string, string | number>>, number = 0) {
    const experiment = await loadExperiment(findExperiment(name));
    const [cell] = cellsOf(experiment, [settingGrid(experiment.parameters, setting)]);
    return replicate(experiment, cell!, "traces", number);
  }

  /** Two racks of two nodes, observed for 100 hours; rack a is down for ten of them, nodes of rack b for one each. */
  const header = "node,rack,observed_from,observed_until,failed,repaired";
  const window = "2021-01-01T00:00Z,2021-01-05T04:00Z";
  const racks = [
    header,
    ...["1,a", "2,a", "3,b", "4,b"].map((node) => `${node},${window},,`),
    ...["1,a", "2,a"].map((node) => `${node},${window},2021-01-02T00:00Z,2021-01-02T10:00Z`),
    `3,b,${window},2021-01-03T00:00Z,2021-01-03T01:00Z`,
    `4,b,${window},2021-01-03T01:00Z,2021-01-03T02:00Z`,
  ];

  for (const [experiment, setting] of [
    ["availability", {}],
    ["replacement", { policy: "none" }],
  ] as const) {
    it(`${experiment} places members in different racks, or all in one`, async () => {
      const trace = file(...racks);
      const seen = { spread: new Set<string>(), packed: new Set<string>() };
      for (const placement of ["spread", "packed"] as const) {
        for (let i = 0; i < 12; i++) {
          const options = { ...setting, trace, members: 2, across: "rack", placement, calls: 0 };
          const { observations, remarks } = await rowOf(experiment, options, i);
          const [down, all] = observations["unavailability"] as readonly [number, number];
          seen[placement].add((down / all).toFixed(2));
          assert.deepEqual(remarks.filter(({ kind }) => kind === "warning"), []); // prettier-ignore
          assert.ok(remarks.some(({ text }) => /^racks: .* Nodes of one rack /.test(text)));
        }
      }
      // In different racks one is always up; in rack a both are down for a tenth of the time, in rack b never at once.
      assert.deepEqual(seen, { spread: new Set(["0.00"]), packed: new Set(["0.10", "0.00"]) });
    });
  }

  it("refuse placements that the trace does not have", async () => {
    const trace = file(...racks);
    const refused = (setting: Readonly<Record<string, string | number>>, message: string | RegExp): Promise<void> =>
      assert.rejects(rowOf("availability", setting), { name: "BadData", message });
    await refused({ across: "rack" }, "across rack without a trace: expected none");
    await refused(
      { trace, across: "rack", members: 3 },
      "3 members in different racks of the trace: expected at most 2",
    );
    await refused(
      { trace, across: "rack", placement: "packed", members: 3 },
      "3 members in one rack of the trace: expected at most 2",
    );
    await refused(
      { trace, across: "room" },
      "across room: expected a trace that tells the rooms of its nodes, in a column room",
    );
    await refused({ trace, replacement: "100s" }, /^lifetime or replacement with a trace: expected 1h and 400s/);
    await refused({ trace, members: 5 }, "5 members on different nodes of the trace: expected at most 4");
    await assert.rejects(rowOf("replacement", { trace, across: "rack", members: 3 }), {
      message: /in different racks/,
    });
  });

  it("know a system by its name, as it is written", async () => {
    const outage = "2021-01-02T00:00Z,2021-01-02T10:00Z";
    const trace = file("system,node,failed,repaired", `07,x,${outage}`, `7,x,${outage}`, `Blue Gene,x,${outage}`);
    for (const system of ["07", "Blue Gene"]) {
      const { observations } = await rowOf("availability", { trace, system, members: 1, calls: 0 });
      const [down, all] = observations["unavailability"] as readonly [number, number];
      assert.equal(down / all, 1);
    }
    await assert.rejects(rowOf("availability", { trace, system: "Mercury", members: 1 }), {
      message: 'trace of outages: there is no system "Mercury"; expected one of 07, 7, Blue Gene.',
    });
  });

  it("doubt aloud a recording that lacks inventory or window, and say by how much", async () => {
    const rows = ["node,failed,repaired"];
    // Six nodes fail once, two twice: 6 * 5 / (2 * 3) = 5 never did, at least.
    for (const node of "abcdefgghh") {
      const day = `2021-01-${String(rows.length).padStart(2, "0")}`;
      rows.push(`${node},${day}T00:00Z,${day}T01:00Z`);
    }
    const trace = file(...rows);
    const doubts = async (setting: Readonly<Record<string, string | number>>): Promise<string[]> => {
      const { remarks } = await rowOf("availability", { members: 1, calls: 0, ...setting });
      return remarks.filter(({ kind }) => kind === "warning").map(({ text }) => text);
    };
    const [inventory, window, ...more] = await doubts({ trace });
    assert.match(inventory!, /only the 8 nodes that failed.* at least 5, and it is too high by 63% \(Chao 1984\)/);
    assert.match(window!, /too high by about 22% \(10 outages\)/);
    assert.deepEqual(more, []);
    // Their number is enough of an inventory, however they are named.
    assert.equal((await doubts({ trace, nodes: 13 })).length, 1);
  });
});
