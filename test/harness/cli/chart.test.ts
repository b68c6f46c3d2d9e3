/** Charts by options of the command line: figures, looks and forms. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { captured } from "./captured.ts";
import { chartsIn, fixture, latencies, looks, ran, specification, sweep } from "./charted.ts";
import { inNewDirectory } from "./new-directory.ts";

describe("troupe chart", () => {
  inNewDirectory();
  before(() => ran(`${latencies} --out run`));

  const said = async (...words: readonly string[]): Promise<string> => {
    const { status, out, err } = await captured(["chart", "run", ...words]);
    assert.equal(`${status} ${err}`, "0 ");
    return out;
  };
  const refused = async (words: string, sentence: string | RegExp): Promise<void> => {
    const before = readdirSync(".", { recursive: true });
    const { status, err } = await captured(["chart", "run", ...words.split(" ")]);
    assert.equal(status, 2, err);
    const text = err.replace(/^troupe: /, "").trimEnd();
    if (typeof sentence === "string") assert.equal(text, sentence);
    else assert.match(text, sentence);
    assert.deepEqual(readdirSync(".", { recursive: true }), before);
  };
  it("draws other charts of the rows, and leaves the run as it is", async () => {
    const before = readdirSync("run").map((name) => readFileSync(join("run", name)));
    assert.equal(
      await said("--y", "datagrams", "--x", "loss", "--by", "members", "--format", "spec,svg", "--out", "other"),
      "Written to other: datagrams-by-loss.vl.json, datagrams-by-loss.svg\n",
    );
    const { data, title } = specification("other/datagrams-by-loss.vl.json");
    assert.deepEqual([...new Set(data.values.map(({ series }) => series))], ["1", "2", "3"]);
    assert.deepEqual(title, {
      text: "How long does a replicated call take?",
      subtitle: (title as { subtitle: string[] }).subtitle,
    });
    assert.deepEqual(
      readdirSync("run").map((name) => readFileSync(join("run", name))),
      before,
    );
  });

  it("takes titles, sizes, axes, panels and cells from its options", async () => {
    const words = [
      "--title",
      "A & B",
      "--subtitle",
      "below",
      "--x-title",
      "along",
      "--y-title",
      "up",
      "--width",
      "300",
    ];
    await said(...words, "--height", "200", "--y", "latency", "--x", "members", "--log", "y", "--out", "look.vl.json");
    const look = specification("look.vl.json") as unknown as Record<string, never>;
    assert.deepEqual(look["title"], { text: "A & B", subtitle: "below" });
    assert.deepEqual([look["width"], look["height"]], [300, 200]);
    const { x, y } = look["encoding"] as unknown as Record<
      "x" | "y",
      { axis: { title: string }; scale: { type?: string } }
    >;
    assert.deepEqual([x.axis.title, y.axis.title, y.scale.type], ["along", "up", "log"]);
    await said(
      "--y",
      "latency",
      "--x",
      "members",
      "--facet",
      "loss",
      "--where",
      "members > 1",
      "--log",
      "none",
      "--out",
      "panels.vl.json",
    );
    const { data, spec } = specification("panels.vl.json");
    assert.deepEqual([...new Set(data.values.map(({ panel }) => panel))], ["loss 0", "loss 0.1"]);
    assert.ok(data.values.every(({ x: members }) => Number(members) > 1));
    assert.equal((spec as { encoding: { y: { scale: { type?: string } } } }).encoding.y.scale.type, undefined);
    await said("--y", "latency", "--x", "datagrams", "--through", "members", "--by", "loss", "--out", "traded.vl.json");
    assert.ok(specification("traded.vl.json").data.values.length >= 6);
  });

  it("writes PDF with text and fonts in it, the same bytes each time", async () => {
    for (const name of ["a.pdf", "b.pdf"])
      await said("--y", "latency", "--x", "members", "--grey", "--title", "Title", "--out", name);
    const [a, b] = [readFileSync("a.pdf"), readFileSync("b.pdf")];
    assert.ok(a.equals(b));
    const text = a.toString("latin1");
    assert.match(text, /^%PDF-1\./);
    assert.match(text, /\/BaseFont \/[A-Z]+\+DejaVuSans\b/);
    assert.match(text, /\/FontFile2 /);
    // The only date is that of the beginning of time.
    assert.deepEqual([...new Set(text.match(/D:\d{14}Z?/g))], ["D:19700101000000Z"]);
    const streams = [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, bytes]) => {
      try {
        return inflateSync(Buffer.from(bytes!, "latin1")).toString("latin1");
      } catch {
        return "";
      }
    });
    assert.ok(
      streams.some((content) => /T[jJ]\b/.test(content) && content.includes("BT")),
      "text is drawn as text",
    );
    assert.ok(!text.includes("/Subtype /Image"));
  });

  describe("of runs", () => {
    it("take the same options, which their commands and manifests tell", async () => {
      const out = await ran(`${sweep} --replications 2 --compare loss ${looks} pdf --out looking`);
      const [, command] = /^The same again: troupe (.*)$/m.exec(out)!;
      // In grey, the legends stand beside the panels.
      const panelsOf = (name: string): Record<string, unknown> =>
        (specification(`looking/${name}.vl.json`)["hconcat"] as [Record<string, unknown>])[0];
      const { data } = specification("looking/latency-by-members.vl.json");
      const spec = panelsOf("latency-by-members")["spec"] as { readonly width: number };
      assert.deepEqual([...new Set(data.values.map(({ panel }) => panel))], ["loss 0", "loss 0.1"]);
      assert.ok(JSON.stringify(spec).includes('"type":"log"'));
      assert.equal(spec.width, 222);
      assert.equal(panelsOf("latency-difference-by-members")["width"], 222);
      assert.deepEqual(
        readdirSync("looking").filter((name) => name.startsWith("latency-by-members")),
        ["latency-by-members.pdf", "latency-by-members.vl.json"],
      );
      await ran(`${command!} --workers 1 --no-check --quiet --out again`);
      assert.deepEqual(chartsIn("again"), chartsIn("looking"));
      await ran(`sweep ${fixture} --config looking/manifest.json --workers 1 --no-check --quiet --out of-manifest`);
      assert.deepEqual(chartsIn("of-manifest"), chartsIn("looking"));
      const before = chartsIn("looking");
      rmSync("looking/latency-by-members.pdf");
      await ran("chart looking");
      assert.deepEqual(chartsIn("looking"), before);
    });

    it("are refused before anything is run, with the options named as they were given", async () => {
      const before = readdirSync(".", { recursive: true });
      for (const [words, sentence] of [
        ["--chart-y latancy", "--chart-y latancy: round-trips has no such measure or series. Did you mean latency?"],
        ["--chart-log yx", '--chart-log takes x, y, xy or none, not "yx".'],
        ["--chart-through members", "--chart-through goes with a measure as --chart-x."],
        ["--chart-gray", "round-trips has no parameter or option --chart-gray. Did you mean --chart-grey?"],
        ["--chart-grey --no-charts", "--chart-grey and --no-charts contradict each other."],
        ["--chart-title A --chart-title B", "--chart-title is given twice."],
      ] as const) {
        const { status, err } = await captured(`${sweep} --out refused ${words}`.split(" "));
        assert.deepEqual([status, err], [2, `troupe: ${sentence}\n`]);
      }
      assert.deepEqual(readdirSync(".", { recursive: true }), before);
    });
  });

  it("refuses in one sentence what it cannot draw", async () => {
    await refused("--y latancy", "--y latancy: call-latency has no such measure or series. Did you mean latency?");
    await refused("--x member", "--x member: call-latency has no such parameter or measure. Did you mean members?");
    await refused("--by collatr", "--by collatr: call-latency has no such parameter. Did you mean collator?");
    await refused("--facet losss", "--facet losss: call-latency has no such parameter. Did you mean loss?");
    await refused("--chart latency-by-member", /^--chart latency-by-member: .* Did you mean latency-by-members\?$/);
    await refused("--format pgn", '--format takes a list of spec, svg, png, pdf, not "pgn". Did you mean png?');
    await refused("--log yx", '--log takes x, y, xy or none, not "yx".');
    await refused("--width 10", '--width takes a whole number of px from 50 to 5000, not "10".');
    await refused("--height 10000", '--height takes a whole number of px from 50 to 5000, not "10000".');
    await refused("--titel x", "there is no option --titel. Did you mean --title?");
    await refused("--where members>9", "--where 'members>9' leaves no cell.");
    await refused("--through members", "--through goes with a measure as --x.");
    await refused("--y latency --out a.png --format pdf", "--out a.png is a file of form png, and --format wants pdf.");
    await refused(`--y ${"latency,".repeat(12)}latency`, /^--y takes at most 12 measures, not 13/);
    await refused("--out all.pdf", /^--out all\.pdf is one file, and there are \d charts: --chart takes one of /);
  });
});
