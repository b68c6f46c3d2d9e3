/** `troupe table DIR`: the figures of a run as a table for a paper, or its rows for other programs. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Argv } from "yargs";
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import { fileBehind, makeDirectory, writeWhole } from "../store/directory.ts";
import { readManifest } from "../store/manifest.ts";
import { loadExperiment } from "../load.ts";
import { sourceOf } from "../store/finished.ts";
import { columnsOf, tableFormats, tableOf, type TableFormat } from "../tables/table.ts";
import { cellsWhere, readRows } from "./chart.ts";
import { refuseUnknown, textOf, type Words } from "./words.ts";

const formats = [...tableFormats, "parquet"] as const;

const options = {
  format: { type: "string", describe: `one of ${formats.join(", ")}`, defaultDescription: "markdown" },
  columns: {
    type: "string",
    describe: "a list of parameters, measures, MEASURE.model and replications",
    defaultDescription: "what varies, and all measures",
  },
  where: { type: "string", describe: "only cells for which this holds: 'members > 1'", defaultDescription: "all" },
  out: { type: "string", describe: "a file to write", defaultDescription: "printed" },
} as const;

export function declareTable(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 table DIR\n\nThe figures of a run as a table: rounded to two digits of their 95% intervals in Markdown and LaTeX (booktabs), as they are in CSV. --format parquet writes all rows instead, a row for each replication.",
    )
    .positional("directory", { describe: "what --out was", type: "string" })
    .options(options)
    .example("$0 table results/availability --format latex --columns members,replacement,unavailability", "for a paper")
    .example("$0 table out/large --format parquet --out rows.parquet", "all rows, for pandas or DuckDB");
}

async function writeParquet(directory: string, words: Words, out: string | undefined): Promise<void> {
  for (const name of ["columns", "where"])
    if (words[name] !== undefined) throw new BadData(`--format parquet writes all rows, and takes no --${name}.`);
  if (out === undefined) throw new BadData("--format parquet writes a file: --out FILE.parquet.");
  const manifest = readManifest(directory);
  const csv = join(directory, "rows.csv");
  if (manifest === undefined || !existsSync(csv))
    throw new BadData(`${directory} has no manifest and rows: it is not the directory of a finished run.`);
  const experiment = await loadExperiment(sourceOf(directory, manifest));
  makeDirectory(dirname(out));
  const path = fileBehind(out);
  if (path === undefined) throw new BadData(`--out ${out}: that is not a file.`);
  // Under another name until it is whole.
  const unfinished = `${path}.part`;
  const { rowsToParquet } = await import("../tables/parquet.ts");
  try {
    const count = await rowsToParquet(experiment, csv, unfinished);
    renameSync(unfinished, path);
    process.stdout.write(`Written to ${out}: ${count} rows\n`);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

export async function tableCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, [...Object.keys(options), "help", "version"]);
  const directory = words["directory"] as string | undefined;
  if (directory === undefined) throw new BadData("name a directory: troupe table DIR.");
  const format = textOf(words, "format") ?? "markdown";
  const out = textOf(words, "out");
  if (format === "parquet") return writeParquet(directory, words, out);
  if (!(tableFormats as readonly string[]).includes(format))
    throw new BadData(`--format takes one of ${formats.join(", ")}, not "${format}".${didYouMean(format, formats)}`);
  const run = await readRows(directory);
  const cells = cellsWhere(run, textOf(words, "where"));
  const names = textOf(words, "columns")
    ?.split(",")
    .map((name) => name.trim());
  const columns = columnsOf(run.experiment, cells, names);
  const text = tableOf(run.experiment, cells, columns, format as TableFormat);
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  makeDirectory(dirname(out));
  writeWhole(dirname(out), basename(out), text);
  process.stdout.write(`Written to ${out}\n`);
}
