/**
 * Failure processes: they take machines down and bring them up again, by distributions or by a record of outages.
 *
 * Their random numbers depend on nothing but the seed and the names, so that two policies compared under one seed meet
 * the same failures.
 */
import type { Distribution } from "../chance/distribution.ts";
import type { Stream } from "../chance/random.ts";
import type { Engine, Handle } from "../engine/engine.ts";
import type { Fault } from "../ledger.ts";
import type { Machine } from "./machine.ts";
import { merged, type Downtime } from "./outages.ts";

/** The laws of lives and repairs. */
export interface FailureOptions {
  /** From the beginning of a life to its failure, in ms. */
  readonly lifetime: Distribution;
  /** From a failure to the end of its repair, in ms. Left out: what fails stays down, unless someone restarts it. */
  readonly repair?: Distribution;
  /**
   * "new" (default): a life begins now. "steady": failures and repairs have gone on for long; the machine is down with
   * probability E[repair] / (E[lifetime] + E[repair]), and the present span has only its rest to run.
   */
  readonly begin?: "new" | "steady";
  /** Names the fault in the ledger, and its streams: needed where machines have several failure processes. */
  readonly name?: string;
}

/** Lives and repairs, in turn. Several machines share one fate: a rack that fails takes all of them down at once. */
export class FailureProcess {
  private readonly engine: Engine;
  private readonly machines: readonly Machine[];
  private readonly fault: Fault;
  private readonly lifetime: Distribution;
  private readonly repair: Distribution | undefined;
  private readonly lifetimes: Stream;
  private readonly repairs: Stream;
  private event: Handle;

  constructor(engine: Engine, machines: readonly Machine[], fault: Fault, random: Stream, options: FailureOptions) {
    this.engine = engine;
    this.machines = machines;
    this.fault = fault;
    this.lifetime = options.lifetime;
    this.repair = options.repair;
    this.lifetimes = random.fork("lifetime");
    this.repairs = random.fork("repair");
    this.event =
      options.begin === "steady" && options.repair !== undefined
        ? this.beginSteady(random.fork("begin"), options.lifetime, options.repair)
        : engine.after(options.lifetime.draw(this.lifetimes), this.fail, undefined);
  }

  private beginSteady(random: Stream, lifetime: Distribution, repair: Distribution): Handle {
    const down = random.next() * (lifetime.mean + repair.mean) < repair.mean;
    const rest = random.next() * (down ? repair : lifetime).lengthBiased().draw(random);
    if (!down) return this.engine.after(rest, this.fail, undefined);
    this.takeDown();
    return this.engine.after(rest, this.restore, undefined);
  }

  /** Nothing more fails by this process; what is down because of it stays so. */
  stop(): void {
    this.engine.cancel(this.event);
  }

  private takeDown(): void {
    for (const machine of this.machines) machine.takeDown(this, this.fault);
  }

  private readonly fail = (): void => {
    this.takeDown();
    if (this.repair !== undefined)
      this.event = this.engine.after(this.repair.draw(this.repairs), this.restore, undefined);
  };

  private readonly restore = (): void => {
    this.event = this.engine.after(this.lifetime.draw(this.lifetimes), this.fail, undefined);
    for (const machine of this.machines) machine.bringUp(this);
  };
}

/** Takes a machine down for the given spans, counted from now on: a scripted or recorded history. They may overlap. */
export function replay(engine: Engine, machine: Machine, downtimes: readonly Downtime[], fault: Fault): void {
  const start = engine.now;
  const cause = {};
  const end = (): void => machine.bringUp(cause);
  for (const { from, to } of merged(downtimes)) {
    if (to < 0) continue;
    const begin = (): void => {
      machine.takeDown(cause, fault);
      engine.at(start + to, end, undefined);
    };
    if (from <= 0) begin();
    else engine.at(start + from, begin, undefined);
  }
}
