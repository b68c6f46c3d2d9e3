/**
 * The decision on a transaction: the rules of client members and of server members.
 *
 * Source: dissertation, chapter 5 (troupe commit protocol). docs/transactions.md describes the holes that are closed
 * here. A server member that is ready to commit calls ready_to_commit back at every client member. Two rules follow.
 *
 * - **A client member** answers "commit" only when every member of the server troupe is ready. It answers "abort" only
 *   for an attempt for which a member is not ready. It gives the same answer on an attempt to all members, for ever
 *   (Ballot).
 * - **A server member** commits on the first "commit" of any client member. It undoes an attempt for which it was ready
 *   only when every client member has answered "abort" (verdictOf).
 *
 * Therefore, after the first "commit" of a client member, no member can undo the attempt, and every living member will
 * commit. Two client members may give different answers. Then the "abort" has no effect.
 */

/** The answer of one client member: "gone" if it is dead, or does not know the call; undefined before it answers. */
export type Answer = "commit" | "abort" | "gone" | undefined;

/** "in doubt": a client member that never answers may have answered "commit" to another member. */
export type Verdict = "commit" | "abort" | "wait" | "in doubt";

/** The rule of a server member that has voted that it is ready. `asked`: the client members. */
export function verdictOf(asked: readonly { readonly answer: Answer }[]): Verdict {
  if (asked.some(({ answer }) => answer === "commit")) return "commit";
  if (asked.some(({ answer }) => answer === undefined)) return "wait";
  return asked.length > 0 && asked.every(({ answer }) => answer === "abort") ? "abort" : "in doubt";
}

/** The vote of one server member. */
export interface Vote {
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /**
   * The proposed time of a member that is ready; null withdraws the vote, or states that the member will not be ready.
   */
  readonly time: number | null;
}

export interface Decision {
  readonly attempt: number;
  readonly commits: boolean;
  /** The latest of the proposed times. */
  readonly time: number;
}

/** The votes on one call at one client member. A number identifies each server member. */
export class Ballot {
  /** The last vote of each member. Members are few, and a list of them takes less than a Map. */
  readonly #votes: { readonly member: number; vote: Vote }[] = [];
  /** This attempt and all earlier attempts are aborted. */
  #aborted = 0;
  #committed: Decision | undefined = undefined;
  #latest = 0;

  vote(member: number, vote: Vote): void {
    const before = this.#votes.find((each) => each.member === member);
    if (before === undefined) this.#votes.push({ member, vote });
    else if (before.vote.attempt > vote.attempt) return;
    else before.vote = vote;
    this.#latest = Math.max(this.#latest, vote.attempt);
    if (this.#committed !== undefined) {
      if (vote.attempt <= this.#committed.attempt) return;
      // No living member has heard that decision, or this member would not have begun another attempt (settlement.ts).
      this.#committed = undefined;
    }
    // A member that votes on an attempt has undone all earlier attempts.
    this.#aborted = Math.max(this.#aborted, vote.time === null ? vote.attempt : vote.attempt - 1);
  }

  /** The latest attempt that a vote named. */
  get latest(): number {
    return this.#latest;
  }

  /** Decides if all these members are ready in one attempt. They must be all members of the membership. */
  decide(members: readonly number[]): void {
    if (this.#committed !== undefined || members.length === 0) return;
    let attempt = 0;
    let time = 0;
    for (const member of members) {
      const vote = this.#votes.find((each) => each.member === member)?.vote;
      if (vote === undefined || vote.time === null || vote.attempt <= this.#aborted) return;
      attempt = vote.attempt;
      time = Math.max(time, vote.time);
    }
    this.#committed = { attempt, commits: true, time };
  }

  /** The decision on an attempt; undefined before it is decided. */
  decisionOn(attempt: number): Decision | undefined {
    if (this.#committed?.attempt === attempt) return this.#committed;
    return attempt <= this.#aborted ? { attempt, commits: false, time: 0 } : undefined;
  }

  get committed(): Decision | undefined {
    return this.#committed;
  }
}
