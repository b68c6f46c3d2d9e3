/** What the operations of a host cost the CPU of its machine. */
import type { Milliseconds } from "../../protocols/host.ts";
import { BadData } from "../bad-data.ts";

/**
 * What a process asks of its operating system. Cancelling costs only if the timer still runs. Waiting asks once for all
 * datagrams and timers that came while the CPU was busy.
 */
export type Operation = "send" | "receive" | "wait" | "setTimer" | "cancelTimer";

const operations: readonly Operation[] = ["send", "receive", "wait", "setTimer", "cancelTimer"];

/** Costs as data: nothing else of a machine takes time. */
export interface CostOptions {
  /** CPU time in the kernel, in ms, by system call. */
  readonly kernel: Readonly<Record<string, Milliseconds>>;
  /** CPU time in user mode that goes with each system call, in ms. Default 0. */
  readonly user?: Milliseconds;
  /** The system calls that each operation makes. Default: `circusCalls`. */
  readonly calls?: Readonly<Partial<Record<Operation, readonly string[]>>>;
}

/**
 * System calls of Circus under 4.2BSD. An exchange with one server (send, receive, a timer set and cancelled) makes one
 * sendmsg, recvmsg and select, and two of each other call. The counts are inferred from the published table, also the
 * assumption of one select for each recvmsg.
 */
export const circusCalls: Readonly<Record<Operation, readonly string[]>> = {
  send: ["sendmsg", "sigblock", "gettimeofday"],
  receive: ["select", "recvmsg", "sigblock", "gettimeofday"],
  wait: [],
  setTimer: ["setitimer"],
  cancelTimer: ["setitimer"],
};

/** CPU ms of system calls on a VAX-11/750 under 4.2BSD (E. C. Cooper, Replicated Distributed Programs, SOSP 1985). */
export const vaxCosts: CostOptions = {
  kernel: { sendmsg: 8.1, recvmsg: 2.8, select: 1.8, setitimer: 1.2, gettimeofday: 0.7, sigblock: 0.4 },
};

/** Costs, added up for each operation. */
export interface OperationCost {
  readonly calls: readonly string[];
  readonly kernel: Milliseconds;
  readonly user: Milliseconds;
}

export type CostTable = Readonly<Record<Operation, OperationCost>>;

/** Throws BadData for a system call without a cost, a negative cost or an unknown operation. */
export function costTable({ kernel, user = 0, calls = {} }: CostOptions): CostTable {
  for (const [name, cost] of [...Object.entries(kernel), ["user time", user] as const]) {
    if (!(cost >= 0 && cost < Infinity)) {
      throw new BadData(`cost of ${name} is ${cost} ms: expected a finite number of at least 0.`);
    }
  }
  for (const name of Object.keys(calls)) {
    if (operations.includes(name as Operation)) continue;
    throw new BadData(`system calls of operation "${name}": expected one of ${operations.join(", ")}.`);
  }
  const costOf = (operation: Operation): OperationCost => {
    const made = calls[operation] ?? circusCalls[operation];
    let total = 0;
    for (const call of made) {
      const cost = Object.hasOwn(kernel, call) ? kernel[call] : undefined;
      if (cost === undefined) {
        const known = Object.keys(kernel).join(", ");
        throw new BadData(`system call "${call}" of operation "${operation}" has no cost: there are ${known}.`);
      }
      total += cost;
    }
    return { calls: made, kernel: total, user: user * made.length };
  };
  return {
    send: costOf("send"),
    receive: costOf("receive"),
    wait: costOf("wait"),
    setTimer: costOf("setTimer"),
    cancelTimer: costOf("cancelTimer"),
  };
}
