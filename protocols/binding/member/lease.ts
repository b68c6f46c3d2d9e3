/**
 * A member's lease: its right to execute calls for a limited time after a majority of Ringmaster members heard it.
 *
 * A Ringmaster member that calls the null procedure echoes the clock reading t that the member gave in its previous
 * answer. The Ringmaster member heard t at some later moment, and does not suspect the member for longer than a lease
 * from that moment. Therefore t + length is a safe end of that Ringmaster member's grant. The lease ends at the latest
 * time that a majority of grants reaches, which is before the members of any majority can all suspect the member.
 *
 * Invariant: a member that is dropped on suspicion has no lease. The rule depends on the rates of clocks only, and not
 * on their readings.
 */
import type { Host, Milliseconds } from "../../host.ts";
import type { Greeting } from "../change/change-data.ts";
import { majorityOf } from "../register/configuration.ts";

export class Lease {
  readonly #host: Host;
  readonly #length: Milliseconds;
  readonly #changed: (running: boolean) => void;
  /** The end of each Ringmaster member's grant, by its process ID. */
  readonly #grants = new Map<string, Milliseconds>();
  /** The epoch of the Ringmaster in which the grants were given. */
  #epoch = 0;
  #generation = 0;
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

  /** `generation`: names the Ringmaster, which may have been formed anew after all its processes had died. */
  granted({ from, epoch, size, echo }: Greeting, generation: number): void {
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#epoch = 0;
    }
    if (epoch < this.#epoch) return;
    if (epoch > this.#epoch) {
      // The lease already obtained stays valid, since a new Ringmaster member suspects no process at first.
      this.#grants.clear();
      this.#epoch = epoch;
    }
    if (echo === null) return;
    this.#grants.set(`${from.address}.${from.incarnation}`, echo + this.#length);
    const ends = [...this.#grants.values()].sort((a, b) => b - a);
    const majority = majorityOf(size);
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
    // After `end` the lease never expires: the module refuses every CALL by itself.
    if (this.#expiry === Infinity) return;
    if (this.runs) this.#arm();
    else this.#changed(false);
  }

  /** The member is out. The lease no longer holds back any CALL, so that each can be refused. */
  end(): void {
    this.#expiry = Infinity;
    this.#armed = true;
  }
}

function check(lease: Lease): void {
  lease.check();
}
