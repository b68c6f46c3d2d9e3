/** A simulated machine: fail-stop, with a CPU, a clock, and processes that begin a new life whenever it restarts. */
import type { Address, Milliseconds, Timer } from "../../protocols/host.ts";
import { BadData } from "../bad-data.ts";
import type { Stream } from "../chance/random.ts";
import type { Engine } from "../engine/engine.ts";
import type { Fault, Ledger } from "../ledger.ts";
import { Flight } from "../network/flight.ts";
import { portsPerMachine, type Network, type Station } from "../network/network.ts";
import type { Trace, WorldEvent } from "../trace.ts";
import { SkewedClock, type SkewOptions } from "./clock.ts";
import { costTable, type CostOptions, type CostTable, type Operation } from "./costs.ts";
import { Alarm, Process, type Life, type Main } from "./process.ts";
import { Processor, type CpuUse } from "./processor.ts";

/** Whatever programs and placement want to know of a machine: its rack, its memory. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface MachineOptions {
  /** Unique in its world. Default: "m" and the machine's index. */
  readonly name?: string;
  readonly attributes?: Attributes;
  /** CPU costs of what its processes do. Default: nothing takes time. */
  readonly costs?: CostOptions;
  /** How its clock is wrong. Default: it is right. */
  readonly skew?: SkewOptions;
}

/** What a machine needs of its world. */
export interface MachineSurroundings {
  readonly engine: Engine;
  readonly network: Network;
  readonly trace: Trace;
  readonly ledger: Ledger;
  readonly random: Stream;
}

const noAttributes: Attributes = {};
const noUse: CpuUse = { kernel: 0, user: 0, calls: {} };
/** The cause that stands for `crash()`, which a scenario calls. */
const scripted = {};
// Shared, and lists without room to grow: a world may have very many machines.
const noCauses: readonly object[] = [];
const noProcesses: readonly Process[] = [];

export class Machine implements Station {
  readonly index: number;
  readonly name: string;
  readonly attributes: Attributes;
  readonly engine: Engine;
  readonly network: Network;
  readonly trace: Trace;
  readonly ledger: Ledger;
  /** Arrivals and timers are handled at once: the machine is up, not paused, and nothing takes time. */
  private direct = true;
  /** Operations take no time and the clock is right. */
  private plain = true;
  /** By port, from 1. */
  private processes: readonly Process[] = noProcesses;
  private readonly root: Stream;
  /** Why the machine is down; it is up when there is no cause. */
  private causes: readonly object[] = noCauses;
  /** Called after each crash and each restart. */
  onChange: ((machine: Machine) => void) | undefined = undefined;
  private readonly costs: CostTable | undefined;
  private clock: SkewedClock | undefined = undefined;
  private processor: Processor<Flight | Alarm> | undefined = undefined;
  /** Some of what the processes do takes time. */
  private timed = false;

  constructor(index: number, surroundings: MachineSurroundings, options: MachineOptions) {
    this.index = index;
    this.name = options.name ?? `m${index}`;
    this.attributes = options.attributes ?? noAttributes;
    this.engine = surroundings.engine;
    this.network = surroundings.network;
    this.trace = surroundings.trace;
    this.ledger = surroundings.ledger;
    this.root = surroundings.random;
    this.costs = options.costs === undefined ? undefined : costTable(options.costs);
    if (this.costs !== undefined) this.takeTime();
    if (options.skew !== undefined) this.useClock(options.skew);
  }

  /** For what draws on this machine's behalf: fork it by purpose. */
  get random(): Stream {
    return this.root.fork(`machine ${this.name}`);
  }

  get up(): boolean {
    return this.causes.length === 0;
  }

  /** The root of the numbers that threads draw: the same key at all machines of the world. */
  get threads(): Stream {
    return this.root.fork("threads");
  }

  /** CPU time spent and system calls made since the start. */
  get cpu(): CpuUse {
    return this.processor?.use ?? noUse;
  }

  /**
   * Starts a process at the next free port: runs its main function now, and again with a new host after each restart.
   * On a machine that is down it begins with the restart.
   */
  start(main: Main): Process {
    const port = this.processes.length + 1;
    if (port === portsPerMachine) throw new RangeError(`machine "${this.name}" has no free port: it has 255`);
    const process = new Process(this, this.index * portsPerMachine + port, main);
    this.processes = [...this.processes, process];
    this.begin(process);
    return process;
  }

  /** For Process: begins its next life, unless the machine is down. */
  begin(process: Process): void {
    if (this.up) process.begin(this.direct, this.plain);
  }

  /** Fails: everything in it is lost, and nothing of its processes runs again until it restarts. */
  crash(): void {
    this.takeDown(scripted, this.ledger.fault("crash"));
  }

  /**
   * Comes back, whatever took it down: all processes begin a new life, in the order in which they were first started.
   */
  restart(): void {
    if (this.up) return;
    this.causes = noCauses;
    this.boot();
  }

  /** Adds a cause for being down. The machine crashes if it was up. */
  takeDown(cause: object, fault: Fault): void {
    fault.injected++;
    const { up } = this;
    this.add(cause);
    if (!up) return;
    this.direct = false;
    this.report({ type: "crash" });
    for (const work of this.processor?.clear() ?? []) if (work instanceof Flight) this.network.drop(work, "crash");
    let hit = false;
    for (const process of this.processes) if (process.end("crash")) hit = true;
    if (hit) fault.effective++;
    this.onChange?.(this);
  }

  /** Adds a cause for staying down to a machine that is down. Does nothing to a machine that is up. */
  keepDown(cause: object): void {
    if (!this.up) this.add(cause);
  }

