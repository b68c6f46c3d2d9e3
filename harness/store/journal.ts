/**
 * The journal of a run under way, `journal.jsonl`: who is running, then each row as soon as its replication has
 * finished, in whatever order. A run that is interrupted leaves it behind; one that ends has it all in `rows.csv`.
 */
import { appendFileSync, closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { BadData } from "../../sim/bad-data.ts";
import { cellKey, type Cell } from "../plan/grid.ts";
import type { Row } from "../plan/row.ts";
import { readIfThere, removeIfThere } from "./directory.ts";

export const journalName = "journal.jsonl";

/** Rows may be kept only by a run of the same: name and value of each. */
export type Identity = Readonly<Record<string, unknown>>;

export type RowsByCell = Map<string, Map<number, Row>>;

/**
 * Refuses rows of another run.
 *
 * @throws BadData naming what differs.
 */
export function mustBeSame(directory: string, kept: Identity, asked: Identity): void {
  for (const name of new Set([...Object.keys(asked), ...Object.keys(kept)])) {
    if (isDeepStrictEqual(kept[name] ?? null, asked[name] ?? null)) continue;
    const [was, is] = [kept[name], asked[name]].map((value) => JSON.stringify(value ?? null));
    throw new BadData(
      `${directory} holds replications of another run: its ${name} is ${was}, not ${is}. ` +
        "Use another --out, or --fresh to drop them.",
    );
  }
}

/** Whether two runs ran the same programs, on whatever input and seed. */
export function areOfSamePrograms(a: Identity, b: Identity): boolean {
  return ["experiment", "source", "version", "commit"].every((name) => isDeepStrictEqual(a[name], b[name]));
}

interface Entry {
  readonly cell: Cell;
  readonly row: Row;
}

/** Reads a journal; a last line that was cut short is dropped. Undefined if there is none, or none worth keeping. */
export function readJournal(directory: string): { identity: Identity; rows: RowsByCell; count: number } | undefined {
  const text = readIfThere(directory, journalName);
  if (text === undefined) return undefined;
  const lines = text.split("\n").slice(0, -1);
  const rows: RowsByCell = new Map();
  let identity: Identity | undefined;
  try {
    const [first, ...rest] = lines.map((line) => JSON.parse(line) as unknown);
    identity = first as Identity | undefined;
    for (const { cell, row } of rest as Entry[]) {
      const key = cellKey(cell);
      rows.set(key, (rows.get(key) ?? new Map<number, Row>()).set(row.replication, row));
    }
  } catch {
    throw new BadData(`${join(directory, journalName)} is damaged: use --fresh to drop it.`);
  }
  return identity === undefined ? undefined : { identity, rows, count: lines.length - 1 };
}

/** Writes a journal. Every row is handed to the system before `append` returns, so that no signal loses it. */
export class Journal {
  readonly #directory: string;
  readonly #file: number;

  /** With `keep`, goes on behind the rows that are there; else begins anew. */
  constructor(directory: string, identity: Identity, keep: boolean) {
    this.#directory = directory;
    const text = keep ? (readIfThere(directory, journalName) ?? "") : "";
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    this.#file = openSync(join(directory, journalName), keep ? "a" : "w");
    ftruncateSync(this.#file, Buffer.byteLength(whole));
    if (whole === "") writeSync(this.#file, `${JSON.stringify(identity)}\n`);
  }

  append(cell: Cell, row: Row): void {
    appendFileSync(this.#file, `${JSON.stringify({ cell, row })}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The rows are safe elsewhere. */
  remove(): void {
    removeIfThere(this.#directory, journalName);
  }
}
