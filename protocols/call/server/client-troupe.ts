/**
 * A client troupe as a server member knows it.
 *
 * Machines are fail-stop: a member that was declared crashed, or that was replaced by a later process at its address,
 * does not belong any more, whatever it sends. It would name new calls like old ones.
 *
 * A static table names no incarnations. The first incarnation that is heard is the member, be it by a CALL or by the
 * answer to a probe. It may be a later incarnation, if the earlier one was never heard here. This does no harm: every
 * call of the troupe that was executed here is still gathered, since no CALL of that member has come for it, and a CALL
 * of the same name gets the RETURN that was retained. For this server the member is only very late.
 *
 * Where memberships change, only the binding agent decides membership; a server never does. A server that took a silent
 * member for dead would refuse it, and other servers would not. So a silent member is only in doubt. The server must
 * not wait for it: the troupe cannot change until the waiting call of its other member ends. The CALL of the silent
 * member may still come. The server reports the member to the agent, which drops it from the membership or does not.
 */
import type { ServerExchange } from "../../message/incoming-call.ts";
import type { Watch } from "../../message/watch.ts";
import { enclosing } from "../../thread/attempt.ts";
import { supersedes } from "../../troupe/troupe-id.ts";
import { sameMember, type Member, type Troupe, type TroupeId } from "../../troupe/troupe.ts";
import { readCall } from "../../wire/call.ts";
import { precedes } from "../../wire/segment.ts";
import type { Process } from "../process.ts";
import { Inquiry } from "./inquiry.ts";

/** Who waits for a member's CALL. */
export interface Waiting {
  /** The question to the member whether the CALL may still come (inquiry.ts). */
  inquiry(): Uint8Array;
  /** The member does not belong any more: none of its CALLs will come. */
  crashed(index: number): void;
  /** The member lives, but this CALL of it will not come; `elsewhere`: it has made the call to another troupe. */
  absent(index: number, elsewhere: boolean): void;
  /** The CALL may come, but the member is silent, or has not known of the call for long. */
  doubtful(index: number): void;
  /** The troupe has a later membership. */
  superseded(): void;
}

/** The watch of one member, for all who wait for it. */
interface Vigil {
  watch: Watch | undefined;
  readonly waiting: Map<Waiting, Inquiry>;
  /** The member has answered a probe. */
  heard: boolean;
}

const excluded = -1;

export class ClientTroupe {
  readonly troupe: Troupe;
  readonly #process: Process;
  /**
   * By member: the incarnation that belongs or was heard, 0 if none was, `excluded` once it does not belong any more.
   */
  readonly #incarnations: number[];
  readonly #vigils: (Vigil | undefined)[];
  /** Whether a later membership is known. */
  hasSuccessor = false;
  #asking = false;

  constructor(process: Process, troupe: Troupe) {
    this.troupe = troupe;
    this.#process = process;
    this.#incarnations = troupe.members.map(({ incarnation }) => incarnation ?? 0);
    this.#vigils = troupe.members.map(() => undefined);
  }

  get id(): TroupeId {
    return this.troupe.id;
  }

  get members(): readonly Member[] {
    return this.troupe.members;
  }

  /** Whether the membership may be followed by another. */
  get changes(): boolean {
    return (
      this.#process.binding.rebind !== undefined && this.members.some(({ incarnation }) => incarnation !== undefined)
    );
  }

