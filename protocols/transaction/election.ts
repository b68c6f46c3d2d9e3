/**
 * The client member's side of ready_to_commit: receives the votes of the server's members on one call, and answers
 * them.
 *
 * A call that was made outside a transaction commits when all members of one membership are ready, and a client member
 * has received all their votes (decision.ts). A call that was made within a transaction of the client shares the
 * outcome of that transaction: the votes are answered when that transaction is decided.
 */
import type { OneToMany, Votes } from "../call/client/one-to-many.ts";
import { RollCall } from "../call/client/roll-call.ts";
import type { TroupeId } from "../troupe/troupe.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import { Writer } from "../wire/bytes.ts";
import { writeAnswer, type VoteAnswer, type VoteMessage } from "../wire/vote.ts";
import { Ballot } from "./decision.ts";

const writer = new Writer();

interface Waiting {
  readonly exchange: ServerExchange;
  readonly troupe: TroupeId;
  readonly attempt: number;
}

/** The election on a call. The first vote begins the election. */
export function electionOf(call: OneToMany): Election {
  return (call.votes ??= new Election(call)) as Election;
}

export class Election implements Votes {
  readonly #call: OneToMany;
  #ballot = new Ballot();
  #troupe: TroupeId;
  #waiting: Waiting[] = [];
  /** The latest attempt with a vote, and the number of members that were dead when its first vote arrived. */
  #attempt = 0;
  #lossesBefore = 0;
  /** Whether votes propose times (ordered broadcast), and do not only state readiness. */
  #times = false;
  #rollCall: RollCall | undefined = undefined;

  constructor(call: OneToMany) {
    this.#call = call;
    this.#troupe = call.bound.troupe.id;
  }

  /** ready_to_commit: a vote has arrived. `troupe`: the ID of its membership. `time` null: the member is not ready. */
  voted(exchange: ServerExchange, { troupe, attempt, time }: VoteMessage): void {
    const { undertaking } = this.#call.context;
    if (undertaking !== undefined) {
      // The member withdraws its vote, or states that it will not be ready.
      if (time === null && this.#call.outcome === undefined) undertaking.doom();
      this.#waiting.push({ exchange, troupe, attempt });
      this.#answerAll();
      return;
    }
    this.#follow();
    if (troupe < this.#troupe || this.#placeOf(exchange) < 0) {
      reply(exchange, "gone", 0);
      return;
    }
    this.#waiting.push({ exchange, troupe, attempt });
    if (troupe === this.#troupe) this.#ballot.vote(exchange.peer, { attempt, time });
    if (attempt > this.#attempt) {
      this.#attempt = attempt;
      this.#lossesBefore = this.#call.losses;
    }
    if (time !== null && time > 0) this.#times = true;
    this.reconsider();
  }

  #placeOf({ peer }: ServerExchange): number {
    return this.#call.bound.troupe.members.findIndex(({ address }) => address === peer);
  }

  /** Under a later membership, the election begins again. */
  #follow(): void {
    const { id } = this.#call.bound.troupe;
    if (id === this.#troupe) return;
    this.#troupe = id;
    this.#ballot = new Ballot();
    for (const { exchange, troupe } of this.#waiting) if (troupe < id) reply(exchange, "gone", 0);
    this.#waiting = this.#waiting.filter(({ troupe }) => troupe >= id);
  }

  /** A member has answered or died, or the membership has changed. */
  reconsider(): void {
    if (this.#call.context.undertaking !== undefined) return;
    this.#follow();
    const { members } = this.#call.bound.troupe;
    if (this.#isUnsure(this.#ballot.latest)) {
      this.#answerAll();
      return;
    }
    if (this.#ballot.committed === undefined) {
      const electing: number[] = [];
      for (let i = 0; i < members.length; i++) {
        if (!this.#call.hasAnswered(i)) electing.push(members[i]!.address);
      }
      this.#ballot.decide(electing);
    }
    this.#answerAll();
  }

  /**
   * Whether no time can be decided in the attempt. A member that has died since the attempt began may have executed
   * other calls before this call, which the proposals of the living members would place later. Therefore all members
   * must propose again. If the client is replicated, another client member may have heard the time of a member that has
   * died, or may have made a member execute the call. A member that has answered counts until it is known to be dead.
   */
  #isUnsure(attempt: number): boolean {
    const { isReplicated, losses, bound } = this.#call;
    if (!this.#times) return false;
    if (attempt === this.#attempt && losses > this.#lossesBefore) return true;
    if (!isReplicated) return false;
    let answered = 0;
    for (let i = 0; i < bound.troupe.members.length; i++) if (this.#call.hasAnswered(i)) answered++;
    return answered > losses;
  }

  /**
   * Asks whether the members that have answered still live. Such a member has executed the call at a time that this
   * client member may not know. While it lives, the other members learn the time from it (settlement.ts). When all of
   * them have died, no living member has the time, and a later attempt decides another.
   */
  #askAnswered(): void {
    if (this.#call.callee.rebinds) return;
    this.#rollCall ??= new RollCall(this.#call, {
      lives: () => {},
      died: (index) => {
        this.#call.died(index);
        this.reconsider();
      },
    });
    this.#rollCall.ask();
  }

  settled(): void {
    this.#answerAll();
  }

  #answerAll(): void {
    if (this.#waiting.length === 0) return;
    const { outcome, context } = this.#call;
    const { undertaking } = context;
    if (undertaking !== undefined && outcome === undefined) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (undertaking !== undefined) {
        reply(one.exchange, outcome ? "commit" : "abort", 0);
        continue;
      }
      const decision = one.troupe === this.#troupe ? this.#ballot.decisionOn(one.attempt) : undefined;
      if (decision === undefined && this.#isUnsure(one.attempt)) {
        // An unreplicated client may abort alone. Members of a replicated client may know different times. Of a process
        // that one member refuses as no member, the call will never be in the order of all.
        if (this.#call.isReplicated) {
          reply(one.exchange, this.#call.isDisowned ? "gone" : "unsure", 0);
          this.#askAnswered();
        } else reply(one.exchange, "abort", one.attempt + 1);
      } else if (decision === undefined) this.#waiting.push(one);
      else if (decision.commits) reply(one.exchange, "commit", decision.time);
      else reply(one.exchange, "abort", this.#ballot.latest);
    }
  }
}

function reply(exchange: ServerExchange, answer: VoteAnswer, number: number): void {
  exchange.reply(writeAnswer(writer, answer, number));
}
