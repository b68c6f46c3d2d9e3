/**
 * Logs in tables. A table has a row for each outage, with its beginning and its end or length; or a row for each change
 * of a node's state.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import { readRecords, readTable, Row, separationOf, separators } from "../../sim/csv.ts";
import { parseDuration } from "../../languages/durations.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { Nodes, type Log, type LoggedOutage } from "./log.ts";
import { TimeProblem, type TimeReader } from "./times.ts";

/** The possible meanings of a column. */
export const meanings = [
  "node",
  "failed",
  "repaired",
  "duration",
  "time",
  "state",
  "system",
  "cause",
  "rack",
  "room",
  "building",
] as const;
export type Meaning = (typeof meanings)[number];

export interface TableLogOptions {
  /**
   * The log's name for each column, or its number, from 1, if there is no line of names. Left out: the meaning is the
   * name.
   */
  readonly columns: Readonly<Partial<Record<Meaning, string>>>;
  /** Left out: the separator with which the first line has the requested columns. */
  readonly separator?: keyof typeof separators;
  /** Whether the first line names the columns. */
  readonly header: boolean;
  /** The texts that stand for an end that has not come yet, besides the empty text; in small letters. */
  readonly stillDown: readonly string[];
  /** The unit, in ms, of lengths without a unit. */
  readonly durationUnit?: number;
  /** The words for each state, in small letters. */
  readonly down: readonly string[];
  readonly up: readonly string[];
  readonly ignored: readonly string[];
}

/** A table whose columns are named by their meanings: `field(row, "node")`. */
export class LogTable {
  readonly rows: readonly Row[];
  readonly separator: string;
  readonly #columns: Readonly<Partial<Record<Meaning, string>>>;
  readonly #file: string;

  /** @throws BadData if a requested column is missing */
  constructor(
    text: string,
    file: string,
    needed: readonly Meaning[],
    { columns, separator, header }: Pick<TableLogOptions, "columns" | "separator" | "header">,
  ) {
    this.#file = file;
    this.#columns = columns;
    const asked = [...new Set([...needed.map((meaning) => columns[meaning] ?? meaning), ...Object.values(columns)])];
    const found =
      separator ?? (header ? separationOf(text, file, asked) : undefined) ?? (asked.length === 1 ? "comma" : undefined);
    if (found === undefined) {
      throw header
        ? this.#lacking(text, asked)
        : new BadData(
            `${file} has no line of names: --separator says what separates its columns, ${Object.keys(separators).join(", ")}.`,
          );
    }
    this.separator = found;
    const options = { separator: separators[found as keyof typeof separators] };
    if (header) this.rows = readTable(text, file, asked, options);
    else {
      const records = readRecords(text, file, options.separator);
      const width = records[0]?.fields.length ?? 0;
      const names = Array.from({ length: width }, (_, i) => String(i + 1));
      const unknown = asked.find((name) => !names.includes(name));
      if (unknown !== undefined) {
        throw new BadData(
          `${file}: there is no column ${unknown}; expected numbers from 1 to ${width}, as in --columns node=1.`,
        );
      }
      const wrong = records.find(({ fields }) => fields.length !== width);
      if (wrong !== undefined) {
        throw new BadData(
          `${file}, line ${wrong.line}: ${wrong.fields.length} fields; expected ${width}, as in line 1.`,
        );
      }
      this.rows = records.map(({ line, fields }) => new Row(file, line, names, fields));
    }
  }

  /** The log's name for the column of that meaning. */
  name(meaning: Meaning): string {
    return this.#columns[meaning] ?? meaning;
  }

  field(row: Row, meaning: Meaning): string {
    return row.text(this.name(meaning));
  }

  bad(row: Row, meaning: Meaning, problem: string): BadData {
    return row.bad(this.name(meaning), problem);
  }

  node(row: Row): string {
    const node = this.field(row, "node");
    if (node === "") throw this.bad(row, "node", `"" is not the name of a node`);
    return node;
  }

  time(row: Row, meaning: Meaning, times: TimeReader): Milliseconds {
    const text = this.field(row, meaning);
    try {
      return times.read(text);
    } catch (error) {
      if (!(error instanceof TimeProblem)) throw error;
      throw this.bad(row, meaning, `"${text}" ${error.message}`);
    }
  }

  note(row: Row, nodes: Nodes, node: string): string {
    const system = this.field(row, "system");
    nodes.add(system, node, `${this.#file}, line ${row.line}`, (level) => this.field(row, level));
    return system;
  }

  /** The error that a column is missing. It names the columns found with the separator that gives most of them. */
  #lacking(text: string, asked: readonly string[]): BadData {
    const file = this.#file;
    const [first = ""] = text.split(/\r?\n/, 1);
    const headers = Object.values(separators).map((separator) => readRecords(first, file, separator)[0]?.fields ?? []);
    const header = headers.reduce((most, fields) => (fields.length > most.length ? fields : most), []);
    const missing = asked.filter((name) => !header.includes(name));
    if (missing.length === 0)
      return new BadData(`${file}: several separators fit its first line; --separator says which.`);
    const hint = didYouMean(missing[0]!, header);
    return new BadData(
      `${file}, line 1: there is no column "${missing[0]!}" among ${header.join(", ") || "none"}.${hint} ` +
        "--columns says what they mean, as in --columns node=host,failed=start,repaired=end.",
    );
  }
}

