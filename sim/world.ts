/** A simulated world: machines on a network, under one clock and one seed. */
import type { Address, Milliseconds } from "../protocols/host.ts";
import { BadData } from "./bad-data.ts";
import type { Distribution } from "./chance/distribution.ts";
import type { Likelihood } from "./chance/likelihood.ts";
import { streams, type Stream } from "./chance/random.ts";
import { Engine } from "./engine/engine.ts";
import "./inspection.ts";
import { Ledger } from "./ledger.ts";
import { FailureProcess, replay, type FailureOptions } from "./machine/failures.ts";
import { Machine, type MachineOptions } from "./machine/machine.ts";
import type { Downtime } from "./machine/outages.ts";
import { Spans, type Hurry } from "./machine/spans.ts";
import type { NetworkOptions } from "./network/links.ts";
import { Network } from "./network/network.ts";
import type { Partition, Side } from "./network/partitions.ts";
import type { Check } from "./checkers/violation.ts";
import { Trace, type TraceListener } from "./trace.ts";

/** Seed, network and faults of a world. Times are in ms, probabilities from 0 to 1. */
export interface WorldOptions {
  readonly seed: string;
  /** Number of the replication, from 0; each has its own random numbers. Default 0. */
  readonly replication?: number;
  readonly network?: NetworkOptions;
  readonly partitions?: readonly ScheduledPartition[];
  /** Where a stage puts what it judges when the run is over. Default: a list of the world's own. */
  readonly checks?: Check[];
}

/** A cut between two sets of machines, by name; machines on neither side are not affected. */
export interface PartitionOptions {
  readonly between: readonly string[];
  /** Default: all machines but those of `between`. */
  readonly and?: readonly string[];
  /** Block only datagrams from `between` to `and`. Default: false. */
  readonly oneWay?: boolean;
  /** For the trace. Default: made from the names of the machines. */
  readonly name?: string;
}

export interface ScheduledPartition extends PartitionOptions {
  /** Time in ms at which it opens. */
  readonly start: Milliseconds;
  /** Time in ms at which it heals. Default: never. */
  readonly end?: Milliseconds;
}

/** A piece of a scenario. An `async` action may await only what the simulated world resolves. */
export type Action = () => unknown;

/** A simulated world: machines, the network between them, their failures, and simulated time. */
export class World {
  readonly engine = new Engine();
  /** What faults were injected, and which had an effect. */
  readonly ledger = new Ledger();
  readonly network: Network;
  /** Root of the replication's streams, for what an experiment itself draws: fork it by purpose. */
  readonly random: Stream;
  readonly machines: readonly Machine[];
  readonly checks: Check[];
  private readonly spans = new Spans(this.engine);
  private readonly trace = new Trace();
  private readonly all: Machine[] = [];
  private readonly names = new Map<string, Machine>();
  private failure: { readonly error: unknown } | undefined = undefined;

  constructor(options: WorldOptions) {
    this.random = streams(options.seed, options.replication ?? 0);
    const { engine, trace, ledger } = this;
    this.network = new Network({ engine, trace, ledger, random: this.random.fork("network") }, options.network ?? {});
    this.machines = this.all;
    this.checks = options.checks ?? [];
    for (const partition of options.partitions ?? []) {
      const { start, end } = partition;
      this.ledger.fault("partition");
      this.at(start, () => {
        const opened = this.partition(partition);
        if (end !== undefined) this.at(end, () => opened.heal());
      });
    }
  }

  /** Simulated time in ms. */
  get now(): Milliseconds {
    return this.engine.now;
  }

  /** Adds a machine, which is up. Throws BadData if another machine has its name. */
  machine(options: string | MachineOptions = {}): Machine {
    const { engine, network, trace, ledger, random } = this;
    const surroundings = { engine, network, trace, ledger, random };
    const machine = new Machine(
      this.all.length,
      surroundings,
      typeof options === "string" ? { name: options } : options,
    );
    if (this.names.has(machine.name)) {
      throw new BadData(`machine "${machine.name}": the world has one of this name already.`);
    }
    this.names.set(machine.name, machine);
    this.all.push(machine);
    network.stations.push(machine);
    return machine;
  }

  /** The address of a fresh multicast group. */
  group(): Address {
    return this.network.group();
  }

