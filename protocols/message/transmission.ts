/**
 * The transmission of one message to one peer: which of its segments were sent, acknowledged and repeated.
 *
 * Source: dissertation, paired message protocol. This file has the rules of the outgoing message, which are equal for
 * CALL and RETURN. All segments (up to a window) are sent. Then the first unacknowledged segment is repeated with
 * PLEASE ACK, at intervals with back-off, until it is acknowledged. ACKs are cumulative. An ACK that reports a gap
 * causes an immediate repetition of the missing segment.
 *
 * Most messages are a single segment that is acknowledged before its first repetition. Their exchange has no
 * transmission: one is made when there is something to remember.
 *
 * Invariant: 0 <= acknowledged <= sent <= total.
 */
import type { Address, Milliseconds } from "../host.ts";
import { headerBytes, pleaseAckBit, returnBit, writeHeader } from "../wire/segment.ts";
import { retryInterval, waited } from "./options.ts";
import type { RoundTrip } from "./round-trip.ts";
import type { Transport } from "./transport.ts";

/** One message pair with one peer, seen from one side, as the transmission of its outgoing message needs it. */
export interface Exchange {
  readonly transport: Transport;
  readonly peer: Address;
  readonly number: number;
  /** The peer's incarnation; 0 until the peer has been heard. */
  readonly peerIncarnation: number;
  /** The outgoing message behind room for a header; undefined before there is a message and after it is finished. */
  readonly message: Uint8Array | undefined;
  /** Flags of the segments that go out: with `returnBit` if they are of a RETURN. */
  readonly kind: number;
  /** The wait before the first repetition. */
  readonly timeout: Milliseconds;
  /** The estimate of the time until the peer acknowledges messages of this kind. */
  readonly roundTrip: RoundTrip;
  /** When the message, or its last repetition, was sent. */
  readonly sentAt: Milliseconds;
  /** Undefined: the message is one segment, which was sent once and is not acknowledged. */
  readonly transmission: Transmission | undefined;
  /** A segment is about to be repeated. */
  repeats(): void;
}

/**
 * An implicit acknowledgement of the whole message has arrived. It is a sample if the peer sent it at once, no segment
 * was repeated, and all segments were sent at once.
 */
export function measureImplied(exchange: Exchange, isImmediate: boolean): void {
  if (exchange.transmission !== undefined) exchange.transmission.acknowledgedImplicitly(isImmediate);
  else if (isImmediate) sample(exchange);
}

function sample({ roundTrip, transport, sentAt }: Exchange): void {
  roundTrip.sample(transport.host.now() - sentAt);
}

export class Transmission {
  readonly #exchange: Exchange;
  readonly #total: number;
  /** Segments 1 to `#acknowledged` have been acknowledged. */
  #acknowledged = 0;
  #sent: number;
  /** The segment last repeated because an ACK reported it missing. */
  #repaired = 0;
  /** Repetitions or probes since the peer was last heard. */
  attempt = 0;
  #repetitions = 0;

  /** `sent`: the number of segments already sent. */
  constructor(exchange: Exchange, total: number, sent: number) {
    this.#exchange = exchange;
    this.#total = total;
    this.#sent = sent;
  }

  get isComplete(): boolean {
    return this.#acknowledged === this.#total;
  }

  /** Sends the segments that the window allows. */
  transmit(): void {
    const { peer, transport } = this.#exchange;
    const end = Math.min(this.#total, this.#acknowledged + transport.options.window);
    while (this.#sent < end) {
      this.#sent++;
      transport.host.send(peer, this.#datagram(this.#sent, this.#flagsWithin(end)));
    }
  }

  /** Sends the first window to a multicast group, for all exchanges of the call. Answers the number of its segments. */
  sendTo(group: Address): number {
    const { host, options } = this.#exchange.transport;
    const end = Math.min(this.#total, options.window);
    while (this.#sent < end) {
      this.#sent++;
      host.send(group, this.#datagram(this.#sent, this.#flagsWithin(end)));
    }
    return end;
  }

  /** The last segment in the window must be acknowledged, or the following segments could never be sent. */
  #flagsWithin(end: number): number {
    return this.#sent === end && end < this.#total ? pleaseAckBit : 0;
  }

  #datagram(segment: number, flags: number): Uint8Array {
    const { transport, message, kind, number, peerIncarnation } = this.#exchange;
    const { options, host, oldestOpen } = transport;
    const size = options.datagramBytes - headerBytes;
    const start = headerBytes + (segment - 1) * size;
    // The room for the header of a later segment is the end of the segment before it.
    const datagram = message!.slice(start - headerBytes, start + size);
    writeHeader(datagram, kind | flags, this.#total, segment, number, host.incarnation, peerIncarnation, oldestOpen);
    return datagram;
  }

  /**
   * An ACK of all segments in the first window has arrived. A peer acknowledges a single segment only when it is
   * repeated with PLEASE ACK: after exactly one repetition, the ACK answers the repetition. A peer acknowledges several
   * segments unasked: after a repetition, the ACK may answer either copy.
   */
  #measure(): void {
    const { roundTrip, timeout } = this.#exchange;
    if (this.#repetitions === (this.#total === 1 ? 1 : 0)) sample(this.#exchange);
    else roundTrip.ambiguous(timeout, this.attempt);
  }

  acknowledgedImplicitly(isImmediate: boolean): void {
    if (this.isComplete) return;
    this.#acknowledged = this.#total;
    const { roundTrip, timeout, transport } = this.#exchange;
    if (this.#repetitions > 0) roundTrip.ambiguous(timeout, this.attempt);
    else if (isImmediate && this.#total <= transport.options.window) sample(this.#exchange);
  }

  /** Repeats the first unacknowledged segment, with PLEASE ACK. */
  repeat(): void {
    const segment = this.#acknowledged + 1;
    this.#exchange.repeats();
    const { transport, peer: to, number: call, kind } = this.#exchange;
    const { host, counters } = transport;
    this.#repetitions++;
    counters.retransmitted++;
    if (host.traced) {
      const { attempt } = this;
      const message = (kind & returnBit) !== 0 ? "return" : "call";
      host.trace({ type: "retransmit", to, kind: message, call, segment, attempt });
    }
    host.send(to, this.#datagram(segment, pleaseAckBit));
  }

  /** An ACK of the outgoing message has arrived: segments 1 to `segment` are acknowledged. */
  acknowledge(segment: number): void {
    if (segment > this.#total) return;
    if (segment > this.#acknowledged) {
      const atOnce = Math.min(this.#total, this.#exchange.transport.options.window);
      const isFirst = this.#acknowledged < atOnce && segment >= atOnce;
      this.#acknowledged = segment;
      if (isFirst) this.#measure();
    }
    if (this.isComplete) return;
    if (segment === this.#acknowledged && segment < this.#sent && this.#repaired !== segment + 1) {
      this.#repaired = segment + 1;
      this.repeat();
    }
    this.transmit();
  }

  /** The wait for an answer to the last repetition, at most the rest of the patience. */
  interval(): Milliseconds {
    const { transport, timeout } = this.#exchange;
    if (this.attempt === 0) return timeout;
    const { options, patience } = transport;
    const wait = retryInterval(options, this.attempt, timeout);
    const excess = waited(options, this.attempt, timeout) - patience;
    return excess > 0 ? wait - excess : wait;
  }

  /**
   * Whether the peer has been silent for the sum of the fixed intervals, even if fewer repetitions fitted into that
   * time.
   */
  get exhausted(): boolean {
    const { transport, timeout } = this.#exchange;
    return waited(transport.options, this.attempt, timeout) >= transport.patience;
  }
}
