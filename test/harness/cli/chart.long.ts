/** Charts of several runs: their differences, and runs that are resumed or put together. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { captured } from "./captured.ts";
import { chartsIn, latencies, looks, ran, specification, sweep } from "./charted.ts";
import { inNewDirectory } from "./new-directory.ts";

describe("charts of several runs", function () {
  this.timeout(60_000);
  inNewDirectory();
  before(() => ran(`${latencies} --out run`));

  it("draws differences with a line at zero: of a run that compares, and of two runs", async () => {
    const compared = await captured(`${latencies} --compare loss --out compared`.split(" "));
    assert.equal(compared.status, 0, compared.err);
    const names = readdirSync("compared").filter((name) => name.includes("difference-by"));
    assert.deepEqual(
      names,
      ["png", "svg", "vl.json"].map((ending) => `latency-difference-by-members.${ending}`),
    );
    const { data, layer, title } = specification("compared/latency-difference-by-members.vl.json");
    assert.equal((title as { text: string }).text, "latency: difference from loss 0");
    const csv = readFileSync("compared/differences.csv", "utf8")
      .split("\n")
      .filter((row) => row.includes(",latency,"));
    const means = data.values.filter(({ figure }) => figure === "simulated, 95% interval").map(({ y }) => String(y));
    assert.equal(means.length, 3);
    for (const mean of means)
      assert.ok(
        csv.some((row) => row.includes(`,${mean},`)),
        mean,
      );
    assert.ok((layer as { mark: { type: string } }[]).some(({ mark }) => mark.type === "rule"));

    const other = await captured(`${latencies} --seed 2 --no-charts --out second`.split(" "));
    assert.equal(other.status, 0, other.err);
    const { status, out } = await captured("compare run second --out between --format spec".split(" "));
    assert.equal(status, 0);
    assert.match(out, /\nWritten to between: latency-difference-by-members\.vl\.json/);
    assert.ok(JSON.stringify(specification("between/latency-difference-by-members.vl.json")).includes('"type":"rule"'));
    for (const [words, sentence] of [
      ["--grey", "--grey goes with --out."],
      ["--out between --y latncy", "--y latncy: no difference of it is drawn. Did you mean latency?"],
    ] as const) {
      const wrong = await captured(["compare", "run", "second", ...words.split(" ")]);
      assert.deepEqual([wrong.status, wrong.err.trimEnd()], [2, `troupe: ${sentence}`]);
    }
  });

  describe("of runs", () => {
    it("are drawn alike when a run is resumed, or put together from shards", async () => {
      // The same SVG gives the same PDF.
      const svg = `${sweep} ${looks} svg --no-check --quiet`;
      await ran(`${svg} --replications 1 --out resumed`);
      await ran(`${sweep} --replications 2 --resume --no-check --quiet --out resumed`);
      await ran(`${svg} --replications 2 --out whole`);
      assert.deepEqual(chartsIn("resumed"), chartsIn("whole"));
      const manifest = (name: string): string => readFileSync(join(name, "manifest.json"), "utf8");
      assert.equal(manifest("resumed"), manifest("whole"));
      for (const shard of [0, 1]) await ran(`${svg} --replications 2 --shard ${shard}/2 --out shard-${shard}`);
      await ran("merge merged shard-0 shard-1 --quiet");
      assert.deepEqual(chartsIn("merged"), chartsIn("whole"));
      await ran(`${sweep} --replications 2 --chart-log x --resume --no-check --quiet --out resumed`);
      assert.notDeepEqual(chartsIn("resumed"), chartsIn("whole"));
    });
  });
});