  /** The machine of this name. Throws BadData if there is none. */
  named(name: string): Machine {
    const machine = this.names.get(name);
    if (machine === undefined) throw new BadData(`machine "${name}": the world has no machine of this name.`);
    return machine;
  }

  /** Cuts the network from now on, until the partition is healed. Throws BadData for an unknown machine. */
  partition({ between, and, oneWay = false, name }: PartitionOptions): Partition {
    const side = (names: readonly string[]): Side => {
      const members = new Set(names.map((each) => this.named(each).index));
      return (machine) => members.has(machine);
    };
    const near = side(between);
    const far = and === undefined ? (machine: number): boolean => !near(machine) : side(and);
    const sides = `${between.join(" ")} ${oneWay ? "->" : "|"} ${and?.join(" ") ?? "others"}`;
    return this.network.partition({ name: name ?? sides, near, far, oneWay });
  }

  /**
   * Lets a machine fail and come back, again and again. A list of machines fails and comes back together: a rack,
   * besides what each machine has of its own.
   */
  fail(target: Machine | readonly Machine[], options: FailureOptions): FailureProcess {
    const machines = target instanceof Machine ? [target] : target;
    const shared = !(target instanceof Machine);
    const name = options.name ?? (shared ? "shared failure" : "failure");
    const key = shared && options.name !== undefined ? "" : machines.map((machine) => machine.name).join();
    const random = this.random.fork("failures").fork(name).fork(key);
    return new FailureProcess(this.engine, machines, this.ledger.fault(name), random, options);
  }

  /** Takes a machine down for these spans of ms from now: a scripted or recorded history. */
  replay(machine: Machine, downtimes: readonly Downtime[]): void {
    replay(this.engine, machine, downtimes, this.ledger.fault("outage"));
  }

  /** Does something at a time in ms, after the events of that time that were there before. */
  at(time: Milliseconds, action: Action): void {
    this.engine.at(time, this.perform, action);
  }

  /** Does something in so many ms. */
  after(delay: Milliseconds, action: Action): void {
    this.engine.after(delay, this.perform, action);
  }

  /**
   * Does something after a time in ms drawn from a law. `hurry` can shorten this time, unlike times of `after` and
   * `fail`.
   */
  afterRandom(law: Distribution, random: Stream, action: Action): void {
    this.spans.begin(law, random, () => this.perform(action));
  }

  /**
   * From now on, spans of these laws that `afterRandom` began or begins end sooner by these factors. `likelihood` is
   * the weight of the outcome.
   * @throws Error for a law with a memory.
   */
  hurry(hurry: Hurry): void {
    this.spans.hurry(hurry);
  }

  /** The likelihood of the course so far; 1 in a world that was never hurried. */
  get likelihood(): Likelihood {
    return this.spans.likelihood;
  }

  /** Ends the run under way after the present event or turn. */
  stop(): void {
    this.engine.stop();
  }

  /** Runs until `until` (ms), or until nothing is left to happen. Rejects with what an event or action threw. */
  async run(until?: Milliseconds): Promise<void> {
    await this.engine.run(until);
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /**
   * Runs until the promise is settled, and answers its value. Rejects with what an event or action threw, and if
   * nothing is left to happen that could settle the promise.
   */
  async until<R>(promise: Promise<R>): Promise<R> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
      this.engine.stop();
    };
    promise.then(settle, settle);
    // What was settled before is seen in a promise job.
    await Promise.resolve();
    if (!isSettled) await this.run();
    if (!isSettled) throw new Error(`nothing is left to happen at ${this.now} ms, and what is waited for has not come`);
    // The turn in which it was settled ends, so that what comes next is outside of every thread.
    await this.run(this.now);
    return promise;
  }

  /** Calls the listener with each event of the trace from now on; the answer ends that. */
  listen(listener: TraceListener): () => void {
    return this.trace.listen(listener);
  }

  private readonly perform = (action: Action): void => this.engine.turn(this.carryOut, action);

  private readonly carryOut = (action: Action): boolean => {
    const result = action();
    if (result instanceof Promise) {
      result.catch((error: unknown) => {
        this.failure ??= { error };
        this.engine.stop();
      });
    }
    // An action that is not `async` may have resolved promises that others wait for.
    return true;
  };
}
