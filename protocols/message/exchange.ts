/**
 * One message pair with one peer, seen from one side: a message that goes out and one that comes in.
 *
 * Source: dissertation, paired message protocol. The rules of the outgoing message are here, for CALL and RETURN alike: all segments
 * (up to a window) are sent, then the first unacknowledged one is repeated with PLEASE ACK, at intervals with back-off,
 * until it is acknowledged. An ACK is cumulative. One that reports a gap makes us repeat the missing segment at once.
 */
import { noTimer, type Address, type Milliseconds, type Timer } from "../host.ts";
import { headerBytes, pleaseAckBit, returnBit, writeHeader } from "../wire/segment.ts";
import type { Assembly } from "./assembly.ts";
import type { Endpoint } from "./endpoint.ts";
import { retryInterval, waited } from "./options.ts";
import type { RoundTrip } from "./round-trip.ts";

export abstract class Exchange {
  readonly endpoint: Endpoint;
  readonly peer: Address;
  readonly number: number;
  /** 0 until the peer has been heard. */
  peerIncarnation: number;
  /** The outgoing message behind room for a header; undefined before there is one and after it is finished with. */
  message: Uint8Array | undefined = undefined;
  total = 0;
  /** All segments up to this one have been acknowledged. */
  acknowledged = 0;
  #sent = 0;
  /** The segment last repeated because an ACK reported it missing. */
  #repaired = 0;
  /** Several segments of the incoming message, until it is complete. */
  incoming: Assembly | undefined = undefined;
  timer: Timer = noTimer;
  /** Repetitions or probes since the peer was last heard. */
  attempt = 0;
  /** The wait before the first repetition. */
  #timeout: Milliseconds = 0;
  #repetitions = 0;

  constructor(endpoint: Endpoint, peer: Address, number: number, peerIncarnation: number) {
    this.endpoint = endpoint;
    this.peer = peer;
    this.number = number;
    this.peerIncarnation = peerIncarnation;
  }

  /** Flags of the segments that go out: with `returnBit` if they are of a RETURN. */
  protected abstract readonly kind: number;

  /** What is known of the time until the peer acknowledges messages of this kind. */
  protected abstract readonly roundTrip: RoundTrip;

  /** When the message, or its last repetition, was sent. */
  protected abstract readonly sentAt: Milliseconds;

  /** Sends what the window allows of the message. */
  protected transmit(): void {
    const { options, host } = this.endpoint;
    const end = Math.min(this.total, this.acknowledged + options.window);
    while (this.#sent < end) {
      this.#sent++;
      // The last segment that the window lets through must be acknowledged, or the rest could never follow.
      const flags = this.#sent === end && end < this.total ? pleaseAckBit : 0;
      host.send(this.peer, this.datagram(this.#sent, flags));
    }
  }

  /** The first window has gone out already, by multicast or because its only segment is shared by several exchanges. */
  protected alreadySent(segments: number): void {
    this.#sent = segments;
  }

  protected datagram(segment: number, flags: number): Uint8Array {
    const { options, host, oldestOpen } = this.endpoint;
    const size = options.datagramBytes - headerBytes;
    const start = headerBytes + (segment - 1) * size;
    const part = this.message!.subarray(start, Math.min(start + size, this.message!.length));
    const datagram = new Uint8Array(headerBytes + part.length);
    datagram.set(part, headerBytes);
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
   * An ACK of all that went out at once has come. A single segment asks for it only by its repetition: if there was one, the ACK answers
   * it. Several segments are acknowledged unasked: if one was repeated, nobody knows which copy the ACK answers.
   */
  #measure(): void {
    if (this.#repetitions === (this.total === 1 ? 1 : 0)) this.#sample();
    else this.roundTrip.ambiguous(this.#timeout, this.attempt);
  }

  /**
   * What implies that the whole message has arrived has come. It is a sample if the peer sent it at once, if nothing was repeated,
   * and if all segments went out at once.
   */
  protected measureImplied(isImmediate: boolean): void {
    if (this.#repetitions > 0) this.roundTrip.ambiguous(this.#timeout, this.attempt);
    else if (isImmediate && this.total <= this.endpoint.options.window) this.#sample();
  }

  #sample(): void {
    this.roundTrip.sample(this.endpoint.host.now() - this.sentAt);
  }

  /** The first unacknowledged segment once more, with PLEASE ACK. */
  protected repeat(): void {
    const segment = this.acknowledged + 1;
    const { host, counters } = this.endpoint;
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

  /** An ACK of the outgoing message has come: all segments up to `segment` have arrived. */
  acknowledge(segment: number): void {
    if (this.message === undefined || segment > this.total) return;
    if (segment > this.acknowledged) {
      const atOnce = Math.min(this.total, this.endpoint.options.window);
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

  /** The wait for an answer to the last repetition: as long as the rest of the patience at most. */
  protected interval(): Milliseconds {
    if (this.attempt === 0) return this.#timeout;
    const { options, patience } = this.endpoint;
    const wait = retryInterval(options, this.attempt, this.#timeout);
    const excess = waited(options, this.attempt, this.#timeout) - patience;
    return excess > 0 ? wait - excess : wait;
  }

  /** The peer has been silent for as long as the fixed intervals would be waited for, though fewer repetitions may fit in. */
  protected get exhausted(): boolean {
    const { options, patience } = this.endpoint;
    return waited(options, this.attempt, this.#timeout) >= patience;
  }

  protected stopTimer(): void {
    if (this.timer === noTimer) return;
    this.endpoint.host.cancel(this.timer);
    this.timer = noTimer;
  }
}
