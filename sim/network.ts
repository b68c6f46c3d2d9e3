/**
 * The simulated network: takes datagrams from processes, lets the fault rules decide about each, and hands it to the
 * receiving machine when its delay is over.
 *
 * Without random rules a datagram costs one pooled record and one event.
 */
import type { Address, Milliseconds } from "../protocols/host.ts";
import type { Engine } from "./engine.ts";
import { constant, type ConstantDistribution, type Distribution } from "./distribution.ts";
import type { Stream } from "./random.ts";
import { delayed, duplicating, lossy, type Fate, type Judge, type Rule } from "./rules.ts";
import type { DropReason, Trace } from "./trace.ts";

/** A machine has 256 ports; port 0 stands for the machine itself. */
export const portsPerMachine = 256;
/** Addresses from here on name multicast groups. */
export const firstGroup = 2 ** 30;

export interface NetworkOptions {
  /** From departure to arrival, in ms. Default: constant 1 ms. */
  readonly delay?: Distribution;
  /** Probability that a datagram is lost. */
  readonly loss?: number;
  /** Probability that a datagram is delivered twice. */
  readonly duplication?: number;
}

/** A datagram under way, and while it waits at its machine. Records are used again: whoever is done releases it. */
export interface Flight {
  from: Address;
  to: Address;
  datagram: Uint8Array;
  packet: number;
}

/** A machine, as the network sees it. */
export interface Station {
  readonly name: string;
  readonly index: number;
  arrive(flight: Flight): void;
}

/** A process, as the network sees it. */
export interface Sender {
  readonly address: Address;
  readonly incarnation: number;
  readonly machine: Station;
}

const nothing = new Uint8Array(0);

export class Network {
  readonly stations: Station[] = [];
  /** Datagrams handed to the network; a multicast counts once for each member. */
  sent = 0;
  delivered = 0;
  readonly dropped: Partial<Record<DropReason, number>> = {};

  private readonly engine: Engine;
  private readonly trace: Trace;
  private readonly random: Stream;
  private readonly pool: Flight[] = [];
  private readonly groups: Sender[][] = [];
  private rules: readonly Rule[] = [];
  /** The delay of all datagrams if no rule has anything to decide, else -1. */
  private plainDelay: Milliseconds = -1;
  private readonly links = new Map<number, Judge[]>();
  private readonly packet = { time: 0, bytes: 0 };
  private readonly fate: Fate = { delay: 0, lost: undefined, echo: -1 };

  constructor(engine: Engine, trace: Trace, random: Stream, options: NetworkOptions) {
    this.engine = engine;
    this.trace = trace;
    this.random = random;
    this.configure(options);
  }

  private configure(options: NetworkOptions): void {
    const delay = options.delay ?? constant(1);
    const { loss = 0, duplication = 0 } = options;
    const rules: Rule[] = [delayed(delay)];
    if (loss > 0) rules.push(lossy(loss));
    if (duplication > 0) rules.push(duplicating(duplication, delay));
    this.rules = rules;
    this.plainDelay = rules.length === 1 && "constant" in delay ? (delay as ConstantDistribution).constant : -1;
  }

  /** A fresh multicast group. */
  group(): Address {
    return firstGroup + this.groups.push([]) - 1;
  }

  join(group: Address, member: Sender): void {
    const members = this.members(group);
    if (!members.includes(member)) members.push(member);
  }

  leave(group: Address, member: Sender): void {
    const members = this.members(group);
    const at = members.indexOf(member);
    if (at >= 0) members.splice(at, 1);
  }

  /** Sends a datagram, which departs now, to a process or to all members of a group. */
  send(sender: Sender, to: Address, datagram: Uint8Array): void {
    if (to < firstGroup) {
      this.transmit(sender, to, datagram);
      return;
    }
    for (const member of this.members(to)) this.transmit(sender, member.address, datagram);
  }

  private members(group: Address): Sender[] {
    const members = this.groups[group - firstGroup];
    if (members === undefined) throw new RangeError(`address ${group}: no multicast group has this address`);
    return members;
  }

  private transmit(sender: Sender, to: Address, datagram: Uint8Array): void {
    const packet = ++this.sent;
    if (this.trace.active) {
      this.trace.emit({
        time: this.engine.now,
        machine: sender.machine.name,
        address: sender.address,
        incarnation: sender.incarnation,
        event: { type: "datagram-sent", packet, to, datagram },
      });
    }
    const flight = this.flight(sender.address, to, datagram, packet);
    if (this.plainDelay >= 0) this.engine.after(this.plainDelay, this.arrive, flight);
    else this.decide(flight);
  }

  private decide(flight: Flight): void {
    const { packet, fate } = this;
    packet.time = this.engine.now;
    packet.bytes = flight.datagram.length;
    fate.delay = 0;
    fate.lost = undefined;
    fate.echo = -1;
    for (const judge of this.judges(flight.from >> 8, flight.to >> 8)) judge(packet, fate);
    if (fate.lost !== undefined) {
      this.drop(flight, fate.lost);
      return;
    }
    if (fate.echo >= 0) {
      const echo = this.flight(flight.from, flight.to, flight.datagram, flight.packet);
      this.engine.after(fate.delay + fate.echo, this.arrive, echo);
    }
    this.engine.after(fate.delay, this.arrive, flight);
  }

  private judges(from: number, to: number): readonly Judge[] {
    const key = from * 2 ** 22 + to;
    let judges = this.links.get(key);
    if (judges === undefined) {
      const link = this.random.fork(this.stations[from]?.name ?? "").fork(this.stations[to]?.name ?? "");
      judges = this.rules.map((rule) => rule.open(from, to, link.fork(rule.name)));
      this.links.set(key, judges);
    }
    return judges;
  }

  private readonly arrive = (flight: Flight): void => {
    const station = this.stations[flight.to >> 8];
    if (station === undefined) this.drop(flight, "no-receiver");
    else station.arrive(flight);
  };

  private flight(from: Address, to: Address, datagram: Uint8Array, packet: number): Flight {
    const flight = this.pool.pop();
    if (flight === undefined) return { from, to, datagram, packet };
    flight.from = from;
    flight.to = to;
    flight.datagram = datagram;
    flight.packet = packet;
    return flight;
  }

  /** Ends a flight that reached a process. */
  deliver(flight: Flight, receiver: Sender): void {
    this.delivered++;
    if (this.trace.active) {
      this.trace.emit({
        time: this.engine.now,
        machine: receiver.machine.name,
        address: receiver.address,
        incarnation: receiver.incarnation,
        event: {
          type: "datagram-delivered",
          packet: flight.packet,
          from: flight.from,
          bytes: flight.datagram.length,
        },
      });
    }
    flight.datagram = nothing;
    this.pool.push(flight);
  }

  /** Ends a flight that did not. */
  drop(flight: Flight, reason: DropReason): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
    if (this.trace.active) {
      const { packet, from, to } = flight;
      this.trace.emit({
        time: this.engine.now,
        machine: this.stations[to >> 8]?.name ?? "",
        address: to,
        incarnation: 0,
        event: { type: "datagram-dropped", packet, from, to, bytes: flight.datagram.length, reason },
      });
    }
    flight.datagram = nothing;
    this.pool.push(flight);
  }
}
