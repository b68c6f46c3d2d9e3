/** The replications of a directory, kept and new: requested, finished and failed. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Experiment } from "../experiment.ts";
import type { Failure, Thrown } from "../plan/failure.ts";
import { cellKey, type Cell } from "../plan/grid.ts";
import { firstBatch } from "../plan/plan.ts";
import { readRanges, showRanges } from "../plan/ranges.ts";
import type { Row } from "../plan/row.ts";
import { rowsFromCsv } from "../results/rows.ts";
import { readIfThere } from "./directory.ts";
import type { Identity } from "./identity.ts";
import type { Section } from "./journal.ts";
import { identityIn, type Manifest } from "./manifest.ts";

/** Hash of everything that computed the rows of a cell. Rows with equal hashes belong together. */
export function computedBy({ code, node, platform, inputs }: Identity, cell: Cell): string {
  const read = Object.values(cell).map((value) => inputs[String(value)] ?? null);
  const text = JSON.stringify([code.hash, node, platform, ...read]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** The contents of a directory, before its rows are read. */
export interface Found {
  readonly manifest?: Manifest;
  readonly journal?: readonly Section[];
}

class CellContents {
  readonly asked = new Set<number>();
  readonly rows = new Map<number, { readonly row: Row; readonly by: string }>();
  readonly failures = new Map<number, Thrown>();
  readonly cell: Cell;
  constructor(cell: Cell) {
    this.cell = cell;
  }
}

export class Contents {
  readonly #cells = new Map<string, CellContents>();
  /** Hashes of changed code whose rows were accepted, with the changes. */
  readonly accepted = new Map<string, readonly string[]>();

  #of(cell: Cell): CellContents {
    const key = cellKey(cell);
    let contents = this.#cells.get(key);
    if (contents === undefined) this.#cells.set(key, (contents = new CellContents(cell)));
    return contents;
  }

  /** The cells, in the order in which they became known. */
  get cells(): Cell[] {
    return [...this.#cells.values()].map(({ cell }) => cell);
  }

  has(cell: Cell): boolean {
    return this.#cells.has(cellKey(cell));
  }

  ask(cell: Cell, replications: Iterable<number>): void {
    const { asked } = this.#of(cell);
    for (const replication of replications) asked.add(replication);
  }

  wasAsked(cell: Cell, replication: number): boolean {
    return this.#cells.get(cellKey(cell))?.asked.has(replication) ?? false;
  }

  add(cell: Cell, row: Row, by: string): void {
    const { rows, failures } = this.#of(cell);
    rows.set(row.replication, { row, by });
    failures.delete(row.replication);
  }

  fail(cell: Cell, replication: number, thrown: Thrown): void {
    this.#of(cell).failures.set(replication, thrown);
  }

  row(cell: Cell, replication: number): Row | undefined {
    return this.#cells.get(cellKey(cell))?.rows.get(replication)?.row;
  }

  failure(cell: Cell, replication: number): Thrown | undefined {
    return this.#cells.get(cellKey(cell))?.failures.get(replication);
  }

  /** All rows of a cell, in order. */
  rows(cell: Cell): Row[] {
    const rows = [...(this.#cells.get(cellKey(cell))?.rows.values() ?? [])];
    return rows.map(({ row }) => row).sort((a, b) => a.replication - b.replication);
  }

  get size(): number {
    return [...this.#cells.values()].reduce((sum, { rows }) => sum + rows.size, 0);
  }

  /** The failures, in the order of cells and replications. */
  failures(): Failure[] {
    return [...this.#cells.values()].flatMap(({ cell, failures }) =>
      [...failures].sort(([a], [b]) => a - b).map(([replication, thrown]): Failure => ({ cell, replication, thrown })),
    );
  }

  /** The replications of a cell that were requested and gave no row. */
  lacking(cell: Cell): number[] {
    const { asked, rows } = this.#of(cell);
    return [...asked].filter((replication) => !rows.has(replication));
  }

  /** The rows of a cell that other code computed: ranges of replications, by the hash of that code. */
  byOthers(cell: Cell, by: string): Map<string, string> {
    const others = new Map<string, number[]>();
    for (const [replication, { by: other }] of this.#of(cell).rows) {
      if (other !== by) others.set(other, [...(others.get(other) ?? []), replication]);
    }
    return new Map([...others].map(([other, replications]) => [other, showRanges(replications)]));
  }
}

function addManifest(contents: Contents, directory: string, experiment: Experiment, manifest: Manifest): void {
  const identity = identityIn(manifest)!;
  const by = new Map<number, Map<number, string>>();
  for (const { code, changes, rows } of manifest.accepted) {
    contents.accepted.set(code, changes);
    for (const [place, ranges] of rows) {
      const ofCell = by.get(place) ?? new Map<number, string>();
      for (const replication of readRanges(ranges)) ofCell.set(replication, code);
      by.set(place, ofCell);
    }
  }
  const csv = readIfThere(directory, "rows.csv") ?? "";
  const rows = rowsFromCsv(experiment, csv, join(directory, "rows.csv"));
  manifest.cells.forEach(({ parameters, lacking = "" }, place) => {
    const ofCell = rows.get(cellKey(parameters)) ?? new Map<number, Row>();
    contents.ask(parameters, [...readRanges(lacking), ...ofCell.keys()]);
    const usual = computedBy(identity, parameters);
    for (const row of ofCell.values()) {
      contents.add(parameters, row, by.get(place)?.get(row.replication) ?? usual);
    }
  });
  for (const { cell, replication, error } of manifest.failures) {
    const { parameters } = manifest.cells[cell]!;
    contents.fail(parameters, replication, { name: "Error", message: error, stack: error });
  }
}

function addSection(contents: Contents, { head, entries }: Section): void {
  for (const [by, changes] of Object.entries(head.accepted)) contents.accepted.set(by, changes);
  head.cells.forEach((cell, place) => contents.ask(cell, firstBatch(head, place)));
  for (const entry of entries) {
    contents.ask(entry.cell, ["row" in entry ? entry.row.replication : entry.replication]);
    if ("row" in entry) contents.add(entry.cell, entry.row, computedBy(head.identity, entry.cell));
    else contents.fail(entry.cell, entry.replication, entry.thrown);
  }
}

/** The files of a directory that its latest run has not replaced. */
export function current({ manifest, journal = [] }: Found): Found {
  const from = journal.findLastIndex(({ head }) => head.replaces);
  if (from < 0) return { ...(manifest === undefined ? {} : { manifest }), journal };
  return { journal: journal.slice(from) };
}

/**
 * The replications in a directory, with those that are in `contents` already.
 *
 * @throws BadData if its rows are not this experiment's.
 */
export function readContents(
  directory: string,
  experiment: Experiment,
  found: Found,
  contents: Contents = new Contents(),
): Contents {
  const { manifest, journal = [] } = current(found);
  if (manifest !== undefined) addManifest(contents, directory, experiment, manifest);
  for (const section of journal) addSection(contents, section);
  return contents;
}
