/**
 * What holds of the members of troupes that a Ringmaster binds, at every moment and at the end, whatever happens:
 *
 * - nothing is executed twice by one life of a member, nor by a member whose state includes it already;
 * - members that stand still for a change, and have been levelled, have equal states;
 * - once a member has entered an epoch, no process executes a call under an earlier epoch;
 * - at the end every process that lives is a member of the latest epoch, and all have equal states;
 * - what a client was answered is in the members' state: always if the call was unanimous, else if the client lives to
 *   see to it.
 */
import { baseOf, epochOf, hashOfName } from "../../protocols/troupe/troupe-id.ts";
import { CallError } from "../../protocols/errors.ts";
import type { Diary, Entry } from "../client.ts";
import type { Checker, Course, Found } from "../course.ts";
import { RingmasterGround, type Resident } from "../ringmaster-ground.ts";
import { longestTrouble } from "../settings.ts";
import { compareStates, judgeLedger, missing } from "./states.ts";

function onRingmaster(name: string, check: (course: Course, ground: RingmasterGround) => Iterable<Found>): Checker {
  return {
    name,
    check: (course) => (course.ground instanceof RingmasterGround ? [...check(course, course.ground)] : []),
  };
}

/** A life of a member executes a call once, and under the present membership. */
export const boundOnce = onRingmaster("exactly once", function* ({ schedule, events }) {
  const unordered = schedule.troupes.filter(({ ordering }) => ordering === "none");
  /** By base: the latest epoch that any member has entered. */
  const epochs = new Map(unordered.map(({ name }) => [hashOfName(name), 0]));
  const outs = new Map<string, number>();
  const executed = new Set<string>();
  for (const { time, machine, address, incarnation, event } of events) {
    if (event.type === "membership") {
      const base = hashOfName(event.name);
      const latest = epochs.get(base);
      if (latest === undefined) continue;
      // Its state is replaced before it is a member again.
      if (event.state === "out") outs.set(machine, (outs.get(machine) ?? 0) + 1);
      if (event.state === "member") epochs.set(base, Math.max(latest, epochOf(event.troupe)));
    }
    if (event.type !== "execute" || (event.procedure !== "write" && event.procedure !== "mark")) continue;
    const latest = epochs.get(baseOf(event.troupe));
    if (latest === undefined) continue;
    const { thread, path } = event;
    const epoch = epochOf(event.troupe);
    if (epoch < latest)
      yield { time, sentence: `At ${time} ms ${machine} executed a call of epoch ${epoch} in epoch ${latest}.` };
    const key = `${address} ${incarnation} ${outs.get(machine) ?? 0} ${thread} ${path}`;
    if (executed.has(key))
      yield { time, sentence: `At ${time} ms ${machine} executed call ${path} of thread ${thread} again.` };
    executed.add(key);
  }
});

/** The members at the end. */
function membersOf(ground: RingmasterGround, troupe: string): Resident[] {
  return ground.of(troupe).filter(({ machine, membership }) => machine.up && membership?.state === "member");
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error as string);
}

export const transferred = onRingmaster("equal states in changes", function* (course, ground) {
  for (const { time, machine, event } of course.events) {
    if (event.type !== "disagreement" || event.path !== "get_state") continue;
    const resident = ground.members.find((each) => each.machine.name === machine);
    if (resident === undefined || membersOf(ground, resident.troupe).length === 0) continue;
    yield { time, sentence: `At ${time} ms ${machine} found that the members' states differ.` };
  }
});

/** Everybody who lives and has not left is a member of the latest epoch. */
export const belonging = onRingmaster("membership", function* (course, ground) {
  const time = course.world.now;
  for (const { name } of course.schedule.troupes) {
    const residents = ground.of(name);
    const members = membersOf(ground, name);
    if (members.length === 0) {
      for (const { machine, error } of residents) {
        const isLost = error instanceof CallError && error.kind === "troupe-lost";
        if (machine.up && error !== undefined && !isLost)
          yield { time, sentence: `After a total loss ${machine.name} was told ${describe(error)}.` };
      }
      continue;
    }
    let latest = 0;
    for (const { membership } of members) latest = Math.max(latest, epochOf(membership!.id));
    for (const { machine, membership } of members) {
      const epoch = epochOf(membership!.id);
      if (epoch !== latest) yield { time, sentence: `${machine.name} is in epoch ${epoch}, not in ${latest}.` };
    }
    // One that was dropped before the last left has nothing to come back to.
    for (const resident of residents.slice(ground.dissolved.get(name) ?? 0)) {
      const { machine, membership, error, isPresent } = resident;
      // Nor has one that was dropped before the rest was lost: it stays out when the troupe is founded anew.
      const isOut = membership === undefined && error === undefined && ground.isAnew(name);
      if (!isPresent || isOut || members.includes(resident)) continue;
      const instead = membership?.state ?? describe(error ?? "joining");
      yield { time, sentence: `${machine.name} is no member at the end: ${instead}.` };
    }
  }
});

/**
 * Writers whose calls the members of a troupe may have in another order than the client made them. A client that took
 * the answer of one member makes its next call. If that member is dropped before another has executed the first call,
 * the first call is repeated beside the next.
 */
function unorderedWriters({ diaries, events }: Course, troupe: string): Set<string> {
  const hasDropped = events.some(
    ({ event }) => event.type === "membership" && event.name === troupe && event.state === "out",
  );
  const early = hasDropped ? diaries.filter(({ client }) => client.collator !== "unanimous") : [];
  return new Set(early.flatMap(({ entries }) => entries.map(({ writer }) => writer)));
}

export const equalWhenBound = onRingmaster("equal states", function* (course, ground) {
  for (const { name } of course.schedule.troupes) {
    const members = membersOf(ground, name);
    const unordered = unorderedWriters(course, name);
    for (const member of members) yield* judgeLedger(member, course.world.now, unordered);
    yield* compareStates(members, course, new Set());
  }
});

/** What is certain to be in the members' state. `trouble`: undefined if an early answer is never certain. */
function certain({ client, ended, entries }: Diary, trouble: number | undefined): Entry[] {
  return entries.filter(({ outcome, done }) => {
    if (outcome !== "answered") return false;
    return client.collator === "unanimous" || (trouble !== undefined && done <= ended - trouble);
  });
}

export const answersLastWhenBound = onRingmaster("answers last", function* (course, ground) {
  const [ledger, teller] = course.schedule.troupes.map(({ name }) => membersOf(ground, name)[0]);
  const time = course.world.now;
  const lasts = (member: Resident | undefined): boolean => member?.membership?.registration?.founded === 1;
  for (const diary of course.diaries) {
    const { calls } = diary.client;
    const callee = calls === "ledger" ? ledger : teller;
    if (callee === undefined || !lasts(callee)) continue;
    // What was answered before the ledger was founded anew is in no ledger any more. Tellers have it; but one that was
    // answered by the ledger, and gave the answer that a client took early, may have died since.
    const isWhole = lasts(ledger);
    const entries = certain(diary, isWhole ? longestTrouble : undefined);
    yield* missing(callee, entries, diary, time);
    if (callee !== ledger && isWhole) yield* missing(ledger!, entries, diary, time);
  }
});
