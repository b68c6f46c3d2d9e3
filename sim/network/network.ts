/**
 * The simulated network: takes datagrams from processes, lets the rules of the link decide about each, and hands it to
 * the receiving machine when its delay is over.
 *
 * As long as no rule has anything to decide, a datagram costs one pooled record and one event.
 */
import type { Address, Milliseconds } from "../../protocols/host.ts";
import type { Stream } from "../chance/random.ts";
import type { Engine } from "../engine/engine.ts";
import type { Ledger } from "../ledger.ts";
import type { DropReason, Trace, WorldEvent } from "../trace.ts";
import { corruptedMark, echoMark, FlightPool, heldMark, type Flight } from "./flight.ts";
import { firstGroup, Groups } from "./groups.ts";
import { Links, type NetworkOptions } from "./links.ts";
import { Partition, type Cut } from "./partitions.ts";
import { arrivalFaults, type Fate } from "./rules.ts";

/** A machine has 256 ports; port 0 stands for the machine itself. */
export const portsPerMachine = 256;
/** The machine of an address is its index: `address >> portBits`. */
const portBits = 8;

/** A machine, as the network sees it. */
export interface Station {
  readonly name: string;
  readonly index: number;
  /** Takes a flight for a process that is not there or not direct. */
  arrive(flight: Flight): void;
}

/** A process, as the network sees it. */
export interface Peer {
  readonly address: Address;
  readonly incarnation: number;
  readonly machine: Station;
  /** It takes datagrams at once: its machine is up, not paused, and receiving takes no time. */
  readonly direct: boolean;
  readonly receive: ((from: Address, datagram: Uint8Array) => void) | undefined;
}

/** What a network needs of its world. */
export interface NetworkSurroundings {
  readonly engine: Engine;
  readonly trace: Trace;
  readonly ledger: Ledger;
  readonly random: Stream;
}

export class Network {
  /** By index. */
  readonly stations: Station[] = [];
  /** Datagrams handed to the network; a multicast counts once for each member. */
  sent = 0;
  /** Datagrams that reached a process; copies count as well. */
  delivered = 0;
  readonly dropped: Partial<Record<DropReason, number>> = {};

  private readonly engine: Engine;
  private readonly trace: Trace;
  private readonly ledger: Ledger;
  private readonly random: Stream;
  private readonly pool = new FlightPool();
  /** By port, then by the index of the machine: a datagram on its way touches little memory, however many machines. */
  private readonly peers: (Peer | undefined)[][] = Array.from({ length: portsPerMachine }, () => []);
  private readonly groups = new Groups<Peer>();
  private readonly partitions: Partition[] = [];
  private options: NetworkOptions;
  private links: Links;
  private plainDelay: Milliseconds = -1;
  /** Delay within a machine; below 0: as between machines. */
  private loopback: Milliseconds;
  private readonly packet = { time: 0, bytes: 0, shared: false };
  private readonly fate: Fate = { delay: 0, lost: undefined, corrupted: false, held: false, echo: -1 };

  constructor({ engine, trace, ledger, random }: NetworkSurroundings, options: NetworkOptions) {
    this.engine = engine;
    this.trace = trace;
    this.ledger = ledger;
    this.random = random;
    this.options = options;
    this.loopback = loopbackOf(options);
    this.links = new Links(options, ledger, random);
    this.refresh();
  }

  /**
   * Changes some options from now on; datagrams under way are not touched. Random numbers go on where they were.
   * An option set to undefined returns to its default.
   */
  configure(options: { readonly [K in keyof NetworkOptions]?: NetworkOptions[K] | undefined }): void {
    const merged = { ...this.options, ...options };
    for (const [name, value] of Object.entries(merged)) {
      if (value === undefined) delete merged[name as keyof NetworkOptions];
    }
    this.options = merged as NetworkOptions;
    this.loopback = loopbackOf(this.options);
    this.links = new Links(this.options, this.ledger, this.random, this.links);
    this.refresh();
  }

  /** Opens a cut: from now on it blocks what departs, until it is healed. */
  partition(cut: Cut): Partition {
    const partition = new Partition(cut, this.ledger.fault("partition"), (healed) => this.heal(healed));
    this.partitions.push(partition);
    this.refresh();
    this.report({ type: "partition", name: cut.name });
    return partition;
  }

  private heal(partition: Partition): void {
    const at = this.partitions.indexOf(partition);
    if (at < 0) return;
    this.partitions.splice(at, 1);
    this.refresh();
    this.report({ type: "heal", name: partition.name });
  }

  private refresh(): void {
    this.plainDelay = this.partitions.length === 0 ? this.links.plainDelay : -1;
  }

  /** The process begins to receive. */
  attach(peer: Peer): void {
    const peers = this.peers[peer.address & (portsPerMachine - 1)]!;
    const index = peer.address >> portBits;
    while (peers.length <= index) peers.push(undefined);
    peers[index] = peer;
  }

  detach(peer: Peer): void {
    this.peers[peer.address & (portsPerMachine - 1)]![peer.address >> portBits] = undefined;
  }

  /** The process at this address, if it is alive. */
  peerAt(address: Address): Peer | undefined {
    return this.peers[address & (portsPerMachine - 1)]![address >> portBits];
  }

