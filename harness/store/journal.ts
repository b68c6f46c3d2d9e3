/**
 * The journal of a run under way, `journal.jsonl`: a head that says who is running what, then each row as soon as its replication
 * has finished, in whatever order, and each failure. A run that goes on with an earlier one adds a head of its own. What is interrupted
 * leaves its journal behind; what ends has it all in `rows.csv`.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { BadData } from "../../sim/bad-data.ts";
import type { Thrown } from "../plan/failure.ts";
import type { Cell } from "../plan/grid.ts";
import type { Shard } from "../plan/plan.ts";
import type { Row } from "../plan/row.ts";
import { readIfThere, removeIfThere } from "./directory.ts";
import type { Identity } from "./identity.ts";

export const journalName = "journal.jsonl";

/** What a run is about; all that follows it, up to the next head, was computed by this code. */
export interface Head {
  readonly identity: Identity;
  /** The command that makes its rows. */
  readonly command: string;
  readonly cells: readonly Cell[];
  readonly replications: number;
  readonly sizes?: readonly number[];
  readonly precision: number | null;
  readonly precisionOf?: string;
  readonly maxReplications: number;
  readonly shard?: Shard;
  /** Whether this run takes the place of what the other files of the directory hold. */
  readonly replaces: boolean;
  /** Earlier code whose rows are kept all the same, by its hash: what had changed. */
  readonly accepted: Readonly<Record<string, readonly string[]>>;
}

export type Entry =
  | { readonly cell: Cell; readonly row: Row }
  | { readonly cell: Cell; readonly replication: number; readonly thrown: Thrown };

export interface Section {
  readonly head: Head;
  readonly entries: readonly Entry[];
}

/** Reads a journal; a last line that was cut short is dropped. Undefined if there is none, or nothing in it. */
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

/** Writes a journal. Every row is handed to the system before `append` returns, so that no signal loses it. */
export class Journal {
  readonly #directory: string;
  readonly #file: number;
  /** Where the next line begins: what comes after it was not written whole. */
  #end: number;

  /** With `keep`, goes on behind the lines that are there; else begins anew. */
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
    // Whatever a full disk has left of a line goes first.
    ftruncateSync(this.#file, this.#end);
    const line = Buffer.from(`${JSON.stringify(content)}\n`);
    let written = 0;
    while (written < line.length) written += writeSync(this.#file, line, written);
    this.#end += line.length;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The rows are safe elsewhere. */
  remove(): void {
    removeIfThere(this.#directory, journalName);
  }
}
