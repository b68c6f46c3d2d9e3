/**
 * What holds of transactions in a static table: one order of commits at all members, and one decision on each. In
 * troupes that change, state that is transferred includes what others have committed: equal states say whether it was
 * the same.
 */
import { outermost } from "../../protocols/thread/attempt.ts";
import { checkAgreement, checkCommitOrder } from "../../sim/checkers/history/commits.ts";
import { increment, type Transaction } from "../../sim/checkers/history/history.ts";
import { checkSerializability } from "../../sim/checkers/history/serializability.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import type { Entry } from "../client.ts";
import { endedLives, lifeOf, nameOf, type Checker, type Course, type Found } from "../course.ts";
import type { Schedule, ScheduledClient } from "../schedule.ts";
import { TableGround } from "../table-ground.ts";

function onTransactions(
  name: string,
  check: (events: readonly StampedEvent[], course: Course, ground: TableGround) => readonly Found[],
): Checker {
  return {
    name,
    check: (course) => {
      const { ground, schedule, events } = course;
      // What a caller without transactions calls is a transaction by itself; the checkers take a thread's call for one.
      const isWhole = schedule.troupes.every(({ ordering }) => ordering !== "none");
      return ground instanceof TableGround && isWhole ? check(events, course, ground) : [];
    },
  };
}

/**
 * The place of a call in the order may be known only to a member and to a process of its caller that both die. The
 * living members then give the call another place, among calls that the dead member has executed before or after it.
 */
export const commitOrder = onTransactions("order of commits", (events, { schedule }) => {
  const ended = endedLives(events);
  const ofDead = events.filter((each) => ended.has(lifeOf(each)));
  const forsaken = new Set(ofDead.flatMap(({ event }) => (event.type === "call" ? [wholeName(event)] : [])));
  const known = events.filter((each) => {
    return each.event.type !== "transaction" || !ended.has(lifeOf(each)) || !forsaken.has(wholeName(each.event));
  });
  return checkCommitOrder(known, schedule);
});

function wholeName({ thread, path }: { readonly thread: string; readonly path: string }): string {
  return `${thread} ${outermost(path)}`;
}

/** What a member has committed that died since, with all who had heard so, the others may never learn. */
export const agreement = onTransactions("agreement", (events, { schedule }, { addresses, members }) => {
  const dead = new Set(members.filter(({ machine }) => !machine.up).map(({ machine }) => machine.name));
  const ofLiving = events.filter(({ event, machine }) => event.type !== "transaction" || !dead.has(machine));
  return checkAgreement(ofLiving, { seed: schedule.seed, members: (id) => addresses.get(id) ?? [] });
});

/** Ordered troupes that nobody but clients calls. */
function calledByClients({ troupes, clients }: Schedule): Set<string> {
  const called = new Set(clients.map(({ calls }) => calls));
  const inTurn = new Set(troupes.filter(({ name }) => called.has(name)).map(({ calls }) => calls));
  return new Set(troupes.flatMap(({ name, ordering }) => (ordering === "none" || inTurn.has(name) ? [] : [name])));
}

/** Troupes of which a member has died. */
function bereft({ schedule, events }: Course): Set<string> {
  const dead = new Set(events.filter(({ event }) => event.type === "crash").map(({ machine }) => machine));
  const lost = schedule.troupes.filter(({ members }) => members.some((member) => dead.has(member)));
  return new Set(lost.map(({ name }) => name));
}

/**
 * What clients asked of ordered troupes, and were answered: each call is a transaction that increments the number of
 * the ledger's entries. Members of a replicated client make one call together. A call that failed may have its effect,
 * and so may a mark, whose answer does not tell. So may a call with an early answer of a troupe of which a member died:
 * what that member alone had committed, with clients that died, it may have counted.
 */
export function historyOf(course: Course): Transaction[] {
  const { diaries, schedule } = course;
  const ordered = calledByClients(schedule);
  const lost = bereft(course);
  const made = new Map<string, { readonly client: ScheduledClient; readonly entries: Entry[] }>();
  for (const { client, entries, isRefused } of diaries) {
    if (!ordered.has(client.calls) || isRefused) continue;
    for (const entry of entries) {
      const call = made.get(nameOf(entry)) ?? { client, entries: [] };
      made.set(nameOf(entry), call);
      call.entries.push(entry);
    }
  }
  return [...made].map(([name, { client, entries }]) => {
    const isCertain = client.collator === "unanimous" || !lost.has(client.calls);
    const [first] = entries.filter(({ place }) => place !== undefined && isCertain).sort((a, b) => a.done - b.done);
    const begun = entries.reduce((least, entry) => Math.min(least, entry.begun), Infinity);
    return {
      process: entries[0]!.writer,
      name: `call ${name}`,
      outcome: first === undefined ? "unknown" : "committed",
      accesses: [increment(`entries of ${client.calls}`, first?.place)],
      begun,
      ended: first?.done ?? Infinity,
      time: first?.done ?? begun,
    };
  });
}

export const serializability: Checker = {
  name: "serializability",
  check: (course) =>
    course.ground instanceof TableGround ? checkSerializability(historyOf(course), { seed: course.schedule.seed }) : [],
};
