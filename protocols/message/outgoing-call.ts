/**
 * The client's side of message pairs: one CALL to one or several peers, and the RETURN of each peer.
 *
 * Source: dissertation, paired message protocol. All peers get the same call number, so that one datagram can serve
 * them all, by multicast or by repeated unicast.
 */
import { noTimer, type Address, type Milliseconds } from "../host.ts";
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
import { Exchange } from "./exchange.ts";
import type { RoundTrip } from "./round-trip.ts";
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

export class OutgoingCall {
  readonly number: number;
  readonly caller: Caller;
  readonly exchanges: readonly ClientExchange[];
  /** The number of exchanges under way, plus the number of holds on the call. */
  open: number;
  readonly #endpoint: OpenCalls;

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
    this.#endpoint = endpoint;
    this.number = number;
    this.caller = caller;
    this.open = peers.length;
    const exchanges = peers.map(
      (peer, i) => new ClientExchange(endpoint, peer, incarnations?.[i] ?? 0, this, i, message, total, caller),
    );
    this.exchanges = exchanges;
    const { host, options } = endpoint;
    const now = host.now();
    if (total === 1) {
      // Several peers share the datagram, which then is meant for whatever process is at their addresses.
      const receiver = peers.length === 1 ? exchanges[0]!.peerIncarnation : 0;
      writeHeader(message, 0, 1, 1, number, host.incarnation, receiver, endpoint.oldestOpen);
      if (group !== undefined) host.send(group, message);
      else for (let i = 0; i < exchanges.length; i++) host.send(peers[i]!, message);
      for (let i = 0; i < exchanges.length; i++) exchanges[i]!.begin(1, now);
    } else if (group !== undefined) {
      const burst = exchanges[0]!.sendTo(group, Math.min(total, options.window));
      for (const exchange of exchanges) exchange.begin(burst, now);
    } else for (const exchange of exchanges) exchange.begin(0, now);
  }

  /** Holds the call open after all its exchanges are finished: servers retain their RETURNs until `release`. */
  hold(): void {
    this.open++;
  }

  release(): void {
    if (--this.open === 0) this.#endpoint.closed(this);
  }

  exchangeWith(peer: Address): ClientExchange | undefined {
    const { exchanges } = this;
    for (let i = 0; i < exchanges.length; i++) if (exchanges[i]!.peer === peer) return exchanges[i];
    return undefined;
  }
}

export class ClientExchange extends Exchange {
  protected readonly kind = 0;
  readonly #of: OutgoingCall;
  readonly #index: number;
  readonly #caller: Caller;
  protected roundTrip: RoundTrip;
  #heard = false;
  /** When the timer is to fire. */
  #due: Milliseconds = 0;
  done = false;

  constructor(
    transport: Transport,
    peer: Address,
    incarnation: number,
    of: OutgoingCall,
    index: number,
    message: Uint8Array,
    total: number,
    caller: Caller,
  ) {
    super(transport, peer, of.number, incarnation);
    this.roundTrip = transport.roundTrips.to(peer);
    this.#of = of;
    this.#index = index;
    this.#caller = caller;
    this.message = message;
    this.total = total;
  }

  /** Starts the exchange. `sent`: the number of segments already sent. */
  begin(sent: number, now: Milliseconds): void {
    this.alreadySent(sent);
    if (sent === 0) this.transmit();
    this.#waitFor(this.beginWaiting(), now);
  }

  protected get sentAt(): Milliseconds {
    return this.#due - this.interval();
  }

  #waitFor(interval: Milliseconds, now: Milliseconds): void {
    this.#due = now + interval;
    this.timer = this.transport.host.after(interval, onTimer, this as ClientExchange);
  }

  /** Sends the first `count` segments to a multicast group. */
  sendTo(group: Address, count: number): number {
    for (let segment = 1; segment <= count; segment++) {
      const flags = segment === count && count < this.total ? pleaseAckBit : 0;
      this.transport.host.send(group, this.datagram(segment, flags));
    }
    return count;
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
      if ((flags & ackBit) !== 0) this.acknowledge(segmentOf(datagram));
      return;
    }
    if (this.acknowledged < this.total) {
      // Implicit acknowledgement: the RETURN shows that the whole CALL has arrived. Its delay is no round-trip time if
      // the procedure took long or the RETURN was repeated.
      this.acknowledged = this.total;
      this.measureImplied((flags & (heldBit | pleaseAckBit)) === 0);
    }
    if ((flags & ackBit) !== 0) return;
    const total = totalOf(datagram);
    if (total === 1) {
      if ((flags & pleaseAckBit) !== 0) this.transport.sendAck(this.peer, sender, returnBit, this.number, 1, 1);
      this.#complete(datagram);
    } else if (segmentOf(datagram) > 0) this.#gather(datagram, total, flags);
  }

  #gather(datagram: Uint8Array, total: number, flags: number): void {
    const incoming = (this.incoming ??= new Assembly(total));
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
    this.#caller.returned(this.#index, message);
  }

  #crash(reason: CrashReason): void {
    this.#finish();
    const { host } = this.transport;
    if (host.traced) host.trace({ type: "peer-crashed", peer: this.peer, reason });
    this.#caller.crashed(this.#index, reason);
  }

  /** The caller does not wait for this peer any longer. */
  abandon(): void {
    if (!this.done) this.#finish();
  }

  #finish(): void {
    this.done = true;
    this.stopTimer();
    this.message = undefined;
    this.incoming = undefined;
    this.#of.release();
  }

  /** The timer has fired: the peer has been silent, or must be probed whether it still executes the call. */
  tick(): void {
    const { host, options } = this.transport;
    const now = host.now();
    // A process that was suspended for long does not repeat its CALL, since the server may have forgotten the
    // execution.
    const tooLate = now - this.#due > options.datagramLifetime / 2;
    if (this.#heard && !tooLate) this.attempt = 0;
    else if (tooLate || this.exhausted) {
      this.timer = noTimer;
      this.#crash("silent");
      return;
    }
    const executing = this.acknowledged === this.total;
    if (!executing) {
      this.attempt++;
      this.repeat();
    } else if (!this.#heard) {
      this.attempt++;
      this.#probe();
    }
    const wait = executing && this.#heard ? options.probeInterval : this.interval();
    this.#heard = false;
    this.#waitFor(wait, now);
  }

  #probe(): void {
    const { host, counters } = this.transport;
    counters.probes++;
    if (host.traced) host.trace({ type: "probe", to: this.peer, call: this.number, attempt: this.attempt });
    this.transport.sendControl(this.peer, this.peerIncarnation, pleaseAckBit, this.number, this.total, 0);
  }
}

function onTimer(exchange: ClientExchange): void {
  exchange.tick();
}
