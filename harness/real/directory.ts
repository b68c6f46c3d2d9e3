/** Finds, for a caller that knows a name only: the troupe, the names of all troupes, and the procedures of a troupe. */
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import { ringmasterName } from "../../protocols/binding/register/configuration.ts";
import type { RingmasterBinding } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import type { Method, ModuleClass } from "../../protocols/call/module.ts";
import { CallError } from "../../protocols/errors.ts";
import type { OrderingName } from "../../protocols/call/server/ordering.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import { startTimeout } from "../../udp/long-timeout.ts";
import { CommandFailed } from "../failure.ts";
import { showPlaces } from "./places.ts";
import { pause } from "./process.ts";

/** The wait between two questions, in ms. */
const interval = 100;

/** The longest wait for a member's answer, in ms. */
const patience = 2000;

/** The shortest wait for the Ringmaster's answer, in ms, even if the time for the troupe is shorter. */
const leastForAnswer = 3000;

/**
 * The troupe of that name, as soon as it has the wanted number of members; after the given time in ms, the troupe as it
 * is. Rejects with CallError "ringmaster-unavailable" if the Ringmaster does not answer.
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

/** The value of the promise. Rejects with `late` if it takes longer than `time` ms. */
async function within<T>(time: number, promise: Promise<T>, late: Error): Promise<T> {
  let cancel: () => void = () => undefined;
  const end = new Promise<never>((_, reject) => (cancel = startTimeout(() => reject(late), time)));
  try {
    return await Promise.race([promise, end]);
  } finally {
    cancel();
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

/** The first answer of a member; undefined if no member answers. */
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

/** The names of the troupe's procedures; undefined if no member answers. */
export function procedureNames(binding: RingmasterBinding, troupe: Troupe): Promise<string[] | undefined> {
  return askMembers(binding, troupe, (process) => process.procedures(troupe.module));
}

/** The ordering of the troupe's calls; undefined if no member answers. */
export function orderingName(binding: RingmasterBinding, troupe: Troupe): Promise<OrderingName | undefined> {
  return askMembers(binding, troupe, (process) => process.ordering(troupe.module));
}

/** How long and for what `findTroupe` waits. */
export interface Search {
  /** Wait until the troupe has at least so many members. */
  readonly members: number;
  /** The longest wait in ms. */
  readonly wait: number;
  /** Told, in a sentence, if the wait is long. */
  readonly told?: (sentence: string) => void;
}

/**
 * The troupe of that name with enough members, and the names of its procedures.
 *
 * @throws BadData if the Ringmaster knows no such troupe
 * @throws CommandFailed if Ringmaster or members do not answer, or members are missing; nothing was called
 */
export async function findTroupe(
  binding: RingmasterBinding,
  name: string,
  { members, wait, told }: Search,
): Promise<{ readonly troupe: Troupe; readonly procedures: string[] }> {
  const places = showPlaces(binding.places);
  const note = setTimeout(() => told?.(`${name} is waited for, at the Ringmaster at ${places}`), 2000);
  try {
    for (const end = performance.now() + wait; ;) {
      const troupe = await awaitTroupe(binding, name, members, Math.max(0, end - performance.now()));
      if (troupe === undefined) {
        const names = await troupeNames(binding);
        const known = names.length === 0 ? " It knows none." : ` It knows ${names.join(", ")}.`;
        throw new BadData(`the Ringmaster knows no troupe ${name}.${didYouMean(name, names) || known}`);
      }
      const count = troupe.members.length;
      if (count < members) throw new CommandFailed(`${name} has ${count} of ${members} members; nothing was called.`);
      if (troupe.lost === true) throw new CallError("troupe-lost", name);
      const procedures = await procedureNames(binding, troupe);
      if (procedures !== undefined) return { troupe, procedures };
      if (performance.now() >= end) throw new CommandFailed(`no member of ${name} answers; nothing was called.`);
    }
  } catch (error) {
    if (error instanceof RangeError) throw new BadData(`${error.message}.`);
    if (!(error instanceof CallError)) throw error;
    if (error.kind === "ringmaster-unavailable") {
      throw new CommandFailed(
        `the Ringmaster does not answer at ${places} (\`troupe ringmaster\` starts it); nothing was called.`,
      );
    }
    throw new CommandFailed(`${error.message} (${error.kind}); nothing was called.`);
  } finally {
    clearTimeout(note);
  }
}

/** A class with these procedures, for a stub. The names determine the numbers of the procedures. */
export function classWith(names: readonly string[]): ModuleClass<Record<string, Method>> {
  class Remote {
    [name: string]: Method;
  }
  for (const name of names) Object.defineProperty(Remote.prototype, name, { value: () => undefined });
  return Remote;
}
