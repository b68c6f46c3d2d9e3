/**
 * A client troupe as a server member knows it.
 *
 * Machines are fail-stop: a member that was declared crashed, or that was replaced by a later process at its address, does
 * not belong any more, whatever it sends. It would name new calls like old ones.
 *
 * A static table names no life of a process. There the first life that is heard is the member, be it by a CALL or by the answer
 * to a probe. It may be a second one, if the first was never heard here, and does no harm: every call of the troupe that
 * was executed here is gathered still, since no CALL of that member has come for it, and so a CALL of the
 * same name gets the RETURN that was kept. For this server it is a member that is very late.
 */
import type { Member, TroupeId } from "../binding/binding.ts";
import type { Endpoint } from "../message/endpoint.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import type { Watch } from "../message/watch.ts";
import { precedes } from "../wire/segment.ts";
import { Inquiry } from "./inquiry.ts";

/** Who waits for a member's CALL. */
export interface Waiting {
  /** The question to the member whether the CALL may still come (inquiry.ts). */
  inquiry(): Uint8Array;
  /** The member crashed: none of its CALLs will come. */
  crashed(index: number): void;
  /** The member lives, but this CALL of it will not come; `elsewhere`: it has made the call to another troupe. */
  absent(index: number, elsewhere: boolean): void;
}

/** The watch of one member, for all who wait for it. */
interface Vigil {
  readonly watch: Watch;
  readonly waiting: Map<Waiting, Inquiry>;
  /** The member has answered a probe. */
  heard: boolean;
}

const excluded = -1;

export class ClientTroupe {
  readonly id: TroupeId;
  readonly members: readonly Member[];
  readonly #endpoint: Endpoint;
  /** By member: the incarnation that belongs or was heard, 0 if none was, `excluded` once it crashed. */
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

  /** Asks the member now and then whether it lives and may still call, and tells `waiting` if not. It must not have crashed yet. */
  await(index: number, waiting: Waiting): void {
    const { address } = this.members[index]!;
    const inquiry = new Inquiry(
      this.#endpoint,
      address,
      () => waiting.inquiry(),
      (standing) => {
        if (standing !== "lost") waiting.absent(index, standing === "elsewhere");
        // Where members have incarnations nobody gives one up; it is dropped from the membership, or gets the call in the end.
        else if (this.members[index]!.incarnation === undefined) this.#givenUp(index);
      },
    );
    const vigil = this.#vigils[index];
    if (vigil !== undefined) {
      vigil.waiting.set(waiting, inquiry);
      return;
    }
    const watch = this.#endpoint.watch(address, this.#incarnations[index]!, {
      heard: (incarnation) => this.#heard(index, incarnation),
      crashed: () => this.#crashed(index),
    });
    this.#vigils[index] = { watch, waiting: new Map([[waiting, inquiry]]), heard: false };
  }

  /** The member's CALL has come, or is of no interest any more. */
  awaitNoMore(index: number, waiting: Waiting): void {
    const vigil = this.#vigils[index];
    const inquiry = vigil?.waiting.get(waiting);
    if (vigil === undefined || inquiry === undefined) return;
    inquiry.stop();
    vigil.waiting.delete(waiting);
    if (vigil.waiting.size > 0) return;
    vigil.watch.stop();
    this.#vigils[index] = undefined;
  }

  /** The member lives. Most are only a little late: it is asked for the CALL from the second time on. */
  #heard(index: number, incarnation: number): void {
    const known = (this.#incarnations[index] ||= incarnation);
    if (known !== incarnation) return;
    const vigil = this.#vigils[index]!;
    if (vigil.heard) for (const inquiry of vigil.waiting.values()) inquiry.ask(incarnation);
    vigil.heard = true;
  }

  #givenUp(index: number): void {
    const { host } = this.#endpoint;
    const { address: peer } = this.members[index]!;
    if (host.traced) host.trace({ type: "peer-crashed", peer, reason: "given-up" });
    this.#crashed(index);
  }

  #crashed(index: number): void {
    this.#incarnations[index] = excluded;
    const vigil = this.#vigils[index];
    if (vigil === undefined) return;
    this.#vigils[index] = undefined;
    vigil.watch.stop();
    for (const [waiting, inquiry] of vigil.waiting) {
      inquiry.stop();
      waiting.crashed(index);
    }
  }
}
