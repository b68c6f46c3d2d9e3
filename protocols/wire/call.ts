/**
 * The bodies of CALL and RETURN messages. Both begin behind room for a segment header.
 *
 * CALL: thread ID and path (thread/context.ts), the call number of the first attempt if this CALL repeats a call under
 * another binding (else 0), client troupe ID, server troupe ID, module number, procedure number, the thread's clock (a
 * float), the list of arguments. RETURN: a status byte, then the result, or the name and message of an error, or the
 * number and fields of an error that the procedure declares.
 */
import { errorTable, type CallErrorKind } from "../errors.ts";
import { MalformedError, Reader, type Writer } from "./bytes.ts";
import { keyOf } from "./key.ts";
import { describeError, fieldsOfError, isWritten } from "./raised.ts";
import { tagged, type ErrorForm, type ProcedureForm } from "./procedure.ts";
import { headerBytes } from "./segment.ts";
import { externalize, internalize } from "./value.ts";

/** Serves one message after another; no message is read while another is. */
const only = new Reader(new Uint8Array(0), 0);

const clockBytes = 8;
/** For what is asked of a CALL later, perhaps while another message is read. */
const aside = new Reader(new Uint8Array(0), 0);
/** The most bytes of thread ID and path: enough for calls that are nested a thousand deep. */
const longestPath = 8192;

/** A CALL that has been read, up to its arguments. */
export interface Call {
  /** The whole message. Its body begins at `headerBytes`. */
  readonly message: Uint8Array;
  /** The origin of the thread: a process, or a troupe if `incarnation` is 0. */
  readonly origin: number;
  readonly incarnation: number;
  /** Thread ID and path are bytes `headerBytes` to `pathEnd` of the message. */
  readonly pathEnd: number;
  /** The call number under which the client first made this call, if this CALL is a repetition; else 0. */
  readonly first: number;
  /** 0: the client is not replicated. */
  readonly clientTroupe: number;
  /** 0: the CALL is an inquiry to the process itself (call/call-status.ts). */
  readonly serverTroupe: number;
  /**
   * Where the content begins: module, procedure, clock and arguments. The content is equal in the CALLs of all members
   * of a client.
   */
  readonly contentAt: number;
  readonly module: number;
  readonly procedure: number;
  /** Where the arguments begin. */
  readonly argumentsAt: number;
}

/** The name of a calling piece of code, and the troupe in whose name it calls. */
export interface CallerName {
  /** Thread ID and path, without the closing 0: bytes `from` to `to` of `source`. */
  readonly source: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** The sequence number of the attempt of a transaction, between path and call; 0 without a transaction. */
  readonly step: number;
  readonly troupe: number;
}

/**
 * Writes the CALL of a client's first attempt. `sequence`: the number of the call among those of its caller. `clock`:
 * that of the thread, in ms.
 * @throws TypeError if an argument is not of its type in the form
 */
export function writeCall(
  writer: Writer,
  caller: CallerName,
  sequence: number,
  callee: { readonly id: number; readonly module: number },
  clock: number,
  form: ProcedureForm,
  args: readonly unknown[],
): Uint8Array {
  writer.begin(headerBytes);
  writer.copy(caller.source, caller.from, caller.to);
  if (caller.step > 0) writer.integer(caller.step);
  writer.integer(sequence);
  writer.integer(0);
  writer.integer(0);
  writer.integer(caller.troupe);
  writer.integer(callee.id);
  writer.integer(callee.module);
  writer.integer(form.number);
  writer.float(clock);
  form.externalizeArguments(writer, args);
  return writer.finish();
}

/** Writes the same CALL under another binding. `first`: the call number of its first attempt. */
export function writeRepetition(writer: Writer, call: Call, serverTroupe: number, first: number): Uint8Array {
  writer.begin(headerBytes);
  writer.copy(call.message, headerBytes, call.pathEnd);
  writer.integer(0);
  writer.integer(first);
  writer.integer(call.clientTroupe);
  writer.integer(serverTroupe);
  writer.copy(call.message, call.contentAt);
  return writer.finish();
}

