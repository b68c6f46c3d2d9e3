/**
 * Datagrams that leave a socket: those to one address that are sent within one round of Node's event loop travel
 * together, in one datagram of the system. A system call costs as much as the protocols need for a whole call, and
 * parties with many calls under way send many small datagrams to few addresses.
 *
 * A bundle is a byte of its own, which no segment and no seal begins with, then each datagram behind its length:
 *
 * | byte | field |
 * | ---- | ----- |
 * | 0    | 0xc5 |
 * | 1-2  | length of a datagram |
 * | 3-   | the datagram; then the next length |
 *
 * Code that runs for long within the round would hold back what was sent before. If that happens, the following
 * datagrams leave at once.
 */
import type { Address, Milliseconds } from "../protocols/host.ts";
import { monotonicNow } from "./clock.ts";

const bundleByte = 0xc5;
const lengthBytes = 2;
/** The greatest bundle: with the headers of IP and UDP it fits into one frame of an Ethernet. */
const greatest = 1472;
/** The time for which a datagram may wait for others. */
const patience: Milliseconds = 5;
/** So many datagrams leave at once after a datagram that had to wait for longer. */
const hurried = 64;

interface Bundle {
  readonly parts: Uint8Array[];
  bytes: number;
}

export class Outbox {
  readonly #send: (to: Address, datagram: Uint8Array) => void;
  readonly #bundles = new Map<Address, Bundle>();
  #began: Milliseconds = 0;
  #hurried = 0;
  #immediate: NodeJS.Immediate | undefined = undefined;

  /** `send` hands a datagram to the system. */
  constructor(send: (to: Address, datagram: Uint8Array) => void) {
    this.#send = send;
  }

  add(to: Address, datagram: Uint8Array): void {
    const framed = datagram.length + lengthBytes;
    const bundle = this.#bundles.get(to);
    if (bundle !== undefined && datagram.length > 0 && bundle.bytes + framed <= greatest) {
      bundle.parts.push(datagram);
      bundle.bytes += framed;
      return;
    }
    if (bundle !== undefined) this.#leave(to, bundle);
    if (datagram.length === 0 || 1 + framed > greatest || this.#hurried > 0) {
      // Nothing may overtake what was sent to this address before.
      this.#bundles.delete(to);
      this.#send(to, datagram);
      if (this.#hurried > 0) this.#hurried--;
      return;
    }
    if (this.#immediate === undefined) {
      this.#began = monotonicNow();
      this.#immediate = setImmediate(this.flush);
    }
    this.#bundles.set(to, { parts: [datagram], bytes: 1 + framed });
  }

  /** Sends all that waits. */
  readonly flush = (): void => {
    if (this.#immediate === undefined) return;
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    if (monotonicNow() - this.#began > patience) this.#hurried = hurried;
    for (const [to, bundle] of this.#bundles) this.#leave(to, bundle);
    this.#bundles.clear();
  };

  #leave(to: Address, { parts, bytes }: Bundle): void {
    if (parts.length === 1) {
      this.#send(to, parts[0]!);
      return;
    }
    const whole = new Uint8Array(bytes);
    whole[0] = bundleByte;
    let at = 1;
    for (const part of parts) {
      whole[at] = part.length >>> 8;
      whole[at + 1] = part.length;
      whole.set(part, at + lengthBytes);
      at += lengthBytes + part.length;
    }
    this.#send(to, whole);
  }
}

/**
 * The datagrams of a bundle, up to the first that is empty or cut off; undefined for what is no bundle. No bundle is
 * longer than those that are sent: a hostile one would be thousands of events.
 */
export function unbundled(datagram: Uint8Array): Uint8Array[] | undefined {
  if (datagram[0] !== bundleByte || datagram.length > greatest) return undefined;
  const parts: Uint8Array[] = [];
  for (let at = 1; at + lengthBytes <= datagram.length;) {
    const begin = at + lengthBytes;
    const end = begin + ((datagram[at]! << 8) | datagram[at + 1]!);
    if (end === begin || end > datagram.length) break;
    parts.push(datagram.subarray(begin, end));
    at = end;
  }
  return parts;
}
