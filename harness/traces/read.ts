/** From the events of a trace to its view: lanes, texts and arrows. */
import type { Address } from "../../protocols/host.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import { ringmasterName } from "../../protocols/binding/register/configuration.ts";
import { Messages, segmentIn, type Message, type Segment } from "./messages.ts";
import type { Arrow, Item, TraceView } from "./view.ts";

interface Flight {
  /** Place of the departure in the items. */
  readonly at: number;
  readonly from: Address;
  readonly to: Address;
  readonly segment: Segment | undefined;
  readonly message: Message;
  readonly again: boolean;
}

/** A datagram whose delivery was the last event at an address. */
interface Delivered {
  readonly flight: Flight;
  readonly at: number;
}

type EventOf<T extends StampedEvent["event"]["type"]> = Extract<StampedEvent["event"], { type: T }>;

/** Machines that only call stand before those that execute. */
function machineNames(trace: readonly StampedEvent[]): string[] {
  const calls = new Set<string>();
  const executes = new Set<string>();
  const names = new Set<string>();
  for (const { machine, event } of trace) {
    if (machine === "") continue;
    names.add(machine);
    if (event.type === "call") calls.add(machine);
    else if (event.type === "execute" || event.type === "membership") executes.add(machine);
  }
  const isClient = (name: string): boolean => calls.has(name) && !executes.has(name);
  return [...[...names].filter(isClient), ...[...names].filter((name) => !isClient(name))];
}

/**
 * Thread IDs are origin, incarnation and number; incarnation 0 means that the origin is a troupe (thread/context.ts).
 */
function threadName(thread: string, nameOf: (address: Address) => string): string {
  const [origin, incarnation, number] = thread.split(".").map(Number) as [number, number, number];
  if (incarnation === 0) return `thread ${number} of troupe ${origin}`;
  return `thread ${number} of ${nameOf(origin)}${incarnation > 1 && incarnation < 1000 ? `, life ${incarnation}` : ""}`;
}

function keyOf({ from, to }: Flight, { kind, sender, call }: Segment): string {
  return `${from} ${sender} ${to} ${kind} ${call}`;
}

class Reading {
  readonly machines: string[];
  readonly items: Item[] = [];
  readonly arrows: Arrow[] = [];
  readonly threads: Record<string, string> = {};
  readonly #place: Map<string, number>;
  readonly #names = new Map<Address, string>();
  readonly #messages: Messages;
  /** Addresses of the Ringmaster's members. */
  readonly #ringmasters = new Set<Address>();
  readonly #flights = new Map<number, Flight>();
  readonly #delivered = new Map<Address, Delivered>();
  /** Where messages were sent of which no datagram is in the trace, as in traces of real sockets. */
  readonly #sent = new Map<string, number[]>();
  /** Places of executions that have ended and whose RETURN was not sent yet. */
  readonly #executed = new Map<string, number>();
  /** Segments that were sent. */
  readonly #segments = new Set<string>();
  readonly #begun = new Set<Address>();
  /** Messages that have been received whole. */
  readonly #whole = new Set<string>();
  /** What came back of each call, by client and call. */
  readonly #answers = new Map<string, Set<string>>();

  constructor(trace: readonly StampedEvent[]) {
    this.machines = machineNames(trace);
    this.#place = new Map(this.machines.map((name, i) => [name, i]));
    this.#messages = new Messages(trace);
    for (const { address, machine, event } of trace) {
      if (machine !== "") this.#names.set(address, machine);
      if (event.type === "membership" && event.name === ringmasterName) this.#ringmasters.add(address);
    }
    for (const [event, stamped] of trace.entries()) this.#take(event, stamped);
    // What follows at once at the same machine says it better.
    for (const [i, item] of this.items.entries()) {
      const next = this.items[i + 1];
      if (item.type !== "message-received" || next?.type !== "execute") continue;
      if (next.machine === item.machine && next.time === item.time) this.items[i] = { ...item, text: "" };
    }
  }

