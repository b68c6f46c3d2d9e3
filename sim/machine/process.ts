/** A process of a simulated machine, and its lives: the simulator's side of the door. */
import { noTimer, type Address, type Host, type Milliseconds, type Random, type Timer } from "../../protocols/host.ts";
import type { TraceEvent } from "../../protocols/trace.ts";
import type { Engine } from "../engine/engine.ts";
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

/** A timer that was set. */
export class Alarm {
  readonly life: Life;
  readonly fire: (subject: unknown) => void;
  readonly subject: unknown;
  timer: Timer = noTimer;

  constructor(life: Life, fire: (subject: unknown) => void, subject: unknown) {
    this.life = life;
    this.fire = fire;
    this.subject = subject;
  }

  /** For the engine's errors. */
  describe(): string {
    return `${this.fire.name === "" ? "a timer" : this.fire.name} on ${this.life.machine.name}`;
  }
}

/** The event of an alarm. */
export function ring(alarm: Alarm): void {
  if (!alarm.life.alive) return;
  if (alarm.life.direct) alarm.fire(alarm.subject);
  else alarm.life.machine.submit(alarm);
}

/** A turn that was asked for. */
class Turn {
  readonly life: Life;
  readonly task: (subject: unknown) => boolean;
  readonly subject: unknown;

  constructor(life: Life, task: (subject: unknown) => boolean, subject: unknown) {
    this.life = life;
    this.task = task;
    this.subject = subject;
  }

  /** For the engine's errors. */
  describe(): string {
    return `${this.task.name === "" ? "a turn" : this.task.name} on ${this.life.machine.name}`;
  }
}

function take(turn: Turn): boolean {
  return turn.life.alive && turn.task(turn.subject);
}

/** One incarnation of a process. A dead incarnation sends no datagrams, sets no timers and reports no events. */
export class Life implements Host {
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
    const alarm = new Alarm(this, fire as (subject: unknown) => void, subject);
    alarm.timer = this.plain ? this.engine.after(delay, ring, alarm) : this.machine.setTimer(delay, alarm);
    return alarm.timer;
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
    this.engine.turn(take, new Turn(this, task as (subject: unknown) => boolean, subject));
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
