/** What holds of the troupes of a static table, none of whose living members is ever taken for dead. */
import type { Address } from "../../protocols/host.ts";
import { checkExactlyOnce } from "../../sim/checkers/exactly-once.ts";
import { checkNoCallLost } from "../../sim/checkers/no-call-lost.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import type { Entry } from "../client.ts";
import { nameOf, type Checker, type Course, type Found } from "../course.ts";
import type { ScheduledTroupe } from "../schedule.ts";
import { tablePatience } from "../settings.ts";
import { TableGround } from "../table-ground.ts";
import { compareStates, judgeLedger, lostTroupes, missing, tornTroupes } from "./states.ts";

function onTable(name: string, check: (course: Course, ground: TableGround) => readonly Found[]): Checker {
  return { name, check: (course) => (course.ground instanceof TableGround ? check(course, course.ground) : []) };
}

/** Events of calls to troupes without an order: an order's attempts that are undone count for nothing. */
function ofUnordered({ schedule, events }: Course, ground: TableGround): StampedEvent[] {
  const ordered = new Set(
    schedule.troupes.filter(({ ordering }) => ordering !== "none").map(({ name }) => ground.troupes.get(name)!.id),
  );
  return events.filter(({ event }) => !("troupe" in event) || !ordered.has(event.troupe));
}

/** The name of the troupe or client that a process is a member of. */
function groupOf({ schedule, world }: Course, process: Address): string {
  const machine = world.machines[process >> 8]!.name;
  return [...schedule.troupes, ...schedule.clients].find(({ members }) => members.includes(machine))!.name;
}

/**
 * The callers that a member has given up with reason, as "member caller". The caller lives but never makes a call that
 * another member of its troupe had made to the member's troupe: the client has died when it had called only some of the
 * callers. Each member of the callee gives such a caller up at its own time, and executes no further call of it.
 */
function givenUp(course: Course, ground: TableGround): Set<string> {
  /** By call of a troupe: who makes it at all, who is called, and since when. */
  const made = new Map<string, { readonly by: Set<Address>; readonly troupe: number; readonly begun: number }>();
  for (const { time, address, event } of course.events) {
    if (event.type !== "call") continue;
    const key = `${groupOf(course, address)} ${event.thread} ${event.path}`;
    const call = made.get(key) ?? { by: new Set<Address>(), troupe: event.troupe, begun: time };
    made.set(key, call);
    call.by.add(address);
  }
  const found = new Set<string>();
  for (const { time, address, event } of course.events) {
    if (event.type !== "peer-crashed" || event.reason !== "given-up") continue;
    const own = `${groupOf(course, event.peer)} `;
    for (const [key, { by, troupe, begun }] of made) {
      if (!key.startsWith(own) || by.has(event.peer) || begun > time - tablePatience) continue;
      if (ground.addresses.get(troupe)?.includes(address) === true) found.add(`${address} ${event.peer}`);
    }
  }
  return found;
}

export const exactlyOnce = onTable("exactly once", (course, ground) => {
  const left = givenUp(course, ground);
  const replicated = new Set(course.schedule.clients.flatMap(({ members }) => (members.length > 1 ? members : [])));
  // Such a life makes the calls of its first life: a member that has heard an earlier life refuses them.
  const isLater = (client: Address, life: number): boolean =>
    life > 1 && replicated.has(course.world.machines[client >> 8]!.name);
  return checkExactlyOnce(ofUnordered(course, ground), {
    seed: course.schedule.seed,
    members: (id) => ground.addresses.get(id) ?? [],
    refuses: (member, client, life) => isLater(client, life) || left.has(`${member} ${client}`),
  });
});

export const noCallLost = onTable("no call lost", (course, ground) =>
  checkNoCallLost(ofUnordered(course, ground), {
    seed: course.schedule.seed,
    members: (id) => ground.addresses.get(id) ?? [],
  }),
);

/** Of each troupe that calls another and of which no member lives: when the last one died. */
function lossesOfCallers(course: Course): Map<string, number> {
  const lost = lostTroupes(course);
  const callers = course.schedule.troupes.filter(({ name, calls }) => calls !== null && lost.has(name));
  const crashes = course.events.filter(({ event }) => event.type === "crash");
  // Events are in the order of time.
  return new Map(
    callers.map(({ name, members }) => [name, crashes.findLast(({ machine }) => members.includes(machine))!.time]),
  );
}

/**
 * Calls of which nobody is left that sees to it that they come to all members: their clients have died, or all members
 * of a troupe that calls another in turn, under way with them, or after an early answer.
 */
function orphans(course: Course): Set<string> {
  const { diaries } = course;
  const names = new Set<string>();
  const first = diaries.filter((diary) => !diary.isRefused);
  // A member of a replicated client that comes back makes the calls of its first life: to some members, that never
  // heard the first, it is the client.
  for (const { isRefused, client, entries } of diaries) {
    const lives = first.some((other) => other.client === client && other.ended === Infinity);
    if (isRefused && !lives) for (const entry of entries) names.add(nameOf(entry));
  }
  for (const diary of first) {
    const { client, ended, entries } = diary;
    const survivors = first.some(
      (other) => other.client === client && other.ended === Infinity && client.members.length > 1,
    );
    if (ended === Infinity || survivors) continue;
    for (const entry of entries) {
      const certain = client.collator === "unanimous" ? entry.done < Infinity : entry.done < ended - tablePatience;
      if (!certain) names.add(nameOf(entry));
    }
  }
  for (const [troupe, lost] of lossesOfCallers(course)) {
    for (const { client, entries } of diaries) {
      if (client.calls !== troupe) continue;
      // Whether an early answer of the troupe's own callee is certain does not depend on the client's collator.
      for (const entry of entries) if (!(entry.done < lost - tablePatience)) names.add(nameOf(entry));
    }
  }
  return names;
}

/** Whether members of a troupe may differ in calls of clients that died. */
function leaves({ ordering }: ScheduledTroupe): boolean {
  return ordering === "none";
}

/** Members that live have equal states, and in them each call once and in the order of its writer. */
export const equalStates = onTable("equal states", (course, ground) => {
  const left = orphans(course);
  const torn = tornTroupes(course);
  return course.schedule.troupes.flatMap((troupe) => {
    const living = ground.members.filter((member) => member.troupe === troupe.name && member.machine.up);
    const own = living.flatMap((member) => [...judgeLedger(member, course.world.now)]);
    if (torn.has(troupe.name)) return own;
    return [...own, ...compareStates(living, course, leaves(troupe) ? left : new Set())];
  });
});

/** What a client was answered is in the ledgers of all members that live, also of the troupes called in turn. */
export const answersLast = onTable("answers last", (course, ground) => {
  const left = orphans(course);
  const certain = (entry: Entry): boolean => entry.outcome === "answered" && !left.has(nameOf(entry));
  const torn = tornTroupes(course);
  const living = ground.members.filter(({ machine, troupe }) => machine.up && !torn.has(troupe));
  return course.diaries.flatMap((diary) => {
    if (diary.isRefused) return [];
    const called = new Set([diary.client.calls]);
    for (const { name, calls } of course.schedule.troupes) if (called.has(name) && calls !== null) called.add(calls);
    const entries = diary.entries.filter(certain);
    return living
      .filter(({ troupe }) => called.has(troupe))
      .flatMap((member) => [...missing(member, entries, diary, course.world.now)]);
  });
});
