/**
 * The constants of the protocols in all schedules, and when what happens, in ms. They are short, so that a run of few
 * events has time for everything: a mean delay is 1 to 20 ms.
 */
import type { BindingOptions } from "../protocols/binding/options.ts";
import { messageOptions, patienceOf, type MessageOptions } from "../protocols/message/options.ts";

const quick = { retransmitInterval: 25, longestInterval: 75, probeInterval: 150 } as const;

/** A static table takes silence for death, so that a process there is waited for long. */
export const tableMessages: Partial<MessageOptions> = { ...quick, tries: 12 };

export const ringmasterMessages: Partial<MessageOptions> = { ...quick, tries: 5, datagramLifetime: 5000 };

export const binding: Partial<BindingOptions> = {
  probeInterval: 150,
  lease: 600,
  suspicion: 900,
  loss: 2500,
  pollInterval: 40,
  upkeep: 120,
  quiescence: 300,
  patience: 3000,
};

export const transactions = { deadlockTimeout: 80 } as const;

/** How long a process of a static table is waited for. */
export const tablePatience = patienceOf(messageOptions(tableMessages));

/** With a static table: the time by which everything is over that does not wait for ever. */
export const tableEnd = 120_000;

/**
 * With a Ringmaster: founders join, clients begin; all faults are over, with what they last; a last newcomer joins. The
 * end is when all are members and clients have made their calls; at the latest `late`.
 */
export const calm = {
  found: 300,
  clients: 700,
  faults: 800,
  healed: 4500,
  last: 6500,
  end: 8000,
  late: 40_000,
} as const;

/** With a Ringmaster, no cut and no pause lasts longer, with the time that it takes to get over it. */
export const longestTrouble = 4000;
