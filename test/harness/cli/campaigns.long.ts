import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRun } from "../../../harness/cli/arguments.ts";
import { readPlan } from "../../../harness/cli/read-plan.ts";
import { loadExperiment } from "../../../harness/load.ts";
import { experimentNames, findExperiment } from "../../../harness/sources.ts";
import { knownFigures } from "../../../harness/results/coverage.ts";
import { captured } from "./captured.ts";
import { inNewDirectory } from "./new-directory.ts";
import { troupe } from "./program.ts";

const roundTrips = fileURLToPath(new URL("../fixtures/round-trips.js", import.meta.url));

/** Fails where its file says so, spins when asked. */
const troubled = `
import { existsSync } from "node:fs";
import { experiment } from "troupe/experiment";
import { count, duration, flag } from "troupe/parameters";
export default experiment({
  name: "troubled",
  question: "What goes wrong?",
  parameters: {
    members: count(1, "members"),
    lifetime: duration("1h", "lifetime"),
    spins: flag(false, "whether replication 1 never ends"),
    leaves: flag(false, "whether replication 1 ends its worker"),
    large: count(0, "remarks of a thousand letters"),
  },
  measures: { value: { help: "a value" }, other: { help: "another", precision: null } },
  run(p, replication) {
    const { number } = replication;
    for (let i = 0; i < p.large; i++) replication.note(i + "x".repeat(1000));
    if (existsSync("broken") && p.members === 2 && number % 2 === 1) throw new Error("it is broken");
    if (p.spins && number === 1) for (;;);
    if (p.leaves && number === 1) process.exit(3);
    const random = replication.random("value");
    return { value: p.members + random(), other: random() - 0.5 };
  },
  replications: 4,
  sweep: { members: "1,2,3" },
  presets: { small: { members: 1 }, both: [{ members: 1 }, { members: 2, lifetime: "2h" }] },
});
`;

