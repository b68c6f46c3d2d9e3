/**
 * The client's side of message pairs: one CALL to one or several peers, and the RETURN of each peer.
 *
 * Source: dissertation, paired message protocol. All peers get the same call number, so that one datagram can serve
 * them all, by multicast or by repeated unicast.
 */
import type { Address, Milliseconds, Timer } from "../host.ts";
import {
  ackBit,
  flagsOf,
  heldBit,
  pleaseAckBit,
  precedes,
  returnBit,
  segmentOf,
  senderOf,
  totalOf,
  writeHeader,
} from "../wire/segment.ts";
import { Assembly } from "./assembly.ts";
import type { RoundTrip } from "./round-trip.ts";
import { measureImplied, Transmission, type Exchange } from "./transmission.ts";
import type { Transport } from "./transport.ts";

/** Why a peer counts as crashed: it did not answer, or another process answered at its address. */
export type CrashReason = "silent" | "restarted";

/** The maker of a CALL, which hears its outcome. `index`: the peer's place in the list of called peers. */
export interface Caller {
  /** The RETURN's body begins at `headerBytes` of the message. */
  returned(index: number, message: Uint8Array): void;
  crashed(index: number, reason: CrashReason): void;
}

/** The calls of a process that are under way. */
export interface OpenCalls {
  /** All exchanges of the call are finished, and nothing holds the call open. */
  closed(call: OutgoingCall): void;
}

/** What all exchanges of one call share. */
export class OutgoingCall {
  readonly transport: Transport & OpenCalls;
  readonly number: number;
  /** The CALL behind room for a header; undefined once all exchanges are finished. */
  message: Uint8Array | undefined;
  /** The number of its segments. */
  readonly total: number;
  readonly caller: Caller;
  /** The exchange with the first peer, which leads to the others: a list of its own would outweigh an exchange. */
  readonly #first: ClientExchange | undefined;
  readonly sentAt: Milliseconds;
  #unfinished: number;
  /** The number of exchanges under way, plus the number of holds on the call. */
  #open: number;

  constructor(
    endpoint: Transport & OpenCalls,
    number: number,
    peers: readonly Address[],
    group: Address | undefined,
    message: Uint8Array,
    total: number,
    caller: Caller,
    incarnations: readonly number[] | undefined,
  ) {
    const { host } = endpoint;
    const { length } = peers;
    this.transport = endpoint;
    this.number = number;
    this.message = message;
    this.total = total;
    this.caller = caller;
    this.sentAt = host.now();
    this.#unfinished = length;
    this.#open = length;
    let first: ClientExchange | undefined;
    let last: ClientExchange | undefined;
    for (let i = 0; i < length; i++) {
      const exchange = new ClientExchange(this, i, peers[i]!, incarnations?.[i] ?? 0);
      if (last === undefined) first = exchange;
      else last.next = exchange;
      last = exchange;
    }
    this.#first = first;
    let burst = 0;
    if (total === 1) {
      // Several peers share the datagram, which then is meant for whatever process is at their addresses.
      const receiver = length === 1 ? first!.peerIncarnation : 0;
      writeHeader(message, 0, 1, 1, number, host.incarnation, receiver, endpoint.oldestOpen);
      if (group !== undefined) host.send(group, message);
      else for (let i = 0; i < length; i++) host.send(peers[i]!, message);
      burst = 1;
    } else if (group !== undefined) burst = new Transmission(first!, total, 0).sendTo(group);
    for (let exchange = first; exchange !== undefined; exchange = exchange.next) exchange.begin(burst);
  }

  /** Holds the call open after all its exchanges are finished: servers retain their RETURNs until `release`. */
  hold(): void {
    this.#open++;
  }

