/**
 * The name of a transaction: the name of its call, and the number of the attempt.
 *
 * Source: dissertation, chapter 5, and call paths of replicated procedure call. Each attempt of a transaction is a
 * branch of its call (Context.branch), with a number larger than the number of any call. The calls of each attempt
 * therefore have their own names and are executed again, and the path up to the first such number shows a callee to
 * which transaction a call belongs. The number also contains the epoch of the troupe, since members that continue in a
 * later epoch count attempts from 1 again.
 */
import type { TroupeId } from "../troupe/troupe.ts";
import { baseOf, epochOf } from "../troupe/troupe-id.ts";
import { Reader, Writer } from "../wire/bytes.ts";
import { keyOf } from "../wire/key.ts";
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

/** The name of an attempt, from the name of its call. */
export function nameOfAttempt(call: string, step: number): string {
  if (step !== lastStep) {
    writer.begin(0);
    writer.integer(step);
    const bytes = writer.finish();
    lastSuffix = keyOf(bytes, 0, bytes.length);
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
  /** The path of the call below the attempt. */
  readonly path: readonly number[];
}

/** The transaction that contains a CALL; undefined if there is none. */
export function enclosing(message: Uint8Array, pathEnd: number): Enclosing | undefined {
  // A shorter name has no room for three numbers of the thread and the number of an attempt.
  if (pathEnd - headerBytes < 3 + 6) return undefined;
  const reader = new Reader(message.subarray(0, pathEnd), headerBytes);
  for (let i = 0; i < 3; i++) reader.integer();
  while (reader.left > 0) {
    const call = reader.at;
    const step = reader.integer();
    if (step < firstAttempt) continue;
    const name = keyOf(message, headerBytes, reader.at);
    const path: number[] = [];
    while (reader.left > 0) path.push(reader.integer());
    return { call: keyOf(message, headerBytes, call), step, name, path };
  }
  return undefined;
}

/** The path of a transaction's first call, from the path of a call in it, as a trace shows them. */
export function outermost(path: string): string {
  const steps = path.split(".");
  const attempt = steps.findIndex((step) => Number(step) >= firstAttempt);
  return attempt < 0 ? path : steps.slice(0, attempt).join(".");
}

/** A call within a transaction, which commits or aborts with the transaction. */
export interface CallWithin {
  settle(commits: boolean): void;
}

/** An attempt of a transaction, as its code and the calls of that code see it (transaction/transaction.ts). */
export interface Attempt {
  /** Whether the attempt is over. Its code does not continue, and nothing that it waits for arrives any more. */
  readonly over: boolean;
  /** Whether the code has drawn a random number. */
  drew: boolean;
  /**
   * Whether branches that could continue concurrently run one after the other, because their calls met in the wrong
   * order.
   */
  readonly isOrderly: boolean;
  /** Makes a call of that code at once, or when its turn comes. */
  inTurn(code: object, make: () => void): void;
  called(call: CallWithin): void;
  /** All members have answered a call of that code. */
  answered(code: object): void;
  /** A call has raised an error that ends the transaction. */
  failed(message: Uint8Array): void;
  /** A call cannot commit. */
  doom(): void;
}
