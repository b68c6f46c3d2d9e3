/**
 * What every process exports, besides its modules, to those that watch and change the memberships it takes part in: the null
 * procedure, get_state and set_troupe_id of the dissertation, and the steps between.
 *
 * A process is a troupe of one, and its ID is its incarnation: so a later process at the same address is never taken for it.
 */
import type { CallName, KeptCall } from "../../call/server/retained-call.ts";
import type { Milliseconds } from "../../host.ts";
import type { ClientProgress } from "../../message/retention.ts";
import type { Troupe, TroupeId } from "../../troupe/troupe.ts";
import type { Life, Registration } from "../register/register.ts";
import type { Agent } from "./binding-process.ts";

const processModule = 2;

export function processTroupe({ address, incarnation }: Life): Troupe {
  // Without the incarnation of the member: its ID stands for it, and a refusal tells that the process is another.
  return { id: incarnation, name: "process", module: processModule, members: [{ address }] };
}

/** The null procedure's argument: what a Ringmaster member tells the member that it asks. */
export interface Greeting {
  readonly from: Life;
  /** The Ringmaster's own epoch and number of members. */
  readonly epoch: number;
  readonly size: number;
  /** The present troupe ID, as far as the asker knows. */
  readonly id: TroupeId;
  /** What the member answered last time, if that was heard. */
  readonly echo: Milliseconds | null;
}

/** An office: who may change the membership of the epoch. */
export interface Office {
  readonly epoch: number;
  readonly term: number;
  readonly coordinator: Life;
}

/** What a frozen member has executed and keeps. */
export interface Standstill {
  /** False if executions under way did not end in time, or the member was told of a loss just now: fellows may be at any moment. */
  readonly quiet: boolean;
  readonly calls: readonly CallName[];
  /** Calls that it made itself and that ended without an answer, since their callee is lost; in order. */
  readonly losses: readonly string[];
  /** What it has executed and has not answered, because of those. */
  readonly withheld: readonly CallName[];
}

/** What a frozen member has executed and keeps, whole. */
export interface Keepsakes {
  readonly calls: readonly KeptCall[];
  readonly clients: readonly ClientProgress[];
}

/** A part of it. */
export interface KeptPage extends Keepsakes {
  /** How many calls come after these. */
  readonly left: number;
}

/** The pieces of a state, in order, and the digest of the whole. */
export interface Manifest {
  readonly digest: number;
  readonly bytes: number;
  readonly pieces: readonly number[];
}

export class MemberProcedures {
  readonly #agent: Agent;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  /** Answers the member's clock; null if it does not belong to the troupe. Source: null procedure, dissertation, chapter 6. */
  null(base: number, greeting: Greeting): Milliseconds | null {
    return this.#agent.memberships.get(base)?.greeted(greeting) ?? null;
  }

  /** Stops executing the calls of the epoch; null if the office is not, or no longer, entitled to that. */
  freeze(base: number, office: Office): Promise<Standstill | null> {
    return this.#agent.memberships.get(base)?.freeze(office) ?? Promise.resolve(null);
  }

  /** Of these calls, the places of those that have certainly not been executed here. */
  lacking(base: number, office: Office, calls: readonly CallName[]): number[] | null {
    return this.#agent.memberships.get(base)?.lacking(office, calls) ?? null;
  }

  /**
   * Calls that are kept here, whole, from place `from` on, as many as fit into one answer; with the first, how far each client is
   * finished.
   */
  kept(base: number, office: Office, from: number): KeptPage | null {
    return this.#agent.memberships.get(base)?.kept(office, from) ?? null;
  }

  /** Executes calls that other members have executed; true when that is done. */
  execute(base: number, office: Office, calls: readonly KeptCall[]): Promise<boolean> {
    return this.#agent.memberships.get(base)?.execute(office, calls) ?? Promise.resolve(false);
  }

  /** get_state: what the state is made of, as of now. It is held ready for the newcomer to fetch the pieces. */
  manifest(base: number, newcomer: Life): Manifest | null {
    return this.#agent.memberships.get(base)?.manifest(newcomer) ?? null;
  }

  /** Of the pieces at these places of the newcomer's latest manifest, the first ones that fit into one answer. */
  pieces(base: number, newcomer: Life, places: readonly number[]): Uint8Array[] | null {
    return this.#agent.memberships.get(base)?.pieces(newcomer, places) ?? null;
  }

  /** The names of the module's procedures, each at the place that is its number; null if it is not a member's. */
  procedures(base: number): string[] | null {
    const exported = this.#agent.memberships.get(base)?.exported;
    return exported?.procedures.map((procedure) => procedure?.name ?? "") ?? null;
  }

  /** Digest of the state at which the member stands still. */
  digest(base: number, office: Office): number | null {
    return this.#agent.memberships.get(base)?.digest(office) ?? null;
  }

  /** set_troupe_id: what has been decided. */
  setTroupeId(base: number, registration: Registration): void {
    this.#agent.memberships.get(base)?.adopt(registration);
  }

  /** Whether this process still holds the office. */
  holdsOffice(base: number, term: number): boolean {
    return this.#agent.offices.get(base) === term;
  }

  /** add_troupe_member: asks the process to join a troupe with the module that it offers for it. */
  join(name: string): Promise<boolean> {
    return this.#agent.invited(name);
  }
}
