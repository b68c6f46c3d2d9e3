/** What a troupe is: an ID that stands for one incarnation of its membership, and the members. */
import type { Address } from "../host.ts";

/**
 * Stands for one incarnation of a troupe's membership: a positive safe integer. 0 is no troupe: an unreplicated client calls
 * in its own name.
 */
export type TroupeId = number;

/** A member is one life of a process: a process that runs there after a crash is not that member any more. */
export interface Member {
  readonly address: Address;
  /** Undefined in a static table, where whatever process runs at the address is the member. */
  readonly incarnation?: number;
  /** The epoch in which it came: a process that was dropped and comes back is another member. */
  readonly joined?: number;
}

export interface Troupe {
  readonly id: TroupeId;
  readonly name: string;
  /** The number under which every member exports the troupe's module. */
  readonly module: number;
  readonly members: readonly Member[];
  /** The multicast group that every member listens to, if there is one. */
  readonly group?: Address;
  /** All members have been dead or out of reach, by the judgement of the binding agent, since it last heard of any. */
  readonly lost?: boolean;
  /** The first ID since it was founded, or founded anew: the state of all before is lost. Undefined in a static table. */
  readonly founded?: TroupeId;
}

export function sameMember(a: Member, b: Member): boolean {
  return a.address === b.address && a.incarnation === b.incarnation && a.joined === b.joined;
}

/** A member as a key. */
export function keyOf({ address, incarnation = 0, joined = 0 }: Member): string {
  return `${address}.${incarnation}.${joined}`;
}
