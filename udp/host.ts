/**
 * A process on a real network: the door of the protocols on node:dgram and Node's timers.
 *
 * One UDP socket has the process's address; each multicast group that it joined has one more, bound to the group. A
 * process of the operating system may have several hosts.
 */
import type { Address, Host, Milliseconds, Random, Timer } from "../protocols/host.ts";
import type { TraceEvent } from "../protocols/trace.ts";
import { Stream } from "../sim/chance/random.ts";
import "../sim/inspection.ts";
import type { DropReason, Trace, WorldEvent } from "../sim/trace.ts";
import { addressOf, formatAddress, isGroup } from "./address.ts";
import { Authentication, sharedKey, type AuthenticationCounters } from "./authentication.ts";
import { monotonicNow, newIncarnation, wallNow } from "./clock.ts";
import { Faults, type RealFaultOptions } from "./faults.ts";
import { Outbox, unbundled } from "./outbox.ts";
import { Socket, type Arrival } from "./socket.ts";
import { Timers } from "./timers.ts";
import { Turns } from "./turns.ts";

export interface UdpHostOptions {
  /** The key of the host's random numbers. */
  readonly seed: string;
  /**
   * The key of the numbers that threads draw, the same at all hosts of a run. Default: one key for all processes
   * everywhere; threads differ by their IDs, which name the incarnation of the process that began them.
   */
  readonly threads?: string;
  /** The local IPv4 address, also the interface of multicast. Default 127.0.0.1. */
  readonly ip?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The incarnation of the latest process at this address, as far as it is known. */
  readonly before?: number;
  /** Names the process in traces. Default: its address. */
  readonly name?: string;
  /**
   * A key that all processes share: datagrams made without it are dropped. Protects against replays too (see
   * authentication.ts). The datagrams of the protocols must be smaller by `sealBytes`.
   */
  readonly key?: Uint8Array | string;
  /** How many routers a multicast datagram may pass. Default 0: it does not leave its network. */
  readonly multicastTtl?: number;
  /**
   * Hears the trace. Events are stamped as in the simulator, with the time of the machine's monotonic clock, by which
   * events of several processes can be merged.
   */
  readonly trace?: Trace;
  /** Measures the time of the host's operations. Its datagrams leave at once, one by one (outbox.ts). */
  readonly meter?: Meter;
  /** Faults that arriving datagrams meet. */
  readonly faults?: RealFaultOptions;
}

/** Counts and times of a host's operations, by the machine's monotonic clock. The reader may reset all fields to 0. */
export interface Meter {
  /** Datagrams sent, and the total time of sending in ms. */
  sent: number;
  sending: Milliseconds;
  /** Datagrams received, including those that a fault rule then lost. */
  received: number;
  /** When sending the last datagram began, and when the last one received had been handled (turns not included). */
  sendBegan: Milliseconds;
  receiveEnded: Milliseconds;
}

export function newMeter(): Meter {
  return { sent: 0, sending: 0, received: 0, sendBegan: 0, receiveEnded: 0 };
}

type Receive = (from: Address, datagram: Uint8Array) => void;

export class UdpHost implements Host {
  readonly name: string;
  readonly address: Address;
  readonly incarnation: number;
  readonly random: Random;
  readonly threads: Random;
  readonly #turns = new Turns();
  readonly #timers = new Timers(monotonicNow, this.#turns);
  readonly #trace: Trace | undefined;
  readonly #ip: string;
  readonly #socket: Socket;
  readonly #outbox = new Outbox((to, datagram) => this.#socket.send(to, datagram));
  readonly #groups = new Map<Address, Socket>();
  readonly #authentication: Authentication | undefined;
  readonly #faults: Faults | undefined;
  readonly #meter: Meter | undefined;
  #receiver: Receive = ignore;
  #closed = false;
  #drops = 0;

  /** @throws Error with the system's reason if the socket cannot be bound to its address. */
  constructor(options: UdpHostOptions) {
    const { ip = "127.0.0.1", port = 0 } = options;
    const wanted = addressOf(ip, port);
    if (ip === "0.0.0.0") throw new RangeError("a host at 0.0.0.0: expected one address, by which others know it");
    // Invalid options are refused before a socket is opened, which would have to be closed again.
    const { key, faults } = options;
    const secret = key === undefined ? undefined : sharedKey(key);
    if (faults !== undefined) this.#faults = new Faults(this, faults, this.#deliver, this.#dropped);
    this.#ip = ip;
    this.#socket = new Socket(wanted, false, (arrival) => this.#receive(arrival));
    this.#socket.setMulticast(ip, options.multicastTtl ?? 0);
    this.address = this.#socket.address;
    this.incarnation = newIncarnation(options.before);
    this.random = new Stream(options.seed);
    this.threads = new Stream(options.threads ?? "threads");
    if (secret !== undefined) {
      const send = (to: Address, sealed: Uint8Array): void => this.#socket.send(to, sealed);
      this.#authentication = new Authentication(secret, this.address, this.incarnation, send);
    }
    this.name = options.name ?? formatAddress(this.address);
    this.#trace = options.trace;
    this.#meter = options.meter;
    this.#report({ type: "start" });
  }