  /** The place of the exchange's peer among the members; -1 if it has none. */
  place(exchange: ServerExchange): number {
    const index = this.members.findIndex(({ address }) => address === exchange.peer);
    if (index < 0) return -1;
    const { peerIncarnation } = exchange;
    const known = (this.#incarnations[index] ||= peerIncarnation);
    if (known === peerIncarnation) return index;
    if (known !== excluded && precedes(known, peerIncarnation)) this.#fell(index);
    return -1;
  }

  hasCrashed(index: number): boolean {
    return this.#incarnations[index] === excluded;
  }

  /**
   * Asks the member now and then whether it lives and may still call, and tells `waiting` if not. It must not have
   * crashed yet.
   */
  await(index: number, waiting: Waiting): void {
    const { endpoint } = this.#process;
    const inquiry = new Inquiry(
      endpoint,
      this.members[index]!.address,
      () => waiting.inquiry(),
      (standing) => {
        if (standing !== "lost") waiting.absent(index, standing === "elsewhere");
        // It has finished with the transaction in another attempt.
        else if (isOfAttempt(waiting)) waiting.absent(index, false);
        else if (!this.changes) this.#givenUp(index);
        else {
          waiting.doubtful(index);
          this.#ask([]);
        }
      },
    );
    const vigil = this.#vigils[index];
    if (vigil !== undefined) {
      vigil.waiting.set(waiting, inquiry);
      // It is silent, and the agent is being asked.
      if (vigil.watch === undefined) waiting.doubtful(index);
      return;
    }
    this.#vigils[index] = { watch: undefined, waiting: new Map([[waiting, inquiry]]), heard: false };
    this.#watch(index);
  }

  #watch(index: number): void {
    this.#vigils[index]!.watch = this.#process.endpoint.watch(
      this.members[index]!.address,
      this.#incarnations[index]!,
      {
        heard: (incarnation) => this.#heard(index, incarnation),
        crashed: () => this.#fell(index),
      },
    );
  }

  /** The member's CALL has come, or is of no interest any more. */
  awaitNoMore(index: number, waiting: Waiting): void {
    const vigil = this.#vigils[index];
    const inquiry = vigil?.waiting.get(waiting);
    if (vigil === undefined || inquiry === undefined) return;
    inquiry.stop();
    vigil.waiting.delete(waiting);
    if (vigil.waiting.size > 0) return;
    vigil.watch?.stop();
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
    const { host } = this.#process;
    const { address: peer } = this.members[index]!;
    if (host.traced) host.trace({ type: "peer-crashed", peer, reason: "given-up" });
    this.#exclude(index);
  }

  /** The member is silent, or another process runs at its address. */
  #fell(index: number): void {
    if (!this.changes) {
      this.#exclude(index);
      return;
    }
    const vigil = this.#vigils[index];
    if (vigil === undefined) return;
    vigil.watch?.stop();
    vigil.watch = undefined;
    for (const waiting of vigil.waiting.keys()) waiting.doubtful(index);
    this.#ask([this.members[index]!]);
  }

  /**
   * Asks the binding agent who belongs by now, and reports those that fell silent. Whoever belongs is watched again.
   */
  #ask(silent: readonly Member[]): void {
    if (this.#asking) return;
    this.#asking = true;
    const answered = (troupe: Troupe | undefined): void => {
      this.#asking = false;
      if (troupe !== undefined) this.learn(troupe);
      this.#vigils.forEach((vigil, index) => {
        if (vigil !== undefined && vigil.watch === undefined) this.#watch(index);
      });
    };
    this.#process.binding.rebind!(this.troupe, silent).then(answered, () => answered(undefined));
  }

  /** A later membership: who is not in it does not belong any more. */
  learn({ id, members }: Troupe): void {
    if (!supersedes(id, this.id)) return;
    this.hasSuccessor = true;
    this.members.forEach((member, index) => {
      if (!this.hasCrashed(index) && !members.some((other) => sameMember(other, member))) this.#exclude(index);
    });
    const waiting = new Set(this.#vigils.flatMap((vigil) => [...(vigil?.waiting.keys() ?? [])]));
    for (const each of waiting) each.superseded();
  }

  #exclude(index: number): void {
    this.#incarnations[index] = excluded;
    const vigil = this.#vigils[index];
    if (vigil === undefined) return;
    this.#vigils[index] = undefined;
    vigil.watch?.stop();
    for (const [waiting, inquiry] of vigil.waiting) {
      inquiry.stop();
      waiting.crashed(index);
    }
  }
}

/** Whether the call was made in an attempt of a transaction: members that are in another one do not make it. */
function isOfAttempt(waiting: Waiting): boolean {
  const { message, pathEnd } = readCall(waiting.inquiry());
  return enclosing(message, pathEnd) !== undefined;
}
