/** Troupes: an ID for one incarnation of the membership, and the members. Source: dissertation, troupes. */
import type { Address } from "../host.ts";

/**
 * The ID of one incarnation of a troupe's membership: a positive safe integer. 0 means no troupe: an unreplicated
 * client calls in its own name.
 */
export type TroupeId = number;

/** A member: one incarnation of a process. A process that runs at the address after a crash is another member. */
export interface Member {
  readonly address: Address;
  /** Undefined in a static table: any process at the address is the member. */
  readonly incarnation?: number;
  /** The epoch in which the member joined. A process that was dropped and joins again is another member. */
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
  /** Whether the binding agent has judged all members dead or unreachable since it last heard any of them. */
  readonly lost?: boolean;
  /**
   * The first ID since the troupe was founded, or founded again: the state of all earlier members is lost. Undefined in
   * a static table.
   */
  readonly founded?: TroupeId;
}

export function sameMember(a: Member, b: Member): boolean {
  return a.address === b.address && a.incarnation === b.incarnation && a.joined === b.joined;
}

/** A member as a key. */
export function keyOf({ address, incarnation = 0, joined = 0 }: Member): string {
  return `${address}.${incarnation}.${joined}`;
}
