/**
 * For how long an executed call of a replicated client is remembered although no CALL for it is expected any more.
 *
 * - A CALL of an absent member may be under way for a datagram's lifetime T: the call is remembered for T.
 * - Where the client's membership changes, a process that no longer belongs may still call, and another member may
 *   repeat the call of a member that died in the middle of the thread. Such a call is remembered for 10 T. What a dead
 *   client has left behind is retained for 5 T (message/retention.ts).
 * - During the first 5 T the other members of this troupe are told of the call in a change of membership. After that
 *   they are not told: a member that was told late would remember, and pass on, what the others have forgotten.
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
