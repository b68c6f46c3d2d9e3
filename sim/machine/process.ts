/** A process of a simulated machine, and its lives: the simulator's side of the door. */
import { noTimer, type Address, type Host, type Milliseconds, type Random, type Timer } from "../../protocols/host.ts";
import type { TraceEvent } from "../../protocols/trace.ts";
import type { Engine, Owner } from "../engine/engine.ts";
import type { Network } from "../network/network.ts";
import type { WorldEvent } from "../trace.ts";
import type { Machine } from "./machine.ts";

type Receive = (from: Address, datagram: Uint8Array) => void;

/** What a process runs: called once in each of its lives. Code that may be `async` belongs in `host.turn`. */
export type Main = (host: Host) => void;

/** A program on a machine. It begins a new life, with a new host, whenever the machine restarts. */
export class Process {
  readonly machine: Machine;
  readonly address: Address;
  /** The host of the present life; undefined while the machine is down or the process stopped. */
  life: Life | undefined = undefined;
  private readonly main: Main;
  private lives = 0;
  private stopped = false;

  constructor(machine: Machine, address: Address, main: Main) {
    this.machine = machine;
    this.address = address;
    this.main = main;
  }

  /** Ends the process; it stays ended when the machine restarts. */
  stop(): void {
    this.stopped = true;
    this.end("stop");
  }

  /**
   * Ends the present life, if any, and begins a new life. On a machine that is down, the new life begins at its
   * restart.
   */
  restart(): void {
    this.end("stop");
    this.stopped = false;
    this.machine.begin(this);
  }

  /** For Machine: it is up. */
  begin(direct: boolean, plain: boolean): void {
    if (this.stopped) return;
    const life = new Life(this.machine, this.address, ++this.lives);
    life.become(direct, plain);
    this.life = life;
    this.machine.network.attach(life);
    life.report({ type: "start" });
    this.main(life);
  }

  /** For Machine: ends the present life, of which nothing runs again. Answers whether there was a life. */
  end(reason: "crash" | "stop"): boolean {
    const { life } = this;
    if (life === undefined) return false;
    life.report({ type: "end", reason });
    this.life = undefined;
    life.end();
    return true;
  }
}

/** A timer that is due, and waits for its machine. */
export class Alarm {
  readonly life: Life;
  readonly timer: Timer;
  readonly fire: (subject: unknown) => void;
  readonly subject: unknown;

  constructor(life: Life, timer: Timer, fire: (subject: unknown) => void, subject: unknown) {
    this.life = life;
    this.timer = timer;
    this.fire = fire;
    this.subject = subject;
  }
}

/**
 * One incarnation of a process. A dead incarnation sends no datagrams, sets no timers and reports no events.
 *
 * It owns its timers and turns in the engine, so that neither needs an object of its own.
 */
export class Life implements Host, Owner {
  readonly machine: Machine;
  readonly address: Address;
  readonly incarnation: number;
  alive = true;
  /** Timers and arrivals are handled at once. */
  direct = true;
  /** Operations take no time, and the clock is right. */
  private plain = true;
  private readonly engine: Engine;
  private readonly network: Network;
  receive: Receive | undefined = undefined;
  private stream: Random | undefined = undefined;
  private groups: Address[] | undefined = undefined;

  constructor(machine: Machine, address: Address, incarnation: number) {
    this.machine = machine;
    this.address = address;
    this.incarnation = incarnation;
    this.engine = machine.engine;
    this.network = machine.network;
  }

  /** For Machine. */
  become(direct: boolean, plain: boolean): void {
    this.direct = direct;
    this.plain = plain;
  }

  get random(): Random {
    return (this.stream ??= this.machine.random.fork(`process ${this.address & 255}`).fork(`life ${this.incarnation}`));
  }

  get threads(): Random {
    return this.machine.threads;
  }

  now(): Milliseconds {
    return this.plain ? this.engine.now : this.machine.time;
  }

  wall(): Milliseconds {
    return this.now();
  }

  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer {
    if (!this.alive) return noTimer;
    if (this.plain) return this.engine.after(delay, fire, subject, this);
    return this.engine.at(this.machine.due(delay), fire, subject, this);
  }

  /** For the engine: a timer is due. */
  fire(fire: (subject: unknown) => void, subject: unknown): void {
    if (!this.alive) return;
    if (this.direct) fire(subject);
    else this.machine.submit(new Alarm(this, this.engine.firing, fire, subject));
  }

  cancel(timer: Timer): void {
    if (!this.alive) return;
    if (this.plain && this.direct) this.engine.cancel(timer);
    else this.machine.cancelTimer(timer);
  }

  send(to: Address, datagram: Uint8Array): void {
    if (!this.alive) return;
    if (this.plain) this.network.send(this, to, datagram);
    else this.machine.send(this, to, datagram);
  }

  listen(receive: Receive): void {
    this.receive = receive;
  }

  join(group: Address): void {
    if (!this.alive) return;
    (this.groups ??= []).push(group);
    this.network.join(group, this);
  }

  leave(group: Address): void {
    this.network.leave(group, this);
  }

  turn<S>(task: (subject: S) => boolean, subject: S): void {
    this.engine.turn(task, subject, this);
  }

  /** For the engine: a turn has come. */
  take(task: (subject: unknown) => boolean, subject: unknown): boolean {
    return this.alive && task(subject);
  }

  /** For the engine's errors. */
  describe(name: string): string {
    return `${name === "" ? "a timer or a turn" : name} on ${this.machine.name}`;
  }

  get traced(): boolean {
    return this.machine.trace.active;
  }

  trace(event: TraceEvent): void {
    this.report(event);
  }

  report(event: TraceEvent | WorldEvent): void {
    const { machine, address, incarnation } = this;
    if (!this.alive || !machine.trace.active) return;
    machine.trace.emit({ time: machine.engine.now, machine: machine.name, address, incarnation, event });
  }

  /** For Process. */
  end(): void {
    this.alive = false;
    this.network.detach(this);
    for (const group of this.groups ?? []) this.network.leave(group, this);
  }
}
