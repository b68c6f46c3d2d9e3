/**
 * Answers inquiries: the status of a call that a server expects of this process (call/call-status.ts).
 *
 * The answer comes from the present threads of the process; the process stores nothing for inquiries. User code waits
 * only for events from the runtime. Therefore code has ended if its context waits for no event.
 */
import type { CallStatus } from "../call/call-status.ts";
import { OneToMany } from "../call/client/one-to-many.ts";
import type { Process } from "../call/process.ts";
import type { Incoming } from "../call/server/incoming.ts";
import type { Reception } from "../call/server/reception.ts";
import type { Address } from "../host.ts";
import { enclosing } from "../thread/attempt.ts";
import { describeCall, lastStep } from "../thread/context.ts";
import { Writer } from "../wire/bytes.ts";
import { callKey, writeResult, type Call } from "../wire/call.ts";
import { headerBytes } from "../wire/segment.ts";

const writer = new Writer();

/** Answers a server that asks whether the CALL that the inquiry names may still come. */
export function answerInquiry(process: Process, reception: Reception, { exchange, call }: Incoming): void {
  exchange.reply(writeResult(writer, statusOf(process, reception, call, exchange.peer)));
}

/** The status of the call that the inquiry names, at this process, for the server that asks. */
function statusOf(process: Process, reception: Reception, inquiry: Call, server: Address): CallStatus {
  const { message, pathEnd, origin, incarnation, clientTroupe } = inquiry;
  const open = openCall(process, message, pathEnd);
  if (open !== undefined) return open.statusAt(server);
  const here = passed(process, message, pathEnd);
  if (here !== undefined) return here;

  const within = enclosing(message, pathEnd);
  const attempt = within && reception.attemptOf(within.call);
  // An attempt that has ended makes no calls. An attempt that has not ended may be waiting for objects, or for its
  // turn.
  if (within !== undefined && attempt !== undefined) return within.step < attempt ? "gone" : "coming";

  const parentEnd = lastStep(message, headerBytes, pathEnd);
  const parent = reception.gatherings.get(callKey(message, parentEnd));
  if (parent !== undefined) return parent.decided ? "gone" : "coming";
  if (reception.hasExecuted(message, parentEnd)) return "gone";
  if (incarnation === 0 && origin === clientTroupe) {
    // The root of the thread is this troupe. No process begins a thread in the name of an earlier membership.
    if (reception.isOver(origin)) return "gone";
    const number = Number(describeCall(message, headerBytes, pathEnd).thread.split(".").at(-1));
    if (number > process.runtime.threadsOf(origin)) return "coming";
    if (lastStep(message, headerBytes, parentEnd) === parentEnd) return "gone";
  }
  // The call is made by a branch of a thread (Program.parallel), or by a procedure that was called.
  if (openCall(process, message, parentEnd) !== undefined) return "coming";
  return passed(process, message, parentEnd) ?? (process.endpoint.isReceiving ? "coming" : "unknown");
}

/** The call whose name ends at `end`, if this process is making it. */
function openCall(process: Process, message: Uint8Array, end: number): OneToMany | undefined {
  const { thread, path } = describeCall(message, headerBytes, end);
  for (const { caller } of process.endpoint.open) {
    if (caller instanceof OneToMany && caller.isNamed(thread, path)) return caller;
  }
  return undefined;
}

/**
 * Whether the code that makes the call whose name ends at `end` has passed it; undefined if no such code waits here.
 */
function passed(process: Process, message: Uint8Array, end: number): "coming" | "gone" | undefined {
  const { thread, path } = describeCall(message, headerBytes, lastStep(message, headerBytes, end));
  const step = Number(describeCall(message, headerBytes, end).path.split(".").at(-1));
  for (const context of process.runtime.suspended) {
    const names = context.describe();
    if (names.thread === thread && names.path === path) return context.sequence < step ? "coming" : "gone";
  }
  return undefined;
}
