/**
 * The errors of a replicated call, in one table: every kind has one sentence, and says whether its outcome is definite.
 *
 * Source: dissertation, replicated procedure call (crashes and disagreement). After a *definite* error, no member has
 * executed the call. After an indefinite error, any number of members may have executed it.
 */
export const errorTable = {
  "troupe-unavailable": {
    definite: false,
    sentence: "every member of the troupe crashed before the call was answered",
  },
  "troupe-lost": {
    definite: false,
    sentence: "every member of the troupe has died or left, and the state of the troupe is lost",
  },
  "ringmaster-unavailable": {
    definite: false,
    sentence: "no majority of the Ringmaster's members answers",
  },
  disagreement: { definite: false, sentence: "members of the troupe gave different answers" },
  "no-majority": { definite: false, sentence: "no answer was given by a majority of the troupe" },
  "stale-binding": {
    definite: true,
    sentence: "the troupe ID of the call is not that of the troupe's present membership",
  },
  "unknown-troupe": { definite: true, sentence: "the binding agent knows no such troupe" },
  "unknown-procedure": { definite: true, sentence: "the troupe exports no such module or procedure" },
  "bad-arguments": { definite: true, sentence: "the arguments could not be internalized" },
  // Members may judge a caller differently, and one of them may execute the call. These three kinds are not definite.
  "caller-disagreement": { definite: false, sentence: "members of the calling troupe made different calls" },
  "caller-no-majority": { definite: false, sentence: "no call was made by a majority of the calling troupe" },
  "not-a-member": { definite: false, sentence: "the caller does not belong to the troupe in whose name it calls" },
  "bad-answer": { definite: false, sentence: "the answer could not be internalized" },
  "timed-out": { definite: false, sentence: "the caller's time limit passed before there was an answer" },
  "transaction-aborted": {
    definite: true,
    sentence: "the transaction in which the call was made is undone, and tried again",
  },
  overloaded: { definite: true, sentence: "a member of the troupe has no room for another call" },
  "thread-aborted": { definite: true, sentence: "the watchdog found that members disagreed earlier in this thread" },
} as const;

export type CallErrorKind = keyof typeof errorTable;

/** A replicated call failed for a reason of the protocol. An error raised by the procedure itself is a RemoteError. */
export class CallError extends Error {
  readonly kind: CallErrorKind;
  /** Whether the procedure was certainly not executed at any member. */
  readonly definite: boolean;

  constructor(kind: CallErrorKind, call: string) {
    const row = errorTable[kind];
    super(`${call}: ${row.sentence}`);
    this.name = "CallError";
    this.kind = kind;
    this.definite = row.definite;
  }
}

/**
 * An error raised by the procedure, collated like a result, with `name` and `message` of the error at the members, and
 * with its fields.
 */
export class RemoteError extends Error {
  constructor(name: string, message: string, fields: object = {}) {
    super(message);
    Object.assign(this, fields);
    // A field of its own, but none that is listed: the fields are those of the error at the members.
    Object.defineProperty(this, "name", { value: name, writable: true, configurable: true, enumerable: false });
  }
}
