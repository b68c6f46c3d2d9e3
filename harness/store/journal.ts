/**
 * The journal of a run under way, `journal.jsonl`: a head with the identity of the run, then each row and each failure,
 * in the order in which replications finish. A run that resumes an earlier run adds a head of its own. An interrupted
 * run leaves its journal; a finished run has all rows in `rows.csv`.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { BadData } from "../../sim/bad-data.ts";
import type { Thrown } from "../plan/failure.ts";
import type { Cell } from "../plan/grid.ts";
import type { ChartWords, Shard } from "../plan/plan.ts";
import type { Row } from "../plan/row.ts";
import { readIfThere, removeIfThere } from "./directory.ts";
import type { Identity } from "./identity.ts";

export const journalName = "journal.jsonl";

/** The head of a run. Its code computed all lines up to the next head. */
export interface Head {
  readonly identity: Identity;
  /** The command that makes the rows of the run. */
  readonly command: string;
  readonly cells: readonly Cell[];
  readonly replications: number;
  readonly sizes?: readonly number[];
  readonly precision: number | null;
  readonly precisionOf?: string;
  readonly maxReplications: number;
  readonly chart?: ChartWords;
  readonly shard?: Shard;
  /** Whether this run replaces the contents of the directory's other files. */
  readonly replaces: boolean;
  /** The changes of earlier code whose rows are accepted, by the hash of that code. */
  readonly accepted: Readonly<Record<string, readonly string[]>>;
}

export type Entry =
  | { readonly cell: Cell; readonly row: Row }
  | { readonly cell: Cell; readonly replication: number; readonly thrown: Thrown };

export interface Section {
  readonly head: Head;
  readonly entries: readonly Entry[];
}

/** Reads a journal, and drops an incomplete last line. Undefined if there is no journal, or an empty one. */
export function readJournal(directory: string): readonly Section[] | undefined {
  const text = readIfThere(directory, journalName);
  const lines = text?.split("\n").slice(0, -1) ?? [];
  if (lines.length === 0) return undefined;
  const sections: { head: Head; entries: Entry[] }[] = [];
  try {
    for (const line of lines) {
      const parsed = JSON.parse(line) as Head | Entry;
      if ("identity" in parsed) sections.push({ head: parsed, entries: [] });
      else sections.at(-1)!.entries.push(parsed);
    }
    if (sections.some(({ head }) => head.identity.code === undefined)) throw new TypeError("an earlier version");
  } catch {
    throw new BadData(`${join(directory, journalName)} is damaged or of an earlier version: --overwrite drops it.`);
  }
  return sections;
}

/** Writes a journal. `append` returns after the operating system has taken the row, so that no signal loses the row. */
export class Journal {
  readonly #directory: string;
  readonly #file: number;
  /** Offset in bytes of the end of the last complete line. */
  #end: number;

  /** With `keep`, appends to the existing lines; otherwise truncates the journal. */
  constructor(directory: string, head: Head, keep: boolean) {
    this.#directory = directory;
    const text = keep ? (readIfThere(directory, journalName) ?? "") : "";
    this.#end = Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
    this.#file = openSync(join(directory, journalName), keep ? "a" : "w");
    this.#write(head);
  }

  append(entry: Entry): void {
    this.#write(entry);
  }

  #write(content: Head | Entry): void {
    // Removes the part of a line that a full disk has left.
    ftruncateSync(this.#file, this.#end);
    const line = Buffer.from(`${JSON.stringify(content)}\n`);
    let written = 0;
    while (written < line.length) written += writeSync(this.#file, line, written);
    this.#end += line.length;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Removes the journal, after the rows have been written to other files. */
  remove(): void {
    removeIfThere(this.#directory, journalName);
  }
}
