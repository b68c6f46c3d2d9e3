/**
 * A trace as its views show it: machines, what happened on them, and the messages between them, in words. Plain data,
 * so that a page has it as JSON.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { StampedEvent } from "../../sim/trace.ts";

/** One event of the trace. */
export interface Item {
  /** Number of the event in the trace, from 0. */
  readonly event: number;
  readonly time: Milliseconds;
  /** Place of the machine in `TraceView.machines`; -1 for the whole network. */
  readonly machine: number;
  readonly type: StampedEvent["event"]["type"];
  /** What the diagram writes beside the event; "" if arrows and bars show the event already. */
  readonly text: string;
  /** The thread that the event belongs to, if it belongs to one. */
  readonly thread?: string;
  /** The path of the replicated call within its thread. */
  readonly path?: string;
  /** The troupe in whose name the member executes or commits; none for the Ringmaster's members. */
  readonly troupe?: number;
}

/** A message or a datagram on its way. */
export interface Arrow {
  /** Places in `TraceView.items` of its departure and of its arrival (or its loss). */
  readonly from: number;
  readonly to: number;
  /** Place of the machine that it goes to. */
  readonly machine: number;
  readonly kind: "call" | "return" | "control";
  /** The message in words: `deposit(5)`, `RETURN 15`. */
  readonly text: string;
  /** Why it did not arrive. */
  readonly lost?: string;
  /** Whether it told its receiver nothing new: an acknowledgement, a probe, a repetition. */
  readonly idle: boolean;
  /** Whether its segment had been sent before. */
  readonly again: boolean;
  readonly thread?: string;
}

export interface TraceView {
  /** Names of the machines: those that only call first, then the others in the trace's order. */
  readonly machines: readonly string[];
  readonly items: readonly Item[];
  readonly arrows: readonly Arrow[];
  /** Of each thread, what people call it: `thread 1 of client`. */
  readonly threads: Readonly<Record<string, string>>;
}

/** Something that a picture of a trace points out, such as a violation that a checker found. */
export interface Mark {
  /** Simulated time in ms at which it shows. */
  readonly time: Milliseconds;
  /** One whole sentence. */
  readonly sentence: string;
  /** The numbers of its events in the trace, from 0. Default: those with a text at that time. */
  readonly events?: readonly number[];
}
