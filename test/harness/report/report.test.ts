import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { captured } from "../cli/captured.ts";

const hostile = fileURLToPath(new URL("../fixtures/hostile.js", import.meta.url));
const run = ["--workers", "1", "--quiet", "--no-check"];

describe("troupe report", () => {
  let directory: string;
  const at = (name: string): string => join(directory, name);
  const page = (name: string): string => readFileSync(at(name), "utf8");

  /** The page without its program and its charts. */
  const body = (name: string): string => page(name).replace(/<script[\s\S]*/, "");

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "troupe-"));
    const levels = ["run", hostile, "--level", "1..3", "--kind", "<i>one</i>,a & 'b'", "--replications", "8"];
    const made = await captured([...levels, "--out", at("a b"), ...run]);
    assert.equal(made.status, 0, made.err);
    const failing = ["run", hostile, "--fails", "--replications", "8", "--keep-going", "--no-charts"];
    const failed = await captured([...failing, "--out", at("failed"), ...run]);
    assert.equal(failed.status, 1);
  });
  after(() => rmSync(directory, { recursive: true }));

  it("writes report.html into the first directory, the same whenever it is asked", async () => {
    const first = await captured(["report", at("a b")]);
    assert.deepEqual(first, { status: 0, out: `Written to ${at("a b/report.html")}: 1 run, 1 chart\n`, err: "" });
    const before = page("a b/report.html");
    assert.equal((await captured(["report", `${at("a b")}/`])).status, 0);
    assert.equal(page("a b/report.html"), before);
    assert.deepEqual(
      readdirSync(at("a b")).filter((name) => name.startsWith(".")),
      [],
    );
  });

  it("shows question, claim, verdicts, faults, parameters and chart, with all their markup as text", async () => {
    assert.equal((await captured(["report", at("a b"), "--title", "<b>Title</b> & all"])).status, 0);
    const text = body("a b/report.html");
    for (const part of [
      "<title>&lt;b&gt;Title&lt;/b&gt; &amp; all</title>",
      "Is &lt;b id=&quot;bold&quot;&gt;markup&lt;/b&gt; &amp; &quot;quotes&quot; shown as it is?",
      '<tr><td>a &lt;u&gt;claim&lt;/u&gt; &lt;/script&gt; &amp; more<td>hostile<td><span class="badge differs">differs</span>',
      "2 figures differ, where chance alone would make about 0.01 of 4 differ: value at kind &lt;i&gt;one&lt;/i&gt;, level 2 by -8",
      "2 figures lie outside the model (",
      "level &lt;3&gt; is too high.",
      "note: noted &lt;/script&gt;&lt;b&gt;bold&lt;/b&gt;",
      "<tr><td>loss<td>48 of 48 replications<td>6 of 6",
      "<tr><td>kind<td>&lt;i&gt;one&lt;/i&gt;, a &amp; &apos;b&apos;".replaceAll("&apos;", "'"),
      "which &lt;kind&gt; &amp; why",
      "about ten &lt;/table&gt;",
      "closed form, page &lt;7&gt;, within 50%",
    ]) {
      assert.ok(text.includes(part), part);
    }
    assert.equal(text.match(/<img /g)?.length, 1);
    assert.equal(text.match(/<(b|i|u|s|em)[ >]/g), null);
    assert.equal(page("a b/report.html").match(/<script/g)?.length, 2);
  });

  it("names the outliers, and the commands that really run them again", async () => {
    assert.equal((await captured(["report", at("a b")])).status, 0);
    const commands = [...body("a b/report.html").matchAll(/<code>(troupe replay [^<]*)<\/code>/g)].map(
      ([, command]) => command!,
    );
    assert.equal(commands.length, 6);
    const [, cell] = /--cell (\d) --replication 3$/.exec(commands[0]!)!;
    assert.equal(commands[0], `troupe replay '${at("a b")}' --cell ${cell} --replication 3`);
    const again = await captured(["replay", at("a b"), "--cell", cell!, "--replication", "3"]);
    assert.equal(again.status, 0, again.err);
    assert.match(again.out, /The same row as in /);
  });

  it("puts several runs into one file, with those that failed, and tells what is lacking", async () => {
    const out = at("deep/er/all.html");
    const made = await captured(["report", at("failed"), at("a b"), "--out", out]);
    assert.equal(made.out, `Written to ${out}: 2 runs, 1 chart\n`);
    const text = body("deep/er/all.html");
    assert.match(text, /1 cell lacks replications: they failed, or were not run\./);
    assert.match(
      text,
      /<td>5<td>broken &lt;em&gt;here&lt;\/em&gt; &lt;\/script&gt;<td><code>troupe replay \S+failed --cell 0 --replication 5<\/code>/,
    );
    assert.match(text, /The run has no charts/);
    assert.match(text, /<tr id="entry-run-failed">/);
    assert.match(text, /<tr id="entry-run-a-b">/);
    assert.match(text, /Not yet, as this report has no run: \d+/);
    assert.match(text, /<code>troupe sweep availability<\/code>/);
  });

  it("shows traces of files, and of what failed in a run", async () => {
    const run = ["run", "call-latency", "--calls", "2", "--replication", "0", "--events", at("a <trace>.jsonl")];
    assert.equal((await captured(run)).status, 0);
    const words = ["report", at("a b"), "--out", at("traced.html"), "--trace", at("a <trace>.jsonl")];
    const made = await captured(words);
    assert.equal(made.out, `Written to ${at("traced.html")}: 1 run, 1 chart, 1 trace\n`);
    const text = page("traced.html");
    assert.match(text, /<h2 id="trace-1-title">Trace of \S+a &lt;trace&gt;\.jsonl<\/h2>/);
    assert.ok(text.includes(">calls echo(0)</text>"), "there is a picture");
    assert.match(text, /<code>troupe report [^<]* --trace '[^<]*a &lt;trace&gt;\.jsonl'<\/code>/);
    await captured(words);
    assert.equal(page("traced.html"), text);
    const events = readFileSync(at("a <trace>.jsonl"), "utf8");
    writeFileSync(at("cut.jsonl"), events.slice(0, events.lastIndexOf('{"end"')));
    assert.equal(
      (await captured(["report", at("a b"), "--out", at("cut.html"), "--trace", at("cut.jsonl")])).status,
      0,
    );
    assert.match(page("cut.html"), /<p>cut\.jsonl has no last line: /);
  });

  it("counts the faults of replications that it runs again", async () => {
    const words = ["run", "call-latency", "--calls", "9", "--loss", "0,0.2", "--replications", "2", "--no-charts"];
    assert.equal((await captured([...words, "--out", at("lossy"), ...run])).status, 0);
    const lost: number[] = [];
    for (const replication of ["0", "1"]) {
      const which = ["--cell", "1", "--replication", replication, "--trace", at("one.jsonl")];
      assert.equal((await captured(["replay", at("lossy"), ...which])).status, 0);
      lost.push(readFileSync(at("one.jsonl"), "utf8").match(/"type":"datagram-dropped".*"reason":"loss"/g)!.length);
    }
    const told = async (faults: string): Promise<string> => {
      const made = await captured(["report", at("lossy"), "--out", at("counted.html"), "--faults", faults]);
      assert.equal(made.status, 0, made.err);
      return body("counted.html");
    };
    const [first, second] = lost as [number, number];
    assert.ok(first > 0 && second > 0);
    const all = await told("4");
    assert.match(all, /Faults in 4 replications, spread over the cells, .* report; they came out as in the rows</);
    const sum = first + second;
    assert.ok(all.includes(`<tr><td>loss<td>2 of 4 replications<td>${sum}<td>${sum}<td>${sum / 2}\n`));
    // The last row alone.
    const rows = readFileSync(at("lossy/rows.csv"), "utf8");
    writeFileSync(
      at("lossy/rows.csv"),
      rows.replace(/\d(?=,"?\[.*\n$|,\n$|\n$)/, (digit) => String(9 - Number(digit))),
    );
    assert.match(await told("2"), /1 of them came out otherwise than in the rows, which other code has computed/);
    assert.doesNotMatch(await told("0"), /run again for this report/);
  });

  it("refuses what it cannot use in one sentence, and writes nothing", async () => {
    mkdirSync(at("empty"));
    mkdirSync(at("partial"));
    writeFileSync(at("partial/manifest.json"), readFileSync(at("a b/manifest.json")));
    mkdirSync(at("uncharted"));
    for (const name of ["manifest.json", "rows.csv"])
      writeFileSync(at(`uncharted/${name}`), readFileSync(at(`a b/${name}`)));
    writeFileSync(at("mine.html"), "<p>my own page</p>");
    const cases: [words: string[], sentence: RegExp][] = [
      [[], /^troupe: name the directories of runs: troupe report DIR\.\.\.\n$/],
      [["none"], /none: there is no such directory\.\n$/],
      [["empty"], /empty has no manifest\.json: it is not the directory of a finished run\.\n$/],
      [["partial"], /partial has no rows\.csv: nothing can be read from it\.\n$/],
      [
        ["uncharted"],
        /uncharted\/value-by-level\.vl\.json is not there, .*: troupe chart \S+uncharted makes it again\.\n$/,
      ],
      [["a b", "a b"], /a b is named twice\.\n$/],
      [["a b", "--titel", "x"], /^troupe: there is no option --titel\. Did you mean --title\?\n$/],
      [["a b", "--trace", "none.jsonl"], /none\.jsonl: there is no such file or directory\.\n$/],
      [["a b", "--trace", "mine.html"], /mine\.html, line 1: expected a trace event in one line of JSON\.\n$/],
      [["a b", "--trace", "a b"], /a b: there is nothing to show: it has 0 worlds\.\n$/],
      [["a b", "--faults", "some"], /^troupe: --faults takes a whole number of at least 0, not "some"\.\n$/],
      [["a b", "--out", ""], /^troupe: --out needs a value\.\n$/],
      [["a b", "--out", "mine.html"], /mine\.html is there already, and is no report: --out takes another name\.\n$/],
      [["a b", "--out", "empty"], /^troupe: --out \S+empty: that is a directory, and a file is wanted\.\n$/],
      [["a b", "--out", "mine.html/x.html"], /^troupe: --out \S+mine\.html: that is not a directory\.\n$/],
      [["a b", "--out", "/proc/none/x.html"], /^troupe: --out \/proc\/none: there is no such directory\.\n$/],
    ];
    const files = readdirSync(directory, { recursive: true });
    const before = page("a b/report.html");
    for (const [words, sentence] of cases) {
      const placed = words.map((word, i) =>
        word === "" || word.startsWith("-") || word.startsWith("/") || ["--titel", "--faults"].includes(words[i - 1]!)
          ? word
          : at(word),
      );
      const { status, out, err } = await captured(["report", ...placed]);
      assert.equal(status, 2, err);
      assert.equal(out, "");
      assert.match(err, sentence);
    }
    assert.deepEqual(readdirSync(directory, { recursive: true }), files);
    assert.equal(page("a b/report.html"), before);
    assert.equal(page("mine.html"), "<p>my own page</p>");
    assert.ok(!existsSync(at("none")));
  });
});