  #name(address: Address): string {
    return this.#names.get(address) ?? `address ${address}`;
  }

  #take(event: number, stamped: StampedEvent): void {
    const { time, machine, event: what } = stamped;
    const at = this.items.length;
    const names = this.#namesOf(at, stamped);
    const { thread } = names;
    if (thread !== undefined) this.threads[thread] ??= threadName(thread, (address) => this.#name(address));
    this.items.push({
      event,
      time,
      machine: this.#place.get(machine) ?? -1,
      type: what.type,
      text: this.#text(stamped),
      ...names,
      ...this.#troupe(stamped),
    });
    this.#follow(at, stamped);
  }

  #troupe({ address, event }: StampedEvent): { troupe?: number } {
    const isOfMember = event.type === "execute" || event.type === "executed" || event.type === "transaction";
    return isOfMember && !this.#ringmasters.has(address) ? { troupe: event.troupe } : {};
  }

  /** The thread and path of an event: its own, or those of the message that came. */
  #namesOf(at: number, { address, event }: StampedEvent): { thread?: string; path?: string } {
    if ("thread" in event && event.thread !== "") return { thread: event.thread, path: event.path };
    if (event.type === "message-received") {
      const message = this.#arrived(address, event.from);
      if (message?.thread !== undefined) return { thread: message.thread, path: message.path! };
    }
    if (event.type === "datagram-sent") {
      const segment = segmentIn(event.datagram);
      const message = segment?.use === "data" ? this.#messages.of(address, event.to, segment) : { text: "" };
      const name = `${address} ${event.to} ${segment?.sender} ${segment?.kind} ${segment?.call} ${segment?.segment}`;
      const again = segment?.use === "data" && this.#segments.has(name);
      this.#segments.add(name);
      if (segment?.kind === "return" && !again) this.#returned(address, message);
      this.#flights.set(event.packet, { at, from: address, to: event.to, segment, message, again });
      if (message.thread !== undefined) return { thread: message.thread, path: message.path! };
    }
    return {};
  }

  /**
   * A RETURN tells what the latest execution of its call came to: earlier ones are of transactions that were undone.
   */
  #returned(address: Address, { thread, path, text }: Message): void {
    const key = `${address} ${thread} ${path}`;
    const at = this.#executed.get(key);
    if (at === undefined) return;
    this.#executed.delete(key);
    const item = this.items[at]!;
    this.items[at] = { ...item, text: `${item.text === "" ? "returns" : "raises"} ${text}` };
  }

  /** The message whose last segment was just delivered here. */
  #arrived(address: Address, from: Address): Message | undefined {
    const flight = this.#delivered.get(address)?.flight;
    return flight?.from === from ? flight.message : undefined;
  }

  #follow(at: number, { address, event }: StampedEvent): void {
    if (event.type === "datagram-delivered") {
      const flight = this.#flights.get(event.packet);
      if (flight === undefined) return;
      this.#settle(address);
      this.#delivered.set(address, { flight, at });
    } else if (event.type === "datagram-dropped") this.#dropped(at, event);
    else if (event.type === "executed") this.#executed.set(`${address} ${event.thread} ${event.path}`, at);
    else if (event.type === "message-sent") {
      const key = `${address} ${event.to} ${event.kind} ${event.call}`;
      this.#sent.set(key, [...(this.#sent.get(key) ?? []), at]);
    } else if (event.type === "message-received") this.#received(at, address, event);
  }

  #dropped(at: number, { packet, from, to, reason }: EventOf<"datagram-dropped">): void {
    const flight = this.#flights.get(packet);
    // Real sockets number what they drop by themselves: the departure is not in the trace.
    if (flight?.from !== from || flight.to !== to) return;
    const { segment, again } = flight;
    // The first loss is news; that of a repetition, or of what has arrived before, is not.
    const idle = again || segment?.use !== "data" || this.#whole.has(keyOf(flight, segment));
    this.#arrow(flight, at, { lost: reason, idle });
  }

  #received(at: number, address: Address, { from, kind, call }: EventOf<"message-received">): void {
    const sent = this.#sent.get(`${from} ${address} ${kind} ${call}`)?.shift();
    const delivered = this.#delivered.get(address);
    if (delivered?.flight.from === from) {
      const { flight } = delivered;
      this.#delivered.delete(address);
      this.#whole.add(keyOf(flight, flight.segment!));
      const isLong = (flight.segment?.total ?? 1) > 1;
      this.#arrow(flight, at, isLong && sent !== undefined ? { from: sent } : {});
    } else if (sent !== undefined) {
      const machine = this.#place.get(this.#name(address))!;
      this.arrows.push({ from: sent, to: at, machine, kind, text: "", idle: false, again: false });
    }
  }

  /** A datagram that was delivered and told nothing new. */
  #settle(address: Address): void {
    const before = this.#delivered.get(address);
    this.#delivered.delete(address);
    if (before !== undefined) this.#arrow(before.flight, before.at, { idle: true });
  }

  #arrow(flight: Flight, to: number, more: { from?: number; lost?: string; idle?: boolean }): void {
    const { at, segment, message, again } = flight;
    const isData = segment?.use === "data";
    this.arrows.push({
      from: at,
      to,
      machine: this.#place.get(this.#name(flight.to)) ?? -1,
      kind: isData ? segment.kind : "control",
      text: isData ? message.text : (segment?.use ?? "a datagram that is no segment"),
      idle: !isData,
      again,
      ...(message.thread === undefined ? {} : { thread: message.thread }),
      ...more,
    });
  }

  finish(): TraceView {
    for (const address of this.#delivered.keys()) this.#settle(address);
    const { machines, items, arrows, threads } = this;
    return { machines, items, arrows, threads };
  }

  #receivedText(address: Address, event: EventOf<"message-received">): string {
    const message = this.#arrived(address, event.from);
    if (message === undefined) return `${event.kind.toUpperCase()} ${event.call}`;
    if (event.kind === "call") return message.text;
    const call = `${address} ${message.thread} ${message.path}`;
    const answers = this.#answers.get(call);
    if (answers === undefined) this.#answers.set(call, new Set([message.text]));
    else answers.add(message.text);
    return `← ${message.text}`;
  }

  /**
   * The result is told where all members that have answered agree: what a collator made of others is not in the trace.
   */
  #endText(address: Address, { thread, path, outcome }: EventOf<"call-done">): string {
    const answers = [...(this.#answers.get(`${address} ${thread} ${path}`) ?? [])];
    if (outcome === "returned") return answers.length === 1 ? `result ${answers[0]}` : "call returned";
    return outcome === "raised" ? "call raised an error" : `call ended: ${outcome}`;
  }

  #text({ address, event, incarnation }: StampedEvent): string {
    switch (event.type) {
      case "call":
        return `calls ${this.#messages.call(event.thread, event.path, event.procedure)}`;
      case "call-done":
        return this.#endText(address, event);
      case "execute":
        return `executes ${this.#messages.call(event.thread, event.path, event.procedure)}`;
      case "executed":
        return event.outcome === "returned" ? "" : "raises an error";
      case "message-received":
        return this.#receivedText(address, event);
      case "peer-crashed":
        return `gives up ${this.#name(event.peer)}: ${event.reason}`;
      case "rebind":
        return `repeats the call at troupe ${event.troupe}`;
      case "disagreement":
        return "finds a disagreement";
      case "divergence":
        return `finds that members of ${event.name} differ in ${event.field} after ${event.call}`;
      case "membership":
        return `${event.state === "member" ? "is a member" : `is ${event.state}`} of ${event.name} (troupe ${event.troupe})`;
      case "transaction":
        return event.outcome === "undone" || event.outcome === "deadlock"
          ? `${event.outcome}, attempt ${event.attempt}`
          : event.outcome;
      case "note":
        return event.text;
      case "malformed":
        return `drops a malformed datagram: ${event.reason}`;
      case "start":
        if (this.#begun.has(address)) return incarnation < 1000 ? `life ${incarnation} begins` : "a new life begins";
        this.#begun.add(address);
        return "";
      case "end":
        return event.reason === "stop" ? "the process ends" : "";
      case "crash":
        return "CRASH";
      case "restart":
        return "restarts";
      case "pause":
        return "pauses";
      case "resume":
        return "goes on";
      case "slow":
        return event.factor === 1 ? "is no longer slow" : `is slower, ${event.factor} times`;
      case "partition":
        return `partition ${event.name}`;
      case "heal":
        return `partition ${event.name} heals`;
      case "acknowledge":
      case "datagram-delivered":
      case "datagram-dropped":
      case "datagram-sent":
      case "duplicate":
      case "message-sent":
      case "probe":
      case "retransmit":
        return "";
    }
  }
}

/** The view of a trace. */
export function readTrace(trace: readonly StampedEvent[]): TraceView {
  return new Reading(trace).finish();
}
