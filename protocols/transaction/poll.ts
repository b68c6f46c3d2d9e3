/**
 * The server member's side of ready_to_commit: calls back every client member that has called, and collates the
 * answers.
 *
 * The CALL goes to the process itself, as an inquiry does (call/server/inquiry.ts). It names the client's call by its
 * number in the message layer.
 */
import type { TroupeId } from "../troupe/troupe.ts";
import type { Electorate } from "../call/server/ordering.ts";
import type { Endpoint } from "../message/endpoint.ts";
import type { Caller, OutgoingCall } from "../message/outgoing-call.ts";
import type { CallOrigin } from "../message/retention.ts";
import { Writer } from "../wire/bytes.ts";
import { readAnswer, writeVote } from "../wire/vote.ts";
import { verdictOf, type Answer, type Verdict, type Vote } from "./decision.ts";

const writer = new Writer();

/**
 * Hears the outcome of a poll. `said`: with "commit", the accepted time; with "abort", the latest attempt that a client
 * member knows.
 */
export type Told<S> = (subject: S, verdict: Verdict, said: number) => void;

class Asked implements Caller {
  readonly origin: CallOrigin;
  outgoing: OutgoingCall | undefined = undefined;
  answer: Answer = undefined;
  /** Whether the client process has answered. */
  lives = false;
  readonly #poll: Pick<Poll<never>, "said" | "heard" | "died">;

  constructor(poll: Pick<Poll<never>, "said" | "heard" | "died">, origin: CallOrigin) {
    this.#poll = poll;
    this.origin = origin;
  }

  returned(_: number, message: Uint8Array): void {
    const { answer, number } = readAnswer(message);
    this.lives = answer !== "gone";
    this.answer = answer === "unsure" ? "gone" : answer;
    this.#poll.said = Math.max(this.#poll.said, number);
    this.#poll.heard();
  }

  crashed(): void {
    this.answer = "gone";
    this.#poll.died(this.origin);
  }
}

export class Poll<S> {
  readonly #endpoint: Endpoint;
  readonly #electorate: Electorate;
  readonly #subject: S;
  readonly #told: Told<S>;
  #asked: Asked[] = [];
  #troupe: TroupeId = 0;
  #vote: Vote | undefined = undefined;
  /** The largest number in an answer: a time, or an attempt. */
  said = 0;
  /** Whether no client member is known to live. */
  isDeserted = false;

  /** `subject`: what is voted on, which `told` gets. */
  constructor(endpoint: Endpoint, electorate: Electorate, subject: S, told: Told<S>) {
    this.#endpoint = endpoint;
    this.#electorate = electorate;
    this.#subject = subject;
    this.#told = told;
  }

  /** Votes as a member of the membership with that ID. The earlier vote is void. */
  vote(troupe: TroupeId, vote: Vote): void {
    this.stop();
    this.#troupe = troupe;
    this.#vote = vote;
    this.said = 0;
    this.ask();
  }

  /**
   * Asks the client processes that have called and were not asked yet. A process that died before the attempt cannot
   * have answered "commit" to any member, since it has not got this member's vote: an abort is what it would have said.
   */
  ask(): void {
    if (this.#vote === undefined) return;
    const { origins } = this.#electorate;
    const { attempt } = this.#vote;
    const lives = (origin: CallOrigin): boolean => !this.#electorate.diedBefore(origin, attempt);
    const someLive = attempt > 1 && origins.some(lives);
    for (let i = this.#asked.length; i < origins.length; i++) {
      const asked = new Asked(this, origins[i]!);
      // Most clients are single processes, and an array grows from nothing to room for seventeen.
      if (i === 0) this.#asked = [asked];
      else this.#asked.push(asked);
      if (someLive && !lives(asked.origin)) asked.answer = "abort";
      else this.#send(asked, this.#vote);
    }
    if (origins.length === 0) this.heard();
  }

  #send(asked: Asked, { attempt, time }: Vote): void {
    const { address, incarnation, call } = asked.origin;
    const message = writeVote(writer, call, this.#troupe, attempt, time);
    asked.outgoing = this.#endpoint.call([address], undefined, message, asked, [incarnation]);
  }

  /** Asks the client processes that seem to be gone once more. */
  askAgain(): void {
    for (const asked of this.#asked) {
      if (asked.answer !== "gone" || this.#vote === undefined) continue;
      asked.answer = undefined;
      this.#send(asked, this.#vote);
    }
  }

  died(origin: CallOrigin): void {
    if (this.#vote !== undefined) this.#electorate.died(origin, this.#vote.attempt);
    this.heard();
  }

  heard(): void {
    const verdict = verdictOf(this.#asked);
    if (verdict === "wait") return;
    this.isDeserted = !this.#asked.some(({ lives }) => lives);
    if (verdict !== "in doubt") this.stop();
    this.#told(this.#subject, verdict, this.said);
  }

  /** Ends the poll: no further answer is reported. */
  stop(): void {
    for (const { outgoing, answer } of this.#asked) if (answer === undefined) outgoing?.abandon(0);
    if (this.#asked.length > 0) this.#asked = [];
    this.#vote = undefined;
  }
}