const blank = ["", "still down"];

/**
 * Reads a log.
 * @throws BadData naming the line
 */
export function readTableLog(text: string, file: string, times: TimeReader, options: TableLogOptions): Log {
  if (options.columns.state !== undefined || options.columns.time !== undefined) {
    return readChanges(text, file, times, options);
  }
  const isLength = options.columns.duration !== undefined;
  const table = new LogTable(text, file, ["node", "failed", isLength ? "duration" : "repaired"], options);
  const nodes = new Nodes();
  const isOpen = (end: string): boolean => [...blank, ...options.stillDown].includes(end.toLowerCase());
  const outages: LoggedOutage[] = [];
  for (const row of table.rows) {
    const node = table.node(row);
    const system = table.note(row, nodes, node);
    const endColumn = isLength ? "duration" : "repaired";
    const end = table.field(row, endColumn);
    // A row of the canonical table without an outage only states that the node exists.
    if (table.field(row, "failed") === "" && end === "") continue;
    const failed = table.time(row, "failed", times);
    let repaired: Milliseconds | undefined;
    if (!isOpen(end)) repaired = isLength ? failed + lengthOf(table, row, options) : table.time(row, "repaired", times);
    if (repaired !== undefined && repaired < failed) {
      throw table.bad(
        row,
        endColumn,
        `${end} is before ${table.field(row, "failed")}; expected an end that is no earlier`,
      );
    }
    outages.push({ system, node, cause: table.field(row, "cause"), failed, repaired, line: row.line });
  }
  const form = `${table.separator}-separated, a row for each outage`;
  return { form, outages, nodes, isInventory: false, remarks: [] };
}

function lengthOf(table: LogTable, row: Row, { durationUnit }: TableLogOptions): Milliseconds {
  const text = table.field(row, "duration");
  const clock = /^(\d+):(\d\d)(?::(\d\d))?$/.exec(text);
  if (clock !== null) {
    const [, hours, minutes, seconds = "0"] = clock;
    return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  }
  if (/^\d+(\.\d+)?$/.test(text)) {
    if (durationUnit === undefined) {
      throw table.bad(row, "duration", `"${text}" has no unit: --duration-unit s, m or h says it`);
    }
    return Number(text) * durationUnit;
  }
  const length = parseDuration(text.replaceAll(" ", ""));
  if (length === undefined)
    throw table.bad(row, "duration", `"${text}" is not a length of time like 90m, 1h30m or 1:30`);
  return length;
}

/** Reads a table with a row for each change: a node goes down, or is up again. */
function readChanges(text: string, file: string, times: TimeReader, options: TableLogOptions): Log {
  const table = new LogTable(text, file, ["node", "time", "state"], options);
  const nodes = new Nodes();
  interface Change {
    readonly at: Milliseconds;
    readonly isDown: boolean;
    readonly row: Row;
  }
  const byNode = new Map<string, { system: string; node: string; changes: Change[] }>();
  let ignored = 0;
  for (const row of table.rows) {
    const state = table.field(row, "state").toLowerCase();
    const isDown = options.down.includes(state);
    if (options.ignored.includes(state)) {
      ignored++;
      continue;
    }
    if (!isDown && !options.up.includes(state)) {
      const known = `down: ${options.down.join(", ")}; up: ${options.up.join(", ")}`;
      const remedy = `--down, --up and --ignore say what states mean (${known})`;
      throw table.bad(row, "state", `"${table.field(row, "state")}" is neither: ${remedy}`);
    }
    const node = table.node(row);
    const system = table.note(row, nodes, node);
    const key = JSON.stringify([system, node]);
    const of = byNode.get(key) ?? { system, node, changes: [] };
    byNode.set(key, of);
    of.changes.push({ at: table.time(row, "time", times), isDown, row });
  }
  const outages: LoggedOutage[] = [];
  const [begunUp, repeated] = [new Set<string>(), { times: 0 }];
  for (const [key, { system, node, changes }] of byNode) {
    let down: Change | undefined;
    for (const [i, change] of changes.toSorted((a, b) => a.at - b.at).entries()) {
      const { at, isDown, row } = change;
      if (isDown && down === undefined) down = change;
      else if (!isDown && down !== undefined) {
        outages.push({
          system,
          node,
          cause: table.field(down.row, "cause"),
          failed: down.at,
          repaired: at,
          line: row.line,
        });
        down = undefined;
      } else if (i === 0) begunUp.add(key);
      else repeated.times++;
    }
    if (down === undefined) continue;
    const { at: failed, row } = down;
    outages.push({ system, node, cause: table.field(row, "cause"), failed, repaired: undefined, line: row.line });
  }
  const remarks: string[] = [];
  if (ignored > 0) remarks.push(`${ignored} rows have states that are ignored.`);
  if (repeated.times > 0) remarks.push(`${repeated.times} rows repeat the state that their node has already.`);
  if (begunUp.size > 0) remarks.push(`${begunUp.size} nodes begin with "up": before that they count as up.`);
  return {
    form: `${table.separator}-separated, a row for each change of state`,
    outages,
    nodes,
    isInventory: false,
    remarks,
  };
}
