/**
 * The paired message protocol of one process: reliable CALL/RETURN pairs of any length over datagrams.
 *
 * Source: dissertation, paired message protocol (Circus, UCB/CSD-84-196). This file numbers calls, passes each segment
 * to its exchange, and discards finished exchanges. Calls under way bound the memory: of a peer's finished calls only
 * one number is retained, its oldest open call, until the peer has been silent for the longest life of a datagram.
 */
import { noTimer, type Address, type Host, type Timer } from "../host.ts";
import {
  ackBit,
  callOf,
  faultOf,
  flagsOf,
  oldestOf,
  pleaseAckBit,
  precedes,
  receiverOf,
  returnBit,
  segmentOf,
  senderOf,
  totalOf,
} from "../wire/segment.ts";
import { CallList } from "./call-list.ts";
import { ClientPeer } from "./client-peer.ts";
import { ServerExchange, type Receiver } from "./incoming-call.ts";
import type { MessageOptions } from "./options.ts";
import { OutgoingCall, type Caller, type OpenCalls } from "./outgoing-call.ts";
import { Retention, type ClientPeers } from "./retention.ts";
import { Transport } from "./transport.ts";
import { Watch, type Watcher, type Watches } from "./watch.ts";

/** The limit of a call's number: number - oldest < 2^30. */
const farthestCall = 2 ** 30;

export class Endpoint extends Transport implements OpenCalls, Watches, ClientPeers {
  readonly #receiver: Receiver;
  readonly #calls = new CallList<OutgoingCall>();
  readonly #peers = new Map<Address, ClientPeer>();
  readonly retention: Retention;
  #watches: Map<Address, Set<Watch>> | undefined = undefined;
  #nextCall: number;
  #sweep: Timer = noTimer;

