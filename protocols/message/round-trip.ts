/**
 * The wait for an acknowledgement by one process, from the round trips measured to it.
 *
 * Source: V. Jacobson, Congestion Avoidance and Control, SIGCOMM 1988, for the estimate; P. Karn and C. Partridge,
 * Improving Round-Trip Time Estimates in Reliable Transport Protocols, SIGCOMM 1987, for ambiguous samples and the
 * retained timeout; RFC 6298 for both together. docs/paired-messages.md has the differences, with reasons.
 */
import type { Address, Milliseconds } from "../host.ts";
import { precedes } from "../wire/segment.ts";
import { backedOff, type MessageOptions } from "./options.ts";

/** The bounds of the timeouts of all peers. */
export class TimeoutBounds {
  /** False: the fixed interval of 1985, whatever is measured. */
  readonly adaptive: boolean;
  /** The timeout before anything is measured, and the shortest. */
  readonly shortest: Milliseconds;
  readonly longest: Milliseconds;
  /** The least margin added to the mean round trip, since an ACK may be that late. */
  readonly slack: Milliseconds;
  readonly backoff: number;

  constructor(options: MessageOptions) {
    this.adaptive = options.retransmission === "adaptive";
    this.shortest = options.retransmitInterval;
    this.longest = Math.max(options.retransmitInterval, options.longestInterval);
    this.slack = options.ackDelay;
    this.backoff = options.backoff;
  }
}

/** Steps for each doubling: there are few distinct timeouts, and so few lanes of timers (sim/engine/lanes.ts). */
const steps = 4;

export class RoundTrip {
  /** The wait before the first repetition of a message. */
  timeout: Milliseconds;
  /** The incarnation of the measured process; 0 until the process is heard. */
  incarnation: number;
  readonly #bounds: TimeoutBounds;
  /** Weighted mean and mean deviation of round trips. The mean is negative while there is no sample. */
  #mean: Milliseconds = -1;
  #deviation: Milliseconds = 0;

  constructor(bounds: TimeoutBounds, incarnation: number) {
    this.#bounds = bounds;
    this.incarnation = incarnation;
    this.timeout = bounds.shortest;
  }

  /** A message that was sent once was acknowledged after this time (RFC 6298, 2.2 and 2.3). */
  sample(time: Milliseconds): void {
    const { adaptive, shortest, slack } = this.#bounds;
    if (!adaptive) return;
    if (this.#mean < 0) {
      this.#mean = time;
      this.#deviation = time / 2;
    } else {
      const error = time - this.#mean;
      this.#deviation += (Math.abs(error) - this.#deviation) / 4;
      this.#mean += error / 8;
    }
    const timeout = this.#mean + Math.max(slack, 4 * this.#deviation);
    this.timeout = timeout <= shortest ? shortest : this.#roundedUp(timeout);
  }

  /**
   * A repeated message was acknowledged, after `repetitions` repetitions and a first wait of `timeout`. The
   * acknowledgement may be for any copy (Karn): it is no sample, and the backed-off timeout stays until there is a
   * sample.
   */
  ambiguous(timeout: Milliseconds, repetitions: number): void {
    if (!this.#bounds.adaptive) return;
    const { backoff, longest } = this.#bounds;
    this.timeout = Math.max(this.timeout, backedOff(timeout, backoff, repetitions, longest));
  }

  #roundedUp(time: Milliseconds): Milliseconds {
    const { shortest, longest } = this.#bounds;
    if (time >= longest) return longest;
    let octave = shortest;
    while (octave * 2 <= time) octave *= 2;
    const step = octave / steps;
    return Math.min(longest, octave + Math.ceil((time - octave) / step) * step);
  }
}

/**
 * The round trips of a client to its servers. If there are too many, the servers that were met first are forgotten.
 */
export class RoundTrips {
  readonly #bounds: TimeoutBounds;
  readonly #most: number;
  readonly #byPeer = new Map<Address, RoundTrip>();

  constructor(bounds: TimeoutBounds, most: number) {
    this.#bounds = bounds;
    this.#most = most;
  }

  /** The round trip to the present process at the address. */
  to(peer: Address): RoundTrip {
    return this.#byPeer.get(peer) ?? this.#begin(peer, 0);
  }

  /** The round trip to this process. Samples of an earlier process at its address are forgotten. */
  toProcess(peer: Address, incarnation: number): RoundTrip {
    const roundTrip = this.to(peer);
    if (roundTrip.incarnation === 0) roundTrip.incarnation = incarnation;
    return precedes(roundTrip.incarnation, incarnation) ? this.#begin(peer, incarnation) : roundTrip;
  }

  #begin(peer: Address, incarnation: number): RoundTrip {
    const roundTrip = new RoundTrip(this.#bounds, incarnation);
    if (!this.#byPeer.has(peer) && this.#byPeer.size >= this.#most) {
      const [first] = this.#byPeer.keys();
      this.#byPeer.delete(first!);
    }
    this.#byPeer.set(peer, roundTrip);
    return roundTrip;
  }
}
