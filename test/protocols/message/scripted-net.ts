/** A network of bare hosts whose every datagram a test decides about: the world of the tests of paired messages. */
import type { Address, Host, Milliseconds, Timer } from "../../../protocols/host.ts";
import { Endpoint } from "../../../protocols/message/endpoint.ts";
import type { Receiver, ServerExchange } from "../../../protocols/message/incoming-call.ts";
import type { MessageOptions } from "../../../protocols/message/options.ts";
import type { Caller, CrashReason } from "../../../protocols/message/outgoing-call.ts";
import type { TraceEvent } from "../../../protocols/trace.ts";
import {
  ackBit,
  callOf,
  faultOf,
  flagsOf,
  headerBytes,
  pleaseAckBit,
  returnBit,
  segmentOf,
  totalOf,
} from "../../../protocols/wire/segment.ts";
import { Stream } from "../../../sim/chance/random.ts";
import { Engine } from "../../../sim/engine/engine.ts";

/** A datagram that was sent; `number` counts from 1. */
export interface Sent {
  readonly number: number;
  readonly time: Milliseconds;
  readonly from: Address;
  readonly to: Address;
  readonly datagram: Uint8Array;
}

/** What becomes of a datagram: the delays of its copies; none, and it is lost. */
export type Fate = readonly Milliseconds[];

export const lost: Fate = [];

export class ScriptedNet {
  readonly engine = new Engine();
  readonly sent: Sent[] = [];
  readonly events: { time: Milliseconds; at: Address; event: TraceEvent }[] = [];
  /** Decides about each datagram; each takes 1 ms if nothing else is said. */
  fate: (sent: Sent) => Fate = () => [1];
  /** Whether `sent` and `events` are kept. */
  keep = true;
  count = 0;
  readonly #hosts = new Map<Address, ScriptedHost>();
  readonly groups = new Map<Address, Set<ScriptedHost>>();

  get now(): Milliseconds {
    return this.engine.now;
  }

  /** A process at the address; the one that was there before is dead. */
  host(address: Address, incarnation = 1): ScriptedHost {
    const before = this.#hosts.get(address);
    if (before !== undefined) before.alive = false;
    const host = new ScriptedHost(this, address, incarnation);
    this.#hosts.set(address, host);
    return host;
  }

  send(from: Address, to: Address, datagram: Uint8Array): void {
    for (const member of this.groups.get(to) ?? []) this.send(from, member.address, datagram);
    if (this.groups.has(to)) return;
    const sent = { number: ++this.count, time: this.now, from, to, datagram };
    if (this.keep) this.sent.push(sent);
    for (const delay of this.fate(sent)) this.engine.after(delay, () => this.deliver(from, to, datagram), undefined);
  }

  deliver(from: Address, to: Address, datagram: Uint8Array): void {
    const host = this.#hosts.get(to);
    if (host?.alive === true) host.receive(from, datagram);
  }

  async run(until?: Milliseconds): Promise<void> {
    await this.engine.run(until);
  }

  /** The datagrams so far, one line each: `time from>to what`. */
  lines(from = 0): string[] {
    return this.sent.slice(from).map((s) => `${s.time} ${s.from}>${s.to} ${describe(s.datagram)}`);
  }

  /** The events of a type so far, with their times. */
  eventsOf<K extends TraceEvent["type"]>(type: K): (Extract<TraceEvent, { type: K }> & { time: Milliseconds })[] {
    return this.events
      .filter(({ event }) => event.type === type)
      .map(({ time, event }) => ({ ...(event as Extract<TraceEvent, { type: K }>), time }));
  }
}

/** A segment in words: `CALL 7 2/3 please-ack`, `ACK of CALL 7 2/3`, `probe 7`. */
export function describe(datagram: Uint8Array): string {
  if (faultOf(datagram) !== undefined) return "malformed";
  const flags = flagsOf(datagram);
  const kind = (flags & returnBit) !== 0 ? "RETURN" : "CALL";
  const [call, part] = [callOf(datagram), `${segmentOf(datagram)}/${totalOf(datagram)}`];
  if ((flags & ackBit) !== 0) return `ACK of ${kind} ${call} ${part}`;
  if (segmentOf(datagram) === 0) return `probe ${call}`;
  return `${kind} ${call} ${part}${(flags & pleaseAckBit) !== 0 ? " please-ack" : ""}`;
}

