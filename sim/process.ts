/** A process of a simulated machine, and its lives: the simulator's side of the door. */
import type { Address, Host, Milliseconds, Random, Timer } from "../protocols/host.ts";
import type { TraceEvent } from "../protocols/trace.ts";
import type { Machine } from "./machine.ts";
import type { WorldEvent } from "./trace.ts";

type Receive = (from: Address, datagram: Uint8Array) => void;

/** What a process runs: called once in each of its lives. Code that may be `async` belongs in `host.turn`. */
export type Main = (host: Host) => void;

/** A program that is started on a machine and started again, as a new life, whenever the machine restarts. */
export class Process {
  readonly machine: Machine;
  readonly address: Address;
  /** The present life; undefined while the machine is down. */
  life: Life | undefined = undefined;
  private readonly main: Main;
  private lives = 0;

  constructor(machine: Machine, address: Address, main: Main) {
    this.machine = machine;
    this.address = address;
    this.main = main;
  }

  /** Begins a new life. */
  begin(): void {
    const life = new Life(this.machine, this.address, ++this.lives);
    this.life = life;
    life.report({ type: "start" });
    this.main(life);
  }

  /** Ends the present life: nothing of it runs again. */
  end(reason: "crash" | "stop"): void {
    const life = this.life;
    if (life === undefined) return;
    life.report({ type: "end", reason });
    life.end();
    this.life = undefined;
  }
}

/** A timer that was set. */
class Alarm {
  readonly life: Life;
  readonly fire: (subject: unknown) => void;
  readonly subject: unknown;

  constructor(life: Life, fire: (subject: unknown) => void, subject: unknown) {
    this.life = life;
    this.fire = fire;
    this.subject = subject;
  }
}

function ring(alarm: Alarm): void {
  if (alarm.life.alive) alarm.fire(alarm.subject);
}

/** Like an alarm, for a turn. */
class Turn {
  readonly life: Life;
  readonly task: (subject: unknown) => boolean;
  readonly subject: unknown;

  constructor(life: Life, task: (subject: unknown) => boolean, subject: unknown) {
    this.life = life;
    this.task = task;
    this.subject = subject;
  }
}

function take(turn: Turn): boolean {
  return turn.life.alive && turn.task(turn.subject);
}

/** One incarnation of a process. A dead one sends, sets and reports nothing any more. */
export class Life implements Host {
  readonly machine: Machine;
  readonly address: Address;
  readonly incarnation: number;
  readonly random: Random;
  alive = true;
  receive: Receive | undefined = undefined;
  private groups: Address[] | undefined = undefined;

  constructor(machine: Machine, address: Address, incarnation: number) {
    this.machine = machine;
    this.address = address;
    this.incarnation = incarnation;
    this.random = machine.random.fork(`process ${address & 255}`).fork(`life ${incarnation}`);
  }

  now(): Milliseconds {
    return this.machine.engine.now;
  }

  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer {
    if (!this.alive) return 0;
    return this.machine.engine.after(delay, ring, new Alarm(this, fire as (subject: unknown) => void, subject));
  }

  cancel(timer: Timer): void {
    this.machine.engine.cancel(timer);
  }

  send(to: Address, datagram: Uint8Array): void {
    if (this.alive) this.machine.network.send(this, to, datagram);
  }

  listen(receive: Receive): void {
    this.receive = receive;
  }

  join(group: Address): void {
    if (!this.alive) return;
    (this.groups ??= []).push(group);
    this.machine.network.join(group, this);
  }

  leave(group: Address): void {
    this.machine.network.leave(group, this);
  }

  turn<S>(task: (subject: S) => boolean, subject: S): void {
    this.machine.engine.turn(take, new Turn(this, task as (subject: unknown) => boolean, subject));
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

  end(): void {
    this.alive = false;
    for (const group of this.groups ?? []) this.machine.network.leave(group, this);
  }
}
