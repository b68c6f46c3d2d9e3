import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { captured } from "./captured.ts";
import { inNewDirectory } from "./new-directory.ts";

describe("replay, verify and trace", () => {
  inNewDirectory();
  before(async () => {
    const words =
      "run call-latency --calls 20 --loss 0.2 --replications 3 --workers 1 --no-check --no-charts --quiet --out run";
    assert.equal((await captured(words.split(" "))).status, 0);
  });

  const said = async (words: string): Promise<string> => {
    const { status, out, err } = await captured(words.split(" "));
    assert.equal(`${status} ${err}`, "0 ");
    return out;
  };
  const refused = async (words: string, status: number, sentence: string | RegExp): Promise<void> => {
    const before = readdirSync(".", { recursive: true });
    const result = await captured(words.split(" "));
    assert.equal(result.status, status, result.err);
    const text = result.err.replace(/^troupe: /, "").trimEnd();
    if (typeof sentence === "string") assert.equal(text, sentence);
    else assert.match(text, sentence);
    assert.deepEqual(readdirSync(".", { recursive: true }), before);
  };

  it("run a replication again, with its trace, and views of it", async () => {
    const rows = readFileSync("run/rows.csv", "utf8").split("\n");
    const out = await said("replay run --replication 1 --trace one.jsonl");
    assert.equal(out, `${rows[2]}\nThe same row as in run.\n`);
    await said("run call-latency --calls 20 --loss 0.2 --replication 1 --events other.jsonl");
    assert.equal(readFileSync("one.jsonl", "utf8"), readFileSync("other.jsonl", "utf8"));
    const told = await said("trace one.jsonl --as html,svg,perfetto,shiviz,pcapng --out views");
    assert.match(told, /^Written to views: one\.html, one\.svg, one\.perfetto\.json, one\.shiviz\.log, one\.pcapng\n/);
    const [, dissector] = /lua_script:(\S+) views\/one\.pcapng\n$/.exec(told)!;
    assert.ok(existsSync(dissector!));
    await said("trace run --replication 1 --as svg,pcapng");
    for (const ending of ["svg", "pcapng"]) {
      const same = readFileSync(`run/trace-0-1.${ending}`).equals(readFileSync(`views/one.${ending}`));
      assert.equal(same, ending === "pcapng", "the drawing has the name of its trace as its title");
    }
    await refused(
      "trace run --replication 1 --as svg",
      2,
      /^run\/trace-0-1\.svg is there already: --overwrite writes it anew/,
    );
    await said("trace run --replication 1");
    assert.ok(existsSync("run/trace-0-1.html"));
  });

  it("draw a part", async () => {
    const rows = async (words: string): Promise<string[]> => {
      await said(`trace one.jsonl --as svg --out part --overwrite ${words}`.trim());
      return [...readFileSync("part/one.svg", "utf8").matchAll(/<title>(.*)$/gm)].map(([, text]) => text!);
    };
    const whole = await rows("");
    assert.ok(whole.some((text) => text.startsWith("executes echo(")));
    const client = await rows("--machine client");
    assert.ok(client.length > 0 && !client.some((text) => text.startsWith("executes")));
    await refused("trace one.jsonl --as svg --out part --overwrite --from 100h", 2, /^--from 100h: the trace ends at /);
    await refused(
      "trace one.jsonl --as svg --out part --overwrite --from 2ms --until 1ms",
      2,
      /^--from 2ms is not before --until 1ms\.$/,
    );
    assert.ok((await rows("--from 30ms")).length < whole.length);
    assert.ok((await rows("--until 30ms")).length < whole.length);
    assert.deepEqual(await rows("--thread 769.1.1"), whole);
  });

  it("show a replication that fails, up to where it does", async () => {
    writeFileSync(
      "breaks.mjs",
      `import { Stage } from "troupe/sim/stage";
      class A { get() { return 1; } }
      export default {
        name: "breaks", question: "?", parameters: {}, measures: { x: { help: "x" } },
        async run(p, replication) {
          const world = replication.world({});
          const stage = new Stage(world);
          stage.troupe("a", () => new A(), 2);
          const client = stage.client("client");
          const thread = client.thread(() => client.import(A, "a").get());
          await world.run();
          await thread;
          if (replication.number === 1) throw new Error("the answer is wrong");
          return { x: 1 };
        },
      };`,
    );
    const run =
      "run ./breaks.mjs --replications 3 --keep-going --workers 1 --no-check --no-charts --quiet --out broken";
    assert.equal((await captured(run.split(" "))).status, 1);
    const told = await said("trace broken --as html,svg,perfetto,shiviz,pcapng");
    assert.match(
      told,
      /^The replication fails: the answer is wrong\.\nWritten to broken: trace-0-1\.html, trace-0-1\.svg, /,
    );
    const svg = readFileSync("broken/trace-0-1.svg", "utf8");
    assert.ok(svg.includes("The replication fails: the answer is wrong.") && svg.includes("executes get()"));
    const alone = await captured("run ./breaks.mjs --replication 1 --events broken.jsonl".split(" "));
    assert.equal(alone.status, 1);
    assert.match(readFileSync("broken.jsonl", "utf8"), /"execute".*\n\{"end":\{"events":\d+\}\}\n$/s);
    await refused(
      "replay broken",
      1,
      /^replication 1 of breaks failed under seed "1985":\n\nError: the answer is wrong\n/,
    );
  });

  it("mark the first event that is not as in another trace", async () => {
    const lines = readFileSync("one.jsonl", "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes('"execute"'));
    writeFileSync("changed.jsonl", lines.with(at, lines[at]!.replace('"execute"', '"executed"')).join("\n"));
    const told = await said("trace one.jsonl --as svg --out marked --against changed.jsonl");
    assert.match(
      told,
      new RegExp(
        `^Event ${at} is the first that differs: execute of echo \\d at .*, where changed\\.jsonl has executed of`,
      ),
    );
    assert.ok(readFileSync("marked/one.svg", "utf8").includes(`Event ${at} is the first that differs`));
    await refused(
      "trace one.jsonl --as svg --out marked --against other.jsonl",
      2,
      "--against other.jsonl: there is no difference.",
    );
  });

  it("compare a sample byte by byte", async () => {
    assert.equal(await said("verify run --sample 2"), "2 of 3 replications came out the same, byte by byte.\n");
    const rows = readFileSync("run/rows.csv", "utf8");
    const changed = rows.replace(/^(3,.*,2,)(\d)/m, (_, head: string, digit: string) => `${head}${9 - Number(digit)}`);
    assert.notEqual(changed, rows);
    writeFileSync("run/rows.csv", changed);
    try {
      await refused(
        "verify run",
        1,
        /^1 of 3 replications came out otherwise\.\nreplication 2 of cell 0 does not come out as in run:\n {2}there {2}3,.*\n {2}now {4}3,/,
      );
      await refused("replay run --replication 2", 1, /^replication 2 of cell 0 does not come out as in run:/);
    } finally {
      writeFileSync("run/rows.csv", rows);
    }
  });

  it("refuse a replication that the run does not have", async () => {
    const sentence = "--replication 99: cell 0 of run has the replications 0..2.";
    await refused("trace run --replication 99 --out elsewhere", 2, sentence);
    await refused("replay run --replication 99", 2, sentence);
  });

  it("say of a trace that was cut at the end of a line that there may be more", async () => {
    const lines = readFileSync("one.jsonl", "utf8").trimEnd().split("\n");
    const sentence = "cut.jsonl has no last line: it was cut, or its process was killed. More may have happened.";
    for (const cut of [lines.slice(0, -1), lines.slice(0, 40), lines.toSpliced(20, 1)]) {
      writeFileSync("cut.jsonl", `${cut.join("\n")}\n`);
      const told = await said("trace cut.jsonl --as svg,html --out cut --overwrite");
      assert.ok(told.startsWith(`${sentence}\n`), told);
      for (const file of ["cut/cut.svg", "cut/cut.html"]) {
        const words = readFileSync(file, "utf8")
          .replaceAll(/<[^>]*>/g, " ")
          .replaceAll(/\s+/g, " ");
        assert.ok(words.includes("has no last line"), file);
      }
    }
    assert.ok(!(await said("trace one.jsonl --as svg --out cut --overwrite")).includes("last line"));
  });

  it("tell what changed from one run to another", async () => {
    await said(
      "run call-latency --calls 20 --loss 0.2,0.3 --replications 5 --workers 1 --no-check --no-charts --quiet --out more",
    );
    const same =
      "3 replications are in both, each pair under the same random numbers; 3 of them came out the same, byte by byte.\n";
    assert.equal(await said("compare run more"), `${same}Only the second has loss 0.3.\n`);
    assert.equal(await said("compare more run"), `${same}Only the first has loss 0.3.\n`);
    // Each latency is a fifth greater, and a tenth of that by chance.
    const rows = readFileSync("more/rows.csv", "utf8");
    const [head, ...lines] = rows.trimEnd().split("\n");
    const at = head!.split(",").indexOf("latency");
    const slower = lines.map((line, i) => {
      const fields = line.split(",");
      return fields.with(at, String(Number(fields[at]) * (1.2 + 0.005 * (i % 5)))).join(",");
    });
    writeFileSync("more/rows.csv", `${[head, ...slower].join("\n")}\n`);
    const told = await said("compare run more");
    assert.match(told, /^3 replications are in both, .*; 0 of them came out the same, byte by byte\.\n/);
    assert.match(
      told,
      /\n1 of 1 differences are significant at 95%; chance alone would make about 0\.05 of them so\.\n/,
    );
    assert.match(
      told,
      /\ncell +measure +first +second +difference +95% interval +change\nloss 0\.2 +latency +[\d.]+ +[\d.]+ +\+[\d.]+ ms +[\d.]+ to [\d.]+ +\+2\d\.\d%\n$/,
    );
    assert.ok((await said("compare run more --all")).includes(" datagrams "));
    await said(
      "run call-latency --calls 20 --loss 0.2 --replications 3 --workers 1 --no-check --no-charts --quiet --out else --seed 1",
    );
    assert.match(
      await said("compare run else"),
      /^The seed was 1985 and is 1\.\n3 replications are in both, under different seeds; 0 of them /,
    );
    await said(
      "run call-latency --calls 20 --loss 0.9 --replications 3 --workers 1 --no-check --no-charts --quiet --out none",
    );
    await refused("compare run none", 2, "run and none have no cell in common.");
    await refused("compare run", 2, "name the directories of two runs: troupe compare A B.");
    await refused("compare run nowhere", 2, "nowhere: there is no such directory.");
  });

  it("refuse what cannot be used, in one sentence", async () => {
    await refused("replay", 2, "name the directory of a run: troupe replay DIR.");
    await refused("verify", 2, "name the directory of a run: troupe verify DIR.");
    await refused("trace", 2, "name a trace: troupe trace FILE, or the directory of a run.");
    await refused("replay nowhere", 2, "nowhere: there is no such directory.");
    await refused("trace nowhere", 2, "nowhere: there is no such file or directory.");
    await refused("replay .", 2, ". has no manifest.json: it is not the directory of a finished run.");
    await refused("replay run --cell 1", 2, "--cell 1: run has the cells 0 to 0.");
    await refused("replay run --trace no/where.jsonl", 2, "--trace no/where.jsonl: it cannot be written (ENOENT).");
    await refused("verify run --sample none", 2, '--sample takes a whole number of at least 1, not "none".');
    await refused("trace one.jsonl --as svgg", 2, /not "svgg"\. Did you mean svg\?$/);
    await refused(
      "trace one.jsonl --machine echo1",
      2,
      "--machine echo1: the trace has no such machine. Did you mean echo 1?",
    );
    await refused(
      "trace one.jsonl --from soon",
      2,
      '--from takes a time from the beginning, such as 0s, 250ms or 1h, not "soon".',
    );
    await refused("trace one.jsonl --cell 1", 2, "--cell goes with the directory of a run, not with one.jsonl.");
    await refused("trace one.jsonl --world 1", 2, "one.jsonl: there is nothing to show: it has 1 world.");
    await refused("trace run/rows.csv", 2, "run/rows.csv, line 1: expected a trace event in one line of JSON.");
  });
});
