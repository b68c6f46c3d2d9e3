/**
 * Fault rules of a network: small functions from a packet and a stream of random numbers to the packet's fate.
 *
 * A rule knows neither engine nor machines, so that real datagrams can meet the same faults. It is opened once for each
 * directed link, with a stream of that link and that rule alone; it draws for every packet, also for one that is lost
 * already, so that one rule never shifts the numbers of another.
 */
import type { Milliseconds, Random } from "../../protocols/host.ts";
import { BadData } from "../bad-data.ts";
import type { Distribution } from "../chance/distribution.ts";

/** Why a rule lost a packet. */
export type LossReason = "loss" | "burst-loss" | "mtu" | "congestion";

/** What a rule sees of a datagram. */
export interface Packet {
  /** Time of departure. */
  readonly time: Milliseconds;
  readonly bytes: number;
  /** Part of the same transmission as the sender's packet before: the second and later members of a multicast. */
  readonly shared: boolean;
}

/** What becomes of a packet. It begins with nothing: no delay, not lost; each rule adds its part. */
export interface Fate {
  /** Time from departure to arrival; rules add to it, and then the link its own delay. */
  delay: Milliseconds;
  lost: LossReason | undefined;
  /** The checksum will not fit: the receiver drops it. */
  corrupted: boolean;
  /** Held back, for later packets to overtake it. */
  held: boolean;
  /** A second copy arrives so much later than the first; below 0 there is none. */
  echo: Milliseconds;
}

/** Applies a rule to a packet of one link. Answers whether the rule changed the packet's fate. */
export type Judge = (packet: Packet, fate: Fate) => boolean;

/** One rule of a link: a name for the ledger, and the judge that decides the fate of packets. */
export interface Rule {
  /** Names the rule in the ledger, and its stream. */
  readonly name: string;
  /** Whether only the packet's arrival shows if the fault has an effect. */
  readonly shownOnArrival: boolean;
  /** Whether the rule holds packets back, so that the link must record which packet overtakes which. */
  readonly reorders?: boolean;
  /** Opens the rule for packets from one place to another. Places are any numbers that tell machines apart. */
  open(from: number, to: number, random: Random): Judge;
}

/** Faults of a link, as data. What is left out does not occur. */
export interface FaultOptions {
  /** Probability that a datagram is lost, independently of all others. */
  readonly loss?: number;
  readonly burstLoss?: BurstLoss;
  /** Probability that a datagram is delivered twice; the copy comes later by a draw from `lag`. */
  readonly duplication?: number | { readonly probability: number; readonly lag: Distribution };
  /** Probability that a datagram is held back, by a draw from `hold`, so that later ones may overtake it. */
  readonly reordering?: number | { readonly probability: number; readonly hold: Distribution };
  /** Probability that a datagram is corrupted: its checksum turns that into a loss at the receiver. */
  readonly corruption?: number;
  readonly bandwidth?: Bandwidth;
  /** Datagrams of more bytes are dropped. */
  readonly mtu?: number;
}

/** Losses that come in bursts: a link is in a good or a bad state (E. N. Gilbert 1960, E. O. Elliott 1963). */
export interface BurstLoss {
  /** Probability, for each packet, of going from the good state to the bad. */
  readonly begin: number;
  /** Probability, for each packet, of going back. */
  readonly end: number;
  /** Probability of loss in the bad state. Default 1. */
  readonly bad?: number;
  /** Probability of loss in the good state. Default 0. */
  readonly good?: number;
}

/** A line that carries one datagram after another. */
export interface Bandwidth {
  readonly bitsPerSecond: number;
  /** Whether each pair of machines has a line of its own, or each sender has one line for all its datagrams. */
  readonly of: "link" | "sender";
  /** Bytes that a datagram takes on the line besides its own. Default 0; Ethernet, IPv4 and UDP take 66. */
  readonly overhead?: number;
  /** Bytes that may wait for the line; what comes when more do is dropped. Default: no limit. */
  readonly queue?: number;
}

/**
 * The rules that these options ask for, in the order in which a packet meets them. Lags and holds are drawn from
 * `span` where only their probability is given. Throws BadData.
 */
export function rulesOf(options: FaultOptions, span: Distribution): Rule[] {
  const { loss, burstLoss, duplication, reordering, corruption, bandwidth, mtu } = options;
  const rules: Rule[] = [];
  if (mtu !== undefined) rules.push(limited(mtu));
  if (bandwidth !== undefined) rules.push(serialized(bandwidth));
  if (loss !== undefined && loss !== 0) rules.push(lossy(loss));
  if (burstLoss !== undefined) rules.push(bursty(burstLoss));
  if (corruption !== undefined && corruption !== 0) rules.push(corrupting(corruption));
  if (typeof reordering === "object") rules.push(reordered(reordering.probability, reordering.hold));
  else if (reordering !== undefined && reordering !== 0) rules.push(reordered(reordering, span));
  if (typeof duplication === "object") rules.push(duplicating(duplication.probability, duplication.lag));
  else if (duplication !== undefined && duplication !== 0) rules.push(duplicating(duplication, span));
  return rules;
}

