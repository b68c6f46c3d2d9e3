/** What runs write and print. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { captured } from "./captured.ts";
import { inNewDirectory } from "./new-directory.ts";
import { assertSameFiles } from "./same-files.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url));

/** For what is not about workers: fewer threads, each of which must be started. */
const alone = ["--workers", "1", "--no-check"];

describe("a run", function () {
  // Worker threads: which of them is ahead is the system's to say.
  this.retries(2);
  this.timeout(60_000);
  inNewDirectory();

  it("writes the same bytes with one worker and with three, and charts again from the rows", async () => {
    const words = ["sweep", fixture("round-trips"), "--members", "1..3", "--loss", "0,0.6", "--replications", "7"];
    const one = await captured([...words, "--workers", "1", "--out", "one"]);
    const three = await captured([...words, "--workers", "3", "--no-check", "--out", "three", "--quiet"]);
    assert.equal(one.status, 0, one.err);
    assert.equal(three.status, 0, three.err);
    assertSameFiles("one", "three");
    assert.deepEqual(
      readdirSync("one").sort((a, b) => (a < b ? -1 : 1)),
      [
        "latency-by-members.png",
        "latency-by-members.svg",
        "latency-by-members.vl.json",
        "manifest.json",
        "rows.csv",
        "summary.csv",
      ],
    );
    assert.equal(readFileSync("one/rows.csv", "utf8").split("\n").length, 1 + 3 * 3 * 2 * 7 + 1);
    // In a pipe: no progress bar; the warning of the cells that had one; the seed; where and how.
    assert.equal(one.err, "");
    assert.match(
      one.out,
      /^What does waiting for all replies cost\?\nReproduces r \* H_n and r \/ n\.\nSeed 1985, 7 replications of each cell\./,
    );
    assert.match(one.out, /\nwarning: more than half of the replies were lost \(.*loss 0\.6; .*; and 6 more\)\n/);
    assert.match(one.out, /\nWritten to one: rows\.csv, /);
    assert.equal(three.out, "");

    // The charts again from the rows.
    rmSync("three/latency-by-members.png");
    writeFileSync("three/summary.csv", "spoilt");
    const again = await captured(["chart", "three"]);
    assert.equal(again.status, 0, again.err);
    assertSameFiles("one", "three");
    // A run without charts into the same directory leaves none behind.
    const other = ["run", fixture("round-trips"), "--out", "three", "--no-charts"];
    const lost = await captured(other);
    assert.equal(lost.status, 2);
    assert.match(
      lost.err,
      /^troupe: three holds a finished run of other cells: --resume keeps that and adds what is missing, /,
    );
    const plain = await captured([...other, "--overwrite", ...alone]);
    assert.equal(plain.status, 0, plain.err);
    assert.deepEqual(readdirSync("three").length, 3);
    writeFileSync("three/rows.csv", readFileSync("three/rows.csv", "utf8").split("\n")[0]!);
    const lacking = await captured(["chart", "three"]);
    assert.equal(lacking.status, 2);
    assert.match(lacking.err, /three\/rows\.csv has no rows of the cell \{"members":3,"collator":"unanimous",/);
  });

  it("prints the document also when all else is to be quiet", async () => {
    const quiet = ["--json", "--quiet"];
    for (const words of [
      ["run", fixture("machines"), "--no-charts", "--out", "quiet", "--replications", "2", ...alone, ...quiet],
      ["run", fixture("machines"), "--replication", "1", ...quiet],
      ["coverage", fixture("machines"), "--campaigns", "2", "--workers", "1", ...quiet],
    ]) {
      const { status, out, err } = await captured(words);
      assert.deepEqual([status, err], [0, ""]);
      assert.equal((JSON.parse(out) as { experiment: string }).experiment, "machines");
    }
    const plain = ["run", fixture("machines"), "--no-charts", "--out", "quiet", "--fresh", ...alone, "--quiet"];
    assert.deepEqual(await captured(plain), { status: 0, out: "", err: "" });
  });

  it("compares in pairs, the same bytes on one worker or three, and from rows that are there", async () => {
    const words = [
      "run",
      fixture("round-trips"),
      "--collator",
      "unanimous,majority",
      "--replications",
      "40",
      "--no-check",
    ];
    const plain = await captured([...words, "--no-charts", "--out", "pairs", "--workers", "3"]);
    assert.equal(plain.status, 0, plain.err);
    assert(!existsSync("pairs/differences.csv"));
    const comparing = [...words, "--compare", "collator"];
    const resumed = await captured([...comparing, "--out", "pairs", "--resume", "--json"]);
    const one = await captured([...comparing, "--out", "alone", "--workers", "1"]);
    assert.equal(resumed.status, 0, resumed.err);
    assert.equal(one.status, 0, one.err);
    assertSameFiles("pairs", "alone");
    assert.match(
      one.out,
      /\nmeasure +baseline +other +difference .*\nlatency +collator unanimous +collator majority +-(?:9|10)\.\d+ ms +-1\d\.\d+ to -9\.\d+ +-10 +\S+ times fewer replications\n\nThe other less the baseline, from 40 pairs/,
    );
    const { differences } = JSON.parse(resumed.out) as { differences: Record<string, unknown>[] };
    const { parameters, measures, ...cells } = differences[0]!;
    assert.deepEqual(cells, { parameter: "collator", baseline: "unanimous", other: "majority" });
    assert.deepEqual(parameters, { members: 3, roundTrip: 10, loss: 0, table: "", fail: false });
    const { latency } = measures as Record<string, Record<string, number>>;
    assert.deepEqual(Object.keys(latency!), ["difference", "low", "high", "model", "pairs", "pairing"]);
    // What the second reply of three takes is a part of what the last one does: variances of 1.361 and 0.361, of 1 in
    // pairs.
    assert(latency!["pairing"]! > 1.2 && latency!["pairing"]! < 2.6, JSON.stringify(latency));

    writeFileSync("alone/differences.csv", "spoilt");
    const again = await captured(["chart", "alone"]);
    assert.equal(again.status, 0, again.err);
    assertSameFiles("pairs", "alone");
  });

  it("says how to replay a replication that threw, and that does", async () => {
    const words = "--members 2 --fail --workers 1 --fresh --out thrown".split(" ");
    const { status, err, out } = await captured(["run", fixture("round-trips"), ...words]);
    assert.equal(status, 1);
    assert.equal(out, "");
    assert.match(
      err,
      /^troupe: replication 7 of round-trips failed under seed "1985":\n\nError: the seventh never works\n {4}at .*round-trips\.[jt]s:\d+/,
    );
    // Of twenty: what the worker had been sent when the eighth failed has been let finish, and nothing more begun.
    const kept = Number(/\n\nThe (\d+) finished replications are kept in thrown\.\n$/.exec(err)![1]);
    assert(kept >= 7 && kept <= 7 + 1, String(kept));
    const command = /\n {4}troupe (run .*)\n/.exec(err)![1]!;
    assert.equal(command, `run ${fixture("round-trips")} --seed 1985 --replication 7 --members 2 --fail true`);
    const replayed = await captured(command.split(" "));
    assert.equal(replayed.status, 1);
    assert.match(
      replayed.err,
      /replication 7 of round-trips failed under seed "1985":\n\nError: the seventh never works/,
    );
    const neighbour = await captured(command.replace("n 7", "n 6").split(" "));
    assert.equal(neighbour.status, 0);
    assert.match(neighbour.out, /^latency: [\d.]+\n$/);
  });

  it("blames the replication under which a worker ended, that never will, or that left a rejected promise behind", async () => {
    const stubborn = ["run", fixture("stubborn"), "--no-charts"];
    const left = await captured([...stubborn, "--leaves", "--out", "left"]);
    const stuck = await captured([...stubborn, "--waits", "--out", "stuck"]);
    const forgot = await captured([...stubborn, "--forgets", "--out", "forgotten"]);
    const head = 'troupe: replication 0 of stubborn failed under seed "1985":\n\n';
    assert.deepEqual([left.status, stuck.status, forgot.status], [1, 1, 1]);
    assert(forgot.err.startsWith(`${head}Error: nobody waits for this\n`), forgot.err);
    assert(left.err.startsWith(`${head}Error: it ended its worker thread\n`), left.err);
    assert(stuck.err.startsWith(`${head}Error: it waits for something that never happens`), stuck.err);
  });
});
