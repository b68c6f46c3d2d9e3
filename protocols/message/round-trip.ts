/**
 * How long to wait for an acknowledgement by one process, from the round trips that were measured to it.
 *
 * Source: V. Jacobson, Congestion Avoidance and Control, SIGCOMM 1988, for the estimate; P. Karn and C. Partridge, Improving
 * Round-Trip Time Estimates in Reliable Transport Protocols, SIGCOMM 1987, for what is no sample, and for the timeout
 * that is kept; RFC 6298 for both together. docs/paired-messages.md says where we differ, and why.
 */
import type { Address, Milliseconds } from "../host.ts";
import { precedes } from "../wire/segment.ts";
import { backedOff, type MessageOptions } from "./options.ts";

/** What the timeouts of all peers obey. */
export class TimeoutBounds {
  /** False: the interval of 1985, whatever is measured. */
  readonly adaptive: boolean;
  /** The timeout before anything is measured, and the shortest. */
  readonly shortest: Milliseconds;
  readonly longest: Milliseconds;
  /** The least time that is added to the mean round trip: an ACK may be so late. */
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
  /** The process that it is measured to; 0 until that is heard. */
  incarnation: number;
  readonly #bounds: TimeoutBounds;
  /** Mean and mean deviation of round trips, each sample with its weight; the mean is below 0 as long as there is none. */
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
   * A message was acknowledged that had been repeated so often, after this timeout at first. Which of its copies the
   * acknowledgement is for nobody knows (Karn): it is no sample, and the timeout that was backed off stays until there is one.
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

/** The round trips of a client to the servers that it called. Of too many those are forgotten that were met first. */
export class RoundTrips {
  readonly #bounds: TimeoutBounds;
  readonly #most: number;
  readonly #byPeer = new Map<Address, RoundTrip>();

  constructor(bounds: TimeoutBounds, most: number) {
    this.#bounds = bounds;
    this.#most = most;
  }

  /** To the process at the address, whichever it is. */
  to(peer: Address): RoundTrip {
    return this.#byPeer.get(peer) ?? this.#begin(peer, 0);
  }

  /** To this process: what was measured to an earlier one at its address is forgotten. */
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