function checkProbability(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new BadData(`network fault "${name}" with probability ${value}: expected a number from 0 to 1.`);
}

/** The names in the ledger of the faults whose effect shows only on arrival: the network counts it there. */
export const arrivalFaults = {
  corruption: "corruption",
  duplication: "duplication",
  reordering: "reordering",
} as const;

/** A rule whose judge needs nothing but its stream. */
function rule(
  name: string,
  judge: (random: Random, packet: Packet, fate: Fate) => boolean,
  shownOnArrival = false,
): Rule {
  return { name, shownOnArrival, open: (_from, _to, random) => (packet, fate) => judge(random, packet, fate) };
}

/** Loses each packet with a probability. */
export function lossy(probability: number): Rule {
  checkProbability("loss", probability);
  return rule("loss", (random, _packet, fate) => {
    if (random.next() >= probability || fate.lost !== undefined) return false;
    fate.lost = "loss";
    return true;
  });
}

/** Loses packets in bursts, by the model of Gilbert and Elliott. */
export function bursty({ begin, end, bad = 1, good = 0 }: BurstLoss): Rule {
  for (const probability of [begin, end, bad, good]) checkProbability("burst-loss", probability);
  return {
    name: "burst-loss",
    shownOnArrival: false,
    open(_from, _to, random) {
      let inBurst = false;
      return (_packet, fate) => {
        if (random.next() < (inBurst ? end : begin)) inBurst = !inBurst;
        if (random.next() >= (inBurst ? bad : good) || fate.lost !== undefined) return false;
        fate.lost = "burst-loss";
        return true;
      };
    },
  };
}

/** Corrupts each packet with a probability. */
export function corrupting(probability: number): Rule {
  checkProbability("corruption", probability);
  return rule(
    arrivalFaults.corruption,
    (random, _packet, fate) => (fate.corrupted ||= random.next() < probability),
    true,
  );
}

/** Delivers a packet twice with a probability; the copy comes later by a draw from `lag`, in ms. */
export function duplicating(probability: number, lag: Distribution): Rule {
  checkProbability("duplication", probability);
  return rule(
    arrivalFaults.duplication,
    (random, _packet, fate) => {
      if (random.next() >= probability) return false;
      fate.echo = lag.draw(random);
      return fate.lost === undefined;
    },
    true,
  );
}

/** Holds a packet back with a probability, by a draw from `hold`, in ms. */
export function reordered(probability: number, hold: Distribution): Rule {
  checkProbability("reordering", probability);
  const holding = rule(
    arrivalFaults.reordering,
    (random, _packet, fate) => {
      if (random.next() >= probability) return false;
      fate.delay += hold.draw(random);
      fate.held = true;
      return fate.lost === undefined;
    },
    true,
  );
  return { ...holding, reorders: true };
}

/** Drops packets of more than `mtu` bytes. */
export function limited(mtu: number): Rule {
  return rule("mtu", (_random, packet, fate) => {
    if (packet.bytes <= mtu || fate.lost !== undefined) return false;
    fate.lost = "mtu";
    return true;
  });
}

/** A packet waits until the line is free, then takes its time on it. It counts as a fault when it waited. */
export function serialized({ bitsPerSecond, of, overhead = 0, queue = Infinity }: Bandwidth): Rule {
  if (!(bitsPerSecond > 0)) {
    throw new BadData(`network fault "bandwidth" with ${bitsPerSecond} bits/s: expected a number above 0.`);
  }
  const bytesPerMs = bitsPerSecond / 8000;
  interface Line {
    /** Time when it has carried all that it was given. */
    free: Milliseconds;
  }
  const senders = new Map<number, Line>();
  const lineOf = (from: number): Line => {
    let line = senders.get(from);
    if (line === undefined) senders.set(from, (line = { free: 0 }));
    return line;
  };
  return {
    name: "bandwidth",
    shownOnArrival: false,
    open(from) {
      const line = of === "sender" ? lineOf(from) : { free: 0 };
      return (packet, fate) => {
        if (fate.lost !== undefined) return false;
        const { time, bytes } = packet;
        if (packet.shared && of === "sender" && line.free > time) {
          fate.delay += line.free - time;
          return false;
        }
        const wait = Math.max(0, line.free - time);
        if (wait * bytesPerMs > queue) {
          fate.lost = "congestion";
          return true;
        }
        line.free = time + wait + (bytes + overhead) / bytesPerMs;
        fate.delay += line.free - time;
        return wait > 0;
      };
    },
  };
}
