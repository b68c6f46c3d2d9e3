/**
 * The door: the only way in which protocol code meets time, chance and the network.
 *
 * Two hosts stand behind it, a machine of the simulator and a real UDP socket. Protocol code cannot tell which.
 */
import type { TraceEvent } from "./trace.ts";

/** A span or a point of time in milliseconds, a float64; points are monotonic, as with `performance.now()`. */
export type Milliseconds = number;

/**
 * Where a process, or a multicast group, is reached: an opaque non-negative safe integer.
 * A simulated address is a small integer; a real one is `IPv4 * 65536 + port`.
 */
export type Address = number;

/** Names a timer that was set; 0 is never a timer. */
export type Timer = number;

export const noTimer: Timer = 0;

/** A stream of random numbers. */
export interface Random {
  /** Uniform on [0, 1). */
  next(): number;
  /** An independent stream; its numbers depend on this stream's key and on `purpose`, not on what was drawn before. */
  fork(purpose: string): Random;
}

export interface Host {
  readonly address: Address;
  /**
   * Tells this life of the process from its earlier ones: a 32-bit number, never 0, greater after every restart (on the
   * circle of 2^32, as a clock is read).
   */
  readonly incarnation: number;
  /** The process's own numbers. */
  readonly random: Random;
  /**
   * The root of the numbers that threads draw (`program.random()`): the same key at all hosts of a run, so that all
   * members of a troupe draw alike. It depends on the run's seed and replication.
   */
  readonly threads: Random;

  now(): Milliseconds;

  /**
   * Calls `fire(subject)` once, after `delay`, in an event of its own. A function shared by all timers of a kind, with
   * its subject, costs no allocation; a closure with `undefined` does as well where speed is no matter.
   */
  after<S>(delay: Milliseconds, fire: (subject: S) => void, subject: S): Timer;

  /** Stops a timer; one that has fired, was cancelled or is `noTimer` is passed over in silence. */
  cancel(timer: Timer): void;

  /**
   * Sends a datagram to a process or to all members of a multicast group. It may be lost, delayed, duplicated; it is
   * never delivered inside this call. The bytes belong to the host from now on: neither side changes them again.
   */
  send(to: Address, datagram: Uint8Array): void;

  /** Sets the one receiver of this process's datagrams. */
  listen(receive: (from: Address, datagram: Uint8Array) => void): void;

  /** Receive what is sent to a multicast group, until `leave`. */
  join(group: Address): void;
  leave(group: Address): void;

  /**
   * Runs a piece of user code (anything that may be `async`) after the present event and by itself: all promise jobs
   * that it makes ready have run before the next turn or event begins. `task` answers whether it may have left promise
   * jobs; one that certainly has not (it called a synchronous method) saves the cost of draining them.
   */
  turn<S>(task: (subject: S) => boolean, subject: S): void;

  /** Whether anyone listens to the trace: ask before making an event, so that unheard events cost nothing. */
  readonly traced: boolean;
  trace(event: TraceEvent): void;
}
