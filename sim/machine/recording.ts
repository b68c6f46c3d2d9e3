/**
 * Recordings of real outages: which nodes of a system were down, and when, as far as somebody observed them.
 *
 * A recording is a table. Its columns are `node`, `failed`, `repaired`, and where they are known `system`, the places
 * `rack`, `room` and `building` of the node, and the observation's `observed_from` and `observed_until`. A row is an
 * outage; one without `failed` and `repaired` tells that the node exists, whether it failed or not. What is known of a
 * node may stand in any of its rows.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import { readTable, type Row } from "../csv.ts";

export interface Outage {
  /** Empty if the table has no such column. */
  readonly system: string;
  readonly node: string;
  /** Points of time in ms since 1970; local times are taken as they stand. */
  readonly failed: Milliseconds;
  readonly repaired: Milliseconds;
}

/** Where nodes are, from small to large: what one of them takes down fails together. */
export const levels = ["rack", "room", "building"] as const;
export type Level = (typeof levels)[number];

export interface RecordedNode {
  readonly system: string;
  readonly node: string;
  /** A row of its own says that it exists. */
  readonly isListed: boolean;
  /** Where it is; a place of one name in two larger places is two. Without a level that the table does not tell. */
  readonly places: Readonly<Partial<Record<Level, string>>>;
}

/** When a system was observed, in ms since 1970; undefined where the table does not say. */
export interface Window {
  readonly from: Milliseconds | undefined;
  readonly until: Milliseconds | undefined;
}

export interface Recording {
  readonly outages: readonly Outage[];
  /** Each node once. Left out: those that failed, of which nothing more is known. */
  readonly nodes?: readonly RecordedNode[];
  /** By system. Left out: nothing is known. */
  readonly windows?: ReadonlyMap<string, Window>;
}

export const expectedTime = "a time like 2002-05-06T08:45";
const year = 366 * 24 * 3_600_000;

/** A time like 2002-05-06T08:45 or 2002-05-06 08:45:30Z, in ms since 1970; undefined if it is none. */
export function timeOf(text: string): Milliseconds | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?Z?$/.exec(text);
  if (match === null) return undefined;
  const iso = `${match[1]!}T${match[2]!}${match[3] ?? ":00"}`;
  const time = Date.parse(`${iso}Z`);
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(iso.slice(0, 19))) return undefined;
  return time;
}

/** The level below which places of the same name are told apart by the place around them. */
function placesOf(row: Row): Partial<Record<Level, string>> {
  const places: Partial<Record<Level, string>> = {};
  let around = "";
  for (const level of levels.toReversed()) {
    const name = row.text(level);
    if (name === "") continue;
    around = around === "" ? name : `${around}, ${name}`;
    places[level] = around;
  }
  return places;
}

/** What the rows read so far say of a node or a system, and where it was said first. */
interface Said {
  readonly text: string;
  readonly line: number;
}

class Reader {
  readonly outages: Outage[] = [];
  readonly nodes = new Map<string, RecordedNode>();
  readonly windows = new Map<string, Window>();
  /** Outages with their rows, for what can be judged only when all have been read. */
  readonly #rows: { readonly row: Row; readonly outage: Outage }[] = [];
  readonly #said = new Map<string, Said>();
  #firstTime: { readonly isUtc: boolean; readonly line: number } | undefined;

  read(row: Row): void {
    const system = row.text("system");
    const node = row.read("node", "the name of a node", (name) => (name === "" ? undefined : name));
    const isListed = row.text("failed") === "" && row.text("repaired") === "";
    this.#note(row, system, node, isListed);
    this.windows.set(system, {
      from: this.#bound(row, system, "observed_from"),
      until: this.#bound(row, system, "observed_until"),
    });
    if (isListed) return;
    const failed = this.#time(row, "failed");
    const repaired = this.#time(row, "repaired");
    if (repaired < failed) {
      const problem = `${row.text("repaired")} is before ${row.text("failed")}`;
      throw row.bad("repaired", `${problem}; expected it to be no earlier than failed`);
    }
    const outage = { system, node, failed, repaired };
    this.outages.push(outage);
    this.#rows.push({ row, outage });
  }

  /** An outage that ends long after everything else is rather one whose end is not known. */
  refuseFarEnds(): void {
    const last = new Map<string, Milliseconds>();
    for (const { system, failed } of this.outages) last.set(system, Math.max(last.get(system) ?? failed, failed));
    for (const { row, outage } of this.#rows) {
      const { system, repaired } = outage;
      if (this.windows.get(system)?.until !== undefined || repaired <= last.get(system)! + year) continue;
      throw row.bad(
        "repaired",
        `${row.text("repaired")} is more than a year after the last failure of the system; ` +
          `expected an earlier end, or a column observed_until that says when the observation ended`,
      );
    }
  }

  #note(row: Row, system: string, node: string, isListed: boolean): void {
    const key = JSON.stringify([system, node]);
    for (const level of levels) this.#agreed(row, level, `node "${node}"`, `${key} ${level}`);
    const known = this.nodes.get(key);
    this.nodes.set(key, {
      system,
      node,
      isListed: isListed || known?.isListed === true,
      places: { ...known?.places, ...placesOf(row) },
    });
  }

  #bound(row: Row, system: string, column: "observed_from" | "observed_until"): Milliseconds | undefined {
    const of = system === "" ? "the system" : `system "${system}"`;
    const text = this.#agreed(row, column, of, `${JSON.stringify(system)} ${column}`);
    return text === undefined ? undefined : row.text(column) === "" ? timeOf(text) : this.#time(row, column);
  }

  /** The text of a column that has to be the same in all rows that have it; undefined if none has so far. */
  #agreed(row: Row, column: string, of: string, key: string): string | undefined {
    const text = row.text(column);
    const before = this.#said.get(key);
    if (text === "") return before?.text;
    if (before === undefined) this.#said.set(key, { text, line: row.line });
    else if (before.text !== text) {
      const problem = `"${text}" for ${of}, which is "${before.text}" in line ${before.line}`;
      throw row.bad(column, `${problem}; expected the same in all its rows`);
    }
    return text;
  }

  #time(row: Row, column: string): Milliseconds {
    const time = row.read(column, expectedTime, timeOf);
    const isUtc = row.text(column).endsWith("Z");
    this.#firstTime ??= { isUtc, line: row.line };
    if (isUtc !== this.#firstTime.isUtc) {
      const [here, there] = isUtc ? ["is UTC", "is not"] : ["is a local time", "is UTC"];
      throw row.bad(column, `${row.text(column)} ${here}, and that of line ${this.#firstTime.line} ${there}`);
    }
    return time;
  }
}

const remedy = " `troupe import outages FILE` makes a table that can be read here of most logs.";

/** Reads a recording. `file` is for messages. Throws BadData with the line and the column. */
export function parseRecording(text: string, file: string): Required<Recording> {
  const reader = new Reader();
  for (const row of readTable(text, file, ["node", "failed", "repaired"], { remedy })) reader.read(row);
  reader.refuseFarEnds();
  return { outages: reader.outages, nodes: [...reader.nodes.values()], windows: reader.windows };
}
