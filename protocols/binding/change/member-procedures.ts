/**
 * What every process exports, besides its modules, to those that watch and change the memberships it takes part in: the null
 * procedure, get_state and set_troupe_id of the dissertation, and the steps between.
 *
 * A process is a troupe of one, and its ID is its incarnation: so a later process at the same address is never taken for it.
 */
import type { Export } from "../../call/server/export.ts";
import type { CallName, RetainedCall } from "../../call/server/retained-call.ts";
import type { OrderingName } from "../../call/server/ordering.ts";
import type { Milliseconds } from "../../host.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import type { ProcessId, Registration } from "../register/register.ts";
import type { Greeting, RetainedCallsPage, Manifest, Office, FreezeReport } from "./change-data.ts";

const processModule = 2;

export function processTroupe({ address, incarnation }: ProcessId): Troupe {
  // Without the incarnation of the member: its ID stands for it, and a refusal tells that the process is another.
  return { id: incarnation, name: "process", module: processModule, members: [{ address }] };
}

/** One membership of this process, as those that watch and change it see it. */
export interface ChangingMember {
  readonly exported: Export;
  greeted(greeting: Greeting): Milliseconds | null;
  freeze(office: Office): Promise<FreezeReport | null>;
  lacking(office: Office, calls: readonly CallName[]): number[] | null;
  kept(office: Office, from: number): RetainedCallsPage | null;
  execute(office: Office, calls: readonly RetainedCall[]): Promise<boolean>;
  manifest(newcomer: ProcessId): Manifest | null;
  pieces(newcomer: ProcessId, places: readonly number[]): Uint8Array[] | null;
  digest(office: Office): number | null;
  adopt(registration: Registration): void;
}

/** The memberships of this process. */
export interface Memberships {
  /** That of the troupe with that base. */
  get(base: number): ChangingMember | undefined;
  /** Another process asks this one to become a member (add_troupe_member). */
  invited(name: string): Promise<boolean>;
}

export class MemberProcedures {
  readonly #memberships: Memberships;
  readonly #offices: ReadonlyMap<number, number>;

  /** `offices`: those that this process holds, by base: their terms. */
  constructor(memberships: Memberships, offices: ReadonlyMap<number, number>) {
    this.#memberships = memberships;
    this.#offices = offices;
  }

  /** Answers the member's clock; null if it does not belong to the troupe. Source: null procedure, dissertation, chapter 6. */
  null(base: number, greeting: Greeting): Milliseconds | null {
    return this.#memberships.get(base)?.greeted(greeting) ?? null;
  }

  /** Stops executing the calls of the epoch; null if the office is not, or no longer, entitled to that. */
  freeze(base: number, office: Office): Promise<FreezeReport | null> {
    return this.#memberships.get(base)?.freeze(office) ?? Promise.resolve(null);
  }

  /** Of these calls, the places of those that have certainly not been executed here. */
  lacking(base: number, office: Office, calls: readonly CallName[]): number[] | null {
    return this.#memberships.get(base)?.lacking(office, calls) ?? null;
  }

  /**
   * Calls that are kept here, whole, from place `from` on, as many as fit into one answer; with the first, how far each client is
   * finished.
   */
  kept(base: number, office: Office, from: number): RetainedCallsPage | null {
    return this.#memberships.get(base)?.kept(office, from) ?? null;
  }

  /** Executes calls that other members have executed; true when that is done. */
  execute(base: number, office: Office, calls: readonly RetainedCall[]): Promise<boolean> {
    return this.#memberships.get(base)?.execute(office, calls) ?? Promise.resolve(false);
  }

  /** get_state: what the state is made of, as of now. It is held ready for the newcomer to fetch the pieces. */
  manifest(base: number, newcomer: ProcessId): Manifest | null {
    return this.#memberships.get(base)?.manifest(newcomer) ?? null;
  }

  /** Of the pieces at these places of the newcomer's latest manifest, the first ones that fit into one answer. */
  pieces(base: number, newcomer: ProcessId, places: readonly number[]): Uint8Array[] | null {
    return this.#memberships.get(base)?.pieces(newcomer, places) ?? null;
  }

  /** The names of the module's procedures, each at the place that is its number; null if it is not a member's. */
  procedures(base: number): string[] | null {
    const exported = this.#memberships.get(base)?.exported;
    return exported?.procedures.map((procedure) => procedure?.name ?? "") ?? null;
  }

  /** What orders the calls of the module at this member; null if it is not a member's. */
  ordering(base: number): OrderingName | null {
    const exported = this.#memberships.get(base)?.exported;
    return exported === undefined ? null : (exported.ordering?.protocol ?? "none");
  }

  /** Digest of the state at which the member stands still. */
  digest(base: number, office: Office): number | null {
    return this.#memberships.get(base)?.digest(office) ?? null;
  }

  /** set_troupe_id: what has been decided. */
  setTroupeId(base: number, registration: Registration): void {
    this.#memberships.get(base)?.adopt(registration);
  }

  /** Whether this process still holds the office. */
  holdsOffice(base: number, term: number): boolean {
    return this.#offices.get(base) === term;
  }

  /** add_troupe_member: asks the process to join a troupe with the module that it offers for it. */
  join(name: string): Promise<boolean> {
    return this.#memberships.invited(name);
  }
}
