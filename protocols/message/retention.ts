/**
 * Retention of executed CALLs and their RETURNs, for exactly-once execution across changes of binding.
 *
 * Source: dissertation, chapter 6; the rule of a change is in binding/change/change.ts. A call that one member refuses
 * is repeated at all members that have not answered, also at a member that has executed it and whose RETURN is under
 * way. A change of membership must also know which calls were executed. Therefore the members of a troupe that can
 * change retain CALL and RETURN until the client is finished with the call. Retention needs no table and no timer of
 * its own. The exchange stays until the client's oldest open call has passed it, and the client's call stays open until
 * the whole replicated call is finished, repetitions included.
 *
 * A silent client is asked for its progress. A client that does not answer for five sweeps (one sweep in each datagram
 * lifetime) counts as dead, and its retained calls are dropped. The client itself is forgotten after ten sweeps, with
 * the number of its last dropped call. Therefore a member that does not know a client has never heard of it, while
 * another member still retains one of its calls.
 */
import type { Address } from "../host.ts";
import { pleaseAckBit, precedes } from "../wire/segment.ts";
import { ClientPeer } from "./client-peer.ts";
import { ServerExchange, type Receiver } from "./incoming-call.ts";
import type { Transport } from "./transport.ts";

const silenceOfTheDead = 5;
const silenceOfTheForgotten = 10;

/** A client process and one of its calls, by the call number of the first attempt. */
export interface CallOrigin {
  readonly address: Address;
  readonly incarnation: number;
  readonly call: number;
}

export function sameOrigin(a: CallOrigin, b: CallOrigin): boolean {
  return a.address === b.address && a.incarnation === b.incarnation && a.call === b.call;
}

/** The progress of a client process, as far as known; plain data. */
export interface ClientProgress {
  readonly address: Address;
  readonly incarnation: number;
  /** The client's oldest open call. */
  readonly oldest: number;
  /** Sweeps since the client was last heard. */
  readonly silence: number;
  /** The last retained call of the client that was dropped because the client was silent for too long. */
  readonly lastDrop: number | null;
}

/** The client processes that this process remembers. */
export interface ClientPeers {
  /** Adds a client. Answers the client. */
  addPeer(peer: ClientPeer): ClientPeer;
}

export class Retention {
  readonly #endpoint: Transport & ClientPeers;
  readonly #receiver: Receiver;
  readonly #peers: ReadonlyMap<Address, ClientPeer>;
  /** Clients whose process has been replaced by a later one. */
  readonly #replaced: ClientPeer[] = [];

  constructor(endpoint: Transport & ClientPeers, receiver: Receiver, peers: ReadonlyMap<Address, ClientPeer>) {
    this.#endpoint = endpoint;
    this.#receiver = receiver;
    this.#peers = peers;
  }

  /** The number of clients that are remembered only for their retained calls. */
  get size(): number {
    return this.#replaced.length;
  }

