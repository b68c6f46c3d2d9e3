/**
 * The CPU of a machine: does one thing after another, each for its time, and accounts for it.
 *
 * Code itself takes no time. Its operations do, by the table of costs: each moves on the time until which the CPU is
 * busy, the process sees that time as its own, and what comes to the machine meanwhile waits its turn. While the
 * machine is paused everything waits.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { Engine, Handle } from "../engine/engine.ts";
import type { Fault } from "../ledger.ts";
import type { CostTable, Operation } from "./costs.ts";

/** CPU time spent, in ms, and system calls made. */
export interface CpuUse {
  readonly kernel: Milliseconds;
  readonly user: Milliseconds;
  readonly calls: Readonly<Record<string, number>>;
}

export class Processor<Work> {
  /** All costs are multiplied by this. */
  factor = 1;
  /** The fault of a slow CPU, while it is slow and as long as it has not shown. */
  slowness: Fault | undefined = undefined;
  private readonly engine: Engine;
  private readonly costs: CostTable | undefined;
  private readonly perform: (work: Work) => void;
  private kernel = 0;
  private user = 0;
  private readonly counts: Record<Operation, number> = {
    send: 0,
    receive: 0,
    wait: 0,
    setTimer: 0,
    cancelTimer: 0,
  };
  private busyUntil = 0;
  private waiting: Work[] = [];
  /** The next piece of work that waits. */
  private next = 0;
  /** How many waiting pieces of work had come when the CPU last asked. */
  private known = 0;
  /** The event at which the next will be looked at; 0 if there is none. */
  private wakeUp: Handle = 0;
  private pausedBy: Fault | undefined = undefined;
  private pauseShown = false;

  constructor(engine: Engine, costs: CostTable | undefined, perform: (work: Work) => void) {
    this.engine = engine;
    this.costs = costs;
    this.perform = perform;
  }

  get paused(): boolean {
    return this.pausedBy !== undefined;
  }

  /** Nothing waits, and nothing would have to. */
  get idle(): boolean {
    return this.waiting.length === this.next && !this.paused && this.busyUntil <= this.engine.now;
  }

  /** Time as the running code sees it: when its last operation is done. */
  get time(): Milliseconds {
    return Math.max(this.engine.now, this.busyUntil);
  }

  get use(): CpuUse {
    const calls: Record<string, number> = {};
    if (this.costs !== undefined) {
      for (const [operation, cost] of Object.entries(this.costs)) {
        for (const call of cost.calls) calls[call] = (calls[call] ?? 0) + this.counts[operation as Operation];
      }
    }
    return { kernel: this.kernel, user: this.user, calls };
  }

  /** The running code does this now. Answers when it is done. */
  operate(operation: Operation): Milliseconds {
    if (this.costs === undefined) return this.time;
    this.counts[operation]++;
    const cost = this.costs[operation];
    return this.spend(cost.kernel, cost.user);
  }

  /** The running code takes so many ms of CPU time. Answers when they are over. */
  spend(kernel: Milliseconds, user: Milliseconds): Milliseconds {
    this.kernel += kernel * this.factor;
    this.user += user * this.factor;
    this.busyUntil = this.time + (kernel + user) * this.factor;
    if (this.slowness !== undefined && kernel + user > 0) {
      this.slowness.effective++;
      this.slowness = undefined;
    }
    return this.busyUntil;
  }

  /** Does a piece of work now, or when its turn comes. */
  submit(work: Work): void {
    if (this.idle) {
      this.operate("wait");
      this.perform(work);
      return;
    }
    this.waiting.push(work);
    if (this.pausedBy === undefined) this.wakeLater();
    else if (!this.pauseShown) {
      this.pauseShown = true;
      this.pausedBy.effective++;
    }
  }

  pause(fault: Fault): void {
    this.pausedBy = fault;
    this.pauseShown = false;
  }

  resume(): void {
    this.pausedBy = undefined;
    if (this.waiting.length > this.next) this.wakeLater();
  }

  /** Removes a waiting piece of work. Answers whether the piece was waiting. */
  withdraw(chosen: (work: Work) => boolean): boolean {
    for (let i = this.next; i < this.waiting.length; i++) {
      if (!chosen(this.waiting[i]!)) continue;
      this.waiting.splice(i, 1);
      if (i < this.next + this.known) this.known--;
      return true;
    }
    return false;
  }

  /** The machine crashed: nothing waits any more, and the CPU is free. Answers what has waited. */
  clear(): readonly Work[] {
    const lost = this.waiting.slice(this.next);
    this.waiting = [];
    this.next = 0;
    this.known = 0;
    this.engine.cancel(this.wakeUp);
    this.wakeUp = 0;
    this.pausedBy = undefined;
    this.busyUntil = this.engine.now;
    return lost;
  }

  private wakeLater(): void {
    if (this.wakeUp === 0) this.wakeUp = this.engine.at(this.time, this.wake, undefined);
  }

  /** One piece of work for each event, so that the turns that it asks for come before the next. */
  private readonly wake = (): void => {
    this.wakeUp = 0;
    if (this.paused || this.waiting.length === this.next) return;
    if (this.busyUntil <= this.engine.now) {
      if (this.known === 0) {
        this.known = this.waiting.length - this.next;
        this.operate("wait");
      }
      this.known--;
      this.perform(this.takeFirst());
    }
    if (this.waiting.length > this.next) this.wakeLater();
  };

  private takeFirst(): Work {
    const work = this.waiting[this.next++]!;
    // What was taken makes up at least half of the list: throw it away.
    if (this.next * 2 >= this.waiting.length) {
      this.waiting.splice(0, this.next);
      this.next = 0;
    }
    return work;
  }
}
