/** Tables of outages: reading, merging, windows, choice of nodes, and what is said of mistakes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Stream } from "../../../sim/chance/random.ts";
import { ObservedOutages, type Observation } from "../../../sim/machine/outages.ts";
import { parseRecording } from "../../../sim/machine/recording.ts";

const minute = 60_000;
const header = "system,node,failed,repaired,cause\n";
const observed = (rows: string, observation: Observation = {}): ObservedOutages =>
  new ObservedOutages(parseRecording(header + rows, "trace.csv"), observation);
const refuses = (make: () => unknown, message: string): void => assert.throws(make, { name: "BadData", message });

describe("a trace of outages", () => {
  it("merges outages of one node that touch, overlap or lie within one another", () => {
    const trace = observed(
      [
        "1,5,2002-05-06T08:10,2002-05-06T08:20,hardware",
        "1,5,2002-05-06T08:00,2002-05-06T08:10,hardware",
        "1,5,2002-05-06T08:15,2002-05-06T08:16,software",
        "1,5,2002-05-06T08:30,2002-05-06T08:50,software",
        "1,5,2002-05-06T08:45,2002-05-06T09:00,network",
        "1,7,2002-05-06T08:05,2002-05-06T08:06,network",
      ].join("\n"),
    );
    assert.equal(trace.duration, 60 * minute);
    assert.deepEqual(trace.downtimes("5"), [
      { from: 0, to: 20 * minute },
      { from: 30 * minute, to: 60 * minute },
    ]);
    assert.deepEqual(trace.nodes, ["5", "7"]);
    refuses(() => trace.downtimes("8"), `trace of outages: there is no node "8".`);
  });

  it("is cut to the observation", () => {
    const rows = "1,0,2002-05-06T08:00,2002-05-06T10:00,x\n1,0,2002-05-06T11:00,2002-05-06T12:00,x\n";
    const trace = observed(rows, { start: "2002-05-06T09:00", end: "2002-05-06T11:30:00" });
    assert.equal(trace.duration, 150 * minute);
    assert.deepEqual(trace.downtimes("0"), [
      { from: 0, to: 60 * minute },
      { from: 120 * minute, to: 150 * minute },
    ]);
    assert.deepEqual(observed(rows, { start: "2002-05-06 10:30", end: "2002-05-06 10:45" }).downtimes("0"), []);
  });

  it("knows nodes that never failed if it is told how many there are", () => {
    const trace = observed("1,2,2002-05-06T08:00,2002-05-06T10:00,x\n", { nodes: 4 });
    assert.deepEqual(trace.nodes, ["0", "1", "2", "3"]);
    assert.deepEqual(trace.downtimes("3"), []);
    const named = observed("1,Mercury,2002-05-06T08:00,2002-05-06T10:00,x\n", { nodes: 3 });
    assert.deepEqual(named.nodes, ["Mercury", "without outage 1", "without outage 2"]);
    assert.deepEqual(named.downtimes("without outage 2"), []);
    // Numbered from 1: four nodes, and none of number 0.
    assert.equal(observed("1,4,2002-05-06T08:00,2002-05-06T10:00,x\n", { nodes: 4 }).nodes.length, 4);
    const two = "1,9,2002-05-06T08:00,2002-05-06T10:00,x\n1,8,2002-05-06T08:00,2002-05-06T10:00,x\n";
    refuses(
      () => observed(two, { nodes: 1 }),
      "trace of outages: the system was said to have 1 nodes, and 2 are named in it; expected at least as many.",
    );
  });

  it("knows who exists, where, and when it was observed, if the table says so", () => {
    const text = [
      "system,node,rack,room,observed_from,observed_until,failed,repaired",
      "Blue Gene,07,A,1,2021-01-01T00:00Z,2021-01-02T00:00Z,2021-01-01T06:00Z,2021-01-01T12:00Z",
      "Blue Gene,7,A,2,,,2020-12-31T00:00Z,2021-01-01T03:00Z",
      "Blue Gene,8,B,2,,,,",
      "Blue Gene,07,,,,,,",
      "Blue Gene,7,,,,,,",
      "Mercury,1,,,,,2021-01-01T06:00Z,2021-01-01T12:00Z",
    ].join("\n");
    const recording = parseRecording(text, "t.csv");
    const trace = new ObservedOutages(recording, { system: "Blue Gene" });
    assert.deepEqual(trace.nodes, ["07", "7", "8"]);
    assert.deepEqual(trace.downtimes("07"), [{ from: 360 * minute, to: 720 * minute }]);
    assert.deepEqual(trace.downtimes("7"), [{ from: 0, to: 180 * minute }]);
    assert.equal(trace.duration, 1440 * minute);
    assert.ok(trace.isInventoryKnown && trace.isWindowKnown);
    // Rack A of room 1 is not rack A of room 2.
    assert.deepEqual([...trace.places("rack").keys()], ["1, A", "2, A", "2, B"]);
    assert.deepEqual([...trace.places("room")], [["1", ["07"]], ["2", ["7", "8"]]]); // prettier-ignore
    assert.equal(trace.places("building").size, 0);
    const other = new ObservedOutages(recording, { system: "Mercury" });
    assert.ok(!other.isInventoryKnown && !other.isWindowKnown);
    refuses(
      () => parseRecording("node,rack,failed,repaired\na,1,,\nb,2,,\na,2,,\n", "t.csv"),
      `t.csv, line 4, column rack: "2" for node "a", which is "1" in line 2; expected the same in all its rows.`,
    );
  });

  it("places nodes in different racks, or all in one", () => {
    const racks = ["a", "a", "a", "b", "b", "c"];
    const rows = racks.map((rack, i) => `${i},${rack},,`);
    const text = ["node,rack,failed,repaired", ...rows, "0,a,2021-01-01T00:00,2021-01-02T00:00"].join("\n");
    const trace = new ObservedOutages(parseRecording(text, "t.csv"));
    const rackOf = (node: string): string => racks[Number(node)]!;
    const times = 3000;
    const drawn = { spread: new Map<string, number>(), packed: new Map<string, number>() };
    for (const placement of ["spread", "packed"] as const) {
      for (let i = 0; i < times; i++) {
        const nodes = trace.choose(3, new Stream(`${placement} ${i}`), { level: "rack", placement });
        assert.equal(new Set(nodes).size, 3);
        assert.equal(new Set(nodes.map(rackOf)).size, placement === "spread" ? 3 : 1);
        drawn[placement].set(nodes[0]!, (drawn[placement].get(nodes[0]!) ?? 0) + 1);
      }
    }
    // The first is any of six with room for the others, or any of the three in rack a: standard deviations of 20.4 and
    // 25.8.
    assert.ok([...drawn.spread.values()].every((count) => Math.abs(count - times / 6) < 3.9 * 20.4));
    assert.deepEqual([...drawn.packed.keys()].toSorted(), ["0", "1", "2"]);
    assert.ok([...drawn.packed.values()].every((count) => Math.abs(count - times / 3) < 3.9 * 25.8));
    assert.equal(trace.most({ level: "rack", placement: "spread" }), 3);
    assert.equal(trace.most({ level: "rack", placement: "packed" }), 3);
    assert.equal(trace.most({ level: "room", placement: "packed" }), 0);
    refuses(
      () => trace.choose(4, new Stream(""), { level: "rack", placement: "spread" }),
      "trace of outages: 4 nodes were asked for, and there are 3.",
    );
  });

  it("chooses nodes at random by key: all different, each as likely as any other", () => {
    const trace = observed("1,2,2002-05-06T08:00,2002-05-06T10:00,x\n", { nodes: 10 });
    const chosen = trace.choose(10, new Stream("key"));
    assert.equal(new Set(chosen).size, 10);
    assert.deepEqual(trace.choose(3, new Stream("key")), chosen.slice(0, 3));
    const counts = new Map<string, number>();
    for (let i = 0; i < 5000; i++) {
      for (const node of trace.choose(2, new Stream(`key ${i}`))) counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    // 1000 each, standard deviation 28.3.
    assert.ok([...counts.values()].every((count) => Math.abs(count - 1000) < 3.9 * 28.3));
    refuses(() => trace.choose(11, new Stream("")), "trace of outages: 11 nodes were asked for, and there are 10.");
  });

  it("needs no columns but node, failed and repaired, in any order, quoted or not", () => {
    const { outages } = parseRecording(
      `repaired,"node",failed\r\n"2002-05-06T09:00",a,2002-05-06T08:00\r\n\r\n`,
      "t.csv",
    );
    assert.deepEqual(outages, [
      { system: "", node: "a", failed: Date.UTC(2002, 4, 6, 8), repaired: Date.UTC(2002, 4, 6, 9) },
    ]);
  });

  it("says what is wrong, and where", () => {
    const good = "1,2,2002-05-06T08:00,2002-05-06T10:00,x\n";
    const refused = (rows: string, message: string): void => refuses(() => observed(rows), message);
    refused(
      `${good}1,2,2002-02-30T08:00,2002-05-06T10:00,x\n`,
      `trace.csv, line 3, column failed: "2002-02-30T08:00" is not a time like 2002-05-06T08:45.`,
    );
    refused(
      `${good}${good}1,2,2002-05-06T08:00,,x\n`,
      `trace.csv, line 4, column repaired: "" is not a time like 2002-05-06T08:45.`,
    );
    refused(
      "1,2,2002-05-06T08:00,2002-05-06T07:59,x\n",
      "trace.csv, line 2, column repaired: 2002-05-06T07:59 is before 2002-05-06T08:00; expected it to be no earlier than failed.",
    );
    refused(
      "1,,2002-05-06T08:00,2002-05-06T08:59,x\n",
      `trace.csv, line 2, column node: "" is not the name of a node.`,
    );
    refused(`${good}1,2\n`, "trace.csv, line 3: 2 fields; expected 5, system,node,failed,repaired,cause.");
    refuses(
      () => parseRecording("node,failed,fixed\n", "t.csv"),
      `t.csv, line 1: there is no column "repaired"; expected a line of column names with node, failed, repaired. \`troupe import outages FILE\` makes a table that can be read here of most logs.`,
    );
    refuses(
      () => parseRecording("", "t.csv"),
      `t.csv, line 1: there is no column "node"; expected a line of column names with node, failed, repaired. \`troupe import outages FILE\` makes a table that can be read here of most logs.`,
    );
    refuses(
      () => parseRecording("node\tfailed\trepaired\n", "t.csv"),
      "t.csv, line 1: the table is tab-separated. `troupe import outages FILE` makes a table that can be read here of most logs.",
    );
    refuses(
      () => parseRecording("node,failed,repaired,failed\n", "t.csv"),
      `t.csv, line 1: two columns are named "failed"; expected a name once.`,
    );
    refused(
      `${good}1,2,2002-05-06T08:00,2079-05-06T10:00,x\n`,
      "trace.csv, line 3, column repaired: 2079-05-06T10:00 is more than a year after the last failure of the system; " +
        "expected an earlier end, or a column observed_until that says when the observation ended.",
    );
    refused(
      `${good}1,2,2002-05-06T08:00Z,2002-05-06T10:00Z,x\n`,
      "trace.csv, line 3, column failed: 2002-05-06T08:00Z is UTC, and that of line 2 is not.",
    );
    assert.throws(() => parseRecording(`node,failed,repaired\n"a,b,c\n`, "t.csv"), {
      name: "BadData",
      message: /^t\.csv: Quote Not Closed/,
    });
  });

  it("asks which system, if there are several, and for a sound observation", () => {
    const rows = "1,2,2002-05-06T08:00,2002-05-06T10:00,x\n3,2,2002-05-06T08:00,2002-05-06T10:00,x\n";
    refuses(() => observed(rows), "trace of outages: no system was chosen; expected one of 1, 3.");
    refuses(() => observed(rows, { system: "2" }), `trace of outages: there is no system "2"; expected one of 1, 3.`);
    refuses(() => observed(""), "trace of outages: no system was chosen; expected one of none: the trace is empty.");
    refuses(
      () => observed(rows, { system: "1", start: "yesterday" }),
      `trace of outages: start "yesterday" is not a time like 2002-05-06T08:45.`,
    );
    refuses(
      () => observed(rows, { system: "1", start: "2003-01-01T00:00" }),
      "trace of outages: the observation ends before it starts; expected a later end.",
    );
    refuses(
      () => observed(rows, { system: "1", nodes: 0.5 }),
      "trace of outages: a system of 0.5 nodes; expected a whole number above 0.",
    );
  });
});

describe("the outages of Los Alamos", () => {
  const text = readFileSync(new URL("../../../../data/lanl-failures.csv", import.meta.url), "utf8");
  const recording = parseRecording(text, "lanl-failures.csv");
  const { outages } = recording;

  for (const [system, nodes, records, merged] of [
    ["18", 1024, 3997, 21],
    ["20", 512, 2478, 17],
  ] as const) {
    it(`of system ${system} are whole: ${records} records, of which ${merged} touch or overlap an earlier one`, () => {
      assert.equal(outages.filter((outage) => outage.system === system).length, records);
      const trace = new ObservedOutages(recording, { system, nodes });
      const spans = trace.nodes.map((node) => trace.downtimes(node));
      assert.equal(spans.flat().length, records - merged);
      for (const list of spans) {
        for (const [i, { from, to }] of list.entries()) {
          assert.ok(from >= (list[i - 1]?.to ?? -1) + 1 && to >= from && to <= trace.duration);
        }
      }
      // Down time does not depend on how records of one node overlap: at most the sum of the records, at least without
      // the merged.
      const down = spans.flat().reduce((sum, { from, to }) => sum + to - from, 0);
      const sum = outages
        .filter((outage) => outage.system === system)
        .reduce((s, { failed, repaired }) => s + repaired - failed, 0);
      assert.ok(down <= sum && down > 0.98 * sum);
    });
  }
});