describe("the control of a campaign", function () {
  this.timeout(60_000);
  inNewDirectory(true);
  beforeEach(() => {
    writeFileSync("troubled.mjs", troubled);
  });
  const run = (words: string) => captured([...words.split(" "), "--no-charts"]);
  const rowsOf = (of: string) => readFileSync(join(of, "rows.csv"), "utf8").trim().split("\n").slice(1);

  it("goes on in a sweep when replications fail, lists them, and runs those alone again", async () => {
    const whole = await run("sweep ./troubled.mjs --out whole");
    assert.equal(whole.status, 0, whole.err);
    writeFileSync("broken", "");
    const { status, out, err } = await run("sweep ./troubled.mjs --out a --workers 2");
    assert.equal(status, 1);
    assert.match(out, /\nwarning: replications 1,3 were asked for and are not there: .* \(members 2\)\n/);
    assert.match(out, /members 2 +value .* not converged\n/);
    assert.equal(
      err,
      "troupe: 2 replications failed:\n  it is broken (2 replications)\n" +
        "    troupe run ./troubled.mjs --seed 1985 --replication 1 --members 2\n" +
        "    troupe run ./troubled.mjs --seed 1985 --replication 3 --members 2\n" +
        "To run them again, once the reason is gone:\n    troupe sweep ./troubled.mjs --out a --rerun failed\n",
    );
    assert.equal(rowsOf("a").length, 10);
    const again = await run("sweep ./troubled.mjs --out a --rerun failed");
    assert.equal(again.status, 1);
    assert.match(again.err, /^Keeps 10 replications of 3 cells; runs 2 that failed before\.\n/);
    rmSync("broken");
    const mended = await run("sweep ./troubled.mjs --out a --rerun failed");
    assert.equal(mended.status, 0, mended.err);
    for (const name of ["rows.csv", "manifest.json"]) {
      assert.equal(readFileSync(join("a", name), "utf8"), readFileSync(join("whole", name), "utf8"));
    }
  });

  it("ends with the first failure in a run, or when told, and keeps what has finished", async () => {
    writeFileSync("broken", "");
    for (const [out, words] of [
      ["a", "run ./troubled.mjs --members 1,2"],
      ["b", "sweep ./troubled.mjs --fail-fast"],
    ] as const) {
      const { status, err } = await run(`${words} --out ${out} --workers 1`);
      assert.equal(status, 1);
      assert.match(err, /^troupe: replication 1 of troubled failed under seed "1985":\n\nError: it is broken\n/);
      assert.deepEqual(readdirSync(out), ["journal.jsonl"]);
      const resumed = await run(`${words.replace(" --fail-fast", "")} --keep-going --out ${out} --resume`);
      assert.match(resumed.err, /runs 1 that failed before, \d+ that were not finished\.\n/);
      assert.match(resumed.err, /\ntroupe: 2 replications failed:/);
    }
  });

  it("ends a replication that takes too long or that ends its worker, and no other", async () => {
    const spinning = await run("sweep ./troubled.mjs --members 1,2 --spins --timeout 300ms --out a --workers 1");
    assert.equal(spinning.status, 1);
    assert.match(
      spinning.err,
      /^troupe: 2 replications failed:\n {2}it was still running after 300ms, its --timeout \(2 replications\)\n/,
    );
    assert.equal(rowsOf("a").length, 6);
    const leaving = await run("sweep ./troubled.mjs --members 1,2 --leaves --out b --workers 2");
    assert.match(leaving.err, /^troupe: 2 replications failed:\n {2}it ended its worker thread \(2 replications\)\n/);
    assert.equal(rowsOf("b").length, 6);
    const fast = await run("run ./troubled.mjs --spins --timeout 300ms --out c");
    assert.equal(fast.status, 1);
    assert.match(fast.err, /replication 1 of troubled failed .*\n\nError: it was still running after 300ms/);
  });

  it("takes filters, settings and presets for cells", async () => {
    const source = findExperiment("./troubled.mjs");
    const experiment = await loadExperiment(source);
    const cellsOf = (verb: "run" | "sweep", words: Record<string, unknown>) =>
      readRun(verb, { _: [verb], ...words }, source, experiment).plan.cells.map((cell) => [
        cell["members"],
        Number(cell["lifetime"]) / 3_600_000,
      ]);
    assert.deepEqual(cellsOf("sweep", { where: "members > 1" }), [
      [2, 1],
      [3, 1],
    ]);
    assert.deepEqual(cellsOf("run", { members: "1..3", lifetime: "1h,2h", where: "members * 1h <= lifetime" }), [
      [1, 1],
      [1, 2],
      [2, 2],
    ]);
    assert.deepEqual(cellsOf("sweep", { set: ["members=5 lifetime=3h", "members=6,7"] }), [
      [5, 3],
      [6, 1],
      [7, 1],
    ]);
    assert.deepEqual(cellsOf("run", { preset: "both" }), [
      [1, 1],
      [2, 2],
    ]);
    assert.deepEqual(cellsOf("run", { preset: "both", set: "lifetime=5h", members: "4" }), [[4, 5]]);
    const commandOf = (words: Record<string, unknown>) =>
      readRun("run", { _: ["run"], ...words }, source, experiment).command;
    assert.equal(
      commandOf({ preset: "small", set: ["lifetime=5h", "lifetime=6h"], where: "members > 0" }),
      "troupe run ./troubled.mjs --preset small --set lifetime=5h --set lifetime=6h --where 'members > 0' --seed 1985 --replications 4",
    );
  });

  it("makes names of directories that are never the same for other parameters", async () => {
    const source = findExperiment(roundTrips);
    const experiment = await loadExperiment(source);
    const nameOf = (words: Record<string, unknown>) =>
      readRun("run", { _: ["run"], ...words }, source, experiment).directory;
    assert.equal(nameOf({ members: "1..5", loss: "0.1" }), "out/round-trips-members-1..5-loss-0.1");
    const names = [
      { loss: "1e-3" },
      { loss: "1e-03" },
      { roundTrip: "1e-3" },
      { roundTrip: "1e+3" },
      { seed: "a b" },
      { seed: "a_b" },
      { seed: "a-b" },
      { seed: "a/b" },
      { seed: "x".repeat(200) },
      { seed: "x".repeat(201) },
      { where: "members > 1", members: "1,2" },
      { where: "members < 2", members: "1,2" },
      { members: "1,2" },
      { shard: "1/4" },
      { shard: "1/41" },
    ].map(nameOf);
    assert.equal(new Set(names).size, names.length, names.join("\n"));
    for (const name of names) assert.match(name, /^out\/[\w.,-]{1,130}$/);
  });

  it("holds one measure to a precision of its own", async () => {
    const { status, out, err } = await run("run ./troubled.mjs --precision 5% --precision-of value --out a");
    assert.equal(status, 0, err);
    const count = rowsOf("a").length;
    // A uniform value from 1 to 2 needs some 1.96^2 * (0.289 / 1.5)^2 / 0.05^2 = 57 replications; one around 0 never is so precise.
    assert(count > 30 && count < 120, String(count));
    assert.match(out, /\nvalue +1\.\d+ +[\d.]+ to [\d.]+\n/);
    assert.match(
      JSON.stringify(JSON.parse(readFileSync("a/manifest.json", "utf8"))),
      /"precision":0\.05,"precisionOf":"value"/,
    );
  });

  it("says what would be run, and how long, and writes nothing", async () => {
    const { status, out, err } = await run("sweep ./troubled.mjs --replications 1000 --dry-run --workers 2");
    assert.equal(status, 0, err);
    assert.match(
      out,
      /^3 cells, 3000 replications\.\n {2}members 1\n {2}members 2\n {2}members 3\nAbout \S+ on 2 threads: a replication of 3 cells took /,
    );
    assert.match(out, /\nIt would be written to out\/troubled-sweep-replications-1000\.\n$/);
    assert.deepEqual(readdirSync("."), ["troubled.mjs"]);
    const json = await run("run ./troubled.mjs --dry-run --json");
    const document = JSON.parse(json.out) as { cells: unknown[]; replications: number; seconds: number };
    assert.equal(document.cells.length, 1);
    assert.equal(document.replications, 4);
    assert(document.seconds > 0 && document.seconds < 60);
  });

  it("keeps what has finished when the disk is full, says so in one sentence, and goes on", async function () {
    const disk = join(process.cwd(), "disk");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      process.stderr.write("      (mount is not allowed here: the full disk is left out)\n");
      this.skip();
    }
    try {
      const words = ["run", "./troubled.mjs", "--large", "10", "--replications", "60", "--no-charts"];
      const full = await troupe(process.cwd(), [...words, "--out", "disk/a"]);
      assert.equal(full.status, 1, full.out);
      assert.match(
        full.err,
        /^troupe: disk\/a: the disk is full\. (\d+) of 60 replications are kept there\. To go on:\n\n {4}troupe run .* --out disk\/a --resume\n$/,
      );
      const kept = Number(/(\d+) of 60/.exec(full.err)![1]);
      assert(kept > 5 && kept < 60, String(kept));
      assert.deepEqual(readdirSync("disk/a"), ["journal.jsonl"]);
      execFileSync("mount", ["-o", "remount,size=8m", disk], { stdio: "ignore" });
      const resumed = await troupe(process.cwd(), [...words, "--out", "disk/a", "--resume"]);
      assert.equal(resumed.status, 0, resumed.err);
      assert.match(
        resumed.err,
        new RegExp(`^Keeps ${kept} replications of 1 cell; runs ${60 - kept} that were not finished`),
      );
      const whole = await troupe(process.cwd(), [...words, "--out", "whole"]);
      assert.equal(whole.status, 0);
      assert.equal(readFileSync("disk/a/manifest.json", "utf8"), readFileSync("whole/manifest.json", "utf8"));
      assert.equal(readFileSync("disk/a/rows.csv", "utf8"), readFileSync("whole/rows.csv", "utf8"));
      // A trace, and what is printed, may meet a full disk as well.
      const trace = await troupe(process.cwd(), ["run", "availability", "--replication", "0", "--events", "/dev/full"]);
      assert.equal(trace.status, 1);
      assert.equal(trace.err, "troupe: --events /dev/full: the disk is full.\n");
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

describe("what a user's own file does wrong", function () {
  this.timeout(60_000);

  it("is told by its place, without a stack", async () => {
    const directory = mkdtempSync(join(tmpdir(), "troupe-"));
    try {
      const text = troubled.replace("replications: 4,", "replications: 4,\n  model: { value: (p) => p.nothing.here },");
      writeFileSync(join(directory, "mine.mjs"), text);
      const { status, err } = await troupe(directory, ["run", "./mine.mjs", "--out", "a", "--no-charts"]);
      assert.equal(status, 1);
      assert.match(
        err,
        /^troupe: \/.*\/mine\.mjs:\d+:\d+: TypeError: Cannot read properties of undefined \(reading 'here'\)\n$/,
      );
      assert(existsSync(join(directory, "a/journal.jsonl")));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("the examples in the help", function () {
  this.timeout(120_000);
  const examplesOf = (help: string): string[][] =>
    [...help.matchAll(/^ {2}troupe ((?:run|sweep|coverage) .*)$/gm)].map(([, words]) => words!.trim().split(" "));

  for (const name of [...experimentNames(), roundTrips]) {
    it(`of ${name.replace(/^.*\//, "")} are accepted`, async () => {
      const source = findExperiment(name);
      const experiment = await loadExperiment(source);
      for (const verb of ["run", "sweep", "coverage"] as const) {
        const examples = examplesOf((await captured([verb, name, "--help"])).out);
        assert(examples.length >= (verb === "coverage" ? 0 : 3), `${verb} ${name}: ${examples.length}`);
        for (const [, , ...words] of examples) {
          const given: Record<string, unknown> = { _: [verb] };
          for (let i = 0; i < words.length; i++) {
            const [option, value] = [words[i]!.slice(2), words[i + 1]];
            given[option] = value === undefined || value.startsWith("--") ? true : value;
            if (given[option] !== true) i++;
          }
          if (verb === "coverage") {
            const { plan } = readPlan(given, experiment, [{}]);
            for (const cell of plan.cells) assert(knownFigures(experiment, cell).size > 0);
          } else assert(readRun(verb, given, source, experiment).plan.cells.length > 0);
        }
      }
    });
  }

  it("of an experiment that is quick do what they say", async () => {
    const before = process.cwd();
    const directory = mkdtempSync(join(tmpdir(), "troupe-"));
    process.chdir(directory);
    try {
      for (const verb of ["run", "sweep"] as const) {
        for (const words of examplesOf((await captured([verb, roundTrips, "--help"])).out)) {
          const { status, err } = await captured([...words, "--no-charts"]);
          assert.equal(status, 0, `${words.join(" ")}: ${err}`);
        }
      }
      assert.deepEqual(readdirSync("out").toSorted(), [
        "0",
        "round-trips",
        "round-trips-members-3,4",
        "round-trips-members-4-replications-5",
        "round-trips-precision-0.02-max-replications-1000",
        "round-trips-sweep",
        "round-trips-sweep-members-3,4",
        "x",
      ]);
    } finally {
      process.chdir(before);
      rmSync(directory, { recursive: true });
    }
  });
});
