/**
 * The members of a replicated client in one call: which have made the call, which may still make it, and which will
 * not.
 *
 * Source: dissertation, many-to-one calls.
 */
import { sameOrigin, type CallOrigin, type Retention } from "../../message/retention.ts";
import { sameMember } from "../../troupe/troupe.ts";
import { contentOf, type Call } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { Entry } from "../collator.ts";
import type { Process } from "../process.ts";
import type { ClientTroupe } from "./client-troupe.ts";
import type { Incoming } from "./incoming.ts";
import type { Electorate } from "./ordering.ts";
import type { RetainedCall } from "./retained-call.ts";

/** Stands for the CALL of a member that has made the call to another troupe. It differs from every CALL. */
const madeElsewhere = new Uint8Array(headerBytes);

/** The holder of all gatherings of a process. */
export interface Gatherer {
  readonly process: Process;
  /** The gathering with that key is over. */
  over(gathering: { readonly key: string }): void;
}

export class Callers implements Electorate {
  readonly client: ClientTroupe;
  /** The content of each member's CALL, by member, for the collator; null for a member that is not waited for. */
  readonly entries: Entry[];
  /** The message-layer calls that brought the CALLs, here or at another member of the called troupe. */
  readonly origins: CallOrigin[] = [];
  /** All CALLs received, first attempts and repetitions, in the order of arrival. */
  #incoming: { readonly incoming: Incoming; readonly index: number }[] = [];
  /** Members that have made the call, here or at another member of the called troupe. */
  readonly #called = new Set<number>();
  /** Members that will not make the call. */
  readonly #missed = new Set<number>();
  /** By dead process: the attempt in which it was found dead. */
  #dead: Map<CallOrigin, number> | undefined = undefined;

  constructor(client: ClientTroupe) {
    this.client = client;
    this.entries = client.members.map((_, i) => (client.hasCrashed(i) ? null : undefined));
    client.members.forEach((_, i) => {
      if (client.hasCrashed(i)) this.#missed.add(i);
    });
  }

  /**
   * The callers under a later membership. A member calls under the later membership only if no process that belongs to
   * both memberships made the call; otherwise the state of all members would include the call. CALLs of the other
   * processes do not count.
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

  /** A CALL has arrived. `index` is -1 if its sender does not belong to the membership any more. */
  called(index: number, incoming: Incoming): void {
    if (index >= 0) this.made(index, contentOf(incoming.call));
    this.#incoming.push({ incoming, index });
    const origin = originOf(incoming);
    if (!this.origins.some((known) => sameOrigin(known, origin))) this.origins.push(origin);
  }

  /** Restores the callers from another member that has executed the call, with the CALL that it executed. */
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

  /**
   * The member will send no CALL here. `elsewhere`: it has made the call to another troupe. Answers whether the call
   * waited for the member.
   */
  misses(index: number, elsewhere: boolean): boolean {
    this.#missed.add(index);
    return this.#goesWithout(index, elsewhere ? madeElsewhere : null);
  }

  /**
   * The call no longer waits for the member, which may still call. Answers whether the call waited for it until now.
   */
  doubts(index: number): boolean {
    return this.#goesWithout(index, null);
  }

  #goesWithout(index: number, entry: Entry): boolean {
    if (this.entries[index] !== undefined) return false;
    this.entries[index] = entry;
    return true;
  }

  /** Whether the call still waits for a member. */
  get areAwaited(): boolean {
    return this.entries.includes(undefined);
  }

  /**
   * Whether no further member will call. If a member that has called belongs to a later membership, the execution had
   * ended before that membership began, and the state of all its members includes the call. Therefore no member makes
   * the call after that.
   */
  get areSettled(): boolean {
    const { client } = this;
    if (client.hasSuccessor && [...this.#called].some((index) => !client.hasCrashed(index))) return true;
    return this.missing.length === 0;
  }

  /** Indexes of the members that may still call. */
  get missing(): number[] {
    return this.client.members.flatMap((_, i) => (this.#called.has(i) || this.#missed.has(i) ? [] : [i]));
  }

  died(origin: CallOrigin, attempt: number): void {
    // Where memberships change, a silent process may be heard again.
    if (!this.client.changes) (this.#dead ??= new Map()).set(origin, attempt);
  }

  diedBefore(origin: CallOrigin, attempt: number): boolean {
    return (this.#dead?.get(origin) ?? Infinity) < attempt;
  }

  get incoming(): Incoming[] {
    return this.#incoming.map(({ incoming }) => incoming);
  }

  /** The first CALL of the member. */
  firstOf(member: number): Incoming {
    return this.#incoming.find(({ index }) => index === member)!.incoming;
  }

  /** Removes and answers the CALLs whose senders do not belong to the membership. */
  dismiss(): Incoming[] {
    const outsiders = this.#incoming.filter(({ index }) => index < 0).map(({ incoming }) => incoming);
    this.#incoming = this.#incoming.filter(({ index }) => index >= 0);
    return outsiders;
  }

  /** Whether the RETURN is retained here for a client process that is not finished with the call. */
  get isRetained(): boolean {
    return this.#incoming.some(({ incoming }) => incoming.exchange.retained !== undefined);
  }
}

/** The message-layer call of the client process's first attempt. */
function originOf({ exchange, call: { first } }: Incoming): CallOrigin {
  const { peer: address, peerIncarnation: incarnation, number } = exchange;
  return { address, incarnation, call: first === 0 ? number : first };
}