  now(): Milliseconds {
    return monotonicNow();
  }

  wall(): Milliseconds {
    return wallNow();
  }

  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer {
    return this.#timers.after(delay, fire, subject);
  }

  cancel(timer: Timer): void {
    this.#timers.cancel(timer);
  }

  /**
   * See Host.send.
   *
   * @throws RangeError for a datagram that is longer than UDP carries.
   */
  send(to: Address, datagram: Uint8Array): void {
    if (this.#closed) return;
    const began = this.#meter === undefined ? 0 : monotonicNow();
    const whole = this.#authentication === undefined ? datagram : this.#authentication.seal(to, datagram);
    if (this.#meter === undefined) {
      this.#outbox.add(to, whole);
      return;
    }
    this.#socket.send(to, whole);
    this.#meter.sent++;
    this.#meter.sendBegan = began;
    this.#meter.sending += monotonicNow() - began;
  }

  listen(receive: Receive): void {
    this.#receiver = receive;
  }

  /**
   * See Host.join.
   *
   * @throws RangeError for an address that is not a group address; Error with the system's reason.
   */
  join(group: Address): void {
    if (!isGroup(group)) {
      throw new RangeError(`${formatAddress(group)} is no multicast group; expected 224.0.0.0 to 239.255.255.255`);
    }
    if (this.#closed || this.#groups.has(group)) return;
    const socket = new Socket(group, true, (arrival) => this.#receive(arrival));
    this.#groups.set(group, socket);
    socket.join(group, this.#ip);
  }

  leave(group: Address): void {
    this.#groups.get(group)?.close();
    this.#groups.delete(group);
  }

  turn<S>(task: (subject: S) => boolean, subject: S): void {
    if (!this.#closed) this.#turns.add(task, subject);
  }

  /** Counts of datagrams dropped as forged, replayed or unproven; undefined without a key. */
  get authentication(): Readonly<AuthenticationCounters> | undefined {
    return this.#authentication?.counters;
  }

  get traced(): boolean {
    return this.#trace !== undefined && this.#trace.active;
  }

  trace(event: TraceEvent): void {
    this.#report(event);
  }

  /** Ends the process: none of its events or turns run any more, and no socket or timer keeps Node alive. */
  close(reason: "stop" | "crash" = "stop"): void {
    if (this.#closed) return;
    this.#report({ type: "end", reason });
    this.#closed = true;
    this.#timers.close();
    this.#turns.clear();
    this.#outbox.flush();
    this.#socket.close();
    for (const socket of this.#groups.values()) socket.close();
    this.#groups.clear();
  }

  #receive(arrival: Arrival): void {
    if (this.#closed) return;
    const parts = unbundled(arrival.datagram);
    if (parts === undefined) this.#turns.event(this.#arrive, arrival);
    else this.#receiveAll(arrival, parts, 0);
  }

  /** Receives the datagrams of a bundle, from one of them on: each is an event, with its turns before the next. */
  #receiveAll(bundle: Arrival, parts: readonly Uint8Array[], from: number): void {
    for (let i = from; i < parts.length && !this.#closed; i++) {
      const arrival: Arrival = { from: bundle.from, to: bundle.to, datagram: parts[i]! };
      if (this.#turns.event(this.#arrive, arrival, () => this.#receiveAll(bundle, parts, i + 1))) return;
    }
  }

  readonly #arrive = (arrival: Arrival): void => {
    if (this.#meter !== undefined) this.#meter.received++;
    if (this.#faults === undefined) this.#deliver(arrival);
    else this.#faults.arrive(arrival);
  };

  readonly #deliver = ({ from, to, datagram }: Arrival): void => {
    if (this.#authentication === undefined) this.#receiver(from, datagram);
    else {
      const opened = this.#authentication.open(from, to, datagram);
      if (opened !== undefined) this.#receiver(from, opened);
    }
    if (this.#meter !== undefined) this.#meter.receiveEnded = monotonicNow();
  };

  readonly #dropped = ({ from, to, datagram }: Arrival, reason: DropReason): void => {
    this.#report({ type: "datagram-dropped", packet: ++this.#drops, from, to, bytes: datagram.length, reason });
  };

  #report(event: TraceEvent | WorldEvent): void {
    if (this.#closed || !this.traced) return;
    const { name: machine, address, incarnation } = this;
    this.#trace!.emit({ time: monotonicNow(), machine, address, incarnation, event });
  }
}

function ignore(): void {}
