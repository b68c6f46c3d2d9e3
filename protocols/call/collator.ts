/**
 * Collators: functions of the set of expected messages as it fills, that decide when there is an answer, and which.
 *
 * Source: dissertation, chapter on replicated procedure call (waiting and collating). Both halves of a call use them: the client's
 * for RETURNs, the server's for CALLs. They compare the bytes of messages, whose encoding is canonical.
 */
import { headerBytes } from "../wire/segment.ts";

/** An expected message: undefined if it has not come yet, null if its sender crashed. */
export type Entry = Uint8Array | undefined | null;

/** The index of the message that is the answer, or one of the negative verdicts below. */
export type Verdict = number;

export const wait: Verdict = -1;
/** No message came and none will. */
export const unavailable: Verdict = -2;
export const disagreement: Verdict = -3;
export const noMajority: Verdict = -4;

export interface Collator {
  readonly name: string;
  /** Asked again after each arrival or crash until it does not answer `wait`. Pure. */
  decide(entries: readonly Entry[]): Verdict;
  /** Whether messages that come after the decision are compared with it (watchdog). */
  readonly watches?: boolean;
}

/** Whether two messages have the same body. */
export function sameBody(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = headerBytes; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Waits for all that are alive; an error if two differ. The default. */
export const unanimous: Collator = {
  name: "unanimous",
  decide(entries) {
    // Also when two differ already: in whose place the missing one stands must not matter.
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

/** Goes on with the first; the rest are compared as they come, and a difference aborts the thread. */
export const watchdog: Collator = { name: "watchdog", decide: firstOf, watches: true };

/** The first answer that `needed(n)` of the troupe's n members give alike. */
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

/** The answer of more than half of the troupe: of its size, not of the survivors, which is also the defence against a partition. */
export const majority: Collator = agreement("majority", (troupeSize) => Math.floor(troupeSize / 2) + 1);

/** The answer that `count` members give alike. */
export function quorum(count: number): Collator {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`quorum of ${count}; expected a positive integer`);
  return agreement(`quorum of ${count}`, () => count);
}

export const collators: Readonly<Record<string, Collator>> = {
  unanimous,
  "first-come": firstCome,
  majority,
  watchdog,
};
