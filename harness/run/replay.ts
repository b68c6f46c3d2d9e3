/** Runs a replication of a finished run again, and compares its row with the row that is kept. */
import { BadData } from "../../sim/bad-data.ts";
import type { Fault } from "../../sim/ledger.ts";
import type { TraceListener } from "../../sim/trace.ts";
import { cellKey, type Cell } from "../plan/grid.ts";
import { rowsToCsv } from "../results/rows.ts";
import type { Finished } from "../store/finished.ts";
import { replicate } from "./replicate.ts";

/** A replication of a finished run. */
export interface Which {
  /** Index of the cell in the manifest. */
  readonly cell: number;
  readonly replication: number;
}

export interface Replayed {
  /** The line of rows.csv that the replication came to. */
  readonly line: string;
  /** The line that is kept; undefined if that replication gave no row. */
  readonly kept: string | undefined;
  /** The faults that were configured, with their counts. */
  readonly faults: readonly Readonly<Fault>[];
}

function lineOf(csv: string): string {
  return csv.slice(csv.indexOf("\n") + 1).trimEnd();
}

/** @throws BadData if the run has no such cell. */
export function cellAt({ directory, manifest }: Finished, cell: number): Cell {
  const found = manifest.cells[cell];
  if (found !== undefined) return found.parameters;
  throw new BadData(`--cell ${cell}: ${directory} has the cells 0 to ${manifest.cells.length - 1}.`);
}

/** So many of the rows, spread evenly from the first to the last. */
export function sampleOf({ manifest, rows }: Finished, size: number): Which[] {
  const all = manifest.cells.flatMap(({ parameters }, cell) =>
    [...(rows.get(cellKey(parameters))?.keys() ?? [])].map((replication) => ({ cell, replication })),
  );
  if (size >= all.length) return all;
  return Array.from({ length: size }, (_, i) => all[size === 1 ? 0 : Math.round((i * (all.length - 1)) / (size - 1))]!);
}

/**
 * Runs one replication again under the seed of its run.
 *
 * @throws BadData if the run has no such cell; what the experiment throws.
 */
export async function replay(finished: Finished, which: Which, listener?: TraceListener): Promise<Replayed> {
  const { experiment, manifest, rows } = finished;
  const cell = cellAt(finished, which.cell);
  const kept = rows.get(cellKey(cell))?.get(which.replication);
  let faults: readonly Readonly<Fault>[] = [];
  const heirs = { faults: (counted: typeof faults) => void (faults = counted) };
  const row = await replicate(experiment, cell, manifest.seed, which.replication, listener, heirs);
  return {
    faults,
    line: lineOf(rowsToCsv(experiment, [cell], [[row]])),
    kept: kept === undefined ? undefined : lineOf(rowsToCsv(experiment, [cell], [[kept]])),
  };
}
