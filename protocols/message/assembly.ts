/**
 * Assembles the segments of one message, in any order and with duplicates. Source: dissertation, paired message
 * protocol.
 */
import { headerBytes, segmentOf, totalOf } from "../wire/segment.ts";

/**
 * The approximate memory of a buffered segment besides its bytes. A hostile peer may send many nearly empty segments.
 */
const segmentCost = 256;

export class Assembly {
  readonly total: number;
  /** Cumulative acknowledgement. Invariant: segments 1 to `contiguous` have all arrived. */
  contiguous = 0;
  /** Bytes of memory that the segments take. */
  memory = 0;
  #bytes = 0;
  readonly #parts: (Uint8Array | undefined)[] = [];

  constructor(total: number) {
    this.total = total;
  }

  get complete(): boolean {
    return this.contiguous === this.total;
  }

  /**
   * Takes a data segment. Answers "gap" if an earlier segment is missing (the sender is told at once), "duplicate" if
   * the segment had already arrived, "refused" if it contradicts the other segments, else "next".
   */
  add(datagram: Uint8Array): "next" | "gap" | "duplicate" | "refused" {
    const segment = segmentOf(datagram);
    if (totalOf(datagram) !== this.total) return "refused";
    if (segment <= this.contiguous || this.#parts[segment] !== undefined) return "duplicate";
    this.#parts[segment] = datagram;
    this.#bytes += datagram.length - headerBytes;
    this.memory += datagram.length + segmentCost;
    if (segment !== this.contiguous + 1) return "gap";
    do this.contiguous++;
    while (this.#parts[this.contiguous + 1] !== undefined);
    return "next";
  }

  /** The complete message, behind room for a header as if it had come in one segment. */
  message(): Uint8Array {
    const message = new Uint8Array(headerBytes + this.#bytes);
    let at = headerBytes;
    for (let segment = 1; segment <= this.total; segment++) {
      const part = this.#parts[segment]!;
      message.set(part.subarray(headerBytes), at);
      at += part.length - headerBytes;
    }
    return message;
  }
}