  constructor(host: Host, receiver: Receiver, options?: Partial<MessageOptions>) {
    super(host, options);
    this.#receiver = receiver;
    this.#nextCall = this.options.firstCall;
    this.retention = new Retention(this, receiver, this.#peers);
    host.listen((from, datagram) => this.#receive(from, datagram));
  }

  /**
   * Sends a CALL to every peer, or to the multicast group that all of them listen to. The message has `headerBytes` of
   * room in front, and belongs to the endpoint from now on. If `incarnations` gives a peer's incarnation (not 0), an
   * answer by a process of another incarnation counts as the peer's crash.
   * @throws RangeError if the message is too long
   */
  call(
    peers: readonly Address[],
    group: Address | undefined,
    message: Uint8Array,
    caller: Caller,
    incarnations?: readonly number[],
  ): OutgoingCall {
    const total = this.segmentsOf(message);
    this.checkLength(total);
    const number = this.#nextCall;
    this.#nextCall = number === 0xffffffff ? 1 : number + 1;
    if (this.host.traced) {
      for (const to of peers) {
        this.host.trace({ type: "message-sent", to, kind: "call", call: number, bytes: message.length });
      }
    }
    const call = new OutgoingCall(this, number, peers, group, message, total, caller, incarnations);
    this.#calls.add(call);
    return call;
  }

  /**
   * Tells the watcher when a process is no longer alive: the process with the given incarnation, or, if that is 0, the
   * process that answers first. The caller must stop a watch that it no longer needs.
   */
  watch(peer: Address, incarnation: number, watcher: Watcher): Watch {
    const watch = new Watch(this, peer, incarnation, watcher);
    const watches = (this.#watches ??= new Map());
    const others = watches.get(peer);
    if (others === undefined) watches.set(peer, new Set([watch]));
    else others.add(watch);
    return watch;
  }

  unwatched(watch: Watch): void {
    const watches = this.#watches?.get(watch.peer);
    if (watches?.delete(watch) && watches.size === 0) this.#watches?.delete(watch.peer);
  }

  /** This process's own calls under way. */
  get open(): Pick<CallList<OutgoingCall>, "find"> & Iterable<OutgoingCall> {
    return this.#calls;
  }

  /** Whether a CALL has arrived in part. */
  get isReceiving(): boolean {
    for (const { partial } of this.#peers.values()) if (partial !== undefined && partial.size > 0) return true;
    return false;
  }

  closed(call: OutgoingCall): void {
    this.#calls.remove(call);
    this.oldestOpen = this.#calls.first?.number ?? this.#nextCall;
  }

  /** The sizes of the remembered data, for tests of bounded memory. */
  get remembered(): { calls: number; peers: number; incoming: number } {
    let incoming = 0;
    for (const peer of this.#peers.values()) incoming += peer.calls.size;
    return { calls: this.#calls.size, peers: this.#peers.size, incoming };
  }

  #receive(from: Address, datagram: Uint8Array): void {
    const fault = faultOf(datagram);
    if (fault !== undefined) {
      this.#malformed(from, datagram, fault);
      return;
    }
    const flags = flagsOf(datagram);
    // From a server: RETURN data, ACKs of CALLs. From a client: CALL data, probes, ACKs of RETURNs.
    const asServer = ((flags & returnBit) !== 0) !== ((flags & ackBit) !== 0);
    if (asServer) this.#fromServer(from, datagram, flags);
    else this.#fromClient(from, datagram, flags);
  }

  #malformed(from: Address, datagram: Uint8Array, reason: string): void {
    this.counters.malformed++;
    if (this.host.traced) this.host.trace({ type: "malformed", from, bytes: datagram.length, reason });
  }

  #fromServer(from: Address, datagram: Uint8Array, flags: number): void {
    const number = callOf(datagram);
    if (number === 0) {
      for (const watch of this.#watches?.get(from) ?? []) watch.answered(senderOf(datagram));
      const peer = this.#peers.get(from);
      if (peer?.incarnation === senderOf(datagram)) peer.heard(oldestOf(datagram));
      return;
    }
    // An answer to an earlier process at this address must not count as an answer to a call with the same number.
    const ours = receiverOf(datagram) === this.host.incarnation;
    const exchange = ours ? this.#calls.find(number)?.exchangeWith(from) : undefined;
    if (exchange !== undefined && !exchange.done) {
      exchange.receive(datagram);
    } else if ((flags & returnBit) !== 0) {
      // This process is finished with the call, or an earlier process made it. The RETURN need not be sent again. The
      // ACK for an earlier process acknowledges no segment: this process may have a call of the same number.
      this.counters.duplicates++;
      if (this.host.traced) this.host.trace({ type: "duplicate", from, kind: "return", call: number });
      if ((flags & pleaseAckBit) === 0) return;
      const total = totalOf(datagram);
      this.sendAck(from, senderOf(datagram), returnBit, number, total, ours ? total : 0);
    }
  }

  #fromClient(from: Address, datagram: Uint8Array, flags: number): void {
    const number = callOf(datagram);
    const sender = senderOf(datagram);
    if (number === 0) {
      if ((flags & pleaseAckBit) !== 0) this.sendAck(from, sender, 0, 0, 0, 0);
      return;
    }
    let peer = this.#peers.get(from);
    if (peer !== undefined && peer.incarnation !== sender) {
      if (precedes(sender, peer.incarnation)) return;
      // The client's process has been replaced, so that no process waits for the earlier answers. The replacement is
      // remembered whatever the segment is, so that a late CALL of the earlier process is not executed again.
      this.retention.replaced(peer);
      peer = this.#newPeer(from, datagram);
    }
    if ((flags & returnBit) !== 0) {
      // An ACK comes before the implicit acknowledgement, which would end the exchange without a sample.
      peer?.calls.find(number)?.receive(datagram);
      peer?.heard(oldestOf(datagram));
      return;
    }
    if (peer !== undefined) {
      peer.heard(oldestOf(datagram));
      const exchange = peer.calls.find(number);
      if (exchange !== undefined) {
        exchange.receive(datagram);
        return;
      }
    }
    const meant = receiverOf(datagram);
    if (peer !== undefined && precedes(number, peer.oldest)) {
      this.counters.duplicates++;
      if (this.host.traced) this.host.trace({ type: "duplicate", from, kind: "call", call: number });
    } else if ((meant !== 0 && meant !== this.host.incarnation) || segmentOf(datagram) === 0) {
      // The segment is for an earlier process, or is a probe for an unknown call. The ACK shows this incarnation.
      this.sendAck(from, sender, 0, number, totalOf(datagram), 0);
    } else if (!this.#hasRoom(peer, number)) {
      this.counters.refused++;
      // Overload is no crash. The ACK makes the client keep trying.
      if ((flags & pleaseAckBit) !== 0) this.sendAck(from, sender, 0, number, totalOf(datagram), 0);
    } else this.#firstSegment(peer ?? this.#newPeer(from, datagram), number, datagram);
  }

  /** Whether this process may remember one more call of the peer. `peer` is undefined if it is unknown. */
  #hasRoom(peer: ClientPeer | undefined, number: number): boolean {
    const { load, options } = this;
    if (load.calls >= options.calls || load.bytes >= options.bytes) return false;
    if (peer === undefined) return this.#peers.size < options.peers;
    // A number far ahead is invalid, and would wrap around the circle.
    if (!precedes(number, peer.oldest + farthestCall)) return false;
    return peer.calls.size < options.callsPerPeer && peer.returnBytes < options.returnBytesPerPeer;
  }

  #firstSegment(peer: ClientPeer, number: number, datagram: Uint8Array): void {
    const exchange = new ServerExchange(peer, number);
    peer.calls.add(exchange);
    exchange.receive(datagram);
  }

  #newPeer(from: Address, datagram: Uint8Array): ClientPeer {
    return this.addPeer(new ClientPeer(this, this.#receiver, from, senderOf(datagram), oldestOf(datagram)));
  }

  addPeer(peer: ClientPeer): ClientPeer {
    this.#peers.set(peer.address, peer);
    if (this.#sweep === noTimer) this.#sweepLater();
    return peer;
  }

  #sweepLater(): void {
    this.#sweep = this.host.after(this.options.datagramLifetime, sweep, this as Endpoint);
  }

  /** Discards finished and incomplete exchanges, and silent peers, after at least a datagram's lifetime. */
  sweep(): void {
    for (const peer of this.#peers.values()) {
      peer.calls.removeIf((exchange) => {
        if (!exchange.idle || exchange.retained !== undefined) return false;
        const { old } = exchange;
        if (old) exchange.discard();
        else exchange.old = true;
        return old;
      });
      if (this.retention.expired(peer)) this.#peers.delete(peer.address);
    }
    this.retention.sweepReplaced();
    if (this.#peers.size > 0 || this.retention.size > 0) this.#sweepLater();
    else this.#sweep = noTimer;
  }
}

function sweep(endpoint: Endpoint): void {
  endpoint.sweep();
}
