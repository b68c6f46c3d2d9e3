/** A UDP socket that is bound at construction. Its addresses are numbers (address.ts). */
import { createSocket, type RemoteInfo, type Socket as NodeSocket } from "node:dgram";
import type { Address } from "../protocols/host.ts";
import { addressOf, formatAddress, ipNumber, ipOf, portOf } from "./address.ts";

/** The most bytes that UDP over IPv4 carries in one datagram. */
const longestDatagram = 65_507;

/** Room for several full windows of segments; the system may allow less. */
const bufferBytes = 4 * 1024 * 1024;

/** Size of the cache of dotted addresses, which saves converting addresses for each datagram. */
const remembered = 1024;

/** A datagram that came to the process itself, or to a group that it joined. */
export interface Arrival {
  readonly from: Address;
  readonly to: Address;
  readonly datagram: Uint8Array;
}

export class Socket {
  readonly address: Address;
  readonly #socket: NodeSocket;
  readonly #numbers = new Map<string, number>();
  readonly #texts = new Map<number, string>();

  /**
   * Binds to an address; port 0: any that is free. Several sockets of a machine may be bound to a multicast group.
   * Throws an Error with the system's reason.
   */
  constructor(address: Address, shared: boolean, receive: (arrival: Arrival) => void) {
    const socket = createSocket({
      type: "udp4",
      reuseAddr: shared,
      // Addresses are never names. An answer at once makes Node bind and send inside the call.
      lookup: (ip, _options, answer) => answer(null, ip, 4),
    });
    let failure: Error | undefined = undefined;
    socket.once("error", (error) => (failure = error));
    socket.bind({ port: portOf(address), address: ipOf(address), exclusive: true });
    if (failure !== undefined) {
      socket.close();
      throw failure as Error;
    }
    socket.removeAllListeners("error");
    // Later errors of the system (an absent receiver, no memory) concern single datagrams, which are lost.
    socket.on("error", () => {});
    socket.setRecvBufferSize(bufferBytes);
    socket.setSendBufferSize(bufferBytes);
    socket.on("message", (datagram, sender) => {
      // Nobody can be answered at port 0.
      if (sender.port !== 0) receive({ from: this.#addressOf(sender), to: this.address, datagram: plain(datagram) });
    });
    this.#socket = socket;
    const bound = socket.address();
    this.address = addressOf(bound.address, bound.port);
  }

  /**
   * Sends a datagram. A datagram to an impossible address is lost.
   *
   * @throws RangeError for a datagram that is too long.
   */
  send(to: Address, datagram: Uint8Array): void {
    if (datagram.length > longestDatagram) {
      throw new RangeError(
        `a datagram of ${datagram.length} bytes to ${formatAddress(to)}: UDP carries at most ${longestDatagram}`,
      );
    }
    if (to >= 65536 && to < 2 ** 48 && portOf(to) > 0) this.#socket.send(datagram, portOf(to), this.#textOf(to));
  }

  /** Sets the local interface of multicast datagrams, and the number of routers that they may pass. */
  setMulticast(ip: string, ttl: number): void {
    this.#socket.setMulticastInterface(ip);
    this.#socket.setMulticastTTL(ttl);
    this.#socket.setMulticastLoopback(true);
  }

  /** Receives what is sent to the group over the local interface with the given IP. */
  join(group: Address, ip: string): void {
    this.#socket.addMembership(ipOf(group), ip);
  }

  close(): void {
    this.#socket.removeAllListeners("message");
    this.#socket.close();
  }

  #addressOf(sender: RemoteInfo): Address {
    let ip = this.#numbers.get(sender.address);
    if (ip === undefined) {
      ip = ipNumber(sender.address);
      if (this.#numbers.size === remembered) this.#numbers.clear();
      this.#numbers.set(sender.address, ip);
    }
    return ip * 65536 + sender.port;
  }

  #textOf(to: Address): string {
    const ip = Math.floor(to / 65536);
    let text = this.#texts.get(ip);
    if (text === undefined) {
      text = ipOf(to);
      if (this.#texts.size === remembered) this.#texts.clear();
      this.#texts.set(ip, text);
    }
    return text;
  }
}

/** The bytes of a buffer, which has them to itself: `slice` of a Buffer is a view, that of a Uint8Array a copy. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
