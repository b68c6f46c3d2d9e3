import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../harness/package-root.ts";
import { readResults, type TimeUnit } from "../../harness/results.ts";
import { captured } from "./cli/captured.ts";

const experiment = join(packageRoot, "dist/test/harness/fixtures/kinds.js");
const reference = (name: string): string => join(packageRoot, "results", name);

let directory: string;
let run: string;
before(async () => {
  directory = mkdtempSync(join(tmpdir(), "troupe-"));
  run = join(directory, "run");
  const words = `run ${experiment} --members 3,4 --replications 4 --compare members --workers 1 --no-check --out ${run} --charts false`;
  const { status, err } = await captured(words.split(" "));
  assert.equal(status, 0, err);
});
after(() => rmSync(directory, { recursive: true }));

/** A copy of the run whose files may be spoilt. */
function copy(name: string): string {
  const path = join(directory, name);
  cpSync(run, path, { recursive: true });
  return path;
}

describe("a directory of results, read as tables", () => {
  it("has parameters of the types and in the units that the manifest states", () => {
    const [first, second] = readResults(run, { time: "min" }).cells;
    const { replications, converged: _, ...parameters } = first!;
    const expected = { members: 3, pause: 1.5, delay: 2.5e-5, share: 0.1, policy: "eager", system: "007", warm: false };
    assert.deepEqual(parameters, expected);
    assert.deepEqual([replications, second!["members"]], [4, 4]);
  });

  it("has estimates with intervals, in one unit of time, and leaves rates as they are", () => {
    const of = (name: string, time: TimeUnit) => readResults(run, { time }).measure(name)[0]!;
    const [ms, s] = [of("wait", "ms"), of("wait", "s")];
    assert.deepEqual([ms.unit, s.unit, s.model, ms.model, s.modelLabel], ["ms", "s", 30, 30_000, "predicted"]);
    assert.equal(s.outside, 'it says "nothing", twice.');
    assert.ok(s.mean! > 30 && s.low! < s.mean! && s.high! > s.mean! && s.high! < 31);
    assert.equal(ms.mean! / 1000, s.mean);
    assert.deepEqual([of("rate", "ms").unit, of("rate", "ms").mean], ["1/s", of("rate", "h").mean]);
    assert.deepEqual([of("each", "s").mean, of("each", "s").unit, of("each", "h").mean], [3, "s", 3 / 3600]);
    assert.equal(of("life", "min").mean, of("life", "h").mean! * 60);
    assert.equal(of("life", "min").unit, "min");
  });

  it("has the parts of each measure in each replication: quotients are in the unit too, and a variance in its square", () => {
    const [s, ms] = [readResults(run).rows, readResults(run, { time: "ms" }).rows];
    assert.equal(s.length, 8);
    const [row, other] = [s[5]!, ms[5]!];
    assert.deepEqual([row.replication, row["members"]], [1, 4]);
    assert.deepEqual([row["each.numerator"], row["each.denominator"], row["failed.event"]], [6, 2, null]);
    assert.deepEqual(row["latency"], [4, null]);
    assert.ok(Math.abs((row["steady.variance"] as number) * 1e6 - (other["steady.variance"] as number)) < 1e-6);
    assert.ok((row["steady"] as number) < 1 && row["steady.batches"] === other["steady.batches"]);
  });

  it("has series, differences, remarks, and the faults that had no effect", () => {
    const results = readResults(run, { time: "ms" });
    const { at, mean, along, unit } = results.series[0]!;
    assert.deepEqual({ at, mean, along, unit }, { at: 100, mean: 3000, along: "time", unit: "ms" });
    assert.equal(results.series[1]!.mean, null);
    const difference = results.differences.find(({ measure }) => measure === "each")!;
    assert.deepEqual([difference.baseline, difference.other, difference.difference, difference.pairs], [3, 4, 0, 4]);
    assert.equal("members" in difference, false);
    assert.equal(results.remarks.find(({ kind }) => kind === "note")!.text, '"007", and more');
    const faults = results.ledger.map(({ fault, idle, members }) => [members, fault, idle]);
    assert.deepEqual(faults, [
      [3, "loss", 4],
      [4, "loss", 4],
      [4, "duplication", 4],
    ]);
  });

  it("gives units, and the nearest name for one that is unknown", () => {
    const results = readResults(run, { time: "h" });
    assert.deepEqual(
      ["pause", "rate", "members", "latency"].map((name) => results.unit(name)),
      ["h", "1/s", "", "h"],
    );
    assert.throws(
      () => results.unit("waits"),
      /^BadData: .*run has no parameter, measure or series waits. Did you mean wait\?$/,
    );
    assert.throws(() => results.measure("media"), /^BadData: .*run has no measure media. Did you mean median\?$/);
  });

  it("names what is missing", () => {
    assert.throws(() => readResults(join(directory, "none")), /^BadData: .*none: there is no such directory\.$/);
    assert.throws(() => readResults(directory), /has no manifest.json: it is not the directory of a finished run\.$/);
    assert.throws(
      () => readResults(run, { time: "years" as TimeUnit }),
      /^BadData: time years: expected one of ns, us, /,
    );
    const old = copy("old");
    const manifest = JSON.parse(readFileSync(join(old, "manifest.json"), "utf8")) as Record<string, unknown>;
    writeFileSync(join(old, "manifest.json"), JSON.stringify({ ...manifest, columns: undefined }));
    assert.throws(
      () => readResults(old),
      /lacks "columns": an earlier version wrote it\. npx troupe chart .*old writes/,
    );
    const spoilt = copy("spoilt");
    writeFileSync(join(spoilt, "summary.csv"), "members,mean\n3,1\n");
    assert.throws(
      () => readResults(spoilt).summary,
      /summary.csv lacks the column pause, which its manifest promises\. Its columns: members, mean\.$/,
    );
    rmSync(join(spoilt, "rows.csv"));
    assert.throws(() => readResults(spoilt).rows, /spoilt has no rows.csv: a part of the directory is missing\.$/);
    assert.throws(
      () => readResults(reference("nines")).series,
      /nines has no series.csv: the experiment has no series\.$/,
    );
    assert.throws(() => readResults(reference("nines")).differences, /no differences.csv: the run had no --compare\.$/);
    const sharded = copy("sharded");
    writeFileSync(join(sharded, "manifest.json"), JSON.stringify({ ...manifest, shard: { index: 1, of: 3 } }));
    rmSync(join(sharded, "summary.csv"));
    assert.throws(() => readResults(sharded).summary, /it holds shard 1 of 3; troupe merge puts shards together\.$/);
  });

  it("is readable for every reference result: what summary.csv says of the model is so", () => {
    for (const name of readdirSync(reference(""))) {
      if (name.includes(".")) continue;
      const { summary, cells, rows, columns } = readResults(reference(name), { time: "h" });
      assert.equal(summary.length, cells.length * Object.keys(columns.measures).length, name);
      assert.equal(
        rows.length,
        cells.reduce((sum, { replications }) => sum + replications, 0),
        name,
      );
      for (const { mean, model, ratio, measure } of summary) {
        if (ratio !== null)
          assert.ok(Math.abs(mean! / model! - ratio) <= 1e-9 * Math.abs(ratio), `${name}: ${measure}`);
      }
    }
  });
});

