/**
 * The messages of ready_to_commit, between a member of a troupe with transactions and a process that has called it
 * (transaction/poll.ts).
 *
 * CALL, behind the header: the number of the call that is voted on, the ID of the troupe, the attempt, and the proposed
 * time plus 1, or 0 if the member is not ready. RETURN, behind its status: the answer of the process, and a time or an
 * attempt.
 */
import { Reader, type Writer } from "./bytes.ts";
import { processProcedures, writeProcessHeader } from "./call.ts";
import { headerBytes } from "./segment.ts";

export interface VoteMessage {
  readonly call: number;
  readonly troupe: number;
  readonly attempt: number;
  readonly time: number | null;
}

export function writeVote(
  writer: Writer,
  call: number,
  troupe: number,
  attempt: number,
  time: number | null,
): Uint8Array {
  writeProcessHeader(writer, processProcedures.readyToCommit);
  writer.integer(call);
  writer.integer(troupe);
  writer.integer(attempt);
  writer.integer(time === null ? 0 : time + 1);
  return writer.finish();
}

/** @throws MalformedError */
export function readVote(message: Uint8Array, from: number): VoteMessage {
  const reader = new Reader(message, from);
  const call = reader.integer();
  const troupe = reader.integer();
  const attempt = reader.integer();
  const time = reader.integer();
  reader.end();
  return { call, troupe, attempt, time: time === 0 ? null : time - 1 };
}

/**
 * "gone": the process does not make the call. "unsure": the process makes the call and has no answer, so that nobody
 * may rely on either outcome.
 */
export type VoteAnswer = "commit" | "abort" | "gone" | "unsure";

const answers: readonly VoteAnswer[] = ["commit", "abort", "gone", "unsure"];

/** `number`: with "commit" the time; with "abort" the latest known attempt. */
export function writeAnswer(writer: Writer, answer: VoteAnswer, number: number): Uint8Array {
  writer.begin(headerBytes);
  writer.byte(0);
  writer.byte(answers.indexOf(answer));
  writer.integer(number);
  return writer.finish();
}

/** Reads an answer. A message that is no answer counts as "gone". */
export function readAnswer(message: Uint8Array): { readonly answer: VoteAnswer; readonly number: number } {
  const answer = message[headerBytes] === 0 ? answers[message[headerBytes + 1] ?? answers.length] : undefined;
  if (answer === undefined || message.length < headerBytes + 3) return { answer: "gone", number: 0 };
  return { answer, number: new Reader(message, headerBytes + 2).integer() };
}
