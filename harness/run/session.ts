/** A run from its plan to its directory: rows kept from before, workers for the rest, a journal meanwhile. */
import { rmdirSync } from "node:fs";
import { BadData } from "../../sim/bad-data.ts";
import type { Source } from "../load.ts";
import { makeDirectory, readIfThere } from "../store/directory.ts";
import {
  areOfSamePrograms,
  Journal,
  mustBeSame,
  readJournal,
  type Identity,
  type RowsByCell,
} from "../store/journal.ts";
import { identityIn, identityOf, readManifest } from "../store/manifest.ts";
import { rowsFromCsv } from "../results/rows.ts";
import { writeResults, type Written } from "../store/write.ts";
import { carryOut } from "./campaign.ts";
import type { Plan } from "../plan/plan.ts";
import { cellKey } from "../plan/grid.ts";
import { Pool, type Task } from "./pool.ts";
import type { Row } from "../plan/row.ts";

export interface Request {
  readonly plan: Plan;
  readonly source: Source;
  /** The command that remakes the files; it goes into the manifest. */
  readonly command: string;
  readonly directory: string;
  /** Whether to draw them. */
  readonly charts: boolean;
  readonly workers: number;
  /** What to do with finished replications in the directory: go on with them, drop them, or (undefined) refuse. */
  readonly kept?: "resume" | "fresh";
}

/** Told of the run's advance. */
export interface Listener {
  /** The run has begun; `finished` of its `total` replications are there already. */
  began(finished: number, total: number): void;
  /** A precision that is not yet reached asks for more replications. */
  grew(additional: number): void;
  finished(): void;
}

/** The rows in a directory that this run may use. */
function keptRows(request: Request, identity: Identity): RowsByCell {
  const { plan, directory, kept } = request;
  const journal = kept === "fresh" ? undefined : readJournal(directory);
  // Rows of programs that have been changed since are of no use to this run, nor to another.
  const isOfUse = journal !== undefined && journal.count > 0 && areOfSamePrograms(journal.identity, identity);
  if (kept === undefined && isOfUse) {
    throw new BadData(
      `${directory} holds ${journal.count} finished replications of an interrupted run: ` +
        "--resume goes on with them, --fresh drops them.",
    );
  }
  if (kept !== "resume") return new Map();
  const rows: RowsByCell = new Map();
  const add = (more: RowsByCell): void => {
    for (const [key, ofCell] of more) rows.set(key, new Map([...(rows.get(key) ?? []), ...ofCell]));
  };
  const manifest = readManifest(directory);
  const csv = readIfThere(directory, "rows.csv");
  if (manifest !== undefined && csv !== undefined) {
    mustBeSame(directory, identityIn(manifest), identity);
    add(rowsFromCsv(plan.experiment, csv, `${directory}/rows.csv`));
  }
  if (journal !== undefined) {
    mustBeSame(directory, journal.identity, identity);
    add(journal.rows);
  }
  return rows;
}

/**
 * Carries out a request and writes its directory.
 *
 * @throws BadData if the directory cannot be used; ReplicationFailure, with all finished rows kept in the journal.
 */
export async function runSession(request: Request, listener: Listener): Promise<Written> {
  const { plan, source, directory, workers } = request;
  const identity = identityOf(plan, source);
  const kept = keptRows(request, identity);
  makeDirectory(directory);
  const journal = new Journal(directory, identity, request.kept === "resume");
  let appended = 0;
  let missing = plan.cells.length * plan.replications;
  let pool: Pool | undefined;

  const known = ({ cell, replication }: Omit<Task, "seed">): Row | undefined =>
    kept.get(cellKey(plan.cells[cell]!))?.get(replication);
  const run = async (task: Task): Promise<Row> => {
    const row = known(task);
    if (row !== undefined) return row;
    const seats = plan.precision === null ? Math.min(workers, missing) : workers;
    pool ??= new Pool(seats, { source, cells: plan.cells });
    const fresh = await pool.run(task);
    journal.append(plan.cells[task.cell]!, fresh);
    appended++;
    listener.finished();
    return fresh;
  };

  try {
    const total = plan.cells.length * plan.replications;
    let there = 0;
    for (let cell = 0; cell < plan.cells.length; cell++) {
      for (let replication = 0; replication < plan.replications; replication++) {
        if (known({ cell, replication }) !== undefined) there++;
      }
    }
    missing -= there;
    listener.began(there, total);
    const rows = await carryOut(plan, run, (additional) => listener.grew(additional));
    const outcome = await writeResults(request, identity, rows);
    journal.remove();
    return outcome;
  } catch (error) {
    if (appended === 0 && request.kept !== "resume") discard(journal, directory);
    throw error;
  } finally {
    journal.close();
    await pool?.close();
  }
}

/** Leaves no trace of a run that got nowhere. */
function discard(journal: Journal, directory: string): void {
  journal.remove();
  try {
    rmdirSync(directory);
  } catch {
    // It holds something else: that stays.
  }
}
