import type { Milliseconds } from "../../protocols/host.ts";

/**
 * Adds up the time in which a troupe had no member, or no majority of its members, and counts its total losses. The
 * account begins with all members. In a hurried world the times are likelihood-weighted (Likelihood.time), and a total
 * loss counts with its likelihood.
 */
export class Account {
  below = 0;
  belowMajority = 0;
  /** Time that counts towards a total loss: from all members up to none. */
  exposure = 0;
  losses = 0;
  readonly #from: Milliseconds;
  readonly #members: number;
  #since: Milliseconds;
  #living: number;
  #exposed = true;

  constructor(members: number, from: Milliseconds, now: Milliseconds) {
    this.#members = members;
    this.#from = from;
    this.#since = now;
    this.#living = members;
  }

  change(now: Milliseconds, living: number, likelihood = 1): void {
    if (this.#exposed) this.exposure += now - this.#since;
    const counted = Math.max(0, now - Math.max(this.#from, this.#since));
    if (this.#living === 0) this.below += counted;
    if (2 * this.#living <= this.#members) this.belowMajority += counted;
    if (this.#exposed && living === 0) {
      this.losses += likelihood;
      this.#exposed = false;
    }
    if (living === this.#members) this.#exposed = true;
    this.#since = now;
    this.#living = living;
  }
}
