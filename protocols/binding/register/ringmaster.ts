/**
 * The Ringmaster: the binding agent, which is itself a troupe called by replicated procedure call.
 *
 * Source: dissertation, chapter 6. Unrelated threads reach the Ringmaster's members in different orders, and each
 * member may die at any time. Therefore the members do not hold equal states. Each member is an *acceptor* of one
 * register for each troupe name (Lamport, "The part-time parliament", 1998; registers that change repeatedly: Rystsov,
 * "CASPaxos", 2018). The caller runs the algorithm as a loop over the generator of replies that stops at a majority:
 * explicit replication (consensus.ts). The verbs join_troupe, leave_troupe, lookup_by_name, lookup_by_id, rebind and
 * add_troupe_member are such loops (verbs/ringmaster-binding.ts).
 *
 * The Ringmaster is an ordinary module. It has no clock and makes no calls.
 */
import { knowRecords } from "../../call/interface.ts";
import { registrations, type ProcessId, type RegisteredMember, type Registration } from "./register.ts";

/**
 * Orders proposals by round, then by the proposer's address and incarnation. `outrun` does not affect the order: it
 * counts how often other proposals have overtaken the proposer, and sets how long a refused proposer waits
 * (consensus.ts).
 */
export type Ballot = readonly [round: number, address: number, incarnation: number, outrun: number];

export interface Accepted {
  readonly ballot: Ballot;
  readonly value: Registration;
}

/**
 * A register as one Ringmaster member holds it; plain data.
 *
 * Invariant: accepted = null, or accepted.ballot <= promised.
 */
export interface RegisterState {
  readonly base: number;
  readonly promised: Ballot;
  readonly accepted: Accepted | null;
}

/** `granted`: whether the member has promised no higher ballot. */
export interface Vote {
  readonly granted: boolean;
  readonly promised: Ballot;
  readonly accepted: Accepted | null;
}

export const lowest: Ballot = [0, 0, 0, 0];

/** Negative, 0 or positive if `a` is less than, equal to or greater than `b`. */
export function compareBallots(a: Ballot, b: Ballot): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Judges whether members are alive (ringmaster/collector.ts). */
export interface Judge {
  /**
   * Whether the member is suspected to be dead. `certainly`: whether it is certain that the member will not answer
   * again.
   */
  suspects(member: RegisteredMember, certainly: boolean): boolean;
  /** Grants the member no lease from now on, until the office of that term is known to be over. */
  bar(member: RegisteredMember, term: number): void;
  report(life: ProcessId): void;
  /** Whether living members of an unknown troupe may still register it. */
  readonly mayNotKnow: boolean;
  /** A register names these members. A member that was unknown before counts as heard now. */
  met(members: readonly RegisteredMember[]): void;
}

export class Ringmaster {
  readonly #registers = new Map<number, RegisterState>();
  readonly #judge: Judge;

  constructor(registers: readonly RegisterState[], judge: Judge) {
    for (const register of registers) this.#registers.set(register.base, register);
    this.#judge = judge;
  }

  #register(base: number): RegisterState {
    return this.#registers.get(base) ?? { base, promised: lowest, accepted: null };
  }

  /** First phase: promises to accept nothing below the ballot. */
  prepare(base: number, ballot: Ballot): Vote {
    const { promised, accepted } = this.#register(base);
    const granted = compareBallots(ballot, promised) > 0;
    if (granted) this.#registers.set(base, { base, promised: ballot, accepted });
    return { granted, promised: granted ? ballot : promised, accepted };
  }

  /** Second phase: accepts the value unless a higher ballot has been promised. */
  accept(base: number, ballot: Ballot, value: Registration): Vote {
    const { promised, accepted } = this.#register(base);
    if (compareBallots(ballot, promised) < 0) return { granted: false, promised, accepted };
    const now: Accepted = { ballot, value };
    this.#registers.set(base, { base, promised: ballot, accepted: now });
    this.#judge.met(value.members);
    return { granted: true, promised: ballot, accepted: now };
  }

  read(base: number): Vote {
    const { promised, accepted } = this.#register(base);
    return { granted: true, promised, accepted };
  }

  /** The bases of the registers that have a value at this Ringmaster member. */
  bases(): number[] {
    return [...this.#registers.values()].filter(({ accepted }) => accepted !== null).map(({ base }) => base);
  }

  /** The members among these that this Ringmaster member holds for dead, or for certainly dead. */
  suspects(members: readonly RegisteredMember[], certainly: boolean): RegisteredMember[] {
    return members.filter((member) => this.#judge.suspects(member, certainly));
  }

  /** Whether this Ringmaster was formed so lately that living members of an unknown troupe may still register it. */
  mayNotKnow(): boolean {
    return this.#judge.mayNotKnow;
  }

  /**
   * The members among these that this Ringmaster member suspects and now gives up for the office of that term. The
   * office may leave them out of the next epoch at any time. A member that is heard again must not execute calls
   * meanwhile.
   */
  giveUp(term: number, members: readonly RegisteredMember[]): RegisteredMember[] {
    const given = this.suspects(members, false);
    for (const member of given) this.#judge.bar(member, term);
    return given;
  }

  /** A caller has found that these processes do not answer. */
  report(lives: readonly ProcessId[]): void {
    for (const life of lives) this.#judge.report(life);
  }

  _registers(): RegisterState[] {
    return [...this.#registers.values()];
  }
}

knowRecords(Ringmaster, registrations);

/**
 * The registers of an acceptor that has seen everything in these states: for each base, the highest promise and the
 * value with the highest ballot.
 */
export function mergeRegisters(states: Iterable<readonly RegisterState[]>): RegisterState[] {
  const merged = new Map<number, RegisterState>();
  for (const registers of states) {
    for (const { base, promised, accepted } of registers) {
      const other = merged.get(base);
      if (other === undefined) {
        merged.set(base, { base, promised, accepted });
        continue;
      }
      const newer =
        other.accepted === null || (accepted !== null && compareBallots(accepted.ballot, other.accepted.ballot) > 0)
          ? accepted
          : other.accepted;
      const higher = compareBallots(promised, other.promised) > 0 ? promised : other.promised;
      merged.set(base, { base, promised: higher, accepted: newer });
    }
  }
  return [...merged.values()].sort((a, b) => a.base - b.base);
}