export class ScriptedHost implements Host {
  readonly net: ScriptedNet;
  readonly address: Address;
  readonly incarnation: number;
  readonly random: Stream;
  readonly threads = new Stream("threads");
  alive = true;
  receive: (from: Address, datagram: Uint8Array) => void = () => {};

  constructor(net: ScriptedNet, address: Address, incarnation: number) {
    this.net = net;
    this.address = address;
    this.incarnation = incarnation;
    this.random = new Stream(`host ${address} ${incarnation}`);
  }

  now(): Milliseconds {
    return this.net.now;
  }

  wall(): Milliseconds {
    return this.now();
  }

  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer {
    return this.net.engine.after(delay, () => (this.alive ? fire(subject) : undefined), undefined);
  }

  cancel(timer: Timer): void {
    this.net.engine.cancel(timer);
  }

  send(to: Address, datagram: Uint8Array): void {
    if (this.alive) this.net.send(this.address, to, datagram);
  }

  listen(receive: (from: Address, datagram: Uint8Array) => void): void {
    this.receive = receive;
  }

  join(group: Address): void {
    const members = this.net.groups.get(group);
    if (members === undefined) this.net.groups.set(group, new Set([this]));
    else members.add(this);
  }

  leave(group: Address): void {
    this.net.groups.get(group)?.delete(this);
  }

  turn<S>(task: (subject: S) => boolean, subject: S): void {
    this.net.engine.turn(() => this.alive && task(subject), undefined);
  }

  get traced(): boolean {
    return this.net.keep;
  }

  trace(event: TraceEvent): void {
    this.net.events.push({ time: this.net.now, at: this.address, event });
  }
}

/** A body behind room for a header. */
export function message(body: Uint8Array | string): Uint8Array {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const whole = new Uint8Array(headerBytes + bytes.length);
  whole.set(bytes, headerBytes);
  return whole;
}

export const bodyOf = (whole: Uint8Array): Uint8Array => whole.subarray(headerBytes);
export const textOf = (whole: Uint8Array): string => new TextDecoder().decode(bodyOf(whole));

/** A body of so many bytes that no two places of it look alike. */
export function longBody(length: number): Uint8Array {
  let state = length | 1;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) | 0) >>> 24);
}

/** A server that executes by `serve`, by default at once and answering with what it was called with. */
export class Server implements Receiver {
  readonly endpoint: Endpoint;
  readonly executed: string[] = [];
  calls = 0;
  readonly #serve: (exchange: ServerExchange, whole: Uint8Array) => void;

  constructor(
    host: Host,
    options: Partial<MessageOptions> = {},
    serve: (exchange: ServerExchange, whole: Uint8Array) => void = (exchange, whole) => exchange.reply(whole.slice()),
  ) {
    this.#serve = serve;
    this.endpoint = new Endpoint(host, this, options);
  }

  called(exchange: ServerExchange, whole: Uint8Array): void {
    this.calls++;
    if (whole.length < 100) this.executed.push(textOf(whole));
    this.#serve(exchange, whole);
  }
}

/** A client that writes down what becomes of its calls, with the time. */
export class Client implements Receiver {
  readonly endpoint: Endpoint;
  readonly host: Host;
  readonly log: string[] = [];
  readonly bodies: Uint8Array[] = [];

  constructor(host: Host, options: Partial<MessageOptions> = {}) {
    this.host = host;
    this.endpoint = new Endpoint(host, this, options);
  }

  called(exchange: ServerExchange): void {
    throw new Error(`the client was called by ${exchange.peer}`);
  }

  /** Calls the peers; resolves in no promise: `then` is called with each member's end. */
  call(peers: readonly Address[], body: Uint8Array | string, then: () => void = () => {}, group?: Address): void {
    const label = typeof body === "string" ? body : `${body.length} bytes`;
    const caller: Caller = {
      returned: (index, whole) => {
        const answer = whole.length < 100 ? textOf(whole) : `${whole.length - headerBytes} bytes`;
        this.log.push(`${this.host.now()} ${label}: ${peers[index]} returned ${answer}`);
        this.bodies.push(bodyOf(whole));
        then();
      },
      crashed: (index, reason: CrashReason) => {
        this.log.push(`${this.host.now()} ${label}: ${peers[index]} ${reason}`);
        then();
      },
    };
    this.endpoint.call(peers, group, message(body), caller);
  }
}
