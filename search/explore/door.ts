/**
 * The door of one process of a small world (protocols/host.ts): time and the network do what the exploration decides.
 *
 * The clock stands still, unless a stimulus moves it. Timers fire in the order of their deadlines, one at a stimulus.
 * Datagrams that are sent lie in the outbox.
 */
import { noTimer, type Address, type Host, type Milliseconds, type Random, type Timer } from "../../protocols/host.ts";
import type { TraceEvent } from "../../protocols/trace.ts";
import { streams } from "../../sim/chance/random.ts";

export interface Datagram {
  readonly to: Address;
  readonly bytes: Uint8Array;
}

interface Alarm {
  readonly due: Milliseconds;
  readonly fire: (subject: unknown) => void;
  readonly subject: unknown;
}

interface Turn {
  readonly task: (subject: unknown) => boolean;
  readonly subject: unknown;
}

const resolved = Promise.resolve();

export class Door implements Host {
  readonly address: Address;
  readonly incarnation = 1;
  readonly random: Random;
  readonly threads: Random;
  readonly traced = true;
  /** What was sent since the outbox was emptied. */
  outbox: Datagram[] = [];
  #clock: Milliseconds = 0;
  readonly #hear: (event: TraceEvent) => void;
  #receive: (from: Address, datagram: Uint8Array) => void = () => {};
  /** By number, which grows. */
  readonly #alarms = new Map<Timer, Alarm>();
  #latest: Timer = noTimer;
  #turns: Turn[] = [];

  constructor(address: Address, hear: (event: TraceEvent) => void) {
    this.address = address;
    this.#hear = hear;
    const root = streams("explore", 0);
    this.random = root.fork(`process ${address}`);
    this.threads = root.fork("threads");
  }

  now(): Milliseconds {
    return this.#clock;
  }

  wall(): Milliseconds {
    return this.#clock;
  }

  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer {
    this.#alarms.set(++this.#latest, { due: this.#clock + delay, fire: fire as Alarm["fire"], subject });
    return this.#latest;
  }

  cancel(timer: Timer): void {
    this.#alarms.delete(timer);
  }

  send(to: Address, bytes: Uint8Array): void {
    this.outbox.push({ to, bytes });
  }

  listen(receive: (from: Address, datagram: Uint8Array) => void): void {
    this.#receive = receive;
  }

  /** The static tables of small worlds name no groups. */
  join(): void {}
  leave(): void {}

  turn<S>(task: (subject: S) => boolean, subject: S): void {
    this.#turns.push({ task: task as Turn["task"], subject });
  }

  trace(event: TraceEvent): void {
    this.#hear(event);
  }

  /** The deadline of the next timer; infinite if there is none. */
  get due(): Milliseconds {
    let first = Infinity;
    for (const { due } of this.#alarms.values()) if (due < first) first = due;
    return first;
  }

  /** A datagram arrives at this time. */
  deliver(from: Address, bytes: Uint8Array, at: Milliseconds): Promise<void> {
    this.#clock = at;
    this.#receive(from, bytes);
    return this.settle();
  }

  /** The next timer fires at this time: of equal deadlines, the timer that was set first. */
  wake(at: Milliseconds): Promise<void> {
    this.#clock = at;
    let next = noTimer;
    for (const [timer, { due }] of this.#alarms) {
      if (next === noTimer || due < this.#alarms.get(next)!.due) next = timer;
    }
    const alarm = this.#alarms.get(next)!;
    this.#alarms.delete(next);
    alarm.fire(alarm.subject);
    return this.settle();
  }

  /** Runs the turns that wait. All promise jobs of a turn run before the next turn. */
  async settle(): Promise<void> {
    for (let turn = this.#turns.shift(); turn !== undefined; turn = this.#turns.shift()) {
      if (turn.task(turn.subject)) await resolved.then(() => new Promise((drained) => process.nextTick(drained)));
    }
  }
}
