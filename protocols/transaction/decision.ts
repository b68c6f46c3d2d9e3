/**
 * How a transaction is decided: the rules of client members and of server members.
 *
 * Source: dissertation, chapter 5 (troupe commit protocol), with the holes closed that docs/transactions.md describes. A server
 * member that is ready to commit calls ready_to_commit back at every client member. What it is told comes from two rules:
 *
 * - **A client member** says "commit" only when every member of the server troupe is ready, and "abort" only for an attempt in
 *   which one is not; whatever it has said of an attempt it says to all, for ever (Ballot).
 * - **A server member** commits on the first "commit" of any client member, and undoes an attempt that it was ready for only when
 *   every client member has said "abort" (verdictOf).
 *
 * So once a client member has said "commit", no member can undo the attempt any more, and every member that lives will commit. Two
 * client members may well say different things: their "abort" then counts for nothing.
 */

/** What one client member has said: "gone" if it is dead, or knows nothing of the call. */
export type Answer = "commit" | "abort" | "gone" | undefined;

/** "in doubt": those that have not answered never will, and one of them may have said "commit" to a fellow. */
export type Verdict = "commit" | "abort" | "wait" | "in doubt";

/** The rule of a server member that has said that it is ready. */
export function verdictOf(answers: readonly Answer[]): Verdict {
  if (answers.includes("commit")) return "commit";
  if (answers.includes(undefined)) return "wait";
  return answers.length > 0 && answers.every((answer) => answer === "abort") ? "abort" : "in doubt";
}

/** The vote of one server member. */
export interface Vote {
  /** Which attempt it is about, from 1. */
  readonly attempt: number;
  /** Whether the member is ready; null takes back an earlier vote, or says that there will be none. */
  readonly time: number | null;
}

export interface Decision {
  readonly attempt: number;
  readonly commits: boolean;
  /** The latest of the times that members have proposed. */
  readonly time: number;
}

/** The votes on one call at one client member. Server members have numbers. */
export class Ballot {
  readonly #votes = new Map<number, Vote>();
  /** This attempt and all before it are aborted. */
  #aborted = 0;
  #committed: Decision | undefined = undefined;
  #latest = 0;

  vote(member: number, vote: Vote): void {
    const before = this.#votes.get(member);
    if (before !== undefined && before.attempt > vote.attempt) return;
    this.#votes.set(member, vote);
    this.#latest = Math.max(this.#latest, vote.attempt);
    if (this.#committed !== undefined) {
      if (vote.attempt <= this.#committed.attempt) return;
      // No member that lives has heard of that decision, or this one would not have gone on (settlement.ts).
      this.#committed = undefined;
    }
    // Who votes on an attempt has undone the ones before.
    this.#aborted = Math.max(this.#aborted, vote.time === null ? vote.attempt : vote.attempt - 1);
  }

  /** The latest attempt that a member is known to have come to. */
  get latest(): number {
    return this.#latest;
  }

  /** Decides if these are all the members. */
  decide(members: readonly number[]): void {
    if (this.#committed !== undefined || members.length === 0) return;
    let attempt = 0;
    let time = 0;
    for (const member of members) {
      const vote = this.#votes.get(member);
      if (vote === undefined || vote.time === null || vote.attempt <= this.#aborted) return;
      attempt = vote.attempt;
      time = Math.max(time, vote.time);
    }
    this.#committed = { attempt, commits: true, time };
  }

  /** What is decided of an attempt; undefined if nothing is. */
  decisionOn(attempt: number): Decision | undefined {
    if (this.#committed?.attempt === attempt) return this.#committed;
    return attempt <= this.#aborted ? { attempt, commits: false, time: 0 } : undefined;
  }

  get committed(): Decision | undefined {
    return this.#committed;
  }
}