/** Writes an inquiry after a call, to a process itself: the call's thread ID, path and client troupe. */
export function writeInquiry(writer: Writer, call: Call): Uint8Array {
  writer.begin(headerBytes);
  writer.copy(call.message, headerBytes, call.pathEnd);
  writer.integer(0);
  writer.integer(0);
  writer.integer(call.clientTroupe);
  writer.integer(0);
  writer.integer(0);
  writer.integer(0);
  writer.float(0);
  return writer.finish();
}

/**
 * Reads a CALL up to its arguments.
 * @throws MalformedError
 */
export function readCall(message: Uint8Array): Call {
  const reader = only.begin(message, headerBytes);
  const origin = reader.integer();
  const incarnation = reader.integer();
  reader.integer();
  let pathEnd: number;
  do pathEnd = reader.at;
  while (reader.integer() !== 0);
  if (pathEnd > headerBytes + longestPath) throw new MalformedError(`a call path of ${pathEnd - headerBytes} bytes`);
  const first = reader.integer();
  const clientTroupe = reader.integer();
  const serverTroupe = reader.integer();
  const contentAt = reader.at;
  const module = reader.integer();
  const procedure = reader.integer();
  reader.need(clockBytes);
  const argumentsAt = reader.at + clockBytes;
  return {
    message,
    origin,
    incarnation,
    pathEnd,
    first,
    clientTroupe,
    serverTroupe,
    contentAt,
    module,
    procedure,
    argumentsAt,
  };
}

/** The clock of the thread, in ms. */
export function clockOf({ message, argumentsAt }: Call): number {
  return aside.begin(message, argumentsAt - clockBytes).float();
}

/**
 * The arguments of a CALL.
 * @throws MalformedError
 */
export function readArguments({ message, argumentsAt }: Call, form = tagged): readonly unknown[] {
  const reader = only.begin(message, argumentsAt);
  const values = form.internalizeArguments(reader);
  reader.end();
  return values;
}

/** The content of a CALL, for collators. Collators pass over the bytes in front, the place of a header. */
export function contentOf({ message, contentAt }: Call): Uint8Array {
  return message.subarray(contentAt - headerBytes);
}

/** The bytes of thread ID and path as a key. */
export function callKey(message: Uint8Array, pathEnd: number): string {
  return keyOf(message, headerBytes, pathEnd);
}

/** The procedures of a CALL to a process itself. */
export const processProcedures = {
  /** Asks whether a CALL may still come (call/server/inquiry.ts). */
  inquiry: 0,
  /** ready_to_commit (transaction/poll.ts). */
  readyToCommit: 1,
  /** Asks for the outcome of a transaction (transaction/settlement.ts). */
  settle: 2,
} as const;

/** Begins a CALL to a process itself. Such a CALL has no thread, path, troupe or module. */
export function writeProcessHeader(writer: Writer, procedure: number): void {
  writer.begin(headerBytes);
  for (let i = 0; i < 8; i++) writer.byte(0);
  writer.integer(procedure);
  writer.float(0);
}

/** Added to the status of a RETURN that is void if the caller's transaction is undone. */
const provisional = 128;

/**
 * Added to `provisional`: an error that ends the caller's whole transaction, since its cause cannot be undone alone.
 */
const fatal = 64;

/** The same RETURN, void if the caller's transaction is undone. `ends`: whether it ends that transaction. */
export function writeProvisional(message: Uint8Array, ends: boolean): Uint8Array {
  const copy = message.slice();
  copy[headerBytes] = copy[headerBytes]! | provisional | (ends ? fatal : 0);
  return copy;
}

export function isProvisional(message: Uint8Array): boolean {
  return (message[headerBytes]! & provisional) !== 0;
}

/** The error that ends the caller's transaction, as a RETURN; undefined if the RETURN does not end it. */
export function fatalIn(message: Uint8Array): Uint8Array | undefined {
  if ((message[headerBytes]! & fatal) === 0) return undefined;
  const copy = message.slice();
  copy[headerBytes] = copy[headerBytes]! & ~(provisional | fatal);
  return copy;
}

