/**
 * Watches a process: probes it periodically by an empty PLEASE ACK segment with call number 0, until it has crashed.
 * Source: dissertation, paired message protocol (probes).
 */
import { noTimer, type Address, type Timer } from "../host.ts";
import { pleaseAckBit, precedes } from "../wire/segment.ts";
import { retryInterval } from "./options.ts";
import type { CrashReason } from "./outgoing-call.ts";
import type { Transport } from "./transport.ts";

/** Hears the findings of a watch. */
export interface Watcher {
  /** The process has answered, with this incarnation. */
  heard(incarnation: number): void;
  crashed(reason: CrashReason): void;
}

/** The watches of a process. */
export interface Watches {
  /** The watch has ended. */
  unwatched(watch: Watch): void;
}

export class Watch {
  readonly peer: Address;
  readonly #endpoint: Transport & Watches;
  readonly #watcher: Watcher;
  #incarnation: number;
  #attempt = 0;
  #timer: Timer;

  constructor(endpoint: Transport & Watches, peer: Address, incarnation: number, watcher: Watcher) {
    this.#endpoint = endpoint;
    this.peer = peer;
    this.#incarnation = incarnation;
    this.#watcher = watcher;
    this.#timer = noTimer;
    this.#ask();
  }

  #ask(): void {
    const { host, options } = this.#endpoint;
    if (this.#attempt >= options.tries) {
      this.#end("silent");
      return;
    }
    this.#attempt++;
    this.#endpoint.counters.probes++;
    if (host.traced) host.trace({ type: "probe", to: this.peer, call: 0, attempt: this.#attempt });
    this.#endpoint.sendControl(this.peer, this.#incarnation, pleaseAckBit, 0, 0, 0);
    this.#timer = host.after(retryInterval(options, this.#attempt), () => this.#ask(), undefined);
  }

  answered(incarnation: number): void {
    const { host, options } = this.#endpoint;
    if (this.#incarnation !== 0 && incarnation !== this.#incarnation) {
      if (precedes(this.#incarnation, incarnation)) this.#end("restarted");
      return;
    }
    this.#incarnation = incarnation;
    this.#attempt = 0;
    host.cancel(this.#timer);
    this.#timer = host.after(options.probeInterval, () => this.#ask(), undefined);
    this.#watcher.heard(incarnation);
  }

  stop(): void {
    this.#endpoint.host.cancel(this.#timer);
    this.#endpoint.unwatched(this);
  }

  #end(reason: CrashReason): void {
    this.stop();
    const { host } = this.#endpoint;
    if (host.traced) host.trace({ type: "peer-crashed", peer: this.peer, reason });
    this.#watcher.crashed(reason);
  }
}
