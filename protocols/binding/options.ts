import type { Milliseconds } from "../host.ts";

/** The constants of binding, times in ms. The dissertation gives no values; these suit a local network. */
export interface BindingOptions {
  /** The interval at which each Ringmaster member calls the null procedure at each member of a troupe. */
  readonly probeInterval: Milliseconds;
  /**
   * How long a member executes calls, by its own clock, after a majority of Ringmaster members heard it. A member that
   * is cut off thus stops answering before it can be dropped.
   */
  readonly lease: Milliseconds;
  /**
   * How long a process may be silent, by the Ringmaster member's clock, before it is suspected. Invariant: suspicion >=
   * lease; the difference must cover differing clock rates. A process that is known to have been replaced is suspected
   * at once.
   */
  readonly suspicion: Milliseconds;
  /**
   * How long all members of a troupe may be silent before the troupe is marked as lost. Its members then count as dead,
   * and its state with them. A troupe whose members are all known to have been replaced is marked at once.
   */
  readonly loss: Milliseconds;
  /** The wait between two questions about an unsettled matter. */
  readonly pollInterval: Milliseconds;
  /**
   * The wait of a serving Ringmaster member between two looks at the Ringmaster's own membership. Default:
   * `pollInterval`.
   */
  readonly upkeep: Milliseconds;
  /** How long an operation waits for a majority of the Ringmaster before it fails. */
  readonly patience: Milliseconds;
  /**
   * How long a Ringmaster that was formed just now founds no troupe, unless it is told to: living members of a troupe
   * of an earlier Ringmaster may register it (member/recovery.ts). A member notices within a lease that the Ringmaster
   * is another one. Default: 0, for worlds in which the Ringmaster does not die.
   */
  readonly grace: Milliseconds;
  /** How long a change of membership waits for running executions to end. */
  readonly quiescence: Milliseconds;
  /**
   * How often at most the members of a troupe compare their states while they execute calls. At a change of the
   * membership they always do. Default: Infinity, at changes only.
   */
  readonly compare: Milliseconds;
  /** The approximate length of a piece of state, in bytes. */
  readonly pieceBytes: number;
  /** The most bytes of pieces in one answer. An answer holds at least one piece. */
  readonly answerBytes: number;
}

export const defaultBindingOptions: BindingOptions = {
  probeInterval: 1000,
  lease: 5000,
  suspicion: 7500,
  loss: 60_000,
  pollInterval: 200,
  upkeep: 200,
  patience: 30_000,
  grace: 0,
  quiescence: 2000,
  compare: Infinity,
  pieceBytes: 64 * 1024,
  answerBytes: 512 * 1024,
};

/**
 * The constants of processes that serve users, real or on a stage; all processes must have the same. A crash is found
 * within seconds, and a pause of three seconds is not taken for a crash.
 */
export const servedBindingOptions: Partial<BindingOptions> = {
  probeInterval: 500,
  lease: 3000,
  suspicion: 4500,
  pollInterval: 100,
  grace: 5000,
  compare: 10_000,
};

/**
 * Completes options with defaults.
 *
 * @throws RangeError for a value that cannot work
 */
export function bindingOptions(given: Partial<BindingOptions> = {}): BindingOptions {
  const { pollInterval = defaultBindingOptions.pollInterval } = given;
  const options = { ...defaultBindingOptions, upkeep: pollInterval, ...given };
  for (const [name, value] of Object.entries(options)) {
    if (!(value > 0) && name !== "grace") throw new RangeError(`${name} is ${value}; expected more than 0`);
  }
  if (options.suspicion < options.lease) {
    throw new RangeError(
      `suspicion is ${options.suspicion} ms; expected at least the lease of ${options.lease} ms, or a member could be dropped while it serves`,
    );
  }
  return options;
}