  release(): void {
    if (--this.#open === 0) this.transport.closed(this);
  }

  /** One of the exchanges is finished. */
  finished(): void {
    if (--this.#unfinished === 0) this.message = undefined;
    this.release();
  }

  exchangeWith(peer: Address): ClientExchange | undefined {
    let exchange = this.#first;
    while (exchange !== undefined && exchange.peer !== peer) exchange = exchange.next;
    return exchange;
  }

  /** The caller does not wait for this peer any longer. */
  abandon(index: number): void {
    let exchange = this.#first!;
    for (let i = 0; i < index; i++) exchange = exchange.next!;
    exchange.abandon();
  }
}

export class ClientExchange implements Exchange {
  readonly #of: OutgoingCall;
  readonly #index: number;
  readonly peer: Address;
  /** The exchange with the next peer of the call. */
  next: ClientExchange | undefined = undefined;
  peerIncarnation: number;
  roundTrip: RoundTrip;
  readonly timeout: Milliseconds;
  transmission: Transmission | undefined = undefined;
  /** The segments of a RETURN of several segments, until it is complete. */
  #incoming: Assembly | undefined = undefined;
  #timer: Timer | undefined = undefined;
  /** When the timer is to fire; undefined for the first time. */
  #due: Milliseconds | undefined = undefined;
  #heard = false;
  done = false;

  constructor(of: OutgoingCall, index: number, peer: Address, incarnation: number) {
    const roundTrip = of.transport.roundTrips.to(peer);
    this.#of = of;
    this.#index = index;
    this.peer = peer;
    this.peerIncarnation = incarnation;
    this.roundTrip = roundTrip;
    this.timeout = roundTrip.timeout;
  }

  get transport(): Transport {
    return this.#of.transport;
  }

  get number(): number {
    return this.#of.number;
  }

  get message(): Uint8Array | undefined {
    return this.#of.message;
  }

  get kind(): number {
    return 0;
  }

  /** Starts the exchange. `sent`: the number of segments already sent. */
  begin(sent: number): void {
    const { host } = this.#of.transport;
    if (this.#of.total > 1) this.transmission = new Transmission(this as ClientExchange, this.#of.total, sent);
    if (sent === 0) this.transmission!.transmit();
    this.#timer = host.after(this.timeout, onTimer, this as ClientExchange);
  }

  /** The transmission of the CALL. */
  #sending(): Transmission {
    return (this.transmission ??= new Transmission(this as ClientExchange, 1, 1));
  }

  get sentAt(): Milliseconds {
    const due = this.#due ?? this.#of.sentAt + this.timeout;
    return due - (this.transmission?.interval() ?? this.timeout);
  }

  repeats(): void {
    // The time of the repetition follows from the timer.
  }

  /** A segment from the peer that belongs to this exchange. */
  receive(datagram: Uint8Array): void {
    const sender = senderOf(datagram);
    if (sender !== this.peerIncarnation) {
      if (this.peerIncarnation === 0) this.peerIncarnation = sender;
      else {
        // A later process answers at the address of the called process, which is therefore dead.
        if (precedes(this.peerIncarnation, sender)) this.#crash("restarted");
        return;
      }
    }
    if (this.roundTrip.incarnation !== sender) this.roundTrip = this.transport.roundTrips.toProcess(this.peer, sender);
    this.#heard = true;
    const flags = flagsOf(datagram);
    if ((flags & returnBit) === 0) {
      if ((flags & ackBit) !== 0) this.#sending().acknowledge(segmentOf(datagram));
      return;
    }
    const total = totalOf(datagram);
    // Further segments of the RETURN acknowledge nothing new.
    if (total > 1) this.#sending();
    // Implicit acknowledgement: the RETURN shows that the whole CALL has arrived. Its delay is no round-trip time if
    // the procedure took long or the RETURN was repeated.
    measureImplied(this as ClientExchange, (flags & (heldBit | pleaseAckBit)) === 0);
    if (total === 1) {
      if ((flags & pleaseAckBit) !== 0) this.transport.sendAck(this.peer, sender, returnBit, this.number, 1, 1);
      this.#complete(datagram);
    } else if (segmentOf(datagram) > 0) this.#gather(datagram, total, flags);
  }

  #gather(datagram: Uint8Array, total: number, flags: number): void {
    const incoming = (this.#incoming ??= new Assembly(total));
    const outcome = incoming.add(datagram);
    if (outcome === "gap" || (flags & pleaseAckBit) !== 0 || (outcome === "next" && incoming.complete)) {
      this.transport.sendAck(this.peer, this.peerIncarnation, returnBit, this.number, total, incoming.contiguous);
    }
    if (incoming.complete) this.#complete(incoming.message());
  }

  #complete(message: Uint8Array): void {
    this.#finish();
    const { host } = this.transport;
    if (host.traced) {
      host.trace({
        type: "message-received",
        from: this.peer,
        kind: "return",
        call: this.number,
        bytes: message.length,
      });
    }
    this.#of.caller.returned(this.#index, message);
  }

  #crash(reason: CrashReason): void {
    this.#finish();
    const { host } = this.transport;
    if (host.traced) host.trace({ type: "peer-crashed", peer: this.peer, reason });
    this.#of.caller.crashed(this.#index, reason);
  }

  abandon(): void {
    if (!this.done) this.#finish();
  }

  #finish(): void {
    this.done = true;
    if (this.#timer !== undefined) this.transport.host.cancel(this.#timer);
    this.#timer = undefined;
    this.#incoming = undefined;
    this.#of.finished();
  }

  /** The timer has fired: the peer has been silent, or must be probed whether it still executes the call. */
  tick(): void {
    const { host, options } = this.transport;
    const sending = this.#sending();
    const now = host.now();
    // A process that was suspended for long does not repeat its CALL, since the server may have forgotten the
    // execution.
    const tooLate = now - (this.#due ?? this.#of.sentAt + this.timeout) > options.datagramLifetime / 2;
    if (this.#heard && !tooLate) sending.attempt = 0;
    else if (tooLate || sending.exhausted) {
      this.#timer = undefined;
      this.#crash("silent");
      return;
    }
    const executing = sending.isComplete;
    if (!executing) {
      sending.attempt++;
      sending.repeat();
    } else if (!this.#heard) {
      sending.attempt++;
      this.#probe(sending.attempt);
    }
    const wait = executing && this.#heard ? options.probeInterval : sending.interval();
    this.#heard = false;
    this.#due = now + wait;
    this.#timer = host.after(wait, onTimer, this as ClientExchange);
  }

  #probe(attempt: number): void {
    const { host, counters } = this.transport;
    counters.probes++;
    if (host.traced) host.trace({ type: "probe", to: this.peer, call: this.number, attempt });
    this.transport.sendControl(this.peer, this.peerIncarnation, pleaseAckBit, this.number, this.#of.total, 0);
  }
}

function onTimer(exchange: ClientExchange): void {
  exchange.tick();
}