/** Prints every table of the directories that it is given, as one JSON document. */
const script = `
import sys, json
sys.path.insert(0, sys.argv[1])
import troupe_results
def plain(value):
    return None if isinstance(value, float) and value != value else value
def table(frame):
    return [{name: plain(value) for name, value in row.items()} for row in frame.astype(object).to_dict("records")]
tables = ["cells", "rows", "summary", "series", "differences", "remarks", "ledger"]
def read(results, name):
    try:
        return table(getattr(results, name))
    except troupe_results.ResultsError as error:
        return str(error)
print(json.dumps([{name: read(troupe_results.load(path, time="min"), name) for name in tables} for path in sys.argv[2:]]))
`;

describe("the loader for Python", () => {
  const python = ["/usr/bin/python3", "python3"].find((path) => spawnSync(path, ["-c", "import pandas"]).status === 0);
  const loaded = (code: string, ...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(python!, ["-c", code, join(packageRoot, "notebooks"), ...words], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };

  before(function () {
    if (python !== undefined) return;
    console.log("      pandas is not installed (Debian: python3-pandas); the loader for Python is not tested.");
    this.skip();
  });

  it("gives the same tables as the one for TypeScript, to the last bit", () => {
    const paths = [run, ...["reconfiguration", "nines", "call-cost", "availability-lanl"].map(reference)];
    const read = JSON.parse(loaded(script, ...paths)) as Record<string, unknown>[];
    paths.forEach((path, i) => {
      const results = readResults(path, { time: "min" });
      for (const name of ["cells", "rows", "summary", "series", "differences", "remarks", "ledger"] as const) {
        let expected: unknown;
        try {
          expected = results[name];
        } catch (error) {
          expected = (error as Error).message;
        }
        const ours = JSON.stringify(expected, (_, value: unknown) => value);
        assert.deepEqual(read[i]![name], JSON.parse(ours), `${path}: ${name}`);
      }
    });
  });

  it("leaves out what does not vary, has types, and names what is missing in one sentence", () => {
    const said = loaded(
      `
import sys
sys.path.insert(0, sys.argv[1])
import troupe_results
results = troupe_results.load(sys.argv[2])
print(list(results.measure("wait")[:0]))
print([str(results.rows.dtypes[name]) for name in ["members", "pause", "warm", "system", "wait", "replication"]])
for fail in [lambda: troupe_results.load(sys.argv[2] + "/none"), lambda: results.measure("media"), lambda: troupe_results.load(".", time="y")]:
    try: fail()
    except troupe_results.ResultsError as error: print(error)
`,
      run,
    ).split("\n");
    const fields = ["members", "unit", "replications", "converged", "mean", "low", "high", "model"];
    const all = [...fields, "modelLabel", "ratio", "ratioLow", "ratioHigh", "outside"];
    assert.deepEqual(said, [
      JSON.stringify(all).replaceAll('"', "'").replaceAll(",", ", "),
      "['int64', 'float64', 'bool', 'object', 'float64', 'int64']",
      `${run}/none: there is no such directory.`,
      `${run} has no measure media. Did you mean median?`,
      "time='y': expected one of ns, us, ms, s, min, h, days.",
      "",
    ]);
  });
});
