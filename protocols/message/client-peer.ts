/** A client process, as a server remembers it. */
import type { Address } from "../host.ts";
import { precedes } from "../wire/segment.ts";
import { CallList } from "./call-list.ts";
import type { ServerExchange } from "./incoming-call.ts";
import { RoundTrip, type TimeoutBounds } from "./round-trip.ts";

/** What is remembered of one client process: its incarnation and its unfinished calls. */
export class ClientPeer {
  readonly address: Address;
  readonly incarnation: number;
  readonly calls = new CallList<ServerExchange>();
  /** The peer's calls before this one are finished: a segment of one is a late duplicate. */
  oldest: number;
  /** Incomplete CALLs of several segments, the oldest first, and the memory that they take. */
  readonly partial = new Set<ServerExchange>();
  partialBytes = 0;
  /** Until it acknowledges a RETURN. */
  readonly roundTrip: RoundTrip;
  /** Bytes of RETURNs that it has not acknowledged. */
  returnBytes = 0;
  /** Sweeps since it was last heard. */
  silence = 0;
  /** Whether an exchange with it was ever kept (retention.ts). */
  keeps = false;
  /** The last call of it that was kept, and forgotten since it was silent for so long. */
  released: number | null = null;

  constructor(address: Address, incarnation: number, oldest: number, bounds: TimeoutBounds) {
    this.address = address;
    this.incarnation = incarnation;
    this.oldest = oldest;
    this.roundTrip = new RoundTrip(bounds, incarnation);
  }

  /** Implicit acknowledgement: a segment has come that says which is the peer's oldest open call. */
  heard(oldest: number): void {
    this.silence = 0;
    if (!precedes(this.oldest, oldest)) return;
    this.oldest = oldest;
    this.calls.removeBefore(oldest, acknowledge);
  }

  /** The call was kept, and is forgotten. */
  release(call: number): void {
    if (this.released === null || precedes(this.released, call)) this.released = call;
  }

  /** The peer's calls before `oldest` are finished, as another process says. */
  finishBefore(oldest: number): void {
    if (!precedes(this.oldest, oldest)) return;
    this.oldest = oldest;
    this.calls.removeBefore(oldest, release);
  }
}

function acknowledge(exchange: ServerExchange): void {
  exchange.acknowledgedImplicitly();
  exchange.release();
}

function release(exchange: ServerExchange): void {
  exchange.release();
}
