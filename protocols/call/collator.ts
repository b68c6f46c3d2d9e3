/**
 * Collators: functions of the set of expected messages as it fills. A collator decides when there is an answer, and
 * which message is the answer.
 *
 * Source: dissertation, chapter on replicated procedure call (waiting and collating). Both halves of a call use
 * collators: the client for RETURNs, the server for CALLs. Collators compare the bytes of messages, whose encoding is
 * canonical.
 */
import { headerBytes } from "../wire/segment.ts";

/** An expected message: undefined if it has not arrived yet, null if it will not arrive because its sender crashed. */
export type Entry = Uint8Array | undefined | null;

/** The index of the message that is the answer, or one of the negative verdicts below. */
export type Verdict = number;

/** The verdict of a collator that needs more messages. */
export const wait: Verdict = -1;
/** No message arrived, and none will. */
export const unavailable: Verdict = -2;
/** The verdict that messages differ: CallError "disagreement". */
export const disagreement: Verdict = -3;
/** The verdict that no majority is left: CallError "no-majority". */
export const noMajority: Verdict = -4;

/** Makes one result of the messages of a troupe, as they come (dissertation, chapter 4). */
export interface Collator {
  readonly name: string;
  /** Called after each arrival or crash, until the verdict is not `wait`. Pure. */
  decide(entries: readonly Entry[]): Verdict;
  /** Whether messages that arrive after the decision are compared with the answer (watchdog). */
  readonly watches?: boolean;
}

/** Whether two messages have the same body. */
export function sameBody(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = headerBytes; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Waits for the messages of all living members. Two different messages are a disagreement. The default. */
export const unanimous: Collator = {
  name: "unanimous",
  decide(entries) {
    // Wait even if two messages already differ: the verdict must not depend on which member's message is missing.
    if (entries.includes(undefined)) return wait;
    let first = -1;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      if (!entry) continue;
      if (first < 0) first = i;
      else if (!sameBody(entry, entries[first]!)) return disagreement;
    }
    return first < 0 ? unavailable : first;
  },
};

function firstOf(entries: readonly Entry[]): Verdict {
  let verdict = unavailable;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry === undefined) verdict = wait;
    else if (entry !== null) return i;
  }
  return verdict;
}

/** The first to come decides. */
export const firstCome: Collator = { name: "first-come", decide: firstOf };

/** Takes the first message as the answer. Later messages are compared with it, and a difference aborts the thread. */
export const watchdog: Collator = { name: "watchdog", decide: firstOf, watches: true };

/** The first body that `needed(n)` of the troupe's n members send alike. */
function agreement(name: string, needed: (troupeSize: number) => number): Collator {
  return {
    name,
    decide(entries) {
      const need = needed(entries.length);
      let pending = 0;
      let most = 0;
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[i];
        if (entry === undefined) pending++;
        if (!entry) continue;
        let alike = 1;
        for (let j = 0; j < i; j++) {
          const other = entries[j];
          if (other && sameBody(entry, other)) alike++;
        }
        if (alike >= need) return i;
        if (alike > most) most = alike;
      }
      if (most + pending >= need) return wait;
      return most === 0 && pending === 0 ? unavailable : noMajority;
    },
  };
}

/**
 * The body that more than n / 2 of the troupe's n members send. Crashed members count in n, which also protects against
 * a partition.
 */
export const majority: Collator = agreement("majority", (troupeSize) => Math.floor(troupeSize / 2) + 1);

/**
 * The body that `count` members send.
 *
 * @throws RangeError if `count` is not a positive integer
 */
export function quorum(count: number): Collator {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`quorum of ${count}; expected a positive integer`);
  return agreement(`quorum of ${count}`, () => count);
}

/** The collators that a command or a configuration may name. */
export const collators: Readonly<Record<string, Collator>> = {
  unanimous,
  "first-come": firstCome,
  majority,
  watchdog,
};
