/** The one stream of typed events that checkers, diagrams, exports and tests read. */
import type { Address, Milliseconds } from "../protocols/host.ts";
import type { TraceEvent } from "../protocols/trace.ts";
import type { LossReason } from "./network/rules.ts";

/** Why a datagram was not delivered. */
export type DropReason =
  | LossReason
  | "partition"
  | "corruption"
  /** The machine was down when it arrived. */
  | "machine-down"
  /** The machine crashed or the process ended while it waited there. */
  | "crash"
  /** Nobody listens at the address. */
  | "no-receiver";

/** What the simulated world reports of itself. `packet` numbers the datagrams of a run, each copy by itself. */
export type WorldEvent =
  | {
      readonly type: "datagram-sent";
      readonly packet: number;
      readonly to: Address;
      readonly datagram: Uint8Array;
    }
  | { readonly type: "datagram-delivered"; readonly packet: number; readonly from: Address; readonly bytes: number }
  | {
      readonly type: "datagram-dropped";
      readonly packet: number;
      readonly from: Address;
      readonly to: Address;
      readonly bytes: number;
      readonly reason: DropReason;
    }
  /** A process began a life, and ended it: by a crash of its machine or because it was stopped. */
  | { readonly type: "start" }
  | { readonly type: "end"; readonly reason: "crash" | "stop" }
  /** Events of a whole machine have the address of its port 0 and incarnation 0. */
  | { readonly type: "crash" }
  | { readonly type: "restart" }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  | { readonly type: "slow"; readonly factor: number }
  /** Events of the whole network have machine "" and address -1. */
  | { readonly type: "partition"; readonly name: string }
  | { readonly type: "heal"; readonly name: string };

export interface StampedEvent {
  /** Simulated time in ms (of the simulator, not of a skewed clock). */
  readonly time: Milliseconds;
  /** Name of the machine. */
  readonly machine: string;
  readonly address: Address;
  readonly incarnation: number;
  readonly event: TraceEvent | WorldEvent;
}

export type TraceListener = (event: StampedEvent) => void;

/** Hands events to those who listen. Ask `active` before making an event. */
export class Trace {
  active = false;
  private listeners: readonly TraceListener[] = [];

  /** Calls the listener with every event from now on; the answer ends that. */
  listen(listener: TraceListener): () => void {
    this.listeners = [...this.listeners, listener];
    this.active = true;
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
      this.active = this.listeners.length > 0;
    };
  }

  emit(event: StampedEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