  /** A fresh multicast group. */
  group(): Address {
    return this.groups.add();
  }

  join(group: Address, member: Peer): void {
    this.groups.join(group, member);
  }

  leave(group: Address, member: Peer): void {
    this.groups.leave(group, member);
  }

  /** Sends a datagram, which departs now, to a process or to all members of a group. */
  send(sender: Peer, to: Address, datagram: Uint8Array): void {
    if (to < firstGroup) {
      this.transmit(sender, to, datagram, false);
      return;
    }
    let shared = false;
    for (const member of this.groups.members(to)) {
      this.transmit(sender, member.address, datagram, shared);
      shared = true;
    }
  }

  private transmit(sender: Peer, to: Address, datagram: Uint8Array, shared: boolean): void {
    const { engine } = this;
    const from = sender.address;
    const flight = this.pool.take(from, to, datagram, ++this.sent);
    if (this.trace.active) this.reportSent(sender, flight);
    if (from >> portBits === to >> portBits && this.loopback >= 0) engine.after(this.loopback, this.arrive, flight);
    else if (this.plainDelay >= 0) engine.after(this.plainDelay, this.arrive, flight);
    else this.decide(flight, shared);
  }

  private decide(flight: Flight, shared: boolean): void {
    const from = flight.from >> portBits;
    const to = flight.to >> portBits;
    const receiver = this.stations[to];
    if (receiver === undefined) {
      this.drop(flight, "no-receiver");
      return;
    }
    for (const partition of this.partitions) {
      if (partition.blocks(from, to)) {
        this.drop(flight, "partition");
        return;
      }
    }
    const link = this.links.between(from, to, this.stations[from]!.name, receiver.name);
    const { packet, fate, engine } = this;
    packet.time = engine.now;
    packet.bytes = flight.datagram.length;
    packet.shared = shared;
    link.judge(packet, fate);
    if (fate.lost !== undefined) {
      this.drop(flight, fate.lost);
      return;
    }
    flight.marks = (fate.corrupted ? corruptedMark : 0) | (fate.held ? heldMark : 0);
    if (link.reorders) {
      flight.link = link;
      flight.sequence = link.depart();
    }
    if (fate.echo >= 0) {
      const echo = this.pool.take(flight.from, flight.to, flight.datagram, flight.packet);
      echo.marks = (fate.corrupted ? corruptedMark : 0) | echoMark;
      engine.after(fate.delay + fate.echo, this.arrive, echo);
    }
    engine.after(fate.delay, this.arrive, flight);
  }

  private readonly arrive = (flight: Flight): void => {
    const isOvertaken = flight.link?.arrive(flight.sequence) === true;
    if (isOvertaken && (flight.marks & heldMark) !== 0) this.ledger.fault(arrivalFaults.reordering).effective++;
    if ((flight.marks & corruptedMark) !== 0) {
      this.ledger.fault(arrivalFaults.corruption).effective++;
      this.drop(flight, "corruption");
      return;
    }
    const peer = this.peerAt(flight.to);
    if (peer?.direct === true) this.deliver(flight, peer);
    else {
      const station = this.stations[flight.to >> portBits];
      if (station === undefined) this.drop(flight, "no-receiver");
      else station.arrive(flight);
    }
  };

  /** The end of a flight: its process receives the datagram, if it listens. */
  deliver(flight: Flight, peer: Peer): void {
    const { from, datagram } = flight;
    if (peer.receive === undefined) {
      this.drop(flight, "no-receiver");
      return;
    }
    this.delivered++;
    if ((flight.marks & echoMark) !== 0) this.ledger.fault(arrivalFaults.duplication).effective++;
    if (this.trace.active) {
      const { address, incarnation, machine } = peer;
      const event = { type: "datagram-delivered", packet: flight.packet, from, bytes: datagram.length } as const;
      this.trace.emit({ time: this.engine.now, machine: machine.name, address, incarnation, event });
    }
    this.pool.release(flight);
    peer.receive(from, datagram);
  }

  /** The end of a flight that no process receives, for this reason. */
  drop(flight: Flight, reason: DropReason): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
    if (this.trace.active) {
      const { packet, from, to } = flight;
      const machine = this.stations[to >> portBits]?.name ?? "";
      const event = { type: "datagram-dropped", packet, from, to, bytes: flight.datagram.length, reason } as const;
      this.trace.emit({ time: this.engine.now, machine, address: to, incarnation: 0, event });
    }
    this.pool.release(flight);
  }

  private reportSent(sender: Peer, { packet, to, datagram }: Flight): void {
    const { address, incarnation, machine } = sender;
    const event = { type: "datagram-sent", packet, to, datagram } as const;
    this.trace.emit({ time: this.engine.now, machine: machine.name, address, incarnation, event });
  }

  private report(event: WorldEvent): void {
    if (!this.trace.active) return;
    this.trace.emit({ time: this.engine.now, machine: "", address: -1, incarnation: 0, event });
  }
}

function loopbackOf({ loopback = 0.01 }: NetworkOptions): Milliseconds {
  return loopback === "link" ? -1 : loopback;
}
