/**
 * What the Ringmaster records of a troupe, and the steps from one record to the next.
 *
 * A register holds the membership of the present epoch. Every step is a function from the register's value to its next, or
 * undefined where the value does not allow it: the caller proposes it by compare-and-swap (consensus.ts), and whoever
 * loses the race reads what was decided instead. A change of membership is two steps: its coordinator first takes *office*,
 * which bars everybody else from completing a change, and then decides the next epoch, which it can only while its office stands.
 */
import type { Address } from "../../host.ts";
import { epochOf, hashOfName, troupeIdOf } from "../../troupe/troupe-id.ts";
import type { Troupe, TroupeId } from "../../troupe/troupe.ts";

/** One life of a process. */
export interface ProcessId {
  readonly address: Address;
  readonly incarnation: number;
}

/** A member, with the epoch in which it came: a process that was dropped and comes back is another member. */
export interface RegisteredMember extends ProcessId {
  readonly joined: number;
}

/** How many of the members of an epoch must be frozen before the next epoch can be decided. */
export type Quorum = "one" | "majority";

/** Plain data: it travels in CALLs and RETURNs. */
export interface Registration {
  readonly name: string;
  readonly epoch: number;
  /** The epoch in which it was founded, or founded anew after a loss. */
  readonly founded: number;
  /** Empty: the last member has left, and the troupe is no more. */
  readonly members: readonly RegisteredMember[];
  readonly quorum: Quorum;
  readonly group: Address | null;
  /** Counts offices. */
  readonly term: number;
  /** Who is changing the membership at present. */
  readonly coordinator: ProcessId | null;
  /** The term of the latest office that has found all members to agree on the losses that they were told of (change.ts); 0 if none has. */
  readonly settled: number;
  /** Every member is dead or out of reach, by the judgement of a majority of Ringmaster members. */
  readonly lost: boolean;
  /** Memberships before the present one, the latest first: who proposed one of them learns that it was decided. */
  readonly earlier: readonly { readonly epoch: number; readonly members: readonly RegisteredMember[] }[];
}

const remembered = 8;

export function sameProcess(a: ProcessId, b: ProcessId): boolean {
  return a.address === b.address && a.incarnation === b.incarnation;
}

export function includesProcess(lives: readonly ProcessId[], life: ProcessId): boolean {
  return lives.some((other) => sameProcess(other, life));
}

/** A plain copy, without what a host may carry besides. */
export function processIdOf({ address, incarnation }: ProcessId): ProcessId {
  return { address, incarnation };
}

/** A troupe of one: the first, or, where a troupe was lost or dissolved, the first anew. Its epoch is later than any before. */
export function founded(
  before: Registration | undefined,
  name: string,
  member: ProcessId,
  { quorum, group }: { readonly quorum: Quorum; readonly group: Address | null },
): Registration {
  const epoch = (before?.epoch ?? 0) + 1;
  return {
    name,
    epoch,
    founded: epoch,
    members: [{ ...member, joined: epoch }],
    quorum,
    group,
    term: (before?.term ?? 0) + 1,
    coordinator: null,
    settled: 0,
    lost: false,
    earlier: [],
  };
}

/** `coordinator` takes office; an office before it ends. */
export function inOffice(before: Registration, coordinator: ProcessId): Registration {
  return { ...before, term: before.term + 1, coordinator };
}

/** The office of that term ends without a change. */
export function resigned(before: Registration, term: number): Registration | undefined {
  return before.term === term && before.coordinator !== null
    ? { ...before, term: before.term + 1, coordinator: null }
    : undefined;
}

/** The office of that term ends without a change, for all members agree. */
export function settled(before: Registration, term: number): Registration | undefined {
  const after = resigned(before, term);
  return after && { ...after, settled: term };
}

/** The next epoch, decided by the office of that term. */
export function decided(before: Registration, term: number, lives: readonly ProcessId[]): Registration | undefined {
  if (before.term !== term || before.coordinator === null) return undefined;
  return { ...withMembers(before, lives), coordinator: null, lost: false };
}

/** The next epoch, with these members. */
export function withMembers(before: Registration, lives: readonly ProcessId[]): Registration {
  const epoch = before.epoch + 1;
  const earlier = [{ epoch: before.epoch, members: before.members }, ...before.earlier].slice(0, remembered);
  const members = lives.map(({ address, incarnation }) => {
    const stayed = before.members.find((life) => life.address === address && life.incarnation === incarnation);
    return stayed ?? { address, incarnation, joined: epoch };
  });
  return { ...before, epoch, members, earlier };
}

export function markedLost(before: Registration, lost: boolean): Registration | undefined {
  return before.lost === lost ? undefined : { ...before, lost };
}

/** Whether so many frozen members allow a change. */
export function suffices({ quorum, members }: Registration, frozen: number): boolean {
  return quorum === "one" ? frozen >= 1 : frozen > members.length / 2;
}

function troupe(registration: Registration, epoch: number, members: readonly ProcessId[]): Troupe {
  const { name, group, lost, founded } = registration;
  return {
    id: troupeIdOf(name, epoch),
    name,
    module: hashOfName(name),
    members,
    founded: troupeIdOf(name, founded),
    ...(group === null ? {} : { group }),
    ...(lost ? { lost } : {}),
  };
}

/** The present membership as a troupe. */
export function troupeOf(registration: Registration): Troupe {
  return troupe(registration, registration.epoch, registration.members);
}

/** The membership of an ID, present or earlier: those of its members that have been members ever since. */
export function troupeOfId(registration: Registration, id: TroupeId): Troupe | undefined {
  const { name, members } = registration;
  const epoch = epochOf(id);
  if (epoch > registration.epoch || troupeIdOf(name, epoch) !== id) return undefined;
  return troupe(
    registration,
    epoch,
    members.filter(({ joined }) => joined <= epoch),
  );
}
