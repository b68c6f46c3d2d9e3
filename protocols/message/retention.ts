/**
 * How long executed CALLs and their RETURNs are kept for exactly-once execution across changes of binding.
 *
 * A call that is refused by one member is repeated at all members that have not answered, also at one that has executed it
 * while its RETURN is under way; and a change of membership has to know which calls were executed (binding/change/change.ts). So
 * the members of a troupe that can change keep CALL and RETURN of what they execute until the client is finished with the
 * call. That costs no table and no timer of its own: the exchange of the message layer stays until the client's oldest open call
 * has passed it, and the client's call stays open until the whole replicated call is finished, repetitions included.
 *
 * A client that has fallen silent is asked where it stands. One that does not answer for five sweeps (a sweep comes
 * once in a datagram's lifetime) counts as dead, and what was kept for it goes; what is known of the client itself goes
 * only after ten, with the number of the last call that was forgotten: so a member that knows nothing of a client has never heard of
 * it, while another member still keeps a call of it.
 */
import type { Address } from "../host.ts";
import { pleaseAckBit, precedes } from "../wire/segment.ts";
import { ClientPeer } from "./client-peer.ts";
import type { Endpoint } from "./endpoint.ts";
import { ServerExchange } from "./incoming-call.ts";

const silenceOfTheDead = 5;
const silenceOfTheForgotten = 10;

/** Names a client process and one of its calls, by the number of the first attempt. */
export interface CallOrigin {
  readonly address: Address;
  readonly incarnation: number;
  readonly call: number;
}

export function sameOrigin(a: CallOrigin, b: CallOrigin): boolean {
  return a.address === b.address && a.incarnation === b.incarnation && a.call === b.call;
}

/** How far a client process is finished, as far as known; plain data. */
export interface ClientProgress {
  readonly address: Address;
  readonly incarnation: number;
  /** Its oldest open call. */
  readonly oldest: number;
  /** Sweeps since it was last heard. */
  readonly silence: number;
  /** The last call of it that was kept, and forgotten since it was silent for so long. */
  readonly released: number | null;
}

export class Retention {
  readonly #endpoint: Endpoint;
  readonly #peers: ReadonlyMap<Address, ClientPeer>;
  /** Clients whose process has been replaced by a later one. */
  readonly #replaced: ClientPeer[] = [];

  constructor(endpoint: Endpoint, peers: ReadonlyMap<Address, ClientPeer>) {
    this.#endpoint = endpoint;
    this.#peers = peers;
  }

  /** Number of clients that are only remembered for what was kept. */
  get size(): number {
    return this.#replaced.length;
  }

  /** All exchanges that are kept, clients in the order in which they were first heard. */
  *kept(): Generator<ServerExchange> {
    for (const peers of [this.#replaced, this.#peers.values()]) {
      for (const peer of peers) {
        if (!peer.keeps) continue;
        for (const exchange of peer.calls) if (exchange.kept !== undefined) yield exchange;
      }
    }
  }

  /** All clients of which something was ever kept here. */
  clients(): ClientProgress[] {
    const clients: ClientProgress[] = [];
    for (const peers of [this.#replaced, this.#peers.values()]) {
      for (const { keeps, address, incarnation, oldest, silence, released } of peers)
        if (keeps) clients.push({ address, incarnation, oldest, silence, released });
    }
    return clients;
  }

  /** What another process knows of a client. */
  learn({ address, incarnation, oldest, silence, released }: ClientProgress): void {
    let peer = this.#peer({ address, incarnation });
    if (peer === undefined) {
      peer = this.#newPeer(address, incarnation, oldest);
      peer.silence = silence;
    }
    if (released !== null) peer.release(released);
    peer.finishBefore(oldest);
    peer.keeps = true;
  }

  /** What is known here of a call: kept, finished by its client, or not yet come. */
  standing(origin: CallOrigin): "kept" | "finished" | "unknown" {
    const peer = this.#peer(origin);
    if (peer === undefined) return "unknown";
    if (peer.calls.find(origin.call)?.kept !== undefined) return "kept";
    const { oldest, released } = peer;
    const forgotten = released !== null && !precedes(released, origin.call);
    return forgotten || precedes(origin.call, oldest) ? "finished" : "unknown";
  }

  /** The oldest open call of the client that has made the call, as far as known. It may never have been heard here. */
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
   * The exchange under which a call of the client is, or is to be, kept: that of its first attempt, made if there is
   * none. Undefined if the client is finished with the call.
   */
  home(origin: CallOrigin, oldest: number): ServerExchange | undefined {
    const peer = this.#peer(origin) ?? this.#newPeer(origin.address, origin.incarnation, oldest);
    if (precedes(origin.call, peer.oldest)) return undefined;
    let exchange = peer.calls.find(origin.call);
    if (exchange === undefined) {
      exchange = new ServerExchange(this.#endpoint, peer, origin.call);
      exchange.retire();
      peer.calls.add(exchange);
    }
    return exchange;
  }

  #newPeer(address: Address, incarnation: number, oldest: number): ClientPeer {
    const peer = new ClientPeer(address, incarnation, oldest, this.#endpoint.timeoutBounds);
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
      if (exchange.kept === undefined) exchange.release();
      else exchange.abandon();
      return exchange.kept === undefined;
    });
    if (peer.keeps) this.#replaced.push(peer);
  }

  /** At a sweep: whether nothing need be remembered of the client. */
  expired(peer: ClientPeer): boolean {
    if (peer.silence >= silenceOfTheDead && peer.keeps) releaseKept(peer);
    const forgotten = peer.silence >= (peer.keeps ? silenceOfTheForgotten : 1);
    peer.silence++;
    if (peer.calls.size === 0) return forgotten;
    if (peer.keeps && peer.silence > 1) {
      this.#endpoint.sendControl(peer.address, peer.incarnation, pleaseAckBit, 0, 0, 0);
    }
    return false;
  }

  sweepReplaced(): void {
    for (let i = this.#replaced.length - 1; i >= 0; i--) {
      const peer = this.#replaced[i]!;
      if (peer.silence++ >= silenceOfTheDead) releaseKept(peer);
      if (peer.silence > silenceOfTheForgotten) this.#replaced.splice(i, 1);
    }
  }
}

function releaseKept(peer: ClientPeer): void {
  peer.calls.removeIf((exchange) => {
    const kept = exchange.kept !== undefined;
    if (!kept) return false;
    exchange.release();
    peer.release(exchange.number);
    return true;
  });
}
