/**
 * Which processes are the Ringmaster at present: its own membership, and how it is found at well-known addresses.
 *
 * The Ringmaster's membership is a register like that of any troupe, which the Ringmaster itself keeps. Every Ringmaster process
 * exports, next to the Ringmaster, a module under a fixed ID that any process may call without knowing more than the
 * address. formation.ts has the rules by which the membership is formed and changed.
 */
import type { Address } from "../../host.ts";
import { hashOfName } from "../../troupe/troupe-id.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import { troupeOf, type Life, type Registration } from "./register.ts";
import type { RegisterState } from "./ringmaster.ts";

export const ringmasterName = "ringmaster";
export const ringmasterBase = hashOfName(ringmasterName);

/** What a Ringmaster process says of itself. */
export interface Standing {
  readonly life: Life;
  /** The latest membership of the Ringmaster that it knows; it need not belong to it. */
  readonly configuration: Registration | null;
  /** Whether it serves as a member of that configuration. */
  readonly serves: boolean;
}

/** What a member of the Ringmaster has recorded, up to the end of an epoch of the Ringmaster, or later. */
export interface Sealed {
  readonly life: Life;
  /** The epoch that the member serves or served last. */
  readonly epoch: number;
  readonly registers: readonly RegisterState[];
}

/** Who answers for a process at a place of the Ringmaster. */
export interface Keeper {
  standing(): Standing;
  seal(next: Registration): Sealed | null;
  install(configuration: Registration, registers: readonly RegisterState[]): boolean;
}

/** The module at a well-known address. */
export class Place {
  readonly #keeper: Keeper;

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  standing(): Standing {
    return this.#keeper.standing();
  }

  /** Ends service in the epochs before `next`, which was agreed on; null if this process has recorded nothing. */
  seal(next: Registration): Sealed | null {
    return this.#keeper.seal(next);
  }

  /** Makes the process a member of the configuration, with at least these records; false if it is not one of those meant. */
  install(configuration: Registration, registers: readonly RegisterState[]): boolean {
    return this.#keeper.install(configuration, registers);
  }
}

/** The modules at these addresses, as a troupe under a fixed ID. */
export function placesAt(addresses: readonly Address[]): Troupe {
  return { id: 1, name: "places", module: 1, members: addresses.map((address) => ({ address })) };
}

export function ringmasterTroupe(configuration: Registration): Troupe {
  return troupeOf(configuration);
}

export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}