  /** All retained exchanges, by client in the order in which clients were first heard. */
  *exchanges(): Generator<ServerExchange> {
    for (const peers of [this.#replaced, this.#peers.values()]) {
      for (const peer of peers) {
        if (!peer.retains) continue;
        for (const exchange of peer.calls) if (exchange.retained !== undefined) yield exchange;
      }
    }
  }

  /** The progress of all clients of which a call was ever retained here. */
  clients(): ClientProgress[] {
    const clients: ClientProgress[] = [];
    for (const peers of [this.#replaced, this.#peers.values()]) {
      for (const { retains, address, incarnation, oldest, silence, lastDrop } of peers)
        if (retains) clients.push({ address, incarnation, oldest, silence, lastDrop });
    }
    return clients;
  }

  /** Learns the progress of a client from another process. */
  learn({ address, incarnation, oldest, silence, lastDrop }: ClientProgress): void {
    let peer = this.#peer({ address, incarnation });
    if (peer === undefined) {
      peer = this.#newPeer(address, incarnation, oldest);
      peer.silence = silence;
    }
    if (lastDrop !== null) peer.dropped(lastDrop);
    peer.finishBefore(oldest);
    peer.retains = true;
  }

  /** The state of a call at this process: retained, finished by its client, or not yet received. */
  stateOf(origin: CallOrigin): "retained" | "finished" | "unknown" {
    const peer = this.#peer(origin);
    if (peer === undefined) return "unknown";
    if (peer.calls.find(origin.call)?.retained !== undefined) return "retained";
    const { oldest, lastDrop } = peer;
    const forgotten = lastDrop !== null && !precedes(lastDrop, origin.call);
    return forgotten || precedes(origin.call, oldest) ? "finished" : "unknown";
  }

  /** The oldest open call of the call's client, as far as known. The client may never have been heard here. */
  oldestOf(origin: CallOrigin): number {
    return this.#peer(origin)?.oldest ?? origin.call;
  }

  #peer(origin: { address: Address; incarnation: number }): ClientPeer | undefined {
    const peer = this.#peers.get(origin.address);
    if (peer?.incarnation === origin.incarnation) return peer;
    return this.#replaced.find(({ address, incarnation }) => {
      return address === origin.address && incarnation === origin.incarnation;
    });
  }

  /**
   * The exchange that retains a call of the client: the exchange of its first attempt, made if there is none. Undefined
   * if the client is finished with the call.
   */
  home(origin: CallOrigin, oldest: number): ServerExchange | undefined {
    const peer = this.#peer(origin) ?? this.#newPeer(origin.address, origin.incarnation, oldest);
    if (precedes(origin.call, peer.oldest)) return undefined;
    let exchange = peer.calls.find(origin.call);
    if (exchange === undefined) {
      exchange = new ServerExchange(peer, origin.call);
      exchange.retire();
      peer.calls.add(exchange);
    }
    return exchange;
  }

  #newPeer(address: Address, incarnation: number, oldest: number): ClientPeer {
    const peer = new ClientPeer(this.#endpoint, this.#receiver, address, incarnation, oldest);
    const present = this.#peers.get(address);
    if (present !== undefined && precedes(incarnation, present.incarnation)) this.#replaced.push(peer);
    else {
      if (present !== undefined) this.replaced(present);
      this.#endpoint.addPeer(peer);
    }
    return peer;
  }

  /** The client's process has been replaced by a later one. */
  replaced(peer: ClientPeer): void {
    peer.calls.removeIf((exchange) => {
      if (exchange.retained === undefined) exchange.discard();
      else exchange.abandon();
      return exchange.retained === undefined;
    });
    if (peer.retains) this.#replaced.push(peer);
  }

  /** At a sweep: whether the client can be forgotten. */
  expired(peer: ClientPeer): boolean {
    if (peer.silence >= silenceOfTheDead && peer.retains) dropRetained(peer);
    const forgotten = peer.silence >= (peer.retains ? silenceOfTheForgotten : 1);
    peer.silence++;
    if (peer.calls.size === 0) return forgotten;
    if (peer.retains && peer.silence > 1) {
      this.#endpoint.sendControl(peer.address, peer.incarnation, pleaseAckBit, 0, 0, 0);
    }
    return false;
  }

  sweepReplaced(): void {
    for (let i = this.#replaced.length - 1; i >= 0; i--) {
      const peer = this.#replaced[i]!;
      if (peer.silence++ >= silenceOfTheDead) dropRetained(peer);
      if (peer.silence > silenceOfTheForgotten) this.#replaced.splice(i, 1);
    }
  }
}

function dropRetained(peer: ClientPeer): void {
  peer.calls.removeIf((exchange) => {
    const isRetained = exchange.retained !== undefined;
    if (!isRetained) return false;
    exchange.discard();
    peer.dropped(exchange.number);
    return true;
  });
}
