/** What a caller who has only a name finds out: the troupe, the names of all troupes, and what can be called. */
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import { ringmasterName } from "../../protocols/binding/register/configuration.ts";
import type { RingmasterBinding } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import type { Method, ModuleClass } from "../../protocols/call/module.ts";
import { CallError } from "../../protocols/errors.ts";
import type { OrderingName } from "../../protocols/call/server/ordering.ts";
import { pause } from "./process.ts";

/** Waits in ms between two questions. */
const interval = 100;

/** Longest wait in ms for a member to tell its procedures. */
const patience = 2000;

/** Shortest wait in ms for the Ringmaster's answer, however little time there is for the troupe. */
const leastForAnswer = 3000;

/**
 * The troupe of that name, once it has at least so many members; what there is, if it has not within the time in ms.
 * Rejects with CallError "ringmaster-unavailable" if the Ringmaster does not even answer.
 */
export async function awaitTroupe(
  binding: RingmasterBinding,
  name: string,
  members: number,
  time: number,
): Promise<Troupe | undefined> {
  for (const end = performance.now() + time; ;) {
    const answer = binding.lookupByName(name);
    const silence = new CallError("ringmaster-unavailable", "ringmaster");
    const troupe = await within(Math.max(end - performance.now(), leastForAnswer), answer, silence);
    if (troupe !== undefined && troupe.members.length >= members) return troupe;
    if (performance.now() >= end) return troupe;
    await pause(interval);
  }
}

/** What comes of the promise; rejects with the error if it takes longer than so many ms. */
async function within<T>(time: number, promise: Promise<T>, late: Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(late), time)));
  try {
    return await Promise.race([promise, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** The names of all troupes that the Ringmaster knows, sorted. */
export async function troupeNames(binding: RingmasterBinding): Promise<string[]> {
  const { consensus } = binding.process;
  const bases = new Set((await consensus.ask((ringmaster) => ringmaster.bases.replies())).flat());
  const registrations = await Promise.all([...bases].map((base) => consensus.read(base)));
  return registrations
    .flatMap((found) => (found === undefined || found.members.length === 0 ? [] : [found.name]))
    .filter((name) => name !== ringmasterName)
    .sort((a, b) => (a < b ? -1 : 1));
}

type Process = ReturnType<RingmasterBinding["process"]["at"]>;

/** What whichever member answers first says; undefined if none does. */
async function askMembers<T>(
  binding: RingmasterBinding,
  troupe: Troupe,
  question: (process: Process) => Promise<T | null>,
): Promise<T | undefined> {
  const answers = troupe.members.map(async ({ address, incarnation = 0 }) => {
    const answer = await question(binding.process.at({ address, incarnation }, patience));
    if (answer === null) throw new CallError("unknown-procedure", troupe.name);
    return answer;
  });
  try {
    return await Promise.any(answers);
  } catch (error) {
    if (error instanceof AggregateError && error.errors.every((each) => each instanceof CallError)) return undefined;
    throw error;
  }
}

/** The names of the troupe's procedures, from whichever member answers first; undefined if none does. */
export function procedureNames(binding: RingmasterBinding, troupe: Troupe): Promise<string[] | undefined> {
  return askMembers(binding, troupe, (process) => process.procedures(troupe.module));
}

/** What orders the troupe's calls, from whichever member answers first; undefined if none does. */
export function orderingName(binding: RingmasterBinding, troupe: Troupe): Promise<OrderingName | undefined> {
  return askMembers(binding, troupe, (process) => process.ordering(troupe.module));
}

/** A class with these procedures, for a stub: the numbers of procedures follow from their names. */
export function classWith(names: readonly string[]): ModuleClass<Record<string, Method>> {
  class Remote {
    [name: string]: Method;
  }
  for (const name of names) Object.defineProperty(Remote.prototype, name, { value: () => undefined });
  return Remote;
}
