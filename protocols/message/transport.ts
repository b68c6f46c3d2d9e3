/**
 * What the exchanges and watches of one process share: its host and options, its counters and round trips, and the
 * sending of segments without data. Each of them sends through the transport, and knows nothing of the endpoint.
 */
import type { Address, Host, Milliseconds } from "../host.ts";
import { ackBit, headerBytes, maximumSegments, returnBit, writeHeader } from "../wire/segment.ts";
import { messageOptions, patienceOf, type MessageOptions } from "./options.ts";
import { RoundTrips, TimeoutBounds } from "./round-trip.ts";

export interface Counters {
  malformed: number;
  duplicates: number;
  retransmitted: number;
  probes: number;
  /** Segments dropped because their peer already occupies too much memory here. */
  refused: number;
}

export class Transport {
  readonly host: Host;
  readonly options: MessageOptions;
  /** After this time a peer that is silent counts as crashed. */
  readonly patience: Milliseconds;
  readonly timeoutBounds: TimeoutBounds;
  /** Round trips to the servers that this process calls. */
  readonly roundTrips: RoundTrips;
  readonly counters: Counters = { malformed: 0, duplicates: 0, retransmitted: 0, probes: 0, refused: 0 };
  /** What peers make this process hold: remembered calls, and bytes of their messages. */
  readonly load = { calls: 0, bytes: 0 };
  /** This process's own calls before this number are finished. Every segment sent carries the number. */
  oldestOpen: number;

  constructor(host: Host, options?: Partial<MessageOptions>) {
    this.host = host;
    this.options = messageOptions(options);
    this.patience = patienceOf(this.options);
    this.timeoutBounds = new TimeoutBounds(this.options);
    this.roundTrips = new RoundTrips(this.timeoutBounds, this.options.peers);
    this.oldestOpen = this.options.firstCall;
  }

  /** The number of segments of a message (with its header room); at least 1. */
  segmentsOf(message: Uint8Array): number {
    const body = message.length - headerBytes;
    const size = this.options.datagramBytes - headerBytes;
    return body <= size ? 1 : Math.ceil(body / size);
  }

  /** @throws RangeError if a message of `total` segments cannot be sent */
  checkLength(total: number): void {
    if (total <= maximumSegments) return;
    const most = maximumSegments * (this.options.datagramBytes - headerBytes);
    throw new RangeError(`a message of ${total} segments is too long; expected at most ${most} bytes`);
  }

  sendAck(to: Address, incarnation: number, kind: number, call: number, total: number, segment: number): void {
    if (this.host.traced) {
      this.host.trace({ type: "acknowledge", to, kind: kind === returnBit ? "return" : "call", call, segment });
    }
    this.sendControl(to, incarnation, kind | ackBit, call, total, segment);
  }

  sendControl(to: Address, incarnation: number, flags: number, call: number, total: number, segment: number): void {
    const datagram = new Uint8Array(headerBytes);
    writeHeader(datagram, flags, total, segment, call, this.host.incarnation, incarnation, this.oldestOpen);
    this.host.send(to, datagram);
  }
}
