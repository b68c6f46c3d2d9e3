/** Tables of figures, and rows as Parquet. */
import assert from "node:assert/strict";
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { count, text } from "../../../harness/parameters.ts";
import { experiment } from "../../../harness/experiment.ts";
import { nothing } from "../../../harness/statistics/intervals.ts";
import { rounded } from "../../../harness/tables/rounding.ts";
import { columnsOf, tableOf } from "../../../harness/tables/table.ts";
import { captured } from "./captured.ts";

const results = fileURLToPath(new URL("../../../../results/", import.meta.url));

describe("troupe table", () => {
  let directory: string;
  before(() => void (directory = mkdtempSync(join(tmpdir(), "troupe-"))));
  after(() => rmSync(directory, { recursive: true }));

  it("rounds a figure to two digits of its interval", () => {
    const written = (mean: number | null, low: number | null, high: number | null): string => {
      const { kind, parts, exponent } = rounded({ mean, low, high });
      return [kind, ...parts, exponent].join(" ");
    };
    assert.equal(written(0.310512, 0.306212, 0.314812), "half 0.3105 0.0043 0");
    assert.equal(written(1234.5, 1134.5, 1334.5), "half 1235 100 0");
    assert.equal(written(10, 9.0004, 10.9996), "half 10.0 1.0 0");
    assert.equal(written(1.611e-5, 1.04e-5, 2.39e-5), "range 1.61 1.04 2.39 -5");
    assert.equal(written(0, 0, 8.84e-7), "below 8.8 -7");
    assert.equal(written(null, 3.456, null), "above 3.5 0");
    assert.equal(written(null, null, null), "none 0");
    assert.equal(written(0.25, 0.25, 0.25), "exact 0.2500 0");
    assert.equal(written(2_500_000, 2_400_000, 2_600_000), "half 2.50 0.10 6");
  });

  it("says which directory names a file that is not seen from here", async () => {
    const run = join(directory, "moved");
    cpSync(join(results, "availability"), run, { recursive: true });
    const manifest = readFileSync(join(run, "manifest.json"), "utf8");
    writeFileSync(join(run, "manifest.json"), manifest.replace('"source": null', '"source": { "file": "gone.ts" }'));
    const sentence = `troupe: there is no file gone.ts, which ${run}/manifest.json names as the experiment's: run this command in the folder in which the run was started.\n`;
    for (const more of [[], ["--format", "parquet", "--out", join(directory, "rows.parquet")]])
      assert.deepEqual(await captured(["table", run, ...more]), { status: 2, out: "", err: sentence });
  });

  it("escapes what Markdown and LaTeX take for their own", () => {
    const odd = experiment({
      name: "odd",
      question: "?",
      parameters: { n: count(1, ""), name: text("", "") },
      measures: { it: { help: "", unit: "%" } },
      run: () => ({ it: 1 }),
    });
    const figures = { mean: 1, low: 1, high: 1, model: null, outside: null, ratio: nothing, converged: true };
    const cell = { replications: 1, converged: true, series: {}, notes: [], warnings: [], measures: { it: figures } };
    const cells = [{ ...cell, parameters: { n: 1, name: "a|b_c & 50% ~^\\{}$#<>" } }];
    const columns = columnsOf(odd, cells, ["name", "it"]);
    assert.equal(
      tableOf(odd, cells, columns, "latex").split("\n").slice(1, 6).join("\n"),
      "\\begin{tabular}{lr}\n  \\toprule\n  name & it (\\%) \\\\\n  \\midrule\n" +
        "  a\\textbar{}b\\_c \\& 50\\% \\textasciitilde{}\\textasciicircum{}\\textbackslash{}\\{\\}\\$\\#\\textless{}\\textgreater{} & $1.000$ \\\\",
    );
    assert.match(
      tableOf(odd, cells, columns, "markdown"),
      /\n\| a\\\|b\\_c & 50% \\~\^\\\\\\\{\\\}\\\$\\#\\<\\> \| 1\.000 \|\n$/,
    );
  });

  it("has the columns and cells that are asked for", async () => {
    const words = ["table", `${results}availability`, "--columns", "members,unavailability,replications"];
    const { out, status } = await captured([...words, "--where", "members < 3 and replacement = 400s"]);
    assert.equal(status, 0);
    assert.equal(
      out,
      "| members | unavailability | replications |\n| ---: | ---: | ---: |\n| 1 | 0.1010 ± 0.0014 | 40 |\n| 2 | 0.01014 ± 0.00039 | 40 |\n",
    );
    const csv = await captured([...words, "--format", "csv"]);
    const [head, ...records] = parse(csv.out) as string[][];
    assert.deepEqual(head, ["members", "unavailability", "unavailability.low", "unavailability.high", "replications"]);
    assert.equal(records.length, 20);
    for (const [given, sentence] of [
      [
        ["--columns", "membrs"],
        "--columns membrs: availability has no such parameter or measure. Did you mean members?",
      ],
      [["--format", "latx"], '--format takes one of markdown, latex, csv, parquet, not "latx". Did you mean latex?'],
      [["--format", "parquet"], "--format parquet writes a file: --out FILE.parquet."],
      [["--format", "parquet", "--where", "x"], "--format parquet writes all rows, and takes no --where."],
    ] as const) {
      const wrong = await captured(["table", `${results}availability`, ...given]);
      assert.deepEqual([wrong.status, wrong.err.trimEnd()], [2, `troupe: ${sentence}`]);
    }
  });

  it("puts no file in the place of a link or a device", async () => {
    const there = join(directory, "there.md");
    const link = join(directory, "link.md");
    const device = join(directory, "device.md");
    writeFileSync(there, "before");
    symlinkSync(there, link);
    symlinkSync("/dev/null", device);
    for (const out of [link, device]) {
      const { status, err } = await captured(["table", join(results, "availability"), "--out", out]);
      assert.equal(status, 0, err);
      assert(lstatSync(out).isSymbolicLink(), out);
    }
    assert.match(readFileSync(there, "utf8"), /^\| members \|/);
    const { err } = await captured(["table", join(results, "availability"), "--format", "parquet", "--out", device]);
    assert.equal(err, `troupe: --out ${device}: that is not a file.\n`);
  });

  it("writes all rows as Parquet, field by field as in the CSV", async () => {
    for (const name of ["availability", "reconfiguration"]) {
      const out = join(directory, `${name}.parquet`);
      const { status, err } = await captured(["table", results + name, "--format", "parquet", "--out", out]);
      assert.equal(status, 0, err);
      assert.ok(!existsSync(`${out}.part`));
      const bytes = readFileSync(out);
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      const rows = await parquetReadObjects({ file });
      const [head, ...records] = parse(readFileSync(join(results, name, "rows.csv"), "utf8")) as string[][];
      assert.equal(rows.length, records.length);
      for (const [i, record] of records.entries()) {
        for (const [j, column] of head!.entries()) {
          const value = rows[i]![column] as unknown;
          const field = record[j]!;
          if (value === null) assert.equal(field, "");
          else if (typeof value === "number") assert.ok(field !== "" && Object.is(Number(field), value), field);
          else assert.equal(typeof value === "boolean" ? JSON.stringify(value) : value, field);
        }
      }
    }
  });
});
