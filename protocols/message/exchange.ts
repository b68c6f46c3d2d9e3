/**
 * One message pair with one peer, seen from one side: an outgoing and an incoming message.
 *
 * Source: dissertation, paired message protocol. This file has the rules of the outgoing message, which are equal for
 * CALL and RETURN. All segments (up to a window) are sent. Then the first unacknowledged segment is repeated with
 * PLEASE ACK, at intervals with back-off, until it is acknowledged. ACKs are cumulative. An ACK that reports a gap
 * causes an immediate repetition of the missing segment.
 *
 * Invariant: 0 <= acknowledged <= sent <= total.
 */
import { noTimer, type Address, type Milliseconds, type Timer } from "../host.ts";
import { headerBytes, pleaseAckBit, returnBit, writeHeader } from "../wire/segment.ts";
import type { Assembly } from "./assembly.ts";
import { retryInterval, waited } from "./options.ts";
import type { RoundTrip } from "./round-trip.ts";
import type { Transport } from "./transport.ts";

export abstract class Exchange {
  readonly transport: Transport;
  readonly peer: Address;
  readonly number: number;
  /** The peer's incarnation; 0 until the peer has been heard. */
  peerIncarnation: number;
  /** The outgoing message behind room for a header; undefined before there is a message and after it is finished. */
  message: Uint8Array | undefined = undefined;
  total = 0;
  /** Segments 1 to `acknowledged` have been acknowledged. */
  acknowledged = 0;
  #sent = 0;
  /** The segment last repeated because an ACK reported it missing. */
  #repaired = 0;
  /** The segments of an incoming message of several segments, until it is complete. */
  incoming: Assembly | undefined = undefined;
  timer: Timer = noTimer;
  /** Repetitions or probes since the peer was last heard. */
  attempt = 0;
  /** The wait before the first repetition. */
  #timeout: Milliseconds = 0;
  #repetitions = 0;

  constructor(transport: Transport, peer: Address, number: number, peerIncarnation: number) {
    this.transport = transport;
    this.peer = peer;
    this.number = number;
    this.peerIncarnation = peerIncarnation;
  }

  /** Flags of the segments that go out: with `returnBit` if they are of a RETURN. */
  protected abstract readonly kind: number;

  /** The estimate of the time until the peer acknowledges messages of this kind. */
  protected abstract readonly roundTrip: RoundTrip;

  /** When the message, or its last repetition, was sent. */
  protected abstract readonly sentAt: Milliseconds;

  /** Sends the segments that the window allows. */
  protected transmit(): void {
    const { options, host } = this.transport;
    const end = Math.min(this.total, this.acknowledged + options.window);
    while (this.#sent < end) {
      this.#sent++;
      // The last segment in the window must be acknowledged, or the following segments could never be sent.
      const flags = this.#sent === end && end < this.total ? pleaseAckBit : 0;
      host.send(this.peer, this.datagram(this.#sent, flags));
    }
  }

  /** The first window has already been sent, by multicast or because several exchanges share its only segment. */
  protected alreadySent(segments: number): void {
    this.#sent = segments;
  }

  protected datagram(segment: number, flags: number): Uint8Array {
    const { options, host, oldestOpen } = this.transport;
    const size = options.datagramBytes - headerBytes;
    const start = headerBytes + (segment - 1) * size;
    // The room for the header of a later segment is the end of the segment before it.
    const datagram = this.message!.slice(start - headerBytes, start + size);
    writeHeader(
      datagram,
      this.kind | flags,
      this.total,
      segment,
      this.number,
      host.incarnation,
      this.peerIncarnation,
      oldestOpen,
    );
    return datagram;
  }

  /** The message goes out now. Answers the wait before its first repetition. */
  protected beginWaiting(): Milliseconds {
    return (this.#timeout = this.roundTrip.timeout);
  }

  /**
   * An ACK of all segments in the first window has arrived. A peer acknowledges a single segment only when it is
   * repeated with PLEASE ACK: after exactly one repetition, the ACK answers the repetition. A peer acknowledges several
   * segments unasked: after a repetition, the ACK may answer either copy.
   */
  #measure(): void {
    if (this.#repetitions === (this.total === 1 ? 1 : 0)) this.#sample();
    else this.roundTrip.ambiguous(this.#timeout, this.attempt);
  }

  /**
   * An implicit acknowledgement of the whole message has arrived. It is a sample if the peer sent it at once, no
   * segment was repeated, and all segments were sent at once.
   */
  protected measureImplied(isImmediate: boolean): void {
    if (this.#repetitions > 0) this.roundTrip.ambiguous(this.#timeout, this.attempt);
    else if (isImmediate && this.total <= this.transport.options.window) this.#sample();
  }

  #sample(): void {
    this.roundTrip.sample(this.transport.host.now() - this.sentAt);
  }

  /** Repeats the first unacknowledged segment, with PLEASE ACK. */
  protected repeat(): void {
    const segment = this.acknowledged + 1;
    const { host, counters } = this.transport;
    this.#repetitions++;
    counters.retransmitted++;
    if (host.traced) {
      const { peer: to, number: call, attempt } = this;
      host.trace({
        type: "retransmit",
        to,
        kind: (this.kind & returnBit) !== 0 ? "return" : "call",
        call,
        segment,
        attempt,
      });
    }
    host.send(this.peer, this.datagram(segment, pleaseAckBit));
  }

  /** An ACK of the outgoing message has arrived: segments 1 to `segment` are acknowledged. */
  acknowledge(segment: number): void {
    if (this.message === undefined || segment > this.total) return;
    if (segment > this.acknowledged) {
      const atOnce = Math.min(this.total, this.transport.options.window);
      const isFirst = this.acknowledged < atOnce && segment >= atOnce;
      this.acknowledged = segment;
      if (isFirst) this.#measure();
    }
    if (this.acknowledged === this.total) return;
    if (segment === this.acknowledged && segment < this.#sent && this.#repaired !== segment + 1) {
      this.#repaired = segment + 1;
      this.repeat();
    }
    this.transmit();
  }

  /** The wait for an answer to the last repetition, at most the rest of the patience. */
  protected interval(): Milliseconds {
    if (this.attempt === 0) return this.#timeout;
    const { options, patience } = this.transport;
    const wait = retryInterval(options, this.attempt, this.#timeout);
    const excess = waited(options, this.attempt, this.#timeout) - patience;
    return excess > 0 ? wait - excess : wait;
  }

  /**
   * Whether the peer has been silent for the sum of the fixed intervals, even if fewer repetitions fitted into that
   * time.
   */
  protected get exhausted(): boolean {
    const { options, patience } = this.transport;
    return waited(options, this.attempt, this.#timeout) >= patience;
  }

  protected stopTimer(): void {
    if (this.timer === noTimer) return;
    this.transport.host.cancel(this.timer);
    this.timer = noTimer;
  }
}
