/**
 * `troupe import outages FILE`, `troupe import network FILE`: convert users' measurements to the formats that
 * experiments read.
 */
import { existsSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import { separators } from "../../sim/csv.ts";
import { isFta, readAvt, readFta } from "../import/archives.ts";
import { Nodes, type Log } from "../import/log.ts";
import { importMatrix } from "../import/matrix.ts";
import { importOutages } from "../import/outages.ts";
import { LogTable, meanings, readTableLog, type Meaning } from "../import/table-log.ts";
import { notations, TimeProblem, TimeReader, type TimeOptions } from "../import/times.ts";
import { readInput } from "./read-input.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { matrixCsv } from "../networks.ts";
import { makeDirectory, writeWhole } from "../store/directory.ts";
import { refuseUnknown, textOf, type Words } from "./words.ts";

const common = {
  out: {
    type: "string",
    describe: "file to write",
    defaultDescription: "the file's name with -outages.csv or -network.csv",
  },
  overwrite: { type: "boolean", describe: "write it though it is there" },
} as const;

const outageOptions = {
  form: {
    type: "string",
    describe: "table, fta (Failure Trace Archive, event_trace.tab) or avt (availability trace)",
    defaultDescription: "by its first line, or .avt",
  },
  columns: {
    type: "string",
    describe: `what columns are called or, without a line of names, their numbers: node=host,failed=start,repaired=end. Meanings: ${meanings.join(", ")}`,
  },
  separator: {
    type: "string",
    describe: `what separates columns: ${Object.keys(separators).join(", ")}`,
    defaultDescription: "the one that fits the first line",
  },
  header: { type: "boolean", default: true, describe: "--no-header: there is no line of names" },
  "time-zone": { type: "string", describe: "of which place times are that do not say so: Europe/Berlin, UTC" },
  dates: {
    type: "string",
    describe: `how times are written: ${notations.join(", ")}`,
    defaultDescription: "what can be read in one way only",
  },
  "still-down": {
    type: "string",
    describe: 'words for an end that has not come, besides nothing and "still down": a list',
  },
  "duration-unit": { type: "string", describe: "the unit of numbers in the column duration: ms, s, m, h, d" },
  down: {
    type: "string",
    describe: "words in the column state for a node that is down: a list",
    defaultDescription: "down",
  },
  up: { type: "string", describe: "words for one that is up", defaultDescription: "up" },
  ignore: { type: "string", describe: "words for what is neither" },
  nodes: {
    type: "string",
    describe:
      "all nodes, those that never failed too: their number, or a table with the columns node, system, rack, room, building",
  },
  "node-columns": { type: "string", describe: "what the columns of that table are called: node=hostname,rack=Rack" },
  from: { type: "string", describe: "when the observation began, as in the log" },
  until: { type: "string", describe: "when it ended: needed if outages are not over" },
  ...common,
} as const;

const networkOptions = {
  unit: { type: "string", describe: "the unit of the file's numbers: us, ms, s" },
  measured: { type: "string", describe: "what they are: round-trip, or one-way from the line's site to the column's" },
  asymmetric: {
    type: "string",
    describe: "round trips that differ by who measured them: mean, smaller, larger",
    defaultDescription: "refused",
  },
  zeros: { type: "string", describe: "zeros between different sites: missing, keep", defaultDescription: "refused" },
  missing: {
    type: "string",
    describe:
      "what is not known: leave-out (sites, until nothing is missing), through (the fastest way by a third site)",
    defaultDescription: "refused",
  },
  ...common,
} as const;

const kinds = { outages: outageOptions, network: networkOptions };

/** Declares the options of `troupe import`; `what` is `outages` or `network`. */
export function declareImport(yargs: Argv, what: string | undefined): Argv {
  const declared = yargs
    .positional("what", { describe: "outages, or network", type: "string" })
    .positional("file", { describe: "the path of the log or the matrix", type: "string" });
  if (what === "network") {
    return declared
      .usage(
        "$0 import network FILE --unit UNIT --measured WHAT\n\nReads a matrix of latencies, or a line for each pair of sites, and writes the table that --network takes. What could mean two things is refused.",
      )
      .options(networkOptions)
      .example("$0 import network matrix.txt --unit ms --measured round-trip", "a square of numbers");
  }
  return declared
    .usage(
      "$0 import outages FILE\n\nReads logs of outages in most forms, and writes the table that --trace takes, with a summary. What could mean two things is refused. `$0 import network --help` tells of latencies.",
    )
    .options(outageOptions)
    .example(
      "$0 import outages log.csv --columns node=host,failed=start,repaired=end --time-zone Europe/Berlin",
      "a table",
    )
    .example("$0 import outages log.csv --columns node=host,time=at,state=status --time-zone UTC", "changes of state")
    .example("$0 import outages event_trace.tab --nodes 512", "Failure Trace Archive");
}

function listOf(words: Words, name: string): string[] {
  const items = (textOf(words, name) ?? "").split(",").map((item) => item.trim().toLowerCase());
  return items.filter((item) => item !== "");
}

function oneOf<T extends string>(words: Words, name: string, options: readonly T[]): T | undefined {
  const text = textOf(words, name);
  if (text === undefined) return undefined;
  const found = options.find((option) => option === text);
  if (found !== undefined) return found;
  throw new BadData(`--${name} takes one of ${options.join(", ")}, not "${text}".${didYouMean(text, options)}`);
}

/** Reads names of columns, as in `node=host,failed=start`. */
function columnsOf(words: Words, option: string): Partial<Record<Meaning, string>> {
  const columns: Partial<Record<Meaning, string>> = {};
  for (const item of textOf(words, option)?.split(",") ?? []) {
    const [, name = "", column = ""] = /^\s*([^=]+?)\s*=\s*(.+?)\s*$/.exec(item) ?? [];
    const meaning = meanings.find((each) => each === name);
    if (column === "") throw new BadData(`--${option}: "${item}" is not like node=host.`);
    if (meaning === undefined) {
      throw new BadData(
        `--${option}: a column cannot mean "${name}"; expected one of ${meanings.join(", ")}.${didYouMean(name, meanings)}`,
      );
    }
    if (columns[meaning] !== undefined) throw new BadData(`--${option}: ${meaning} is given twice.`);
    columns[meaning] = column;
  }
  return columns;
}

/** The output file. An existing file is refused unless it may be overwritten. */
function outputOf(words: Words, input: string, ending: string): string {
  const path = textOf(words, "out") ?? `${basename(input, extname(input))}-${ending}.csv`;
  if (!existsSync(path) || words["overwrite"] === true) return path;
  throw new BadData(`${path} is there already: --overwrite writes it anew, --out writes another file.`);
}

/** The beginning or end of the observation: a number as in the log, or a date in any known format. */
function moment(words: Words, name: string, options: TimeOptions): number | undefined {
  const text = textOf(words, name);
  if (text === undefined) return undefined;
  const { zone, notation } = options;
  const isCount = notation === "s" || notation === "ms" || notation === "us";
  const zoned = zone === undefined ? {} : { zone };
  try {
    return new TimeReader(isCount && !/^[\d.]+$/.test(text) ? zoned : options).read(text);
  } catch (error) {
    if (error instanceof TimeProblem) throw new BadData(`--${name} ${text} ${error.message}.`);
    throw error;
  }
}

function inventoryOf(words: Words): Nodes | number | undefined {
  const given = textOf(words, "nodes");
  const columns = columnsOf(words, "node-columns");
  if (given === undefined) {
    if (textOf(words, "node-columns") !== undefined) throw new BadData("--node-columns goes with --nodes FILE.");
    return undefined;
  }
  if (/^\d+$/.test(given) && !existsSync(given)) return Number(given);
  const table = new LogTable(readInput(given), given, ["node"], { columns, header: true });
  const nodes = new Nodes();
  for (const row of table.rows) table.note(row, nodes, table.node(row));
  if (nodes.all().length === 0) throw new BadData(`${given}: there are no nodes in it; expected a row for each.`);
  return nodes;
}

function formOf(words: Words, path: string, text: string): "table" | "fta" | "avt" {
  const said = oneOf(words, "form", ["table", "fta", "avt"]);
  if (said !== undefined) return said;
  if (isFta(text)) return "fta";
  return path.endsWith(".avt") ? "avt" : "table";
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function logOf(words: Words, path: string, text: string, times: TimeReader): Log {
  const form = formOf(words, path, text);
  if (form === "fta") return readFta(text, path);
  if (form === "avt") return readAvt(text, path);
  const separator = oneOf(words, "separator", Object.keys(separators) as (keyof typeof separators)[]);
  const unit = oneOf(words, "duration-unit", Object.keys(units) as (keyof typeof units)[]);
  const orElse = (list: string[], standard: string): string[] => (list.length > 0 ? list : [standard]);
  return readTableLog(text, path, times, {
    columns: columnsOf(words, "columns"),
    header: words["header"] !== false,
    ...(separator === undefined ? {} : { separator }),
    ...(unit === undefined ? {} : { durationUnit: units[unit] }),
    stillDown: listOf(words, "still-down"),
    down: orElse(listOf(words, "down"), "down"),
    up: orElse(listOf(words, "up"), "up"),
    ignored: listOf(words, "ignore"),
  });
}

/** Writes the table whole or not at all, and prints a summary of it. */
function written(out: string, csv: string, summary: readonly string[], next: string): void {
  makeDirectory(dirname(out));
  writeWhole(dirname(out), basename(out), csv);
  process.stdout.write(`${summary.join("\n")}\nWritten to ${out}: troupe run ${next} ${out}\n`);
}

function needed<T extends string>(words: Words, name: string, options: readonly T[], why: string): T {
  const given = oneOf(words, name, options);
  if (given !== undefined) return given;
  throw new BadData(`--${name} is needed: ${why}; one of ${options.join(", ")}.`);
}

function importNetwork(words: Words, path: string, out: string): void {
  const unit = needed(words, "unit", ["us", "ms", "s"], "numbers of latencies do not say their unit");
  const measured = needed(words, "measured", ["round-trip", "one-way"], "half a round trip is one way");
  const asymmetric = oneOf(words, "asymmetric", ["mean", "smaller", "larger"]);
  const zeros = oneOf(words, "zeros", ["missing", "keep"]);
  const missing = oneOf(words, "missing", ["leave-out", "through"]);
  if (asymmetric !== undefined && measured === "one-way") {
    throw new BadData("--asymmetric goes with --measured round-trip: one way may take longer than the other.");
  }
  const { matrix, summary } = importMatrix(readInput(path), path, {
    unit: { us: 0.001, ms: 1, s: 1000 }[unit],
    measured,
    ...(asymmetric === undefined ? {} : { asymmetric }),
    ...(zeros === undefined ? {} : { zeros }),
    ...(missing === undefined ? {} : { missing }),
  });
  written(out, matrixCsv(matrix), summary, "call-latency --network");
}

function importOutageLog(words: Words, path: string, out: string): void {
  const zone = textOf(words, "time-zone");
  const notation = oneOf(words, "dates", notations);
  const options = { ...(zone === undefined ? {} : { zone }), ...(notation === undefined ? {} : { notation }) };
  const times = new TimeReader(options);
  const log = logOf(words, path, readInput(path), times);
  const [from, until] = [moment(words, "from", options), moment(words, "until", options)];
  const inventory = inventoryOf(words);
  const surroundings = {
    ...(inventory === undefined ? {} : { inventory }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
  };
  const { csv, summary } = importOutages(log, surroundings, path);
  const kindsOfTime = [...times.kinds].map((kind) => `times           ${kind}`);
  written(out, csv, [...kindsOfTime, ...summary], "availability --trace");
}

export function importCommand(words: Words): void {
  const what = textOf(words, "what") ?? "nothing";
  if (what !== "outages" && what !== "network") {
    const names = Object.keys(kinds);
    throw new BadData(`import takes ${names.join(" or ")}, not "${what}".${didYouMean(what, names)}`);
  }
  refuseUnknown(words, undefined, ["what", "file", ...Object.keys(kinds[what]), "help", "version"]);
  const path = textOf(words, "file");
  if (path === undefined) throw new BadData(`name a file: troupe import ${what} FILE.`);
  const out = outputOf(words, path, what);
  if (what === "outages") importOutageLog(words, path, out);
  else importNetwork(words, path, out);
}
