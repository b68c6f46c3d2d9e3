/** A simulated machine: fail-stop, with processes that begin a new life whenever it restarts. */
import type { Engine } from "./engine.ts";
import { portsPerMachine, type Flight, type Network, type Station } from "./network.ts";
import { Process, type Main } from "./process.ts";
import type { Stream } from "./random.ts";
import type { Trace, WorldEvent } from "./trace.ts";

export interface MachineOptions {
  /** Unique in its world. Default: "m" and the machine's index. */
  readonly name?: string;
  /** Whatever programs want to know of the machine: its rack, its memory. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** What a machine needs of its world. */
export interface Surroundings {
  readonly engine: Engine;
  readonly network: Network;
  readonly trace: Trace;
  readonly random: Stream;
}

export class Machine implements Station {
  readonly index: number;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly engine: Engine;
  readonly network: Network;
  readonly trace: Trace;
  readonly random: Stream;
  up = true;
  /** By port. */
  private readonly processes: (Process | undefined)[] = [undefined];

  constructor(index: number, surroundings: Surroundings, options: MachineOptions) {
    this.index = index;
    this.name = options.name ?? `m${index}`;
    this.attributes = options.attributes ?? {};
    this.engine = surroundings.engine;
    this.network = surroundings.network;
    this.trace = surroundings.trace;
    this.random = surroundings.random.fork(`machine ${this.name}`);
  }

  /**
   * Starts a process at the next free port: runs its main function now, and again with a new host after each restart.
   * On a machine that is down it begins with the restart.
   */
  start(main: Main): Process {
    const port = this.processes.length;
    if (port === portsPerMachine) throw new RangeError(`machine "${this.name}" has no free port: it has 255`);
    const process = new Process(this, this.index * portsPerMachine + port, main);
    this.processes.push(process);
    if (this.up) process.begin();
    return process;
  }

  /** Fails: everything in it is lost, and nothing of its processes runs again until it restarts. */
  crash(): void {
    if (!this.up) return;
    this.up = false;
    this.report({ type: "crash" });
    for (const process of this.processes) process?.end("crash");
  }

  /** Comes back after a crash: all processes begin a new life, in the order in which they were first started. */
  restart(): void {
    if (this.up) return;
    this.up = true;
    this.report({ type: "restart" });
    for (const process of this.processes) process?.begin();
  }

  arrive(flight: Flight): void {
    if (!this.up) {
      this.network.drop(flight, "machine-down");
      return;
    }
    const life = this.processes[flight.to & (portsPerMachine - 1)]?.life;
    if (life?.receive === undefined) {
      this.network.drop(flight, "no-receiver");
      return;
    }
    const { from, datagram } = flight;
    this.network.deliver(flight, life);
    life.receive(from, datagram);
  }

  private report(event: WorldEvent): void {
    if (!this.trace.active) return;
    const { engine, name, index } = this;
    this.trace.emit({ time: engine.now, machine: name, address: index * portsPerMachine, incarnation: 0, event });
  }
}
