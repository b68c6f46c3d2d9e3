/** The directed links of a network: what each delays, which rules it applies, and with which random numbers. */
import type { Milliseconds } from "../../protocols/host.ts";
import { constant, shifted, type Distribution } from "../chance/distribution.ts";
import { exponential } from "../chance/lifetimes.ts";
import type { Stream } from "../chance/random.ts";
import type { Fault, Ledger } from "../ledger.ts";
import { Sites, type LatencyMatrix } from "./matrix.ts";
import { rulesOf, type Fate, type FaultOptions, type Judge, type Packet, type Rule } from "./rules.ts";

export interface LinkOptions extends FaultOptions {
  /**
   * From departure to arrival, in ms. Datagrams may overtake one another unless it is constant. Default: constant, 1
   * ms. Lags of copies and holds of reordered datagrams are exponential with the same mean unless given.
   */
  readonly delay?: Distribution;
}

/** Options of some links, on top of the network's. */
export interface LinkOverride extends LinkOptions {
  /** Names of the machines that send. Default: all. */
  readonly from?: readonly string[];
  /** Names of the machines that receive. Default: all. */
  readonly to?: readonly string[];
  /** Also for the opposite direction. Default: false. */
  readonly both?: boolean;
}

export interface NetworkOptions extends LinkOptions {
  /**
   * Delays between sites; `delay`, of the network or of a link, comes on top of them. Default: all delays are `delay`.
   */
  readonly matrix?: LatencyMatrix;
  /** Exceptions. If several exceptions fit a link, the last exception wins. */
  readonly links?: readonly LinkOverride[];
  /**
   * Delay of datagrams from a machine to itself, in ms; they meet no fault. Or "link": delay and faults as between
   * machines. Default: 0.01.
   */
  readonly loopback?: Milliseconds | "link";
}

/** A rule of a link, ready to judge. */
interface Opened {
  readonly judge: Judge;
  readonly fault: Fault;
  readonly shownOnArrival: boolean;
}

/** One directed link: its delay, its rules, and their random numbers. */
export class Link {
  /** Whether a rule holds datagrams back. Only then does the link record which datagram overtakes which. */
  readonly reorders: boolean;
  private readonly delay: Distribution;
  private readonly delays: Stream;
  private readonly rules: readonly Opened[];
  private sent = 0;
  /** The highest number that has arrived. */
  private arrived = 0;

  constructor(delay: Distribution, delays: Stream, rules: readonly Opened[], reorders: boolean) {
    this.delay = delay;
    this.delays = delays;
    this.rules = rules;
    this.reorders = reorders;
  }

  /** Decides the fate of a departing packet and counts the rules that acted. Overwrites `fate` with the answer. */
  judge(packet: Packet, fate: Fate): void {
    fate.delay = 0;
    fate.lost = undefined;
    fate.corrupted = false;
    fate.held = false;
    fate.echo = -1;
    for (const { judge, fault, shownOnArrival } of this.rules) {
      if (!judge(packet, fate)) continue;
      fault.injected++;
      if (!shownOnArrival) fault.effective++;
    }
    fate.delay += this.delay.draw(this.delays);
  }

  /** The number of a datagram that departs now, for `arrive`. */
  depart(): number {
    return ++this.sent;
  }

  /** A datagram has arrived. Answers whether a later one has overtaken it. */
  arrive(sequence: number): boolean {
    if (sequence <= this.arrived) return true;
    this.arrived = sequence;
    return false;
  }
}

/** What all links with the same overrides have in common. */
interface Kind {
  readonly delay: Distribution;
  readonly rules: readonly Rule[];
}

/** All links of a network, made when they are first used. */
export class Links {
  /** The one delay of all links if no rule has anything to decide, else -1. */
  readonly plainDelay: Milliseconds;
  private readonly options: NetworkOptions;
  private readonly sites: Sites | undefined;
  private readonly ledger: Ledger;
  private readonly random: Stream;
  /** Streams outlive a change of the options: the numbers go on where they were. */
  private readonly streams: Map<string, Stream>;
  private readonly kinds = new Map<string, Kind>();
  /** By the index of the sending, then of the receiving machine. */
  private readonly links: (Map<number, Link> | undefined)[] = [];

  constructor(options: NetworkOptions, ledger: Ledger, random: Stream, before?: Links) {
    this.options = options;
    this.ledger = ledger;
    this.random = random;
    this.streams = before?.streams ?? new Map<string, Stream>();
    const { links = [], matrix } = options;
    this.sites = matrix === undefined ? undefined : new Sites(matrix);
    const common = this.kind([]);
    for (const link of links) this.kind([link]);
    const { delay } = common;
    const plain = links.length === 0 && matrix === undefined && common.rules.length === 0 && "constant" in delay;
    this.plainDelay = plain ? (delay.constant as number) : -1;
  }

  /** The link between two machines, by index and name. */
  between(from: number, to: number, fromName: string, toName: string): Link {
    const links = (this.links[from] ??= new Map<number, Link>());
    let link = links.get(to);
    if (link === undefined) links.set(to, (link = this.open(from, to, fromName, toName)));
    return link;
  }

  private open(from: number, to: number, fromName: string, toName: string): Link {
    const overrides = (this.options.links ?? []).filter((link) => {
      const fits = (a: string, b: string): boolean =>
        (link.from?.includes(a) ?? true) && (link.to?.includes(b) ?? true);
      return fits(fromName, toName) || (link.both === true && fits(toName, fromName));
    });
    const { delay: rest, rules } = this.kind(overrides);
    const least = this.sites?.delay(from, to, fromName, toName) ?? 0;
    const delay = least === 0 ? rest : rest.mean === 0 ? constant(least) : shifted(least, rest);
    const random = this.random.fork(fromName).fork(toName);
    const delays = this.stream(random.fork("network delay"));
    const opened = rules.map((rule) => ({
      judge: rule.open(from, to, this.stream(random.fork(rule.name))),
      fault: this.ledger.fault(rule.name),
      shownOnArrival: rule.shownOnArrival,
    }));
    const reorders = rules.some((rule) => rule.reorders === true);
    return new Link(delay, delays, opened, reorders);
  }

  private stream(fresh: Stream): Stream {
    const known = this.streams.get(fresh.key);
    if (known !== undefined) return known;
    this.streams.set(fresh.key, fresh);
    return fresh;
  }

  private kind(overrides: readonly LinkOverride[]): Kind {
    const all = this.options.links ?? [];
    const key = overrides.map((link) => all.indexOf(link)).join();
    let kind = this.kinds.get(key);
    if (kind === undefined) {
      const options: LinkOptions = Object.assign({}, this.options, ...overrides);
      const delay = options.delay ?? constant(this.sites === undefined ? 1 : 0);
      const usual = delay.mean + (this.sites?.mean ?? 0);
      kind = { delay, rules: rulesOf(options, exponential(usual > 0 ? usual : 1)) };
      for (const rule of kind.rules) this.ledger.fault(rule.name);
      this.kinds.set(key, kind);
    }
    return kind;
  }
}
