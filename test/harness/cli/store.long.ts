import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { captured } from "./captured.ts";
import { inNewDirectory } from "./new-directory.ts";

const machines = fileURLToPath(new URL("../fixtures/machines.js", import.meta.url));

const mine = (comment: string): string => `// ${comment}
import { experiment } from "troupe/experiment";
import { count, file, flag } from "troupe/parameters";
import { factor } from "./helper.mjs";
let replications = 0;
export default experiment({
  name: "mine",
  question: "What comes out?",
  parameters: {
    members: count(1, "members", { max: 99 }),
    draws: flag(false, "whether it draws from Math.random"),
    counts: flag(false, "whether it counts its replications"),
    table: file("", "a file"),
  },
  measures: { value: { help: "a value" } },
  run: (p, replication) => {
    const value = p.draws ? Math.random() : replication.random("value")();
    return { value: factor * p.members * value + (p.counts ? replications++ : 0) };
  },
  replications: 4,
  sweep: { members: "1,2" },
});
`;

interface Manifest {
  readonly accepted?: readonly { readonly changes: readonly string[]; readonly rows: readonly unknown[] }[];
  readonly cells: readonly { readonly parameters: { readonly members: number }; readonly replications: number }[];
  readonly reproducible: boolean;
}

describe("the store of results", function () {
  this.timeout(60_000);
  inNewDirectory(true);
  beforeEach(() => {
    writeFileSync("mine.mjs", mine("a comment"));
    writeFileSync("helper.mjs", "export const factor = 1;\n");
  });
  const run = (words: string) => captured([...words.split(" "), "--workers", "1", "--no-charts"]);
  const manifestOf = (of: string) => JSON.parse(readFileSync(join(of, "manifest.json"), "utf8")) as Manifest;
  const rowsOf = (of: string) => readFileSync(join(of, "rows.csv"), "utf8").trim().split("\n").slice(1);

  it("keeps what is there and runs what is missing, and says so in one line", async () => {
    assert.equal((await run("run ./mine.mjs --members 2,5 --out a")).status, 0);
    const kept = rowsOf("a");
    const more = await run("run ./mine.mjs --members 3,5 --replications 6 --out a --resume --quiet");
    assert.equal(more.status, 0, more.err);
    assert.deepEqual(
      manifestOf("a").cells.map(({ parameters, replications }) => [parameters.members, replications]),
      [
        [2, 4],
        [3, 6],
        [5, 6],
      ],
    );
    for (const row of kept) assert(rowsOf("a").includes(row), row);
    // Less is never lost, nor another cell.
    const fewer = await run("run ./mine.mjs --members 5 --replications 1 --out a --resume");
    assert.equal(fewer.status, 0, fewer.err);
    assert.equal(fewer.err, "Keeps 16 replications of 3 cells; runs nothing.\n");
    assert.equal(rowsOf("a").length, 16);
    const third = await run("run ./mine.mjs --members 3,9 --replications 7 --out a --resume");
    assert.equal(
      third.err,
      "Keeps 16 replications of 3 cells; runs 1 that are asked for in addition, 7 of new cells.\n",
    );
  });

  it("names the file that has changed, and keeps its rows only when told, as the manifest says", async () => {
    assert.equal((await run("run ./mine.mjs --out a")).status, 0);
    writeFileSync("helper.mjs", "export const factor = 2;\n");
    const refused = await run("run ./mine.mjs --members 2 --out a --resume");
    assert.equal(refused.status, 2);
    assert.equal(
      refused.err,
      "troupe: a holds replications that something else has computed: helper.mjs has changed. " +
        "--accept-changes keeps them all the same, --overwrite drops them.\n",
    );
    assert.deepEqual(readdirSync("a").toSorted(), ["manifest.json", "rows.csv", "summary.csv"]);
    const accepted = await run("run ./mine.mjs --members 2 --out a --resume --accept-changes");
    assert.equal(accepted.status, 0, accepted.err);
    assert.match(
      accepted.err,
      /^Keeps 4 replications of 1 cell \(accepted: helper\.mjs has changed\); runs 4 of new cells\.\n$/,
    );
    const told = [{ changes: ["helper.mjs has changed"], rows: [[0, "0..3"]] }];
    const { accepted: first } = manifestOf("a");
    assert.deepEqual(
      first!.map(({ changes, rows }) => ({ changes, rows })),
      told,
    );
    // What has been accepted needs no telling again, and is not forgotten.
    const again = await run("run ./mine.mjs --members 3 --out a --resume");
    assert.equal(again.status, 0, again.err);
    assert.deepEqual(manifestOf("a").accepted, first);
    writeFileSync("helper.mjs", "export const factor = 3;\n");
    assert.equal((await run("run ./mine.mjs --members 3 --out a --resume")).status, 2);
  });

  it("takes an experiment for the same under another path, and with another comment", async () => {
    assert.equal((await run("run ./mine.mjs --out a")).status, 0);
    writeFileSync("mine.mjs", mine("another comment"));
    mkdirSync("elsewhere");
    cpSync("mine.mjs", "elsewhere/yours.mjs");
    cpSync("helper.mjs", "elsewhere/helper.mjs");
    const resumed = await run("run elsewhere/yours.mjs --replications 5 --out a --resume");
    assert.equal(resumed.status, 0, resumed.err);
    assert.equal(resumed.err, "Keeps 4 replications of 1 cell; runs 1 that are asked for in addition.\n");
    assert.deepEqual(manifestOf("a").accepted, undefined);
  });

  it("sees that a file which a parameter names has changed", async () => {
    writeFileSync("table.csv", "1");
    assert.equal((await run("run ./mine.mjs --table table.csv --out a")).status, 0);
    writeFileSync("table.csv", "2");
    const refused = await run("run ./mine.mjs --table table.csv --replications 5 --out a --resume");
    assert.match(refused.err, /something else has computed: table\.csv has changed\./);
    const other = await run("run ./mine.mjs --members 2 --out a --resume");
    assert.equal(other.status, 0, other.err);
  });

  it("overwrites no other run and no foreign file", async () => {
    assert.equal((await run("run ./mine.mjs --out a")).status, 0);
    const rows = rowsOf("a");
    const refused: [words: string, sentence: RegExp][] = [
      ["run ./mine.mjs --members 2 --out a", /^troupe: a holds a finished run of other cells: --resume keeps/],
      ["run ./mine.mjs --seed 2 --out a", /^troupe: a holds a finished run under the seed 1985: --overwrite drops it,/],
      ["run ./mine.mjs --replications 2 --out a", /^troupe: a holds a finished run of 4 replications of each cell: /],
      [
        `run ${machines} --out a`,
        /^troupe: a holds a finished run of mine: --overwrite drops it, or use another --out\.\n$/,
      ],
      [
        `run ${machines} --out a --resume`,
        /^troupe: a holds replications of another run: its experiment is "mine", not/,
      ],
      ["run ./mine.mjs --seed 2 --out a --resume", /its seed is "1985", not "2"\./],
      [
        "run ./mine.mjs --out .",
        /^troupe: \. holds helper\.mjs, mine\.mjs, which are not of a run: use another --out, or/,
      ],
      ["run ./mine.mjs --out . --resume", /^troupe: \. holds helper\.mjs, mine\.mjs, which are not of a run/],
    ];
    for (const [words, sentence] of refused) {
      const { status, err } = await run(words);
      assert.equal(status, 2, words);
      assert.match(err, sentence);
    }
    assert.deepEqual(rowsOf("a"), rows);
    writeFileSync("a/value-by-members.png", "a picture of my own");
    const charts = await captured(["run", "./mine.mjs", "--out", "a", "--workers", "1"]);
    assert.match(charts.err, /^troupe: a holds value-by-members\.png, which is not of a run/);
    // The same once more needs no word, and another needs one.
    assert.equal((await run("run ./mine.mjs --out a")).status, 0);
    const dropped = await run(`run ${machines} --out a --overwrite --replications 2`);
    assert.equal(dropped.status, 0, dropped.err);
    assert.equal(readFileSync("a/value-by-members.png", "utf8"), "a picture of my own");
    const another = mine("another").replace("factor * p.members", "factor - p.members");
    mkdirSync("b");
    writeFileSync("b/mine.mjs", another);
    writeFileSync("b/helper.mjs", "export const factor = 1;\n");
    assert.equal((await run("run ./mine.mjs --out c")).status, 0);
    const twin = await run("run b/mine.mjs --out c");
    assert.match(twin.err, /^troupe: c holds a finished run of another experiment of this name, \.\/mine\.mjs: /);
  });

  it("says 'the same again' only of what was the same again", async () => {
    const same = await run("run ./mine.mjs --out a");
    assert.match(same.out, /\nThe same again: troupe run \.\/mine\.mjs /);
    const drawn = await run("run ./mine.mjs --draws --out b");
    assert.equal(drawn.status, 0);
    assert.match(
      drawn.out,
      /\nNOT the same again: replication 0 of draws true came out differently when it was run a second/,
    );
    assert.equal(manifestOf("b").reproducible, false);
    for (const size of ["--replications 1", "--replications 2"]) {
      const counted = await run(`run ./mine.mjs --counts --out counted --overwrite ${size}`);
      assert.match(counted.out, /\nNOT the same again: replication 0 of counts true came out differently/, size);
    }
    const unchecked = await run("run ./mine.mjs --draws --out c --no-check");
    assert.match(unchecked.out, /\nThe command: troupe run /);
    assert(!unchecked.out.includes("same again"));
    assert(!existsSync(".lock"));
  });

  it("puts shards together to the bytes of an undivided sweep, and names those that are missing", async () => {
    const words = "sweep ./mine.mjs --members 1,2,3 --replications 5";
    assert.equal((await run(`${words} --out whole`)).status, 0);
    for (let i = 0; i < 4; i++) {
      const { status, err, out } = await run(`${words} --shard ${i}/4 --out part${i}`);
      assert.equal(status, 0, err);
      assert.match(out, new RegExp(`\\nThis is shard ${i} of 4 \\(from 0\\): `));
      assert.deepEqual(readdirSync(`part${i}`).toSorted(), ["manifest.json", "rows.csv"]);
    }
    assert.deepEqual(
      [0, 1, 2, 3].map((i) => rowsOf(`part${i}`).length),
      [4, 4, 4, 3],
    );
    const merge = (words: string) => captured(["merge", ...words.split(" "), "--no-charts"]);
    const missing = await merge("out part0 part3");
    assert.equal(missing.status, 2);
    assert.equal(missing.err, "troupe: of 4 shards, 0 to 3, 2 are missing: 1..2.\n");
    assert.match((await merge("out part0 part1 part1 part2")).err, /part1 and part1 are both shard 1 of 4/);
    assert.match((await merge("out part0 whole")).err, /whole is no shard, and part0 of 4\./);
    assert(!existsSync("out"));
    const { status, err, out } = await merge("out part2 part0 part3 part1");
    assert.equal(status, 0, err);
    assert.match(out, /^15 replications of 3 cells\. Written to out: rows\.csv, summary\.csv, manifest\.json\n$/);
    for (const name of ["rows.csv", "summary.csv", "manifest.json"]) {
      assert.equal(readFileSync(join("out", name), "utf8"), readFileSync(join("whole", name), "utf8"), name);
    }
    // There is no run to go on with.
    assert.match(
      (await merge("part0 part0 part1 part2 part3")).err,
      /^troupe: part0 holds a finished run of another shard: --overwrite drops it, or merge into another directory\.\n$/,
    );
    // With a precision whole cells are dealt out.
    const precise = "sweep ./mine.mjs --members 1,2,3 --precision 30%";
    assert.equal((await run(`${precise} --out precise`)).status, 0);
    for (let i = 0; i < 2; i++) assert.equal((await run(`${precise} --shard ${i}/2 --out half${i}`)).status, 0);
    assert.equal((await merge("both half0 half1")).status, 0);
    assert.equal(readFileSync("both/manifest.json", "utf8"), readFileSync("precise/manifest.json", "utf8"));
    assert.equal(readFileSync("both/rows.csv", "utf8"), readFileSync("precise/rows.csv", "utf8"));
    // Other code, and what is not finished, are refused.
    writeFileSync("helper.mjs", "export const factor = 2;\n");
    assert.equal((await run(`${words} --shard 3/4 --out other`)).status, 0);
    assert.match(
      (await merge("out2 part0 part1 part2 other")).err,
      /part0 and other do not belong together: helper\.mjs has changed from the one to the other\./,
    );
  });

  it("takes a manifest, or a file of settings, in place of the words", async () => {
    assert.equal((await run("run ./mine.mjs --members 7,8 --seed 0012 --replications 3 --out a")).status, 0);
    const again = await run("run --config a/manifest.json --out b");
    assert.equal(again.status, 0, again.err);
    assert.equal(readFileSync("b/rows.csv", "utf8"), readFileSync("a/rows.csv", "utf8"));
    const more = await run("run --config a/manifest.json --members 7 --out b2");
    assert.match(more.out, /\nThe same again: troupe run \.\/mine\.mjs --config a\/manifest\.json --members 7 /);
    writeFileSync(
      "sweep.yaml",
      "experiment: ./mine.mjs\nmembers: [7, 8]\nseed: 0012\nreplications: 3\ncharts: false\nkeep-going: true\n",
    );
    const yaml = await run("sweep --config sweep.yaml --out c");
    assert.equal(yaml.status, 0, yaml.err);
    assert.equal(readFileSync("c/rows.csv", "utf8"), readFileSync("a/rows.csv", "utf8"));
    // What the command line says goes first.
    const changed = await run("sweep --config sweep.yaml --members 9 --out d");
    assert.equal(changed.status, 0, changed.err);
    assert.equal(rowsOf("d").length, 3);
    const refused: [text: string, sentence: string | RegExp][] = [
      ["membres: 3", /^troupe: mine has no parameter or option --membres\. Did you mean --members\?\n$/],
      ["members: 100", 'troupe: sweep.yaml: --members takes a whole number from 0 to 99, not "100".\n'],
      ["check: maybe", 'troupe: sweep.yaml: --check takes true or false, not "maybe".\n'],
      ["- members", /^troupe: --config sweep\.yaml: expected options and parameters by name/],
      [
        "members: [1",
        /^troupe: --config sweep\.yaml: Flow sequence in block collection must be .* at line 1, column 12\.\n$/,
      ],
    ];
    for (const [text, sentence] of refused) {
      writeFileSync("sweep.yaml", text);
      const { status, err } = await run("run ./mine.mjs --config sweep.yaml --out e");
      assert.equal(status, 2, text);
      if (typeof sentence === "string") assert.equal(err, sentence);
      else assert.match(err, sentence);
    }
  });
});
