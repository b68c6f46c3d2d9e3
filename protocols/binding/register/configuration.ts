/**
 * The Ringmaster's own membership, and how callers find it at well-known addresses.
 *
 * The Ringmaster's membership is stored in a register, as the membership of any troupe is, and the Ringmaster itself
 * holds this register. Every Ringmaster process exports, next to the Ringmaster, a module under a fixed ID that a
 * caller can reach with the address alone. ringmaster/formation.ts has the rules by which the membership is formed and
 * changed.
 */
import type { Address } from "../../host.ts";
import { hashOfName } from "../../troupe/troupe-id.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import { precedes } from "../../wire/segment.ts";
import { troupeOf, type ProcessId, type Registration } from "./register.ts";
import type { RegisterState } from "./ringmaster.ts";

export const ringmasterName = "ringmaster";
export const ringmasterBase = hashOfName(ringmasterName);

/** The status of a Ringmaster process, by its own account. */
export interface RingmasterStatus {
  readonly life: ProcessId;
  /**
   * The latest membership of the Ringmaster that the process knows. The process need not belong to that membership.
   */
  readonly configuration: Registration | null;
  /** Whether the process serves as a member of that configuration. */
  readonly serves: boolean;
}

/** The registers of a Ringmaster member at the end of an epoch of the Ringmaster, or later. */
export interface Sealed {
  readonly life: ProcessId;
  /** The epoch that the member serves or served last. */
  readonly epoch: number;
  readonly registers: readonly RegisterState[];
}

/** What a process at a well-known address answers to calls of its module. */
export interface WellKnownProcess {
  standing(): RingmasterStatus;
  seal(next: Registration): Sealed | null;
  install(configuration: Registration, registers: readonly RegisterState[]): boolean;
}

/** The module at a well-known address. */
export class WellKnownModule {
  readonly #process: WellKnownProcess;

  constructor(process: WellKnownProcess) {
    this.#process = process;
  }

  standing(): RingmasterStatus {
    return this.#process.standing();
  }

  /** Ends service in all epochs before `next`, which was agreed on; null if this process has recorded nothing. */
  seal(next: Registration): Sealed | null {
    return this.#process.seal(next);
  }

  /**
   * Makes the process a member of the configuration, with at least these registers; false if the process does not
   * belong to it.
   */
  install(configuration: Registration, registers: readonly RegisterState[]): boolean {
    return this.#process.install(configuration, registers);
  }
}

/** The modules at these addresses, as a troupe under a fixed ID. */
export function placesAt(addresses: readonly Address[]): Troupe {
  return { id: 1, name: "places", module: 1, members: addresses.map((address) => ({ address })) };
}

export function ringmasterTroupe(configuration: Registration): Troupe {
  return troupeOf(configuration);
}

/**
 * Whether a configuration of the Ringmaster is later than another one. A Ringmaster that was formed anew, after all
 * processes had died, is later than the earlier one whatever their epochs are: the term of a configuration is the
 * incarnation of the process that formed the Ringmaster.
 */
export function isLater(a: Registration, b: Registration | null | undefined): boolean {
  if (b === null || b === undefined) return true;
  return a.term === b.term ? a.epoch > b.epoch : precedes(b.term, a.term);
}

export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}
