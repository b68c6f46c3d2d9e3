import type { Milliseconds } from "../host.ts";
import { headerBytes } from "../wire/segment.ts";

/**
 * The constants of the paired message protocol, times in ms. The dissertation gives no values; these suit a local
 * network.
 */
export interface MessageOptions {
  /** Largest datagram in bytes, segment header included. */
  readonly datagramBytes: number;
  /**
   * The most unacknowledged segments under way. A message of at most that many segments is sent at once, as in the
   * dissertation.
   */
  readonly window: number;
  /**
   * Whether the wait before the first repetition of an unacknowledged segment adapts to the measured round trips
   * (round-trip.ts), or is always `retransmitInterval`, as in 1985.
   */
  readonly retransmission: "adaptive" | "fixed";
  /**
   * The wait before the first repetition while no round trip has been measured, and the shortest wait ever. Each
   * further wait is `backoff` times longer, up to `longestInterval`, which also limits measured waits.
   */
  readonly retransmitInterval: Milliseconds;
  readonly backoff: number;
  readonly longestInterval: Milliseconds;
  /**
   * The number of unanswered repetitions or probes after which the peer is declared crashed; fewer if waits are longer
   * (`patienceOf`).
   */
  readonly tries: number;
  /** The interval of the client's probes while a procedure executes. */
  readonly probeInterval: Milliseconds;
  /** How long the ACK of a complete CALL waits for the RETURN that would make it superfluous. */
  readonly ackDelay: Milliseconds;
  /** The longest life of a datagram. Finished exchanges are remembered for at least that long. */
  readonly datagramLifetime: Milliseconds;
  /** The most calls remembered for one peer. A further CALL is dropped, and its sender tries again. */
  readonly callsPerPeer: number;
  /**
   * The most bytes of incomplete messages of one peer. Beyond that, only the oldest incomplete message is continued.
   */
  readonly partialBytesPerPeer: number;
  /** The most unacknowledged bytes of RETURNs to one peer. Beyond that, its further CALLs are dropped. */
  readonly returnBytesPerPeer: number;
  /** The most peers remembered. CALLs of other peers are dropped until some peers are forgotten. */
  readonly peers: number;
  /** The most calls, and bytes of messages, that all peers together may occupy. */
  readonly calls: number;
  readonly bytes: number;
  /** Number of the first call, for tests of what happens when numbers wrap around at 2^32. */
  readonly firstCall: number;
}

export const defaultMessageOptions: MessageOptions = {
  datagramBytes: 1472, // an Ethernet frame less the headers of IP and UDP
  window: 64,
  retransmission: "adaptive",
  retransmitInterval: 100,
  backoff: 2,
  longestInterval: 800,
  tries: 10,
  probeInterval: 1000,
  ackDelay: 20,
  datagramLifetime: 30_000,
  callsPerPeer: 65_536,
  partialBytesPerPeer: 16 * 1024 * 1024,
  returnBytesPerPeer: 16 * 1024 * 1024,
  peers: 16_384,
  calls: 1_048_576,
  bytes: 256 * 1024 * 1024,
  firstCall: 1,
};

const complete = new WeakMap<object, MessageOptions>();

/**
 * Completes options with defaults, and answers the same object for the same options.
 *
 * @throws RangeError for a value that cannot work
 */
export function messageOptions(given: Partial<MessageOptions> = defaultMessageOptions): MessageOptions {
  const known = complete.get(given);
  if (known !== undefined) return known;
  const options = { ...defaultMessageOptions, ...given };
  if (options.datagramBytes <= headerBytes) {
    throw new RangeError(`datagramBytes is ${options.datagramBytes}; expected more than the header's ${headerBytes}`);
  }
  for (const name of positive) {
    if (!(options[name] > 0)) throw new RangeError(`${name} is ${options[name]}; expected more than 0`);
  }
  if (options.retransmission !== "adaptive" && options.retransmission !== "fixed") {
    throw new RangeError(`retransmission is ${String(options.retransmission)}; expected "adaptive" or "fixed"`);
  }
  if (!(options.ackDelay >= 0)) throw new RangeError(`ackDelay is ${options.ackDelay}; expected 0 or more`);
  if (!(options.backoff >= 1)) throw new RangeError(`backoff is ${options.backoff}; expected at least 1`);
  for (const name of ["retransmitInterval", "longestInterval", "probeInterval"] as const) {
    // A server forgets a finished call that it does not hear of for a datagram's lifetime. The client must ask more
    // often.
    if (options[name] <= options.datagramLifetime) continue;
    throw new RangeError(
      `${name} is ${options[name]}; expected at most the datagramLifetime of ${options.datagramLifetime}`,
    );
  }
  complete.set(given, options);
  return options;
}

/** The constants of processes that serve users, real or on a stage. */
export const servedMessageOptions: Partial<MessageOptions> = { retransmitInterval: 50, longestInterval: 400 };

const positive = [
  "window",
  "tries",
  "retransmitInterval",
  "longestInterval",
  "probeInterval",
  "datagramLifetime",
  "callsPerPeer",
  "partialBytesPerPeer",
  "returnBytesPerPeer",
  "peers",
  "calls",
  "bytes",
] as const;

/**
 * How long a silent process is waited for, in ms, before it is declared crashed, whatever round trips were measured.
 */
export function patienceOf(options: MessageOptions): Milliseconds {
  return waited(options, options.tries);
}

/**
 * How long a process has been silent, in ms, when the wait after the given repetition ends. `first`: the first wait.
 */
export function waited(options: MessageOptions, repetitions: number, first?: Milliseconds): Milliseconds {
  let sum = 0;
  for (let attempt = 0; attempt <= repetitions; attempt++) sum += retryInterval(options, attempt, first);
  return sum;
}

/** The wait before the next repetition, in ms, after `attempt` unanswered repetitions. `first`: the first wait. */
export function retryInterval(
  options: MessageOptions,
  attempt: number,
  first: Milliseconds = options.retransmitInterval,
): Milliseconds {
  return attempt === 0 ? first : backedOff(first, options.backoff, attempt, options.longestInterval);
}

/** An interval after so many steps of exponential back-off. */
export function backedOff(first: Milliseconds, backoff: number, steps: number, longest: Milliseconds): Milliseconds {
  let interval = first;
  for (let i = 0; i < steps && interval < longest; i++) interval *= backoff;
  return Math.min(interval, longest);
}
