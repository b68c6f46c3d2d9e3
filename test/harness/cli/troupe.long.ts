/** The program, where it takes longer: interrupted runs, and experiments in TypeScript. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { captured } from "./captured.ts";
import { inNewDirectory } from "./new-directory.ts";
import { troupe } from "./program.ts";
import { assertSameFiles } from "./same-files.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url));

describe("troupe, the program, in longer runs", function () {
  // Real processes and threads: which of them is ahead is the system's to say.
  this.retries(2);
  this.timeout(60_000);
  inNewDirectory(true);

  it("loses no finished replication to Ctrl-C, and ends with the bytes of an uninterrupted run", async () => {
    const words = [
      "run",
      fixture("patient"),
      ..."--replications 30 --members 1,2 --pause 30ms --no-charts --no-check".split(" "),
    ];
    const whole = captured([...words, "--out", "whole"]);
    const journal = "cut/journal.jsonl";
    const isEnough = (): boolean => existsSync(journal) && readFileSync(journal, "utf8").split("\n").length > 12;
    const cut = await troupe(process.cwd(), [...words, "--out", "cut"], (child) =>
      setInterval(() => isEnough() && child.kill("SIGINT"), 5),
    );
    assert.equal((await whole).status, 0);
    assert.equal(cut.status, 130, cut.err);
    const kept = readFileSync("cut/journal.jsonl", "utf8").trim().split("\n").length - 1;
    assert(kept >= 11 && kept < 60, String(kept));
    assert.match(
      cut.err,
      new RegExp(
        `^Interrupted: ${kept} of 60 replications are kept in cut\\. To go on:\n\n    troupe run .* --out cut --resume\n$`,
      ),
    );
    assert.deepEqual(readdirSync("cut"), ["journal.jsonl"]);

    const refused = await captured([...words, "--out", "cut"]);
    assert.equal(refused.status, 2);
    assert.equal(
      refused.err,
      `troupe: cut holds ${kept} finished replications of an interrupted run: --resume goes on with them, --overwrite drops them.\n`,
    );
    const other = await captured([...words, "--out", "cut", "--seed", "8", "--resume"]);
    assert.equal(other.status, 2);
    assert.match(other.err, /cut holds replications of another run: its seed is "1985", not "8"\./);

    const resumed = await captured([...words, "--out", "cut", "--resume"]);
    assert.equal(resumed.status, 0, resumed.err);
    assert.match(resumed.out, /note: the third one is here\n/);
    assertSameFiles("whole", "cut");

    // A finished run goes on too: with more replications, from the rows that are there.
    const moreWords = words
      .with(3, "31")
      .with(5, "1")
      .filter((word) => word !== "--no-check");
    const more = await captured([...moreWords, "--out", "cut", "--resume"]);
    assert.equal(more.status, 0, more.err);
    const rows = readFileSync("cut/rows.csv", "utf8").split("\n");
    const before = readFileSync("whole/rows.csv", "utf8").split("\n");
    assert.deepEqual(rows.toSpliced(31, 1), before);
    assert.equal(more.err, "Keeps 60 replications of 2 cells; runs 1 that are asked for in addition.\n");
    assert.match(more.out, /\nSeed 1985, 30 to 31 replications of each cell\.\n/);
    // What is there now is made by its own manifest.
    const command = /\nThe same again: troupe (.*)\n/.exec(more.out)![1]!;
    const again = await captured([...command.split(" "), "--no-check", "--out", "again"]);
    assert.equal(again.status, 0, again.err);
    assert.equal(readFileSync("again/rows.csv", "utf8"), rows.join("\n"));
  });

  it("says how an interrupted demo is run again, which cannot go on", async () => {
    const cut = await troupe(process.cwd(), ["demo", "nines", "--out", "my demo"], (child) =>
      setInterval(() => existsSync("my demo/nines/journal.jsonl") && child.kill("SIGINT"), 5),
    );
    assert.equal(cut.status, 130, cut.err);
    assert.match(
      cut.err,
      /^Interrupted: \d+ of 8 replications are kept in my demo\/nines\. To run all of them again:\n\n {4}troupe demo nines --seed 1985 --out 'my demo'\n$/,
    );
  });

  it("runs an experiment in TypeScript from anywhere", async () => {
    writeFileSync("sides.ts", "export interface Sides { readonly sides: number }\nexport const one = 1 as const;\n");
    writeFileSync(
      "dice.ts",
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
    const { status, out, err } = await troupe(process.cwd(), [
      "run",
      "./dice.ts",
      "--sides",
      "2,6",
      ..."--no-charts --workers 1 --no-check".split(" "),
    ]);
    assert.equal(status, 0, err);
    assert.match(out, /sides 6 +throws .* 6 /);
    assert.match(out, /Written to out\/dice-sides-2,6: rows\.csv, summary\.csv, manifest\.json\n/);
    const help = await captured(["run", "./dice.ts", "--help"]);
    assert.equal(help.status, 0);
    assert.match(help.out, /--sides +sides of the die; a whole number of at least 2 .*\[default: 6\]/);
    assert.match(help.out, /Measures:\n {2}throws {2}throws up to the first six/);
    writeFileSync("broken.ts", "\nlet x: = 3;");
    const broken = await troupe(process.cwd(), ["run", "./broken.ts"]);
    assert.equal(broken.status, 2);
    assert.match(broken.err, /^troupe: broken\.ts:2: Unexpected "="\.\n$/);
  });
});
