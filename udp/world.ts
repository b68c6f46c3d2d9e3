/**
 * A world of real processes, with the interface of the simulated world: the same scenario runs on both.
 *
 * All processes are hosts in this process of the operating system, on loopback addresses. Time is real, and so are the
 * datagrams; faults are the simulator's, by its own rules and random streams.
 */
import type { Address, Milliseconds } from "../protocols/host.ts";
import { BadData } from "../sim/bad-data.ts";
import type { Distribution } from "../sim/chance/distribution.ts";
import { streams, type Stream } from "../sim/chance/random.ts";
import { Ledger } from "../sim/ledger.ts";
import type { MachineOptions } from "../sim/machine/machine.ts";
import type { Check } from "../sim/checkers/violation.ts";
import { Trace, type TraceListener } from "../sim/trace.ts";
import type { Action, WorldOptions } from "../sim/world.ts";
import { addressOf } from "./address.ts";
import { monotonicNow } from "./clock.ts";
import { startTimeout } from "./long-timeout.ts";
import { RealMachine, type HostDefaults } from "./machine.ts";

/** The options of a simulated world without partitions, which a real world does not support. */
export interface RealWorldOptions extends Omit<WorldOptions, "partitions"> {
  /** The key that all processes share; none if left out. */
  readonly key?: string;
}

/** An action planned for a time. */
interface Plan {
  readonly time: Milliseconds;
  readonly action: Action;
}

/** Next group number. It depends on the process, so that two concurrent runs use different groups. */
let groups = process.pid * 64;

export class RealWorld {
  /** The injected faults, and the faults that had an effect. */
  readonly ledger = new Ledger();
  readonly random: Stream;
  readonly checks: Check[] = [];
  readonly #trace = new Trace();
  readonly #machines = new Map<string, RealMachine>();
  readonly #names = new Map<Address, string>();
  readonly #defaults: HostDefaults;
  /** When the first run began; undefined: time stands still, as in the simulator. */
  #begin: Milliseconds | undefined = undefined;
  #plans: Plan[] = [];
  /** Actions that have begun and not ended, and those that wait for their time. */
  #open = 0;
  #failure: { readonly error: unknown } | undefined = undefined;
  #changed: () => void = () => {};

  constructor(options: RealWorldOptions) {
    const { seed, replication = 0, network, key } = options;
    this.random = streams(seed, replication);
    const nameOf = (address: Address): string => this.#names.get(address) ?? "";
    this.#defaults = {
      trace: this.#trace,
      threads: this.random.fork("threads").key,
      ...(network === undefined ? {} : { faults: { seed, replication, network, ledger: this.ledger, nameOf } }),
      ...(key === undefined ? {} : { key }),
    };
  }

  /** Real time in ms since the first run began. */
  get now(): Milliseconds {
    return this.#begin === undefined ? 0 : monotonicNow() - this.#begin;
  }

  /**
   * Adds a machine, which is up. Throws BadData for a name that is taken, and for costs and skew: real ones are as they
   * are.
   */
  machine(options: string | MachineOptions = {}): RealMachine {
    const { name = `m${this.#machines.size}`, costs, skew } = typeof options === "string" ? { name: options } : options;
    if (costs !== undefined || skew !== undefined) {
      throw new BadData(`machine "${name}": a real machine's costs and clock cannot be chosen.`);
    }
    if (this.#machines.has(name)) throw new BadData(`machine "${name}": the world has one of this name already.`);
    const started = ({ address }: { readonly address: Address }): void => void this.#names.set(address, name);
    const machine = new RealMachine(name, this.#defaults, this.random.fork(`machine ${name}`), started);
    this.#machines.set(name, machine);
    return machine;
  }

  /**
   * The machine of this name.
   *
   * @throws BadData if there is no such machine.
   */
  named(name: string): RealMachine {
    const machine = this.#machines.get(name);
    if (machine === undefined) throw new BadData(`machine "${name}": the world has no machine of this name.`);
    return machine;
  }

  /** Datagrams received by all processes, including those that a fault rule then lost. */
  get received(): number {
    return [...this.#machines.values()].reduce((sum, { meter }) => sum + meter.received, 0);
  }

  /** The address of a fresh multicast group. */
  group(): Address {
    const number = ++groups;
    return addressOf(`239.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`, 20_000 + (number % 10_000));
  }

  /** Runs an action at `time` ms after the beginning of the first run; as soon as possible if that time is past. */
  at(time: Milliseconds, action: Action): void {
    this.#open++;
    const plan = { time, action };
    if (this.#begin === undefined) this.#plans.push(plan);
    else this.#schedule(plan);
  }

  after(delay: Milliseconds, action: Action): void {
    this.at(this.now + delay, action);
  }

  /** Runs an action in a time in ms that is drawn from a law. */
  afterRandom(law: Distribution, random: Stream, action: Action): void {
    this.after(law.draw(random), action);
  }

  /** Waits until the promise is settled, and answers its value. Rejects with what an action threw meanwhile, too. */
  async until<R>(promise: Promise<R>): Promise<R> {
    let isSettled = false;
    const settled = promise.finally(() => (isSettled = true));
    settled.catch(() => undefined);
    while (!isSettled) await Promise.race([settled, this.run(this.now + 100)]);
    return settled;
  }

  /**
   * Lets `until` (ms since the first run began) come, or if it is left out, all actions end. Rejects with what one
   * threw.
   */
  async run(until?: Milliseconds): Promise<void> {
    if (this.#begin === undefined) {
      this.#begin = monotonicNow();
      const plans = this.#plans;
      this.#plans = [];
      for (const plan of plans) this.#schedule(plan);
    }
    await new Promise<void>((resolve) => {
      const cancel = until === undefined ? undefined : startTimeout(resolve, Math.max(0, until - this.now));
      this.#changed = () => {
        if (this.#failure === undefined && (until !== undefined || this.#open > 0)) return;
        cancel?.();
        resolve();
      };
      this.#changed();
    });
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** Calls the listener with each event of the trace from now on. The returned function removes the listener. */
  listen(listener: TraceListener): () => void {
    return this.#trace.listen(listener);
  }

  /** Ends all processes. */
  close(): void {
    for (const machine of this.#machines.values()) machine.stop();
  }

  #schedule({ time, action }: Plan): void {
    startTimeout(() => void this.#carryOut(action), Math.max(0, time - this.now));
  }

  async #carryOut(action: Action): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#open--;
    this.#changed();
  }
}
