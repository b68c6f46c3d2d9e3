/** Of the members of a replicated client, who has made a call, who may make it still, and who will not. */
import { sameOrigin, type CallOrigin, type Retention } from "../../message/retention.ts";
import { sameMember } from "../../troupe/troupe.ts";
import { contentOf, type Call } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { Entry } from "../collator.ts";
import type { Process } from "../process.ts";
import type { ClientTroupe } from "./client-troupe.ts";
import type { Incoming } from "./incoming.ts";
import type { RetainedCall } from "./retained-call.ts";

/** In the place of the CALL of a member that has made the call elsewhere: it differs from every CALL. */
const madeElsewhere = new Uint8Array(headerBytes);

/** The holder of all gatherings of a process. */
export interface Gatherer {
  readonly process: Process;
  /** The gathering of that key is over. */
  over(gathering: { readonly key: string }): void;
}

export class Callers {
  readonly client: ClientTroupe;
  /** By member, for the collator: the content of its CALL; null if it is not waited for. */
  readonly entries: Entry[];
  /** The calls of the message layer by which it is known to have come, here or at another member of the troupe that is called. */
  readonly origins: CallOrigin[] = [];
  /** All CALLs that have come, the first attempts of members and their repetitions, in the order in which they came. */
  #incoming: { readonly incoming: Incoming; readonly index: number }[] = [];
  /** Members that have made the call, if only at another member of the troupe that is called. */
  readonly #called = new Set<number>();
  /** Members that will not call. */
  readonly #missed = new Set<number>();

  constructor(client: ClientTroupe) {
    this.client = client;
    this.entries = client.members.map((_, i) => (client.hasCrashed(i) ? null : undefined));
    client.members.forEach((_, i) => {
      if (client.hasCrashed(i)) this.#missed.add(i);
    });
  }

  /**
   * The callers of a later membership. A member calls under that one only if the call was not made by anyone who belongs to both, or
   * the state of all would include it; and what the others did does not count.
   */
  succeededBy(client: ClientTroupe): Callers {
    const callers = new Callers(client);
    for (const origin of this.origins) callers.origins.push(origin);
    const places = this.client.members.map((member) => client.members.findIndex((other) => sameMember(other, member)));
    for (const before of this.#called) {
      if (places[before]! >= 0) callers.made(places[before]!, this.entries[before]!);
    }
    for (const { incoming, index } of this.#incoming) callers.called(places[index] ?? -1, incoming);
    return callers;
  }

  /** A CALL has come; the index is -1 if its sender does not belong any more. */
  called(index: number, incoming: Incoming): void {
    if (index >= 0) this.made(index, contentOf(incoming.call));
    this.#incoming.push({ incoming, index });
    const origin = originOf(incoming);
    if (!this.origins.some((known) => sameOrigin(known, origin))) this.origins.push(origin);
  }

  /** As another member knows them that has executed the call, by that CALL. */
  restore(retention: Retention, { origins, oldest }: RetainedCall, call: Call): void {
    for (const origin of origins) this.origins.push(origin);
    origins.forEach((origin, i) => {
      const index = this.client.members.findIndex(({ address, incarnation }) => {
        return address === origin.address && incarnation === origin.incarnation;
      });
      if (index >= 0) this.made(index, contentOf(call));
      const exchange = retention.home(origin, oldest[i]!);
      // The client is finished with the call.
      if (exchange === undefined) return;
      exchange.retire();
      this.called(index, { exchange, call: { ...call, first: 0 } });
    });
  }

  /** The member has made the call. */
  made(index: number, content: Uint8Array): void {
    this.entries[index] = content;
    this.#called.add(index);
  }

  /** No CALL of the member will come; `elsewhere`: it has made the call to another troupe. Answers whether it was waited for. */
  misses(index: number, elsewhere: boolean): boolean {
    this.#missed.add(index);
    return this.#goesWithout(index, elsewhere ? madeElsewhere : null);
  }

  /** The member is not waited for, though it may call. Answers whether it was until now. */
  doubts(index: number): boolean {
    return this.#goesWithout(index, null);
  }

  #goesWithout(index: number, entry: Entry): boolean {
    if (this.entries[index] !== undefined) return false;
    this.entries[index] = entry;
    return true;
  }

  /** Whether somebody is waited for. */
  get areAwaited(): boolean {
    return this.entries.includes(undefined);
  }

  /**
   * Whether nobody will call who has not. If one that has called belongs to a later membership, its execution had ended before, and
   * the state of all members includes it: so nobody makes the call after that.
   */
  get areSettled(): boolean {
    const { client } = this;
    if (client.hasSuccessor && [...this.#called].some((index) => !client.hasCrashed(index))) return true;
    return this.missing.length === 0;
  }

  /** Places of members that may call still. */
  get missing(): number[] {
    return this.client.members.flatMap((_, i) => (this.#called.has(i) || this.#missed.has(i) ? [] : [i]));
  }

  get incoming(): Incoming[] {
    return this.#incoming.map(({ incoming }) => incoming);
  }

  /** The first CALL of the member. */
  firstOf(member: number): Incoming {
    return this.#incoming.find(({ index }) => index === member)!.incoming;
  }

  /** Takes away, and answers, the CALLs whose senders do not belong. */
  dismiss(): Incoming[] {
    const outsiders = this.#incoming.filter(({ index }) => index < 0).map(({ incoming }) => incoming);
    this.#incoming = this.#incoming.filter(({ index }) => index >= 0);
    return outsiders;
  }

  /** Whether a client process that is not finished with the call has its RETURN kept here. */
  get keep(): boolean {
    return this.#incoming.some(({ incoming }) => incoming.exchange.kept !== undefined);
  }
}

/** The call of the message layer by which a client process made the call first. */
function originOf({ exchange, call: { first } }: Incoming): CallOrigin {
  const { peer: address, peerIncarnation: incarnation, number } = exchange;
  return { address, incarnation, call: first === 0 ? number : first };
}