  private add(cause: object): void {
    if (!this.causes.includes(cause)) this.causes = [...this.causes, cause];
  }

  /** Removes a cause for being down. The machine restarts if no cause is left. An unknown cause is ignored. */
  bringUp(cause: object): void {
    if (!this.causes.includes(cause)) return;
    this.causes = this.causes.filter((other) => other !== cause);
    if (this.up) this.boot();
  }

  private boot(): void {
    this.direct = !this.timed;
    this.report({ type: "restart" });
    for (const process of this.processes) this.begin(process);
    this.onChange?.(this);
  }

  /**
   * Stops all processing until `resume`: arrivals and timers wait. Does nothing to a machine that is down or paused.
   */
  pause(): void {
    const fault = this.ledger.fault("pause");
    fault.injected++;
    if (!this.up || this.processor?.paused === true) return;
    this.useProcessor().pause(fault);
    this.become({ direct: false });
    this.report({ type: "pause" });
  }

  /** Goes on after a pause, with what has waited, in order. */
  resume(): void {
    if (this.processor?.paused !== true) return;
    this.report({ type: "resume" });
    this.processor.resume();
    this.become({ direct: !this.timed && this.processor.idle });
  }

  /** From now on all CPU costs are multiplied by the factor; 1 is normal. Without costs nothing changes. */
  slow(factor: number): void {
    if (!(factor > 0 && factor < Infinity)) {
      throw new BadData(`machine "${this.name}" slowed by ${factor}: expected a finite number above 0.`);
    }
    const processor = this.useProcessor();
    processor.factor = factor;
    processor.slowness = undefined;
    if (factor !== 1) {
      processor.slowness = this.ledger.fault("slow CPU");
      processor.slowness.injected++;
    }
    this.report({ type: "slow", factor });
  }

  /** From now on the clock drifts differently, after a leap ahead of so many ms. */
  skewClock(change: { readonly drift?: number; readonly leap?: Milliseconds }): void {
    (this.clock ?? this.useClock({})).adjust(this.engine.now, change);
  }

  /** The running code takes so many ms of CPU time in user mode, besides what its system calls take. */
  charge(user: Milliseconds): void {
    this.takeTime().spend(0, user);
  }

  private useProcessor(): Processor<Flight | Alarm> {
    return (this.processor ??= new Processor(this.engine, this.costs, (work) => this.perform(work)));
  }

  private takeTime(): Processor<Flight | Alarm> {
    if (!this.timed) {
      this.timed = true;
      this.become({ direct: false, plain: false });
    }
    return this.useProcessor();
  }

  /** Lives know these two by themselves, so that the hot path need not look at the machine. */
  private become({ direct = this.direct, plain = this.plain }: { direct?: boolean; plain?: boolean }): void {
    this.direct = direct;
    this.plain = plain;
    for (const process of this.processes) process.life?.become(direct, plain);
  }

  private useClock(skew: SkewOptions): SkewedClock {
    this.become({ plain: false });
    return (this.clock = new SkewedClock(skew, this.ledger.fault("clock skew")));
  }

  /** For Life, unless the machine is plain: time as its running code sees it. */
  get time(): Milliseconds {
    const time = this.processor?.time ?? this.engine.now;
    return this.clock?.read(time) ?? time;
  }

  /** For Life, unless the machine is plain: a timer is set, and will be due at the time answered. */
  due(delay: Milliseconds): Milliseconds {
    const time = this.operate("setTimer");
    return this.clock?.due(time, delay) ?? time + delay;
  }

  /** For Life, unless the machine is plain and direct. */
  cancelTimer(timer: Timer): void {
    const waits = (work: Flight | Alarm): boolean => work instanceof Alarm && work.timer === timer;
    if (this.engine.cancel(timer) || this.processor?.withdraw(waits) === true) this.operate("cancelTimer");
  }

  /** For Life, unless the machine is plain: the datagram departs when the CPU has done its part. */
  send(life: Life, to: Address, datagram: Uint8Array): void {
    const departure = this.operate("send");
    if (departure === this.engine.now) this.network.send(life, to, datagram);
    else this.engine.at(departure, depart, { life, to, datagram });
  }

  private operate(operation: Operation): Milliseconds {
    return this.processor?.operate(operation) ?? this.engine.now;
  }

  arrive(flight: Flight): void {
    if (this.direct) this.network.drop(flight, "no-receiver");
    else if (this.up) this.submit(flight);
    else this.network.drop(flight, "machine-down");
  }

  /** For arrivals and timers, unless the machine is direct. */
  submit(work: Flight | Alarm): void {
    this.useProcessor().submit(work);
  }

  private perform(work: Flight | Alarm): void {
    if (work instanceof Flight) this.handle(work);
    else if (work.life.alive) work.fire(work.subject);
    if (!this.timed && this.up && this.processor!.idle) this.become({ direct: true });
  }

  private handle(flight: Flight): void {
    const peer = this.network.peerAt(flight.to);
    if (peer?.receive === undefined) {
      this.network.drop(flight, "no-receiver");
      return;
    }
    if (this.timed) this.operate("receive");
    this.network.deliver(flight, peer);
  }

  private report(event: WorldEvent): void {
    if (!this.trace.active) return;
    const { engine, name, index } = this;
    this.trace.emit({ time: engine.now, machine: name, address: index * portsPerMachine, incarnation: 0, event });
  }
}

interface Departure {
  readonly life: Life;
  readonly to: Address;
  readonly datagram: Uint8Array;
}

function depart({ life, to, datagram }: Departure): void {
  if (life.alive) life.machine.network.send(life, to, datagram);
}
