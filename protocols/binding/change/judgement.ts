/** Asks which members of troupes a majority of the Ringmaster's members holds for dead. */
import type { Reply } from "../../call/client/explicit-call.ts";
import type { Stub } from "../../call/client/stub.ts";
import { majorityOf } from "../register/configuration.ts";
import { includesProcess, type RegisteredMember } from "../register/register.ts";
import type { Ringmaster } from "../register/ringmaster.ts";
import type { BindingProcess } from "./binding-process.ts";

type Question = (ringmaster: Stub<Ringmaster>) => AsyncIterableIterator<Reply<RegisteredMember[]>>;

/** The members among these that a majority of Ringmaster members names. */
async function named(
  { consensus }: BindingProcess,
  lives: readonly RegisteredMember[],
  question: Question,
): Promise<RegisteredMember[]> {
  if (lives.length === 0) return [];
  const answers = await consensus.ask(question);
  const majority = majorityOf(consensus.configuration!.members.length);
  return lives.filter((life) => answers.filter((suspects) => includesProcess(suspects, life)).length >= majority);
}

/** As `named`. Members that are not named are reported to the Ringmaster, since they have failed to answer. */
export async function judged(
  process: BindingProcess,
  lives: readonly RegisteredMember[],
  question: Question,
): Promise<RegisteredMember[]> {
  const found = await named(process, lives, question);
  const living = lives.filter((life) => !includesProcess(found, life));
  if (living.length > 0) await process.consensus.ask((ringmaster) => ringmaster.report.replies(living));
  return found;
}

/**
 * The members among these that a majority of Ringmaster members holds for dead now. The other members are reported to
 * the Ringmaster.
 */
export function dead(
  process: BindingProcess,
  lives: readonly RegisteredMember[],
  certainly = false,
): Promise<RegisteredMember[]> {
  return judged(process, lives, (ringmaster) => ringmaster.suspects.replies(lives, certainly));
}

/** As `dead`, without a report to the Ringmaster. */
export function heldForDead(process: BindingProcess, lives: readonly RegisteredMember[]): Promise<RegisteredMember[]> {
  return named(process, lives, (ringmaster) => ringmaster.suspects.replies(lives, false));
}

/** Whether the Ringmaster is so new that living members of an unknown troupe may still register it. */
export async function mayNotKnow({ consensus, options }: BindingProcess): Promise<boolean> {
  if (options.grace === 0) return false;
  return (await consensus.ask((ringmaster) => ringmaster.mayNotKnow.replies())).some((isNew) => isNew);
}