const status = { result: 0, raised: 1, failed: 2, reported: 3, raisedWithFields: 4 } as const;

export function writeResult(writer: Writer, value: unknown, form = tagged): Uint8Array {
  writer.begin(headerBytes);
  writer.byte(status.result);
  form.externalizeResult(writer, value);
  return writer.finish();
}

/** The most characters of an error's message that are sent. */
const longestErrorText = 4096;

export function writeRaised(writer: Writer, error: unknown, form = tagged): Uint8Array {
  const declared = form.errors && error instanceof Error ? declaredError(form.errors, error) : undefined;
  if (declared !== undefined) {
    writer.begin(headerBytes);
    writer.byte(status.reported);
    writer.integer(declared.number);
    // If it has the name, but not the fields, it arrives like an error that is not declared.
    if (isWritten(() => declared.externalize(writer, error as Error))) return writer.finish();
  }
  const [name, text] = describeError(error);
  const write = (kind: number): void => {
    writer.begin(headerBytes);
    writer.byte(kind);
    writer.text(name.slice(0, longestErrorText));
    writer.text(text.slice(0, longestErrorText));
  };
  const fields = fieldsOfError(error);
  write(fields === undefined ? status.raised : status.raisedWithFields);
  // Fields that cannot be externalized stay where they are.
  if (fields !== undefined && !isWritten(() => externalize(writer, fields, name))) write(status.raised);
  return writer.finish();
}

function declaredError(errors: readonly ErrorForm[], error: Error): ErrorForm | undefined {
  const { name, constructor } = error;
  return errors.find((each) => each.name === name) ?? errors.find((each) => each.name === constructor.name);
}

export function writeFailed(writer: Writer, kind: CallErrorKind): Uint8Array {
  writer.begin(headerBytes);
  writer.byte(status.failed);
  writer.text(kind);
  return writer.finish();
}

/** The body of a RETURN, internalized. */
export type Outcome =
  | { readonly type: "returned"; readonly value: unknown }
  | { readonly type: "raised"; readonly name: string; readonly message: string; readonly fields?: object }
  | { readonly type: "reported"; readonly error: Error }
  | { readonly type: "failed"; readonly kind: CallErrorKind };

/** The failure of the call, as its RETURN states it; undefined if the call has not failed. */
export function failureOf(message: Uint8Array): CallErrorKind | undefined {
  if (message[headerBytes] !== status.failed) return undefined;
  try {
    const outcome = readOutcome(message);
    return outcome.type === "failed" ? outcome.kind : undefined;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** @throws MalformedError */
export function readOutcome(message: Uint8Array, form = tagged): Outcome {
  const reader = only.begin(message, headerBytes);
  const outcome = readStatus(reader, form);
  reader.end();
  return outcome;
}

function readStatus(reader: Reader, form: ProcedureForm): Outcome {
  const kind = reader.byte() & ~(provisional | fatal);
  if (kind === status.result) return { type: "returned", value: form.internalizeResult(reader) };
  if (kind === status.raised) return { type: "raised", name: reader.text(), message: reader.text() };
  if (kind === status.raisedWithFields) {
    const [name, message, fields] = [reader.text(), reader.text(), internalize(reader)];
    if (typeof fields !== "object" || fields === null) throw new MalformedError("an error of no fields");
    return { type: "raised", name, message, fields };
  }
  if (kind === status.failed) {
    const name = reader.text();
    if (Object.hasOwn(errorTable, name)) return { type: "failed", kind: name as CallErrorKind };
  }
  if (kind === status.reported) {
    const number = reader.integer();
    const error = form.errors?.find((each) => each.number === number);
    if (error !== undefined) return { type: "reported", error: error.internalize(reader) };
    throw new MalformedError(`error ${number}, which the procedure does not declare`);
  }
  throw new MalformedError("a RETURN of unknown status");
}
