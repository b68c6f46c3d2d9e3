/** What a schedule's programs stand on: how its troupes are bound, and who belongs to them. */
import type { Program } from "../protocols/program/program.ts";
import type { Troupe } from "../protocols/troupe/troupe.ts";
import type { Machine } from "../sim/machine/machine.ts";
import { Ledger, Teller } from "./ledger.ts";
import type { ScheduledClient, ScheduledTroupe } from "./schedule.ts";

/** A process that is, was or wants to be a member of a troupe. */
export interface Member {
  readonly troupe: string;
  readonly machine: Machine;
  /** Of the present life, or of the last. */
  readonly module: Ledger;
}

export interface Ground {
  /** In the order of the schedule, and then of joining. */
  readonly members: readonly Member[];
  /** Starts a member of a client. `begin` begins its threads, in each of its lives. */
  client(client: ScheduledClient, begin: (program: Program, machine: Machine, as?: Troupe) => void): void;
}

/** Makes the module of a member on a machine of this name. `lasts`: whether the troupe is never founded anew. */
export function moduleOf(troupe: ScheduledTroupe, program: Program, machine: string, lasts: boolean): Ledger {
  const known = troupe.ordering === "none" ? "nothing" : lasts ? "answers" : "state";
  const wrong = troupe.wrong === machine;
  return troupe.calls === null ? new Ledger(program, known, wrong) : new Teller(program, known, wrong, troupe.calls);
}
