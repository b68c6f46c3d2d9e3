/**
 * A process on a real network: the door of the protocols on node:dgram and Node's timers.
 *
 * One UDP socket has the process's address; each multicast group that it joined has one more, bound to the group. A process
 * of the operating system may have several hosts.
 */
import type { Address, Host, Milliseconds, Random, Timer } from "../protocols/host.ts";
import type { TraceEvent } from "../protocols/trace.ts";
import { Stream } from "../sim/random.ts";
import type { TraceListener, WorldEvent } from "../sim/trace.ts";
import { addressOf, formatAddress, isGroup } from "./address.ts";
import { monotonicNow, newIncarnation } from "./clock.ts";
import { Socket, type Receive } from "./socket.ts";
import { Timers } from "./timers.ts";
import { Turns } from "./turns.ts";

export interface UdpHostOptions {
  /** The key of the host's random numbers. */
  readonly seed: string;
  /** The local IPv4 address, also the interface of multicast. Default 127.0.0.1. */
  readonly ip?: string;
  /** Default 0: any port that is free. */
  readonly port?: number;
  /** Names the process in traces. Default: its address. */
  readonly name?: string;
  /** How many routers a multicast datagram may pass. Default 0: it does not leave its network. */
  readonly multicastTtl?: number;
  /**
   * Who hears the trace. Events are stamped as in the simulator, with the time of the machine's monotonic clock, by which
   * events of several processes can be merged.
   */
  readonly listeners?: readonly TraceListener[];
}

interface Datagram {
  readonly from: Address;
  readonly bytes: Uint8Array;
}

export class UdpHost implements Host {
  readonly name: string;
  readonly address: Address;
  readonly incarnation: number;
  readonly random: Random;
  readonly traced: boolean;
  readonly #turns = new Turns();
  readonly #timers = new Timers(monotonicNow, this.#turns);
  readonly #listeners: readonly TraceListener[];
  readonly #ip: string;
  readonly #socket: Socket;
  readonly #groups = new Map<Address, Socket>();
  #receiver: Receive = ignore;
  #closed = false;

  /** Throws an Error with the system's reason if it cannot be bound to its address. */
  constructor(options: UdpHostOptions) {
    const { ip = "127.0.0.1", port = 0, listeners = [] } = options;
    const wanted = addressOf(ip, port);
    if (ip === "0.0.0.0") throw new RangeError("a host at 0.0.0.0: expected one address, by which others know it");
    this.#ip = ip;
    this.#socket = new Socket(wanted, false, this.#receive);
    this.#socket.setMulticast(ip, options.multicastTtl ?? 0);
    this.address = this.#socket.address;
    this.incarnation = newIncarnation();
    this.random = new Stream(options.seed);
    this.name = options.name ?? formatAddress(this.address);
    this.#listeners = listeners;
    this.traced = listeners.length > 0;
    this.#report({ type: "start" });
  }

  now(): Milliseconds {
    return monotonicNow();
  }

  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer {
    return this.#timers.after(delay, fire, subject);
  }

  cancel(timer: Timer): void {
    this.#timers.cancel(timer);
  }

  /** See Host.send. Throws RangeError for a datagram that is longer than UDP carries. */
  send(to: Address, datagram: Uint8Array): void {
    if (!this.#closed) this.#socket.send(to, datagram);
  }

  listen(receive: Receive): void {
    this.#receiver = receive;
  }

  /** See Host.join. Throws RangeError for an address that is not a group's, an Error with the system's reason. */
  join(group: Address): void {
    if (!isGroup(group)) {
      throw new RangeError(`${formatAddress(group)} is no multicast group; expected 224.0.0.0 to 239.255.255.255`);
    }
    if (this.#closed || this.#groups.has(group)) return;
    const socket = new Socket(group, true, this.#receive);
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

  trace(event: TraceEvent): void {
    this.#report(event);
  }

  /** Ends the process: nothing of it runs from now on, and nothing is left that would keep Node alive. */
  close(): void {
    if (this.#closed) return;
    this.#report({ type: "end", reason: "stop" });
    this.#closed = true;
    this.#timers.close();
    this.#turns.clear();
    this.#socket.close();
    for (const socket of this.#groups.values()) socket.close();
    this.#groups.clear();
  }

  readonly #receive = (from: Address, bytes: Uint8Array): void => {
    if (!this.#closed) this.#turns.event(this.#deliver, { from, bytes });
  };

  readonly #deliver = (datagram: Datagram): void => this.#receiver(datagram.from, datagram.bytes);

  #report(event: TraceEvent | WorldEvent): void {
    if (this.#closed || !this.traced) return;
    const { name: machine, address, incarnation } = this;
    const stamped = { time: monotonicNow(), machine, address, incarnation, event };
    for (const listener of this.#listeners) listener(stamped);
  }
}

function ignore(): void {}
