/**
 * The procedures that every process exports for the processes that watch and change its memberships: the null
 * procedure, get_state and set_troupe_id, and the steps between the last two.
 *
 * Source: dissertation, chapter 6. A process is a troupe of one, whose ID is the incarnation of the process. Therefore
 * a CALL never reaches a later process at the same address.
 */
import { knowRecords } from "../../call/interface.ts";
import type { Export } from "../../call/server/export.ts";
import type { CallName, RetainedCall } from "../../call/server/retained-call.ts";
import type { OrderingName } from "../../call/server/ordering.ts";
import type { Milliseconds } from "../../host.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import { registrations, type ProcessId, type Registration } from "../register/register.ts";
import type { Greeting, RetainedCallsPage, Manifest, Office, FreezeReport, Sample } from "./change-data.ts";

const processModule = 2;

export function processTroupe({ address, incarnation }: ProcessId): Troupe {
  // The member has no incarnation of its own here, since the troupe ID is the incarnation. A refusal shows that another
  // process answers.
  return { id: incarnation, name: "process", module: processModule, members: [{ address }] };
}

/** One membership of this process, as the Ringmaster and coordinators of changes see it. */
export interface ChangingMember {
  readonly exported: Export;
  greeted(greeting: Greeting): Milliseconds | null;
  freeze(office: Office): Promise<FreezeReport | null>;
  lacking(office: Office, calls: readonly CallName[]): number[] | null;
  retained(office: Office, from: number): RetainedCallsPage | null;
  execute(office: Office, calls: readonly RetainedCall[]): Promise<boolean>;
  manifest(newcomer: ProcessId): Manifest | null | Promise<Manifest>;
  pieces(newcomer: ProcessId, places: readonly number[]): Uint8Array[] | null;
  digest(office: Office): number | null | Promise<number | null>;
  readonly comparison: { samples(): readonly Sample[] };
  adopt(registration: Registration): void;
}

/** The memberships of this process. */
export interface Memberships {
  /** The membership of the troupe with that base; undefined if there is none. */
  get(base: number): ChangingMember | undefined;
  /** Another process asks this one to become a member (add_troupe_member). */
  invited(name: string): Promise<boolean>;
}

export class MemberProcedures {
  readonly #memberships: Memberships;
  readonly #offices: ReadonlyMap<number, number>;

  /** `offices`: the terms of the offices that this process holds, by base. */
  constructor(memberships: Memberships, offices: ReadonlyMap<number, number>) {
    this.#memberships = memberships;
    this.#offices = offices;
  }

  /**
   * Answers the member's clock reading in ms; null if the process is not a member of the troupe. Source: null
   * procedure, dissertation, chapter 6.
   */
  null(base: number, greeting: Greeting): Milliseconds | null {
    return this.#memberships.get(base)?.greeted(greeting) ?? null;
  }

  /**
   * Stops executing calls of the epoch; null if the office has no right, or no right any more, to freeze this member.
   */
  freeze(base: number, office: Office): Promise<FreezeReport | null> {
    return this.#memberships.get(base)?.freeze(office) ?? Promise.resolve(null);
  }

  /** The places, in the given list, of the calls that have certainly not been executed here. */
  lacking(base: number, office: Office, calls: readonly CallName[]): number[] | null {
    return this.#memberships.get(base)?.lacking(office, calls) ?? null;
  }

  /**
   * Retained calls from place `from` on, as many as fit into one answer. The first page also says how far each client
   * is finished.
   */
  retained(base: number, office: Office, from: number): RetainedCallsPage | null {
    return this.#memberships.get(base)?.retained(office, from) ?? null;
  }

  /** Executes calls that other members have executed; true when all executions have ended. */
  execute(base: number, office: Office, calls: readonly RetainedCall[]): Promise<boolean> {
    return this.#memberships.get(base)?.execute(office, calls) ?? Promise.resolve(false);
  }

  /** get_state: the manifest of the present state. The state is retained while the newcomer fetches its pieces. */
  manifest(base: number, newcomer: ProcessId): Manifest | null | Promise<Manifest> {
    return this.#memberships.get(base)?.manifest(newcomer) ?? null;
  }

  /** The pieces at these places of the newcomer's latest manifest, as many of the first as fit into one answer. */
  pieces(base: number, newcomer: ProcessId, places: readonly number[]): Uint8Array[] | null {
    return this.#memberships.get(base)?.pieces(newcomer, places) ?? null;
  }

  /**
   * The names of the module's procedures: the index is the procedure's number. Null if the process is not a member.
   */
  procedures(base: number): string[] | null {
    const exported = this.#memberships.get(base)?.exported;
    return exported?.procedures.map((procedure) => procedure?.name ?? "") ?? null;
  }

  /** The protocol that orders the calls of the module at this member; null if the process is not a member. */
  ordering(base: number): OrderingName | null {
    const exported = this.#memberships.get(base)?.exported;
    return exported === undefined ? null : (exported.ordering?.protocol ?? "none");
  }

  /** The digest of the frozen state; null if the office has not frozen this member. */
  digest(base: number, office: Office): number | null | Promise<number | null> {
    return this.#memberships.get(base)?.digest(office) ?? null;
  }

  /** The latest samples of the state in this epoch; null if the process is not a member (state/comparison.ts). */
  samples(base: number): readonly Sample[] | null {
    return this.#memberships.get(base)?.comparison.samples() ?? null;
  }

  /** set_troupe_id: adopts the registration that has been decided. */
  setTroupeId(base: number, registration: Registration): void {
    this.#memberships.get(base)?.adopt(registration);
  }

  /** Whether this process still holds the office. */
  holdsOffice(base: number, term: number): boolean {
    return this.#offices.get(base) === term;
  }

  /** add_troupe_member: asks the process to join a troupe with the module that it offers for that troupe. */
  join(name: string): Promise<boolean> {
    return this.#memberships.invited(name);
  }
}

knowRecords(MemberProcedures, registrations);
