/**
 * Fault rules of a network: small functions from a packet and a stream of random numbers to the packet's fate.
 *
 * A rule knows neither engine nor machine, so that real datagrams can be treated by the same rules. It is opened once
 * for each directed link, with a stream of that link and that rule alone.
 */
import type { Milliseconds, Random } from "../protocols/host.ts";
import type { Distribution } from "./distribution.ts";
import type { DropReason } from "./trace.ts";

export interface Packet {
  /** Time of departure. */
  readonly time: Milliseconds;
  readonly bytes: number;
}

/** What becomes of a packet; rules change it in turn. */
export interface Fate {
  /** Time from departure to arrival. */
  delay: Milliseconds;
  /** Not undefined: it never arrives. */
  lost: DropReason | undefined;
  /** A second copy arrives so much later than the first; below 0 there is none. */
  echo: Milliseconds;
}

/** Applies a rule to one packet of one link. */
export type Judge = (packet: Packet, fate: Fate) => void;

export interface Rule {
  /** Names the rule in the ledger and its streams. */
  readonly name: string;
  /** The rule for packets from one machine to another. */
  open(from: number, to: number, random: Random): Judge;
}

/** Each packet is delayed by a draw from the distribution. Packets may overtake one another unless it is constant. */
export function delayed(delay: Distribution): Rule {
  return {
    name: "delay",
    open: (_from, _to, random) => (_packet, fate) => {
      fate.delay += delay.draw(random);
    },
  };
}

/** Each packet is lost with the given probability, independently of all others. */
export function lossy(probability: number): Rule {
  return {
    name: "loss",
    open: (_from, _to, random) => (_packet, fate) => {
      if (random.next() < probability) fate.lost ??= "loss";
    },
  };
}

/** Each packet is, with the given probability, delivered twice; the copy comes later by a draw from `lag`. */
export function duplicating(probability: number, lag: Distribution): Rule {
  return {
    name: "duplication",
    open: (_from, _to, random) => (_packet, fate) => {
      if (random.next() < probability) fate.echo = lag.draw(random);
    },
  };
}
