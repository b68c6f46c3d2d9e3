/**
 * What stands for a machine in a world of real processes: hosts that begin and end together, at ports that stay theirs.
 */
import type { Address, Host } from "../protocols/host.ts";
import type { Stream } from "../sim/chance/random.ts";
import { portOf } from "./address.ts";
import { newMeter, UdpHost, type UdpHostOptions } from "./host.ts";

/** Options that all hosts of a machine share. */
export type HostDefaults = Omit<UdpHostOptions, "seed" | "name" | "port" | "meter">;

export class RealProcess {
  readonly address: Address;
  /** Undefined while the machine is down. */
  host: UdpHost | undefined;
  readonly #main: (host: Host) => void;
  readonly #open: (port: number) => UdpHost;

  constructor(open: (port: number) => UdpHost, main: (host: Host) => void) {
    this.#open = open;
    this.#main = main;
    this.host = open(0);
    this.address = this.host.address;
  }

  /** For RealMachine: runs the main function, in a new life if the one before has ended. */
  begin(): void {
    this.host ??= this.#open(portOf(this.address));
    this.#main(this.host);
  }

  end(reason: "crash" | "stop"): void {
    this.host?.close(reason);
    this.host = undefined;
  }
}

export class RealMachine {
  readonly name: string;
  up = true;
  /** Counts and times of all its processes together. */
  readonly meter = newMeter();
  readonly #defaults: HostDefaults;
  readonly #random: Stream;
  readonly #started: (process: RealProcess) => void;
  readonly #processes: RealProcess[] = [];

  /** `started` is called with each process before the process runs. */
  constructor(name: string, defaults: HostDefaults, random: Stream, started: (process: RealProcess) => void) {
    this.name = name;
    this.#defaults = defaults;
    this.#random = random;
    this.#started = started;
  }

  /** Starts a process: runs its main function now, and again with a new host after each restart. */
  start(main: (host: Host) => void): RealProcess {
    if (!this.up) throw new Error(`machine "${this.name}" is down: a real process cannot be started there`);
    const place = this.#processes.length + 1;
    let lives = 0;
    const open = (port: number): UdpHost => {
      const seed = this.#random.fork(`process ${place}`).fork(`life ${++lives}`).key;
      return new UdpHost({ ...this.#defaults, seed, name: this.name, port, meter: this.meter });
    };
    const process = new RealProcess(open, main);
    this.#processes.push(process);
    this.#started(process);
    process.begin();
    return process;
  }

  /** Ends all its processes at once. */
  crash(): void {
    this.#end("crash");
  }

  /** Begins new lives of all its processes, at their addresses. */
  restart(): void {
    if (this.up) return;
    this.up = true;
    for (const process of this.#processes) process.begin();
  }

  stop(): void {
    this.#end("stop");
  }

  #end(reason: "crash" | "stop"): void {
    if (!this.up) return;
    this.up = false;
    for (const process of this.#processes) process.end(reason);
  }
}
