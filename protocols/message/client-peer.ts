/** A client process, as a server remembers it. */
import type { Address } from "../host.ts";
import { precedes } from "../wire/segment.ts";
import { CallList } from "./call-list.ts";
import type { Receiver, ServerExchange } from "./incoming-call.ts";
import { RoundTrip } from "./round-trip.ts";
import { measureImplied } from "./transmission.ts";
import type { Transport } from "./transport.ts";

/** What a server remembers of one client process: its incarnation and its unfinished calls. */
export class ClientPeer {
  readonly transport: Transport;
  /** The receiver of the peer's CALLs. */
  readonly receiver: Receiver;
  readonly address: Address;
  readonly incarnation: number;
  readonly calls = new CallList<ServerExchange>();
  /** The peer's oldest open call. Calls c < oldest are finished, and their segments are late duplicates. */
  oldest: number;
  /**
   * Incomplete CALLs of several segments, the oldest first; undefined before the first. And the memory that they take.
   */
  partial: Set<ServerExchange> | undefined = undefined;
  partialBytes = 0;
  /** The round-trip time until the peer acknowledges a RETURN. */
  readonly roundTrip: RoundTrip;
  /** Bytes of RETURNs that the peer has not acknowledged. */
  returnBytes = 0;
  /** Sweeps since the peer was last heard. */
  silence = 0;
  /** Whether an exchange with the peer was ever retained (retention.ts). */
  retains = false;
  /** The last retained call of the peer that was dropped because the peer was silent for too long. */
  lastDrop: number | null = null;

  constructor(transport: Transport, receiver: Receiver, address: Address, incarnation: number, oldest: number) {
    this.transport = transport;
    this.receiver = receiver;
    this.address = address;
    this.incarnation = incarnation;
    this.oldest = oldest;
    this.roundTrip = new RoundTrip(transport.timeoutBounds, incarnation);
  }

  /** Implicit acknowledgement: a segment has arrived that names the peer's oldest open call. */
  heard(oldest: number): void {
    this.silence = 0;
    if (!precedes(this.oldest, oldest)) return;
    this.oldest = oldest;
    this.calls.removeBefore(oldest, acknowledge);
  }

  /** A retained call has been dropped. */
  dropped(call: number): void {
    if (this.lastDrop === null || precedes(this.lastDrop, call)) this.lastDrop = call;
  }

  /** The peer's calls before `oldest` are finished, by the report of another process. */
  finishBefore(oldest: number): void {
    if (!precedes(this.oldest, oldest)) return;
    this.oldest = oldest;
    this.calls.removeBefore(oldest, discard);
  }
}

/**
 * The client is finished with the call, and therefore has the RETURN. The caller chose the time of this message, so
 * that it is no round-trip sample.
 */
function acknowledge(exchange: ServerExchange): void {
  if (exchange.message !== undefined && !exchange.finished) measureImplied(exchange, false);
  exchange.discard();
}

function discard(exchange: ServerExchange): void {
  exchange.discard();
}
