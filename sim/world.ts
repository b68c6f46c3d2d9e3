/** A simulated world: machines on a network, under one clock and one seed. */
import type { Address, Milliseconds } from "../protocols/host.ts";
import { Engine } from "./engine.ts";
import { Machine, type MachineOptions } from "./machine.ts";
import { Network, type NetworkOptions } from "./network.ts";
import { streams, type Stream } from "./random.ts";
import { Trace, type TraceListener } from "./trace.ts";

export interface WorldOptions {
  readonly seed: string;
  /** Number of the replication, from 0; each has its own random numbers. Default 0. */
  readonly replication?: number;
  readonly network?: NetworkOptions;
}

/** A piece of a scenario; one that is `async` may await only what the simulated world resolves. */
export type Action = () => unknown;

export class World {
  readonly engine = new Engine();
  readonly network: Network;
  /** Root of the replication's streams, for what an experiment itself draws: fork it by purpose. */
  readonly random: Stream;
  readonly machines: readonly Machine[];
  private readonly trace = new Trace();
  private readonly all: Machine[] = [];
  private readonly names = new Set<string>();
  private failure: { readonly error: unknown } | undefined = undefined;

  constructor(options: WorldOptions) {
    this.random = streams(options.seed, options.replication ?? 0);
    this.network = new Network(this.engine, this.trace, this.random.fork("network"), options.network ?? {});
    this.machines = this.all;
  }

  /** Simulated time in ms. */
  get now(): Milliseconds {
    return this.engine.now;
  }

  /** Adds a machine, which is up. Throws an Error if another machine has its name. */
  machine(options: string | MachineOptions = {}): Machine {
    const { engine, network, trace, random } = this;
    const surroundings = { engine, network, trace, random };
    const machine = new Machine(
      this.all.length,
      surroundings,
      typeof options === "string" ? { name: options } : options,
    );
    if (this.names.has(machine.name))
      throw new Error(`machine "${machine.name}": the world has one of this name already`);
    this.names.add(machine.name);
    this.all.push(machine);
    network.stations.push(machine);
    return machine;
  }

  /** The address of a fresh multicast group. */
  group(): Address {
    return this.network.group();
  }

  /** Does something at a time in ms, after the events of that time that were there before. */
  at(time: Milliseconds, action: Action): void {
    this.engine.at(time, this.perform, action);
  }

  /** Does something in so many ms. */
  after(delay: Milliseconds, action: Action): void {
    this.engine.after(delay, this.perform, action);
  }

  /** Runs until `until` (ms), or until nothing is left to happen. Rejects with what an event or action threw. */
  async run(until?: Milliseconds): Promise<void> {
    await this.engine.run(until);
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** Calls the listener with each event of the trace from now on; the answer ends that. */
  listen(listener: TraceListener): () => void {
    return this.trace.listen(listener);
  }

  private readonly perform = (action: Action): void => this.engine.turn(this.carryOut, action);

  private readonly carryOut = (action: Action): boolean => {
    const result = action();
    if (!(result instanceof Promise)) return false;
    result.catch((error: unknown) => {
      this.failure ??= { error };
      this.engine.stop();
    });
    return true;
  };
}
