/**
 * The simulator's fault rules on real datagrams: seeded loss, delay, duplication, reordering and the rest.
 *
 * Rules are applied where a datagram arrives, since only there each copy of a multicast has a fate of its own. Every
 * link has the simulator's random streams: under one seed, the n-th datagram from one process to another has the same
 * fate in both worlds, as long as both send the same.
 */
import type { Address, Host } from "../protocols/host.ts";
import { BadData } from "../sim/bad-data.ts";
import { constant } from "../sim/chance/distribution.ts";
import { streams } from "../sim/chance/random.ts";
import type { Ledger } from "../sim/ledger.ts";
import { Links, type Link, type NetworkOptions } from "../sim/network/links.ts";
import type { Fate } from "../sim/network/rules.ts";
import type { DropReason } from "../sim/trace.ts";
import type { Arrival } from "./socket.ts";

export interface RealFaultOptions {
  readonly seed: string;
  /** Default 0. */
  readonly replication?: number;
  /** Rules as for the simulated network; a delay is added to the real delay. Default: none. */
  readonly network: NetworkOptions;
  /** Counts the faults; several hosts may share one. */
  readonly ledger: Ledger;
  /** Names the machine of the process at an address, as in the simulator. */
  readonly nameOf: (address: Address) => string;
}

/** A datagram that may be held back. */
interface Held {
  readonly link: Link;
  readonly arrival: Arrival;
  readonly sequence: number;
  readonly fault: "reordering" | "duplication" | undefined;
}

export class Faults {
  readonly #host: Host;
  readonly #options: RealFaultOptions;
  readonly #deliver: (arrival: Arrival) => void;
  readonly #dropped: (arrival: Arrival, reason: DropReason) => void;
  readonly #links: Links;
  /** Machines by their names: links are found by small numbers. */
  readonly #numbers = new Map<string, number>();
  readonly #fate: Fate = { delay: 0, lost: undefined, corrupted: false, held: false, echo: -1 };

  /**
   * `deliver` takes arriving datagrams, and `dropped` takes lost ones; the host gives the time.
   *
   * @throws BadData for an invalid rule.
   */
  constructor(
    host: Host,
    options: RealFaultOptions,
    deliver: (arrival: Arrival) => void,
    dropped: (arrival: Arrival, reason: DropReason) => void,
  ) {
    const { network, ledger, seed, replication = 0 } = options;
    for (const link of [network, ...(network.links ?? [])]) {
      if (link.bandwidth?.of !== "sender") continue;
      throw new BadData(
        'network fault "bandwidth" of "sender": on a real network expected "link", as each receiver sees its own part only.',
      );
    }
    this.#host = host;
    this.#options = options;
    this.#deliver = deliver;
    this.#dropped = dropped;
    this.#links = new Links({ delay: constant(0), ...network }, ledger, streams(seed, replication).fork("network"));
  }

  /** A datagram has arrived. Datagrams from the machine itself meet no fault, unless the network's options say so. */
  arrive(arrival: Arrival): void {
    const { from, datagram } = arrival;
    const { nameOf, network } = this.#options;
    const [sender, receiver] = [nameOf(from), nameOf(this.#host.address)];
    if (sender === receiver && network.loopback !== "link") {
      this.#deliver(arrival);
      return;
    }
    const link = this.#links.between(this.#number(sender), this.#number(receiver), sender, receiver);
    const fate = this.#fate;
    link.judge({ time: this.#host.now(), bytes: datagram.length, shared: false }, fate);
    const { delay } = fate;
    const lost = fate.lost ?? (fate.corrupted ? "corruption" : undefined);
    if (fate.corrupted && fate.lost === undefined) this.#options.ledger.fault("corruption").effective++;
    if (lost !== undefined) {
      this.#dropped(arrival, lost);
      return;
    }
    const sequence = link.depart();
    if (fate.echo >= 0) {
      const echo: Held = { link, arrival, sequence, fault: "duplication" };
      this.#host.after(delay + fate.echo, this.#release, echo);
    }
    const held: Held = { link, arrival, sequence, fault: fate.held ? "reordering" : undefined };
    if (delay > 0) this.#host.after(delay, this.#release, held);
    else this.#release(held);
  }

  readonly #release = ({ link, arrival, sequence, fault }: Held): void => {
    const { ledger } = this.#options;
    if (fault === "duplication") ledger.fault(fault).effective++;
    else if (link.arrive(sequence) && fault === "reordering") ledger.fault(fault).effective++;
    this.#deliver(arrival);
  };

  #number(machine: string): number {
    let number = this.#numbers.get(machine);
    if (number === undefined) this.#numbers.set(machine, (number = this.#numbers.size));
    return number;
  }
}
