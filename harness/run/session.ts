/** A run from its plan to its directory: kept rows, workers for the other replications, and a journal meanwhile. */
import { existsSync, rmdirSync } from "node:fs";
import type { Source } from "../sources.ts";
import type { Failure } from "../plan/failure.ts";
import { cellKey, inGridOrder, type Cell } from "../plan/grid.ts";
import { firstBatch, type Plan } from "../plan/plan.ts";
import type { Row } from "../plan/row.ts";
import { admit, type Mode } from "../store/admission.ts";
import { computedBy, type Contents } from "../store/contents.ts";
import { makeDirectory } from "../store/directory.ts";
import { identityOf, type Identity } from "../store/identity.ts";
import { Journal, type Head } from "../store/journal.ts";
import { lock } from "../store/lock.ts";
import { keptOf } from "../store/kept.ts";
import { fileNames, writeResults, type Written } from "../store/write.ts";
import { allOrFirstFailure, carryOut } from "./campaign.ts";
import { Pool } from "./pool.ts";
import { ReplicationFailure, type Result, type Task, type Workers } from "./workers.ts";

export interface Request {
  readonly plan: Plan;
  readonly source: Source;
  /** The command that remakes the files; it goes into the manifest. */
  readonly command: string;
  /** The same where other cells are kept besides. */
  readonly commandOfAll: string;
  readonly directory: string;
  /** Whether to draw charts. */
  readonly charts: boolean;
  readonly workers: number;
  readonly mode: Mode;
  /** Whether rows are kept although the code that computed them has changed. */
  readonly accepts: boolean;
  /** "failed": run only the replications that failed before. */
  readonly only?: "failed";
  /** Whether a failed replication ends the run, or is noted. */
  readonly keepsGoing: boolean;
  /** The real time in ms that a replication may take. */
  readonly timeout?: number;
  /** Whether one replication is run a second time, to check that it gives the same row and trace. */
  readonly checks: boolean;
}

/** Listens to the progress of a run. */
export interface Listener {
  /**
   * The run has begun; `finished` of its `total` replications are there already. `said`: what is kept, and what is run.
   */
  began(finished: number, total: number, said?: string): void;
  /** A precision that is not yet reached asks for more replications. */
  grew(additional: number): void;
  finished(task: Task, row: Row): void;
  failed(failure: Failure): void;
  /** The workers, as soon as there are replications to run. */
  hired(workers: Workers): void;
}

export interface Outcome extends Written {
  /** The plan with the cells that were kept besides. */
  readonly plan: Plan;
  readonly command: string;
  readonly failures: readonly Failure[];
  /** Whether the second run of a replication was the same; null if there was no second run. */
  readonly isSameAgain: boolean | null;
  /** The replication that was run again. */
  readonly checked?: Task;
}

/** Makes workers. */
export type Hire = (request: Request, cells: readonly Cell[], seats: number) => Workers;

const hireThreads: Hire = ({ source, keepsGoing, timeout }, cells, seats) =>
  new Pool(seats, { source, cells }, { keepsGoing, ...(timeout === undefined ? {} : { timeout }) });

