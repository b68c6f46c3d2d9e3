/**
 * For how long an executed call of a replicated client is remembered though no CALL for it is expected any more.
 *
 * One that an absent member sent before it gave us up may be under way for a datagram's lifetime. Where the client's membership changes,
 * a process that belongs no more may call still, and another may make the call of one that died in the middle of the thread. What a
 * dead client has left behind is kept for five lifetimes (retention.ts); such a call is remembered for ten. For the first
 * five of them other members of this troupe are told of it in a change of membership, and then no more, lest one that was told late
 * remembers, and passes on, what the others have forgotten.
 */
import type { Host, Milliseconds } from "../../host.ts";

const untold = 5;
const remembered = 10;

export class RetentionPeriod {
  readonly #host: Host;
  readonly #lifetime: Milliseconds;
  #until: Milliseconds = 0;

  /** `lifetime`: of a datagram. */
  constructor(host: Host, lifetime: Milliseconds) {
    this.#host = host;
    this.#lifetime = lifetime;
  }

  /** A member may have sent a CALL that is under way. */
  prolongForStrays(): void {
    this.prolong(this.#lifetime);
  }

  /** Members have gone that did not call. */
  prolongForTheGone(): void {
    this.prolong(remembered * this.#lifetime);
  }

  prolong(time: Milliseconds): void {
    this.#until = Math.max(this.#until, this.#host.now() + time);
  }

  /** How long it lasts from now. */
  get rest(): Milliseconds {
    return Math.max(0, this.#until - this.#host.now());
  }

  /** Whether other members of this troupe are told. */
  get isTold(): boolean {
    return this.rest >= untold * this.#lifetime;
  }
}
