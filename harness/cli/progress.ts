/**
 * The progress of a run, on standard error: one redrawn line on a terminal, or a line every ten seconds in a log or
 * pipe. The remaining time is estimated from the speed so far.
 */
import type { Plan } from "../plan/plan.ts";
import type { Row } from "../plan/row.ts";
import { excessOf } from "../run/campaign.ts";
import type { Listener } from "../run/session.ts";
import type { Running, Task, Workers } from "../run/workers.ts";

/** The counts so far, for the message after an interruption. */
export interface Progress extends Listener {
  done: number;
  total: number;
  stop(): void;
}

const redrawn = 200;
const logged = 10_000;
/** A replication is named if it runs longer than `longest` ms, and many times longer than the mean of the others. */
const longest = 60_000;
const outlying = 20;

/** `7s`, `12m40s`, `3h20m`: two units at most. */
export function roughly(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}

interface Options {
  readonly title: string;
  readonly isWanted: boolean;
  /** The name of a replication that has been running for very long. */
  readonly nameOf?: (task: Task) => string;
  /** The plan whose widest interval is shown. */
  readonly plan?: Plan;
  readonly stream?: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
  /** The clock, in ms. */
  readonly now?: () => number;
}

class Reporter implements Progress {
  done = 0;
  total = 0;
  readonly #options: Required<Omit<Options, "plan" | "nameOf">> & Options;
  #before = 0;
  #began = 0;
  #failed = 0;
  #workers: Workers | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDrawn = false;
  readonly #rows = new Map<number, Row[]>();
  readonly #named = new Set<string>();
  #widestAt = -Infinity;
  #widestText = "";

  constructor(options: Options) {
    this.#options = { stream: process.stderr, now: () => performance.now(), ...options };
  }

  get #isTerminal(): boolean {
    return this.#options.stream.isTTY === true;
  }

  began(finished: number, total: number, said?: string): void {
    [this.done, this.#before, this.total, this.#began] = [finished, finished, total, this.#options.now()];
    if (!this.#options.isWanted) return;
    if (said !== undefined) this.#options.stream.write(`${said}\n`);
    this.#timer = setInterval(() => this.tick(), this.#isTerminal ? redrawn : logged);
    this.#timer.unref();
  }

  hired(workers: Workers): void {
    this.#workers = workers;
  }

  grew(additional: number): void {
    this.total += additional;
  }

  finished(task: Task, row: Row): void {
    this.done++;
    if (this.#options.plan === undefined) return;
    const rows = this.#rows.get(task.cell);
    if (rows === undefined) this.#rows.set(task.cell, [row]);
    else rows.push(row);
  }

  failed(): void {
    this.#failed++;
  }

  #widest(): string {
    const { plan, now } = this.#options;
    // The width depends on all rows, so that it is computed only now and then.
    if (now() - this.#widestAt < logged / 2) return this.#widestText;
    this.#widestAt = now();
    this.#widestText = this.#widestNow(plan);
    return this.#widestText;
  }

  #widestNow(plan: Plan | undefined): string {
    if (plan === undefined || plan.precision === null) return "";
    let widest = 0;
    for (const rows of this.#rows.values()) {
      const excess = rows.length < 2 ? 0 : excessOf(plan, rows);
      if (Number.isFinite(excess)) widest = Math.max(widest, excess);
    }
    if (widest === 0) return "";
    return `, widest interval ±${(100 * widest * plan.precision).toPrecision(2)}% (wanted ±${100 * plan.precision}%)`;
  }

  line(): string {
    const ran = this.done + this.#failed - this.#before;
    const passed = this.#options.now() - this.#began;
    const left = this.total - this.done - this.#failed;
    const time = ran === 0 || left <= 0 ? "" : `, about ${roughly((passed / ran) * left)} left`;
    const failures = this.#failed === 0 ? "" : `, ${this.#failed} failed`;
    return `${this.#options.title}: ${this.done} of ${this.total} replications${failures}${time}${this.#widest()}`;
  }

  /** Shows the progress, and names a replication that seems not to end. */
  tick(): void {
    const { stream, nameOf } = this.#options;
    const ran = Math.max(1, this.done + this.#failed - this.#before);
    const usual = (this.#options.now() - this.#began) / ran;
    for (const { task, milliseconds } of this.#workers?.running() ?? []) {
      const name = nameOf?.(task);
      if (name === undefined || milliseconds < Math.max(longest, outlying * usual) || this.#named.has(name)) continue;
      this.#named.add(name);
      this.#clear();
      stream.write(`${name} has been running for ${roughly(milliseconds)}: --timeout would end it.\n`);
    }
    if (this.#isTerminal) {
      this.#isDrawn = true;
      stream.write(`\r\u001b[2K${this.line().slice(0, (stream.columns ?? 80) - 1)}`);
    } else stream.write(`${this.line()}\n`);
  }

  #clear(): void {
    if (this.#isDrawn) this.#options.stream.write("\r\u001b[2K");
    this.#isDrawn = false;
  }

  /** The replications under way, the longest-running first. */
  running(): readonly Running[] {
    return this.#workers?.running() ?? [];
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#clear();
  }
}

export function progress(options: Options): Reporter {
  return new Reporter(options);
}