/** One line that states which rows are kept, which are run, and why; undefined if the directory was empty. */
function told(contents: Contents, tasks: readonly Task[], { cells }: Plan): string | undefined {
  if (contents.size === 0) return undefined;
  const reasons = new Map<string, number>();
  for (const { cell, replication } of tasks) {
    const asked = cells[cell]!;
    const reason = !contents.has(asked)
      ? "of new cells"
      : contents.failure(asked, replication) !== undefined
        ? "that failed before"
        : contents.wasAsked(asked, replication)
          ? "that were not finished"
          : "that are asked for in addition";
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const runs = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(", ");
  const accepted = new Set([...contents.accepted.values()].flat());
  const despite = accepted.size === 0 ? "" : ` (accepted: ${[...accepted].slice(0, 5).join(", ")})`;
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  const kept = `${counted(contents.size, "replication")} of ${counted(contents.cells.length, "cell")}`;
  return `Keeps ${kept}${despite}; runs ${runs || "nothing"}.`;
}

/** A session under way: its directory is locked. */
class Session {
  readonly #request: Request;
  readonly #identity: Identity;
  readonly #listener: Listener;
  readonly #contents: Contents;
  readonly #journal: Journal;
  readonly #hire: Hire;
  #workers: Workers | undefined;
  /** The replication that is run a second time, and the result of its first run. */
  #checked: { readonly task: Task; readonly result?: Result } | undefined;
  #appended = 0;

  constructor(request: Request, asked: Identity, listener: Listener, hire: Hire) {
    const { directory, plan, charts, command, mode, accepts } = request;
    this.#request = request;
    this.#listener = listener;
    this.#hire = hire;
    const namesOf = (cells: readonly Cell[]) => fileNames(plan, cells, charts);
    const admission = admit(directory, plan, asked, namesOf, { mode, accepts });
    const { contents, identity, replaces, goesOn } = admission;
    this.#contents = contents;
    this.#identity = identity;
    const { cells, replications, sizes, precision, precisionOf, maxReplications, chart, shard } = plan;
    const head: Head = {
      identity,
      command,
      cells,
      replications,
      ...(sizes === undefined ? {} : { sizes }),
      precision,
      ...(precisionOf === undefined ? {} : { precisionOf }),
      maxReplications,
      ...(chart === undefined ? {} : { chart }),
      ...(shard === undefined ? {} : { shard }),
      replaces,
      accepted: Object.fromEntries(contents.accepted),
    };
    this.#journal = new Journal(directory, head, goesOn);
  }

  /** Whether the session has produced nothing worth keeping. */
  get isBarren(): boolean {
    return this.#appended === 0 && this.#contents.size === 0;
  }

  #tasks(): Task[] {
    const { plan, only } = this.#request;
    const { seed, cells } = plan;
    if (only === "failed") {
      const places = new Map(cells.map((cell, place) => [cellKey(cell), place]));
      const failed = this.#contents.failures().filter(({ cell }) => places.has(cellKey(cell)));
      return failed.map(({ cell, replication }) => ({ seed, cell: places.get(cellKey(cell))!, replication }));
    }
    return cells.flatMap((_, cell) => firstBatch(plan, cell).map((replication) => ({ seed, cell, replication })));
  }

  async #run(task: Task): Promise<Row | undefined> {
    const { plan, workers, keepsGoing } = this.#request;
    const cell = plan.cells[task.cell]!;
    const known = this.#contents.row(cell, task.replication);
    if (known !== undefined) return known;
    const seats = plan.precision === null ? Math.min(workers, this.#missing) : workers;
    if (this.#workers === undefined) {
      this.#workers = this.#hire(this.#request, plan.cells, seats);
      this.#listener.hired(this.#workers);
    }
    const isChecked = this.#checked?.task.cell === task.cell && this.#checked.task.replication === task.replication;
    try {
      const result = await this.#workers.run(isChecked ? { ...task, traced: true } : task);
      this.#journal.append({ cell, row: result.row });
      this.#appended++;
      this.#contents.add(cell, result.row, computedBy(this.#identity, cell));
      if (isChecked) this.#checked = { task, result };
      this.#listener.finished(task, result.row);
      return result.row;
    } catch (error) {
      if (!(error instanceof ReplicationFailure) || error.thrown.name === "BadData") throw error;
      const { thrown } = error;
      this.#journal.append({ cell, replication: task.replication, thrown });
      this.#contents.fail(cell, task.replication, thrown);
      if (!keepsGoing) throw error;
      this.#listener.failed({ cell, replication: task.replication, thrown });
      return undefined;
    }
  }

  #missing = 0;

  async carryOut(): Promise<Outcome> {
    const { plan, checks, only } = this.#request;
    const contents = this.#contents;
    const tasks = this.#tasks();
    const missing = tasks.filter(({ cell, replication }) => contents.row(plan.cells[cell]!, replication) === undefined);
    this.#missing = missing.length;
    const said = told(contents, missing, plan);
    for (const { cell, replication } of tasks) contents.ask(plan.cells[cell]!, [replication]);
    // The first task finds a fresh worker. When it is run again, its worker has run all others that it was given.
    const first = missing[0] ?? tasks[0];
    if (checks && first !== undefined) this.#checked = { task: first };
    this.#listener.began(tasks.length - missing.length, tasks.length, said);
    const run = (task: Task): Promise<Row | undefined> => {
      contents.ask(plan.cells[task.cell]!, [task.replication]);
      return this.#run(task);
    };
    if (only === "failed") await allOrFirstFailure(missing.map(run));
    else await carryOut(plan, run, (additional) => this.#listener.grew(additional));
    const isSameAgain = await this.#isSameAgain();
    const outcome = await this.#write(isSameAgain);
    this.#journal.remove();
    return outcome;
  }

  /** Runs a replication a second time, on this machine, whoever ran it first. */
  async #isSameAgain(): Promise<boolean | null> {
    const { plan } = this.#request;
    if (this.#checked === undefined) return null;
    const { task, result } = this.#checked;
    const row = this.#contents.row(plan.cells[task.cell]!, task.replication);
    if (row === undefined) return null;
    const workers = this.#hire === hireThreads ? this.#workers : undefined;
    const threads = workers ?? hireThreads(this.#request, plan.cells, 1);
    try {
      const again = await threads.run({ ...task, traced: true });
      // As a journal has it: without negative zeros.
      const isSame = JSON.stringify(again.row) === JSON.stringify(row);
      return isSame && (result === undefined || result.trace === again.trace);
    } catch (error) {
      if (error instanceof ReplicationFailure) return false;
      throw error;
    } finally {
      if (threads !== workers) await threads.close();
    }
  }

  async #write(isSameAgain: boolean | null): Promise<Outcome> {
    const { directory, plan: asked, charts, command, commandOfAll } = this.#request;
    const contents = this.#contents;
    const wanted = new Set(asked.cells.map(cellKey));
    const others = contents.cells.filter((cell) => !wanted.has(cellKey(cell)));
    const cells = others.length === 0 ? asked.cells : inGridOrder([...asked.cells, ...others]);
    const plan = { ...asked, cells };
    const kept = keptOf(plan, this.#identity, contents, {
      command: this.#isWhole(plan) ? command : commandOfAll,
      reproducible: (plan.experiment.reproducible ?? true) && isSameAgain !== false,
    });
    const rows = plan.cells.map((cell) => contents.rows(cell));
    const written = await writeResults({ directory, plan, charts }, kept, rows);
    const checked = this.#checked === undefined ? {} : { checked: this.#checked.task };
    return { ...written, plan, command: kept.command, failures: contents.failures(), isSameAgain, ...checked };
  }

  /** Whether the given command alone makes all rows of the directory. */
  #isWhole(plan: Plan): boolean {
    const { plan: asked } = this.#request;
    if (plan.cells.length > asked.cells.length) return false;
    if (asked.precision !== null) return true;
    return asked.cells.every((cell, place) => {
      const least = asked.sizes?.[place] ?? asked.replications;
      return this.#contents.rows(cell).every(({ replication }) => replication < least);
    });
  }

  /** Ends it; leaves no trace of one that got nowhere. */
  async close(isDone: boolean): Promise<void> {
    if (!isDone && this.isBarren) this.#journal.remove();
    this.#journal.close();
    await this.#workers?.close();
  }
}

/**
 * Carries out a request and writes its directory.
 *
 * @throws BadData if the directory cannot be used; ReplicationFailure, with all finished rows kept in the journal.
 */
export async function runSession(request: Request, listener: Listener, hire: Hire = hireThreads): Promise<Outcome> {
  const { plan, source, directory } = request;
  const wasThere = existsSync(directory);
  const identity = await identityOf(plan, source);
  makeDirectory(directory);
  let session: Session | undefined;
  let isDone = false;
  const release = await lock(directory);
  try {
    session = new Session(request, identity, listener, hire);
    const outcome = await session.carryOut();
    isDone = true;
    return outcome;
  } finally {
    await session?.close(isDone);
    release();
    if (!isDone && !wasThere) removeIfEmpty(directory);
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // It holds something: that stays.
  }
}
