/**
 * The rules of the catalogue (search/mutants/) whose mutants small worlds find, each with a small world that shows it.
 */
import type { SmallWorld } from "./small-world.ts";

export interface Reached {
  /** The name of the mutant. */
  readonly mutant: string;
  /** What differs from two members, two clients, two transactions and no faults. */
  readonly world: Partial<SmallWorld>;
}

export const reach: readonly Reached[] = [
  { mutant: "an attempt that is undone keeps its effects", world: {} },
  { mutant: "nobody gives way to an older transaction", world: {} },
  { mutant: "attempts that are over may be committed still", world: {} },
  { mutant: "a client member says commit though a vote was taken back", world: { timeouts: 1 } },
  { mutant: "a message is delivered before it is accepted", world: { protocol: "broadcast" } },
  { mutant: "a proposal is not later than what was accepted", world: { protocol: "broadcast" } },
  { mutant: "a message of a dead client holds up the queue for ever", world: { protocol: "broadcast", crashes: 1 } },
  { mutant: "a time is decided without a member that has just died", world: { protocol: "broadcast", crashes: 1 } },
  { mutant: "who leads does not ask what others have heard", world: { protocol: "broadcast", crashes: 1, losses: 1 } },
];
