/**
 * A member's right to execute calls: it lasts for a while from when the member was last heard by a majority of the Ringmaster.
 *
 * A Ringmaster member that calls the null procedure says what the member answered the time before (its own clock's
 * reading). It heard that reading at some later moment, and will not suspect the member for a time longer than a lease
 * from that moment. So the lease counts from the reading, and ends before the members of any majority can all suspect
 * the member. Only the rates of clocks matter, not what they show.
 */
import type { Host, Milliseconds } from "../../host.ts";
import type { Greeting } from "../change/change-data.ts";

export class Lease {
  readonly #host: Host;
  readonly #length: Milliseconds;
  readonly #changed: (running: boolean) => void;
  /** By Ringmaster member: when the lease ends, as far as it goes. */
  readonly #grants = new Map<string, Milliseconds>();
  /** The Ringmaster's epoch that the grants are of. */
  #epoch = 0;
  /** When the lease ends, by the host's clock. */
  #expiry: Milliseconds;
  #armed = false;

  constructor(host: Host, length: Milliseconds, changed: (running: boolean) => void) {
    this.#host = host;
    this.#length = length;
    this.#changed = changed;
    this.#expiry = host.now();
  }

  get runs(): boolean {
    return this.#host.now() < this.#expiry;
  }

  /** The Ringmaster knew the member at some moment after `since`, by the member's clock. */
  known(since: Milliseconds): void {
    this.#extend(since + this.#length);
  }

  granted({ from, epoch, size, echo }: Greeting): void {
    if (epoch < this.#epoch) return;
    if (epoch > this.#epoch) {
      // What the members of the Ringmaster before have granted stays granted: a new one suspects nobody at first.
      this.#grants.clear();
      this.#epoch = epoch;
    }
    if (echo === null) return;
    this.#grants.set(`${from.address}.${from.incarnation}`, echo + this.#length);
    const ends = [...this.#grants.values()].sort((a, b) => b - a);
    const majority = Math.floor(size / 2) + 1;
    if (ends.length >= majority) this.#extend(ends[majority - 1]!);
  }

  #extend(until: Milliseconds): void {
    const ran = this.runs;
    if (until > this.#expiry) this.#expiry = until;
    if (!this.runs) return;
    this.#arm();
    if (!ran) this.#changed(true);
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#host.after(Math.max(0, this.#expiry - this.#host.now()), check, this as Lease);
  }

  check(): void {
    this.#armed = false;
    // One that has ended runs for ever: its module refuses all.
    if (this.#expiry === Infinity) return;
    if (this.runs) this.#arm();
    else this.#changed(false);
  }

  /** The member is out: nothing is to be held back any more. */
  end(): void {
    this.#expiry = Infinity;
    this.#armed = true;
  }
}

function check(lease: Lease): void {
  lease.check();
}
