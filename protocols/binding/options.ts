import type { Milliseconds } from "../host.ts";

/** The constants of binding. The dissertation gives none; these suit a local network. */
export interface BindingOptions {
  /** How often each Ringmaster member calls the null procedure at each member of a troupe. */
  readonly probeInterval: Milliseconds;
  /**
   * A member executes calls for so long, by its own clock, after it was last heard by a majority of Ringmaster members. One
   * that is cut off thus ceases to answer before it can be dropped.
   */
  readonly lease: Milliseconds;
  /**
   * A Ringmaster member suspects a process that it has not heard for so long, by its own clock. Greater than `lease` by as much
   * as clocks may differ in rate; a process that is known to have been replaced is suspected at once.
   */
  readonly suspicion: Milliseconds;
  /**
   * A troupe of which no member has been heard for so long is marked as lost: its members count as dead, and its state with them.
   * At once if all of them are known to have been replaced.
   */
  readonly loss: Milliseconds;
  /** Wait between two questions about something that is not settled. */
  readonly pollInterval: Milliseconds;
  /** Wait of a Ringmaster member that serves between two looks at the Ringmaster's own membership. `pollInterval` unless given. */
  readonly upkeep: Milliseconds;
  /** An operation fails when no majority of the Ringmaster has answered for so long. */
  readonly patience: Milliseconds;
  /** How long a change of membership waits for executions under way to end. */
  readonly quiescence: Milliseconds;
  /** State is transferred in pieces of about so many bytes. */
  readonly pieceBytes: number;
  /** Bytes of pieces that go into one answer, if they are small. */
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
  quiescence: 2000,
  pieceBytes: 64 * 1024,
  answerBytes: 512 * 1024,
};

/** Options complete with defaults; throws RangeError for a value that cannot work. */
export function bindingOptions(given: Partial<BindingOptions> = {}): BindingOptions {
  const { pollInterval = defaultBindingOptions.pollInterval } = given;
  const options = { ...defaultBindingOptions, upkeep: pollInterval, ...given };
  for (const [name, value] of Object.entries(options)) {
    if (!(value > 0)) throw new RangeError(`${name} is ${value}; expected more than 0`);
  }
  if (options.suspicion < options.lease) {
    throw new RangeError(
      `suspicion is ${options.suspicion} ms; expected at least the lease of ${options.lease} ms, or a member could be dropped while it serves`,
    );
  }
  return options;
}
