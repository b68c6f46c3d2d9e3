/**
 * The door: the only access of protocol code to time, chance and the network.
 *
 * Source: ours, so that one text of the protocols runs simulated and real. There are two hosts: a machine of the
 * simulator, and a real UDP socket. Protocol code cannot distinguish them.
 */
import type { TraceEvent } from "./trace.ts";

/** A duration or a point of time in milliseconds, a float64. Points are monotonic, as with `performance.now()`. */
export type Milliseconds = number;

/**
 * The address of a process or of a multicast group: an opaque non-negative safe integer. A simulated address is a small
 * integer; a real address is `IPv4 * 65536 + port`.
 */
export type Address = number;

/** Names a timer that was set; 0 is never a timer. */
export type Timer = number;

export const noTimer: Timer = 0;

/** A stream of random numbers. */
export interface Random {
  /** Uniform on [0, 1). */
  next(): number;
  /** An independent stream. Its numbers depend on this stream's key and on `purpose`, and not on earlier draws. */
  fork(purpose: string): Random;
}

export interface Host {
  readonly address: Address;
  /**
   * Distinguishes this incarnation of the process from earlier ones: a 32-bit number, never 0, greater after every
   * restart (on the circle of 2^32, as a clock is read).
   */
  readonly incarnation: number;
  /** The process's own stream of random numbers. */
  readonly random: Random;
  /**
   * The root of the streams that threads draw from (`program.random()`). All hosts of a run have the same key, so that
   * all members of a troupe draw equal numbers. The key depends on the run's seed and replication.
   */
  readonly threads: Random;

  now(): Milliseconds;

  /**
   * The time of day in ms since 1970, UTC, as the machine knows it: it may be wrong, and may be set back. A simulated
   * world begins with the first midnight of 1970.
   */
  wall(): Milliseconds;

  /**
   * Calls `fire(subject)` once, after `delay` ms, in an event of its own. A shared function with a subject costs no
   * allocation. A closure with `undefined` suffices where speed does not matter.
   */
  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer;

  /** Stops a timer. A timer that has fired or was cancelled, and `noTimer`, are ignored. */
  cancel(timer: Timer): void;

  /**
   * Sends a datagram to a process or to all members of a multicast group. The network may lose, delay or duplicate the
   * datagram, and never delivers it inside this call. Neither side may change the bytes from now on.
   */
  send(to: Address, datagram: Uint8Array): void;

  /** Sets the one receiver of this process's datagrams. */
  listen(receive: (from: Address, datagram: Uint8Array) => void): void;

  /** Receives the datagrams of a multicast group, until `leave`. */
  join(group: Address): void;
  leave(group: Address): void;

  /**
   * Runs a piece of user code, which may be `async`, by itself after the present event. All promise jobs that it makes
   * ready run before the next turn or event begins. `task` answers whether it may have left promise jobs: false (a
   * synchronous method) saves the cost of draining them.
   */
  turn<S>(task: (subject: S) => boolean, subject: S): void;

  /** Whether the trace has a listener. Check this before making an event, so that unheard events cost nothing. */
  readonly traced: boolean;
  trace(event: TraceEvent): void;
}
