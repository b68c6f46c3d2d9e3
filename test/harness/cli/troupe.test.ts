import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../harness/cli/main.js", import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url));

interface Estimate {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What `troupe coverage --json` tells of a measure. */
interface Coverage {
  readonly held: number;
  readonly coverage: Estimate;
  readonly bias: Estimate;
  readonly halfWidth: number | null;
  readonly verdict: string;
}

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in a process of its own; interrupts it, as Ctrl-C does, once `isEnough`. */
function troupe(directory: string, words: readonly string[], isEnough?: () => boolean): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], { cwd: directory });
    const watch = setInterval(() => isEnough?.() === true && child.kill("SIGINT"), 5);
    let [out, err] = ["", ""];
    child.stdout.on("data", (data) => (out += String(data)));
    child.stderr.on("data", (data) => (err += String(data)));
    child.on("error", reject);
    child.on("close", (status) => {
      clearInterval(watch);
      // A slow machine has lines of progress in between.
      resolve({ status, out, err: err.replace(/^[\w-]+(, \d+ campaigns)?: \d+ of \d+ replications(,.*)?\n/gm, "") });
    });
  });
}

function filesOf(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort((a, b) => (a < b ? -1 : 1));
  return new Map(paths.map((path) => [path.slice(directory.length), readFileSync(path, "latin1")]));
}

function assertSameFiles(a: string, b: string): void {
  const [first, second] = [filesOf(a), filesOf(b)];
  assert.deepEqual([...first.keys()], [...second.keys()]);
  for (const [name, content] of first) assert(content === second.get(name), `${name} differs between ${a} and ${b}`);
  assert(first.size > 0);
}

