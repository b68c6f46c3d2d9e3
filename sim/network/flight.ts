/** A datagram under way. */
import type { Address } from "../../protocols/host.ts";
import type { Link } from "./links.ts";

/** Marks of what the rules did to a flight. */
export const corruptedMark = 1;
export const echoMark = 2;
export const heldMark = 4;

const nothing = new Uint8Array(0);

/**
 * A datagram under way, or waiting at its machine. Records are pooled: the code that ends a flight releases its record.
 */
export class Flight {
  from: Address = 0;
  to: Address = 0;
  datagram: Uint8Array = nothing;
  packet = 0;
  marks = 0;
  /** Set only where reordering is watched; `sequence` counts the link's datagrams. */
  link: Link | undefined = undefined;
  sequence = 0;
}

export class FlightPool {
  private readonly free: Flight[] = [];

  take(from: Address, to: Address, datagram: Uint8Array, packet: number): Flight {
    const flight = this.free.pop() ?? new Flight();
    flight.from = from;
    flight.to = to;
    flight.datagram = datagram;
    flight.packet = packet;
    return flight;
  }

  release(flight: Flight): void {
    flight.datagram = nothing;
    flight.marks = 0;
    flight.link = undefined;
    this.free.push(flight);
  }
}
