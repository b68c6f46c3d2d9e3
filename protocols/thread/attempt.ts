/**
 * How a transaction is named: by the call that it is, and the attempt.
 *
 * Each attempt of a transaction is a branch of its call (Context.branch), with a number beyond all that calls can have. So what it calls
 * has names of its own in each attempt, is executed anew, and shows to those who are called which transaction it
 * belongs to: the path up to the first such number names it. The epoch of the troupe goes into the number as well, since members that go on in
 * a later epoch begin to count anew.
 */
import type { TroupeId } from "../troupe/troupe.ts";
import { baseOf, epochOf } from "../troupe/troupe-id.ts";
import { Reader, Writer } from "../wire/bytes.ts";
import { headerBytes } from "../wire/segment.ts";

const writer = new Writer();

const firstAttempt = 2 ** 40;
const attemptsPerEpoch = 2 ** 16;

/** The sequence number of an attempt, from 1, in that membership of the troupe. */
export function stepOf(troupe: TroupeId, attempt: number): number {
  const epoch = baseOf(troupe) === 0 ? 0 : epochOf(troupe);
  return firstAttempt + epoch * attemptsPerEpoch + (attempt % attemptsPerEpoch);
}

let lastStep = 0;
let lastSuffix = "";

/** The name of an attempt, from that of its call. */
export function nameOfAttempt(call: string, step: number): string {
  if (step !== lastStep) {
    writer.begin(0);
    writer.integer(step);
    const bytes = writer.finish();
    lastSuffix = nameOf(bytes, 0, bytes.length);
    lastStep = step;
  }
  return call + lastSuffix;
}

export interface Enclosing {
  /** The name of the transaction's first call. */
  readonly call: string;
  /** The sequence number of the attempt. */
  readonly step: number;
  /** The name of the attempt that the call was made in. */
  readonly name: string;
  /** Where the call is below that. */
  readonly path: readonly number[];
}

/** The transaction in which a CALL was made; undefined if it was made in none. */
export function enclosing(message: Uint8Array, pathEnd: number): Enclosing | undefined {
  // Three numbers of the thread, and one that is as long as an attempt's.
  if (pathEnd - headerBytes < 3 + 6) return undefined;
  const reader = new Reader(message.subarray(0, pathEnd), headerBytes);
  for (let i = 0; i < 3; i++) reader.integer();
  while (reader.left > 0) {
    const call = reader.at;
    const step = reader.integer();
    if (step < firstAttempt) continue;
    const name = nameOf(message, headerBytes, reader.at);
    const path: number[] = [];
    while (reader.left > 0) path.push(reader.integer());
    return { call: nameOf(message, headerBytes, call), step, name, path };
  }
  return undefined;
}

/** Thread ID and path as a key. */
export function nameOf(source: Uint8Array, from: number, to: number): string {
  let name = "";
  for (let i = from; i < to; i++) name += String.fromCharCode(source[i]!);
  return name;
}

/** A call that was made in a transaction, and shares what becomes of it. */
export interface CallWithin {
  settle(commits: boolean): void;
}

/** An attempt of a transaction, as code that runs in it and the calls of that code see it (transaction/transaction.ts). */
export interface Attempt {
  /** The code does not go on: whatever it waits for does not come any more. */
  readonly over: boolean;
  /** The code has drawn a random number. */
  drew: boolean;
  /** Whether code that could go on in several branches takes one after the other, for their calls have met in the wrong order. */
  readonly isOrderly: boolean;
  /** A call is to be made by that code: at once, or when it is its turn. */
  inTurn(code: object, make: () => void): void;
  called(call: CallWithin): void;
  /** A call by that code has been answered by all members. */
  answered(code: object): void;
  /** A call has raised an error that ends the transaction. */
  failed(message: Uint8Array): void;
  /** A call cannot commit. */
  doom(): void;
}
