/** CALLs to a process itself about transactions: votes on its own calls, and questions of members of its troupe. */
import { OneToMany } from "../call/client/one-to-many.ts";
import type { Process } from "../call/process.ts";
import type { Incoming } from "../call/server/incoming.ts";
import type { Reception } from "../call/server/reception.ts";
import { MalformedError, Writer } from "../wire/bytes.ts";
import { processProcedures, readArguments, writeFailed, writeResult } from "../wire/call.ts";
import { readVote, writeAnswer } from "../wire/vote.ts";
import { electionOf } from "./election.ts";

const writer = new Writer();

export function answerOnTransaction({ endpoint }: Process, reception: Reception, { exchange, call }: Incoming): void {
  try {
    if (call.procedure === processProcedures.readyToCommit) {
      const vote = readVote(call.message, call.argumentsAt);
      const caller = endpoint.open.find(vote.call)?.caller;
      if (caller instanceof OneToMany) electionOf(caller).voted(exchange, vote);
      else exchange.reply(writeAnswer(writer, "gone", 0));
      return;
    }
    const args = readArguments(call);
    if (call.procedure === processProcedures.settle && isQuestion(args)) {
      const [module, name, round, leads] = args;
      const ordering = reception.orderingOf(module);
      if (ordering === undefined) exchange.reply(writeResult(writer, null));
      else ordering.asked(exchange, name, round, leads);
      return;
    }
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
  }
  endpoint.counters.malformed++;
  exchange.reply(writeFailed(writer, "bad-arguments"));
}

function isQuestion(
  args: readonly unknown[],
): args is readonly [module: number, name: string, round: number, leads: boolean] {
  const [module, name, round, leads] = args;
  return (
    [module, round].every((each) => typeof each === "number") && typeof name === "string" && typeof leads === "boolean"
  );
}
