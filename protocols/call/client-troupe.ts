/**
 * A client troupe as a server member knows it.
 *
 * Machines are fail-stop: a member that was declared crashed, or that was replaced by a later process at its address, does
 * not belong any more, whatever it sends. It would name new calls like old ones.
 */
import type { Member, TroupeId } from "../binding/binding.ts";
import type { Endpoint } from "../message/endpoint.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import type { Watch } from "../message/watch.ts";
import { precedes } from "../wire/segment.ts";

/** Who waits for a member's CALL. */
export interface Waiting {
  crashed(index: number): void;
}

/** The watch of one member, for all who wait for it. */
interface Vigil {
  readonly watch: Watch;
  readonly waiting: Set<Waiting>;
}

const excluded = -1;

export class ClientTroupe {
  readonly id: TroupeId;
  readonly members: readonly Member[];
  readonly #endpoint: Endpoint;
  /** By member: the incarnation that belongs or has called, 0 if none has, `excluded` once it crashed. */
  readonly #incarnations: number[];
  readonly #vigils: (Vigil | undefined)[];

  constructor(endpoint: Endpoint, id: TroupeId, members: readonly Member[]) {
    this.id = id;
    this.members = members;
    this.#endpoint = endpoint;
    this.#incarnations = members.map(({ incarnation }) => incarnation ?? 0);
    this.#vigils = members.map(() => undefined);
  }

  /** The place of the exchange's peer among the members; -1 if it has none. */
  place(exchange: ServerExchange): number {
    const index = this.members.findIndex(({ address }) => address === exchange.peer);
    if (index < 0) return -1;
    const { peerIncarnation } = exchange;
    const known = (this.#incarnations[index] ||= peerIncarnation);
    if (known === peerIncarnation) return index;
    if (known !== excluded && precedes(known, peerIncarnation)) this.#crashed(index);
    return -1;
  }

  hasCrashed(index: number): boolean {
    return this.#incarnations[index] === excluded;
  }

  /** Asks the member now and then whether it lives, and tells `waiting` if it does not. It must not have crashed yet. */
  await(index: number, waiting: Waiting): void {
    const vigil = this.#vigils[index];
    if (vigil !== undefined) {
      vigil.waiting.add(waiting);
      return;
    }
    const watch = this.#endpoint.watch(this.members[index]!.address, this.#incarnations[index]!, () =>
      this.#crashed(index),
    );
    this.#vigils[index] = { watch, waiting: new Set([waiting]) };
  }

  /** The member's CALL has come, or is of no interest any more. */
  awaitNoMore(index: number, waiting: Waiting): void {
    const vigil = this.#vigils[index];
    if (vigil?.waiting.delete(waiting) !== true || vigil.waiting.size > 0) return;
    vigil.watch.stop();
    this.#vigils[index] = undefined;
  }

  #crashed(index: number): void {
    this.#incarnations[index] = excluded;
    const vigil = this.#vigils[index];
    if (vigil === undefined) return;
    this.#vigils[index] = undefined;
    vigil.watch.stop();
    for (const waiting of vigil.waiting) waiting.crashed(index);
  }
}
