/**
 * The Ringmaster's record of a troupe, and the steps from one record to the next.
 *
 * Source: dissertation, chapter 6 (troupe IDs and membership). A register holds the membership of the present epoch.
 * Every step is a function from the register's value to the next value, or to undefined if the present value does not
 * allow the step. The caller proposes the step by compare-and-swap (consensus.ts); a caller that loses the race reads
 * the decided value instead. A change of membership takes two steps. Its coordinator first takes *office*, which
 * prevents every other process from completing a change. The coordinator then decides the next epoch, which succeeds
 * only while its office stands.
 */
import type { Address } from "../../host.ts";
import { epochOf, hashOfName, troupeIdOf } from "../../troupe/troupe-id.ts";
import type { Troupe, TroupeId } from "../../troupe/troupe.ts";
import { KnownRecords } from "../../wire/records.ts";

/** One incarnation of a process. */
export interface ProcessId {
  readonly address: Address;
  readonly incarnation: number;
}

/**
 * A member, with the epoch in which it joined. A process that was dropped and joins again counts as another member.
 */
export interface RegisteredMember extends ProcessId {
  readonly joined: number;
}

/** How many of the members of an epoch must be frozen before the next epoch can be decided. */
export type Quorum = "one" | "majority";

/** Plain data: it travels in CALLs and RETURNs. */
export interface Registration {
  readonly name: string;
  readonly epoch: number;
  /** The epoch in which the troupe was founded, or was founded again after a loss. */
  readonly founded: number;
  /** Empty if the last member has left, and the troupe is dissolved. */
  readonly members: readonly RegisteredMember[];
  readonly quorum: Quorum;
  readonly group: Address | null;
  /** The number of offices so far. Every start and every end of an office adds 1. */
  readonly term: number;
  /** The process that is changing the membership now; null if no change is under way. */
  readonly coordinator: ProcessId | null;
  /** The term of the latest office that found all members to agree on their losses (change.ts); 0 if no office has. */
  readonly settled: number;
  /** Whether a majority of Ringmaster members judges every member dead or unreachable. */
  readonly lost: boolean;
  /** Whether a new Ringmaster has it from a member alone (member/recovery.ts). No member is given a lease then. */
  readonly recovered?: true;
  /** Earlier memberships, the latest first. The proposer of one of them learns from this list that it was decided. */
  readonly earlier: readonly { readonly epoch: number; readonly members: readonly RegisteredMember[] }[];
}

/** The registrations that were sent last. A change sends the same one to the Ringmaster and to all members. */
export const registrations = new KnownRecords((value) => "quorum" in value && "earlier" in value);

const remembered = 8;

export function sameProcess(a: ProcessId, b: ProcessId): boolean {
  return a.address === b.address && a.incarnation === b.incarnation;
}

export function includesProcess(lives: readonly ProcessId[], life: ProcessId): boolean {
  return lives.some((other) => sameProcess(other, life));
}

/** A plain copy with address and incarnation only. */
export function processIdOf({ address, incarnation }: ProcessId): ProcessId {
  return { address, incarnation };
}

/**
 * A troupe of one member, in epoch `first`: newly founded, or founded again after loss or dissolution. Invariant: epoch
 * after > epoch before.
 */
export function founded(
  before: Registration | undefined,
  name: string,
  member: ProcessId,
  { quorum, group, first = 1 }: { readonly quorum: Quorum; readonly group: Address | null; readonly first?: number },
): Registration {
  const epoch = before === undefined ? first : before.epoch + 1;
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

/** `coordinator` takes office, which ends any earlier office. */
export function inOffice(before: Registration, coordinator: ProcessId): Registration {
  return { ...before, term: before.term + 1, coordinator };
}

/** The office of that term ends without a change; undefined if that office has already ended. */
export function resigned(before: Registration, term: number): Registration | undefined {
  return before.term === term && before.coordinator !== null
    ? { ...before, term: before.term + 1, coordinator: null }
    : undefined;
}

/** The office of that term ends without a change, because all members agree on their losses. */
export function settled(before: Registration, term: number): Registration | undefined {
  const after = resigned(before, term);
  return after && { ...after, settled: term };
}

/** The next epoch, decided by the office of that term. */
export function decided(before: Registration, term: number, lives: readonly ProcessId[]): Registration | undefined {
  if (before.term !== term || before.coordinator === null) return undefined;
  const { recovered: _, ...next } = withMembers(before, lives);
  return { ...next, coordinator: null, lost: false };
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

/** Whether `frozen` members are enough for a change. */
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

/**
 * The membership of a troupe ID, present or earlier, reduced to the members that have stayed ever since; undefined if
 * unknown.
 */
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

/**
 * The registered troupe; undefined if it has no members.
 * @throws RangeError if another troupe's name has the same hash
 */
export function presentTroupe(registration: Registration | undefined, name: string): Troupe | undefined {
  if (registration === undefined) return undefined;
  if (registration.name !== name) {
    throw new RangeError(`troupe name "${name}" cannot be told from "${registration.name}"; take another`);
  }
  return registration.members.length === 0 ? undefined : troupeOf(registration);
}
