/** All checkers, in the order in which they are told. */
import { answers, liveness, majorities, soundness } from "./checks/clients.ts";
import { answersLastWhenBound, belonging, boundOnce, equalWhenBound, transferred } from "./checks/ringmaster.ts";
import { answersLast, equalStates, exactlyOnce, noCallLost } from "./checks/table.ts";
import { agreement, commitOrder, serializability } from "./checks/transactions.ts";
import { nameOf, type Checker, type Course, type Found } from "./course.ts";

/** A replicated call, as events name it. */
export interface CallName {
  readonly thread: string;
  readonly path: string;
}

export interface Violation extends Omit<Found, "calls"> {
  readonly checker: string;
  /** The calls that it is about, as far as they are known. */
  readonly calls: readonly CallName[];
}

const checkers: readonly Checker[] = [
  soundness,
  exactlyOnce,
  boundOnce,
  majorities,
  answers,
  transferred,
  commitOrder,
  agreement,
  serializability,
  equalStates,
  equalWhenBound,
  answersLast,
  answersLastWhenBound,
  noCallLost,
  belonging,
  liveness,
];

/** Of each call of a client, by its name in the ledgers, the name that events have. */
function namesOf({ diaries, events }: Course): Map<string, CallName> {
  const names = new Map<string, CallName>();
  for (const { machine, incarnation, entries } of diaries) {
    const made = events.filter(
      ({ event, ...stamp }) => event.type === "call" && stamp.machine === machine && stamp.incarnation === incarnation,
    );
    for (const entry of entries) {
      const place = made.findIndex(({ time }) => time === entry.begun);
      const [stamped] = place < 0 ? [] : made.splice(place, 1);
      if (stamped?.event.type !== "call" || names.has(nameOf(entry))) continue;
      names.set(nameOf(entry), { thread: stamped.event.thread, path: stamped.event.path });
    }
  }
  return names;
}

export function judge(course: Course): Violation[] {
  const all = checkers.flatMap(({ name, check }) => check(course).map((found) => ({ checker: name, ...found })));
  const names = all.length === 0 ? undefined : namesOf(course);
  return all.map(({ calls = [], ...found }) => ({
    ...found,
    calls: calls.flatMap((call) => names?.get(call) ?? []),
  }));
}
