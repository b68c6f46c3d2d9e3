/**
 * Where this process stands with a call that a server expects of it (inquiry.ts has the server's half): what it knows of its
 * own threads. Nothing is remembered for this. Code in whose context nothing is waited for has ended, since user code waits
 * only for what the runtime gave it.
 */
import { OneToMany } from "../call/client/one-to-many.ts";
import type { Standing } from "../call/server/inquiry.ts";
import type { Address } from "../host.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import { describeCall, lastStep } from "../thread/context.ts";
import { Writer } from "../wire/bytes.ts";
import { callKey, writeResult, type CallHeader } from "../wire/call.ts";
import { headerBytes } from "../wire/segment.ts";
import type { Program } from "./program.ts";

const writer = new Writer();

/** Answers a server that asks whether the CALL that the message names may still come. */
export function answerInquiry(
  program: Program,
  exchange: ServerExchange,
  message: Uint8Array,
  header: CallHeader,
): void {
  exchange.reply(writeResult(writer, standingOf(program, message, header, exchange.peer)));
}

/** Whether the call that the message names may still come from this process to the server that asks. */
function standingOf(program: Program, message: Uint8Array, header: CallHeader, server: Address): Standing {
  const open = openCall(program, message, header.pathEnd);
  if (open !== undefined) return open.standingAt(server);
  const here = passed(program, message, header.pathEnd);
  if (here !== undefined) return here;

  const parentEnd = lastStep(message, headerBytes, header.pathEnd);
  const parent = program.reception.gathering(callKey(message, parentEnd));
  if (parent !== undefined) return parent.decided ? "gone" : "coming";
  if (program.reception.hasExecuted(message, parentEnd)) return "gone";
  if (header.incarnation === 0 && header.origin === header.clientTroupe) {
    // The root of the thread is this troupe. Nobody begins a thread in the name of a membership that is over.
    if (program.reception.isOver(header.origin)) return "gone";
    if (header.number > program.threadsOf(header.origin)) return "coming";
    if (lastStep(message, headerBytes, parentEnd) === parentEnd) return "gone";
  }
  // It is from a branch of a thread (Program.parallel), or from a procedure that was called.
  if (openCall(program, message, parentEnd) !== undefined) return "coming";
  return passed(program, message, parentEnd) ?? (program.endpoint.isReceiving ? "coming" : "unknown");
}

/** The call whose name ends there, if this process is making it. */
function openCall(program: Program, message: Uint8Array, end: number): OneToMany | undefined {
  const { thread, path } = describeCall(message, headerBytes, end);
  for (const { caller } of program.endpoint.open) {
    if (caller instanceof OneToMany && caller.isNamed(thread, path)) return caller;
  }
  return undefined;
}

/** Whether the code that makes the call whose name ends there has come past it; undefined if no such code waits here. */
function passed(program: Program, message: Uint8Array, end: number): "coming" | "gone" | undefined {
  const { thread, path } = describeCall(message, headerBytes, lastStep(message, headerBytes, end));
  const step = Number(describeCall(message, headerBytes, end).path.split(".").at(-1));
  for (const context of program.suspended) {
    const names = context.describe();
    if (names.thread === thread && names.path === path) return context.sequence < step ? "coming" : "gone";
  }
  return undefined;
}