describe("troupe, the program", function () {
  // Real processes and threads: which of them is ahead is the system's to say.
  this.retries(2);
  this.timeout(60_000);
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "troupe-"));
  });
  after(() => rmSync(directory, { recursive: true }));
  const at = (name: string): string => join(directory, name);

  it("is built executable: npx links to it, and sets no mode once it has linked", () => {
    accessSync(program, constants.X_OK);
  });

  it("writes the same bytes with one worker and with three, and charts again from the rows", async () => {
    const words = ["sweep", fixture("round-trips"), "--members", "1..3", "--loss", "0,0.6", "--replications", "7"];
    const [one, three] = await Promise.all([
      troupe(directory, [...words, "--workers", "1", "--out", "one"]),
      troupe(directory, [...words, "--workers", "3", "--out", "three", "--quiet"]),
    ]);
    assert.equal(one.status, 0, one.err);
    assert.equal(three.status, 0, three.err);
    assertSameFiles(at("one"), at("three"));
    assert.deepEqual(
      readdirSync(at("one")).sort((a, b) => (a < b ? -1 : 1)),
      [
        "latency-by-members.png",
        "latency-by-members.svg",
        "latency-by-members.vl.json",
        "manifest.json",
        "rows.csv",
        "summary.csv",
      ],
    );
    assert.equal(readFileSync(at("one/rows.csv"), "utf8").split("\n").length, 1 + 3 * 3 * 2 * 7 + 1);
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
    rmSync(at("three/latency-by-members.png"));
    writeFileSync(at("three/summary.csv"), "spoilt");
    const again = await troupe(directory, ["chart", "three"]);
    assert.equal(again.status, 0, again.err);
    assertSameFiles(at("one"), at("three"));
    // A run without charts into the same directory leaves none behind.
    const other = ["run", fixture("round-trips"), "--out", "three", "--no-charts"];
    const lost = await troupe(directory, other);
    assert.equal(lost.status, 2);
    assert.match(
      lost.err,
      /^troupe: three holds a finished run of other cells: --resume keeps that and adds what is missing, /,
    );
    const plain = await troupe(directory, [...other, "--overwrite"]);
    assert.equal(plain.status, 0, plain.err);
    assert.deepEqual(readdirSync(at("three")).length, 3);
    writeFileSync(at("three/rows.csv"), readFileSync(at("three/rows.csv"), "utf8").split("\n")[0]!);
    const lacking = await troupe(directory, ["chart", "three"]);
    assert.equal(lacking.status, 2);
    assert.match(lacking.err, /three\/rows\.csv has no rows of the cell \{"members":3,"collator":"unanimous",/);
  });

  it("prints exactly one JSON document of the fixed form", async () => {
    const words = [
      "--json",
      "--no-charts",
      "--out",
      "json",
      "--seed",
      "7",
      "--precision",
      "0.2",
      "--max-replications",
      "40",
    ];
    const { status, out, err } = await troupe(directory, ["run", fixture("machines"), "--members", "1,2", ...words]);
    assert.equal(status, 0, err);
    assert.equal(err, "");
    const document = JSON.parse(out) as { cells: Record<string, unknown>[] } & Record<string, unknown>;
    assert.deepEqual(Object.keys(document), ["experiment", "seed", "cells"]);
    assert.equal(document["seed"], "7");
    assert.equal(document.cells.length, 2);
    for (const [i, cell] of document.cells.entries()) {
      assert.deepEqual(Object.keys(cell), ["parameters", "replications", "converged", "measures"]);
      assert.deepEqual(cell["parameters"], {
        members: i + 1,
        lifetime: 3_600_000,
        replacement: 600_000,
        transitions: 400,
      });
      assert.equal(cell["converged"], true);
      const { unavailability } = cell["measures"] as Record<string, Record<string, number>>;
      assert.deepEqual(Object.keys(unavailability!), ["mean", "low", "high", "model"]);
      const { mean, low, high, model } = unavailability!;
      assert(low! < mean! && mean! < high! && Math.abs(model! - (1 / 7) ** (i + 1)) < 1e-12);
    }
  });

  it("prints the document also when all else is to be quiet", async () => {
    const quiet = ["--json", "--quiet"];
    for (const words of [
      ["run", fixture("machines"), "--no-charts", "--out", "quiet", "--replications", "2", ...quiet],
      ["run", fixture("machines"), "--replication", "1", ...quiet],
      ["coverage", fixture("machines"), "--campaigns", "2", ...quiet],
    ]) {
      const { status, out, err } = await troupe(directory, words);
      assert.deepEqual([status, err], [0, ""]);
      assert.equal((JSON.parse(out) as { experiment: string }).experiment, "machines");
    }
    const plain = ["run", fixture("machines"), "--no-charts", "--out", "quiet", "--fresh", "--quiet"];
    assert.deepEqual(await troupe(directory, plain), { status: 0, out: "", err: "" });
  });

  it("lets members fail oftener, and writes the same bytes of rare outages on one worker or two", async () => {
    const words = ["run", "nines", "--members", "2,3", "--cycles", "3", "--replications", "2", "--no-charts"];
    const [one, two] = await Promise.all([
      troupe(directory, [...words, "--workers", "1", "--out", "rare one"]),
      troupe(directory, [...words, "--workers", "2", "--out", "rare two"]),
    ]);
    assert.equal(one.status, 0, one.err);
    assert.equal(two.status, 0, two.err);
    assertSameFiles(at("rare one"), at("rare two"));
  });

  it("compares in pairs, the same bytes on one worker or three, and from rows that are there", async () => {
    const words = ["run", fixture("round-trips"), "--collator", "unanimous,majority", "--replications", "40"];
    const plain = await troupe(directory, [...words, "--no-charts", "--out", "pairs", "--workers", "3"]);
    assert.equal(plain.status, 0, plain.err);
    assert(!existsSync(at("pairs/differences.csv")));
    const comparing = [...words, "--compare", "collator"];
    const [resumed, one] = await Promise.all([
      troupe(directory, [...comparing, "--out", "pairs", "--resume", "--json"]),
      troupe(directory, [...comparing, "--out", "alone", "--workers", "1"]),
    ]);
    assert.equal(resumed.status, 0, resumed.err);
    assert.equal(one.status, 0, one.err);
    assertSameFiles(at("pairs"), at("alone"));
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
    // What the second reply of three takes is a part of what the last one does: variances of 1.361 and 0.361, of 1 in pairs.
    assert(latency!["pairing"]! > 1.2 && latency!["pairing"]! < 2.6, JSON.stringify(latency));

    writeFileSync(at("alone/differences.csv"), "spoilt");
    const again = await troupe(directory, ["chart", "alone"]);
    assert.equal(again.status, 0, again.err);
    assertSameFiles(at("pairs"), at("alone"));
  });

  it("tells the real coverage of intervals, and sees those that are wrong", async () => {
    const words = ["coverage", fixture("estimates"), "--campaigns", "300", "--seed", "11"];
    const [json, text] = await Promise.all([
      troupe(directory, [...words, "--json", "--workers", "1"]),
      troupe(directory, [...words, "--workers", "3"]),
    ]);
    assert.equal(json.status, 0, json.err);
    assert.equal(text.status, 0, text.err);
    assert.deepEqual(json.err + text.err, "");
    const { cells, ...head } = JSON.parse(json.out) as { cells: { measures: Record<string, Coverage> }[] };
    assert.deepEqual(head, { experiment: "estimates", seed: "11", campaigns: 300 });
    const { measures } = cells[0]!;
    assert.deepEqual(Object.keys(measures), ["sound", "ratio", "rare", "dependent", "biased"]);
    const of = (name: string): Coverage => measures[name]!;
    for (const name of ["sound", "ratio", "rare"]) {
      // 300 campaigns have a standard error of 1.26%.
      assert(of(name).coverage.mean! > 0.906 && of(name).coverage.mean! < 0.994, JSON.stringify(of(name)));
      assert(of(name).verdict !== "too narrow");
      const { mean, low, high } = of(name).bias;
      assert(Math.abs(mean!) < (3.5 / 1.96 / 2) * (high! - low!), JSON.stringify(of(name)));
    }
    // A common error as large as that of one replication: intervals of twelve are 3.6 times too narrow.
    assert(of("dependent").coverage.high! < 0.6, JSON.stringify(of("dependent")));
    assert.equal(of("dependent").verdict, "too narrow");
    // Two hundredths too high, with a half-width of six: it covers less, and the bias is seen at once.
    const { bias, halfWidth, verdict } = of("biased");
    assert.equal(verdict, "too narrow");
    assert(bias.low! > 0.015 && bias.low! < 0.02 && bias.high! > 0.02 && bias.high! < 0.025, JSON.stringify(bias));
    assert(Math.abs(halfWidth! - 0.062) < 0.003, `${halfWidth}`);

    // The same on three workers, for people.
    const held = of("dependent");
    const line = new RegExp(`\\ndependent +10 +\\d+\\.\\d% \\(${held.held} of 300\\) .* too narrow\\n`);
    assert.match(text.out, line);
    assert.match(
      text.out,
      /\n300 campaigns of 12 replications of each cell, under the seeds "11 campaign 0" to "11 campaign 299"\./,
    );

    const failing = await troupe(directory, [...words, "--fails"]);
    assert.equal(failing.status, 1);
    assert.match(failing.err, /failed under seed "11 campaign \d+":\n\nError: the fourth never works/);
    assert.match(failing.err, / --seed '11 campaign \d+' --replication 4 --fails true\n$/);
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith("out")),
      [],
    );
  });

  it("loses no finished replication to Ctrl-C, and ends with the bytes of an uninterrupted run", async () => {
    const words = [
      "run",
      fixture("patient"),
      "--replications",
      "30",
      "--members",
      "1,2",
      "--pause",
      "30ms",
      "--no-charts",
    ];
    const whole = troupe(directory, [...words, "--out", "whole"]);
    const journal = at("cut/journal.jsonl");
    const cut = await troupe(
      directory,
      [...words, "--out", "cut"],
      () => existsSync(journal) && readFileSync(journal, "utf8").split("\n").length > 12,
    );
    assert.equal(cut.status, 130, cut.err);
    const kept = readFileSync(at("cut/journal.jsonl"), "utf8").trim().split("\n").length - 1;
    assert(kept >= 11 && kept < 60, String(kept));
    assert.match(
      cut.err,
      new RegExp(
        `^Interrupted: ${kept} of 60 replications are kept in cut\\. To go on:\n\n    troupe run .* --out cut --resume\n$`,
      ),
    );
    assert.deepEqual(readdirSync(at("cut")), ["journal.jsonl"]);

    const refused = await troupe(directory, [...words, "--out", "cut"]);
    assert.equal(refused.status, 2);
    assert.equal(
      refused.err,
      `troupe: cut holds ${kept} finished replications of an interrupted run: --resume goes on with them, --overwrite drops them.\n`,
    );
    const other = await troupe(directory, [...words, "--out", "cut", "--seed", "8", "--resume"]);
    assert.equal(other.status, 2);
    assert.match(other.err, /cut holds replications of another run: its seed is "1985", not "8"\./);

    const resumed = await troupe(directory, [...words, "--out", "cut", "--resume"]);
    assert.equal(resumed.status, 0, resumed.err);
    assert.match(resumed.out, /note: the third one is here\n/);
    assert.equal((await whole).status, 0);
    assertSameFiles(at("whole"), at("cut"));

    // A finished run goes on too: with more replications, from the rows that are there.
    const more = await troupe(directory, [...words.with(3, "31").with(5, "1"), "--out", "cut", "--resume"]);
    assert.equal(more.status, 0, more.err);
    const rows = readFileSync(at("cut/rows.csv"), "utf8").split("\n");
    const before = readFileSync(at("whole/rows.csv"), "utf8").split("\n");
    assert.deepEqual(rows.toSpliced(31, 1), before);
    assert.equal(more.err, "Keeps 60 replications of 2 cells; runs 1 that are asked for in addition.\n");
    assert.match(more.out, /\nSeed 1985, 30 to 31 replications of each cell\.\n/);
    // What is there now is made by its own manifest.
    const command = /\nThe same again: troupe (.*)\n/.exec(more.out)![1]!;
    const again = await troupe(directory, [...command.split(" "), "--out", "again"]);
    assert.equal(again.status, 0, again.err);
    assert.equal(readFileSync(at("again/rows.csv"), "utf8"), rows.join("\n"));
  });

  it("says how to replay a replication that threw, and that does", async () => {
    const { status, err, out } = await troupe(directory, [
      "run",
      fixture("round-trips"),
      "--members",
      "2",
      "--fail",
      "--workers",
      "2",
      "--fresh",
      "--out",
      "thrown",
    ]);
    assert.equal(status, 1);
    assert.equal(out, "");
    assert.match(
      err,
      /^troupe: replication 7 of round-trips failed under seed "1985":\n\nError: the seventh never works\n {4}at .*round-trips\.[jt]s:\d+/,
    );
    // Of twenty: what was under way when the eighth failed has been let finish, and nothing more begun.
    const kept = Number(/\n\nThe (\d+) finished replications are kept in thrown\.\n$/.exec(err)![1]);
    assert(kept >= 7 && kept <= 7 + 4, String(kept));
    const command = /\n {4}troupe (run .*)\n/.exec(err)![1]!;
    assert.equal(command, `run ${fixture("round-trips")} --seed 1985 --replication 7 --members 2 --fail true`);
    const replayed = await troupe(directory, command.split(" "));
    assert.equal(replayed.status, 1);
    assert.match(
      replayed.err,
      /replication 7 of round-trips failed under seed "1985":\n\nError: the seventh never works/,
    );
    const neighbour = await troupe(directory, command.replace("n 7", "n 6").split(" "));
    assert.equal(neighbour.status, 0);
    assert.match(neighbour.out, /^latency: [\d.]+\n$/);
  });

  it("blames the replication under which a worker ended, that never will, or that left a rejected promise behind", async () => {
    const stubborn = ["run", fixture("stubborn"), "--no-charts"];
    const [left, stuck, alone, forgot] = await Promise.all([
      troupe(directory, [...stubborn, "--leaves", "--out", "left"]),
      troupe(directory, [...stubborn, "--waits", "--out", "stuck"]),
      troupe(directory, [...stubborn, "--waits", "--replication", "0"]),
      troupe(directory, ["run", fixture("stubborn"), "--no-charts", "--forgets", "--out", "forgotten"]),
    ]);
    const head = 'troupe: replication 0 of stubborn failed under seed "1985":\n\n';
    assert.deepEqual([left.status, stuck.status, alone.status, forgot.status], [1, 1, 1, 1]);
    assert(forgot.err.startsWith(`${head}Error: nobody waits for this\n`), forgot.err);
    assert(left.err.startsWith(`${head}Error: it ended its worker thread\n`), left.err);
    assert(stuck.err.startsWith(`${head}Error: it waits for something that never happens`), stuck.err);
    assert(alone.err.startsWith(`${head}Error: it waits for something that never happens`), alone.err);
  });

  it("runs an experiment in TypeScript from anywhere", async () => {
    writeFileSync(
      at("sides.ts"),
      "export interface Sides { readonly sides: number }\nexport const one = 1 as const;\n",
    );
    writeFileSync(
      at("dice.ts"),
      `import { experiment } from "troupe/experiment";
import { count } from "troupe/parameters";
import { line } from "troupe/chart";
import { one, type Sides } from "./sides.ts";

export default experiment({
  name: "dice",
  question: "How many throws does a six take?",
  parameters: { sides: count(6, "sides of the die", { min: 2 }) },
  measures: { throws: { help: "throws up to the first six" } },
  run(p: Sides, replication) {
    const random = replication.random("throws");
    let throws: number = one;
    while (random() * p.sides >= 1) throws++;
    return { throws };
  },
  model: { throws: (p) => p.sides },
  charts: [line({ x: "sides", y: "throws" })],
});
`,
    );
    const { status, out, err } = await troupe(directory, ["run", "./dice.ts", "--sides", "2,6", "--no-charts"]);
    assert.equal(status, 0, err);
    assert.match(out, /sides 6 +throws .* 6 /);
    assert.match(out, /Written to out\/dice-sides-2,6: rows\.csv, summary\.csv, manifest\.json\n/);
    const help = await troupe(directory, ["run", "./dice.ts", "--help"]);
    assert.equal(help.status, 0);
    assert.match(help.out, /--sides +sides of the die; a whole number of at least 2 .*\[default: 6\]/);
    assert.match(help.out, /Measures:\n {2}throws {2}throws up to the first six/);
    writeFileSync(at("broken.ts"), "\nlet x: = 3;");
    const broken = await troupe(directory, ["run", "./broken.ts"]);
    assert.equal(broken.status, 2);
    assert.match(broken.err, /^troupe: broken\.ts:2: Unexpected "="\.\n$/);
  });

  it("demonstrates: a table, a report, and status 1 if a verdict fails", async () => {
    const [good, bad] = await Promise.all([
      troupe(directory, ["demo", fixture("machines"), fixture("round-trips"), "--out", "good"]),
      troupe(directory, ["demo", fixture("stubborn"), "--out", "bad"]),
    ]);
    assert.equal(good.status, 0, good.err);
    assert.match(
      good.out,
      /\nround-trips +members 3 +latency +1[78]\.\d+ ms +[\d.]+ to [\d.]+ +18\.33 +[-+][\d.]+% +agrees\n/,
    );
    const report = readFileSync(at("good/report.html"), "utf8");
    assert.equal(report.match(/<img alt="[^"]+" loading="lazy" src="data:image\/svg\+xml,/g)?.length, 2);
    assert.match(report, /<td>18\.33<td>/);
    assert.match(report, /<td>r \* H_n and r \/ n<td>round-trips<td><span class="badge reproduced">reproduced</);
    assert.equal(bad.status, 1);
    assert.match(bad.out, /stubborn +one +1 +exact +2 +-50\.0% +differs/);
    assert.equal(bad.err, "troupe: 1 of 1 figures do not agree with theory: stubborn: one.\n");
  });

  it("lists commands and experiments", async () => {
    const [all, list] = await Promise.all([troupe(directory, []), troupe(directory, ["list"])]);
    for (const command of ["run", "sweep", "chart", "demo", "list"])
      assert(all.out.includes(`troupe ${command}`), command);
    assert.equal(list.status, 0, list.err);
    assert.match(list.out, /^experiment +question/);
  });
});
