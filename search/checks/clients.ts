/** What holds of every client, however troupes are bound: what it is told, and that it is told at all. */
import type { Diary, Entry } from "../client.ts";
import { endedLives, lifeOf, nameOf, type Checker, type Course, type Found } from "../course.ts";
import { RingmasterGround } from "../ringmaster-ground.ts";
import { tablePatience } from "../settings.ts";
import { lostTroupes, tornTroupes } from "./states.ts";

/** Lives whose calls count. */
function counted({ diaries }: Course): Diary[] {
  return diaries.filter((diary) => !diary.isRefused);
}

/** Nothing happens to a client that should never happen: damaged documents, errors of no known kind. */
export const soundness: Checker = {
  name: "clients go on",
  check: (course) =>
    counted(course).flatMap(({ problems }) =>
      problems.map((sentence) => ({ time: course.world.now, sentence: `${sentence}.` })),
    ),
};

/** Once faults are over, every call of a client that lives ends. */
export const liveness: Checker = {
  name: "liveness",
  check: (course) =>
    counted(course).flatMap((diary) => {
      const { client, ended, finished, entries, name, problems } = diary;
      if (ended < Infinity || problems.length > 0 || finished === client.threads.length) return [];
      const open = entries.find(({ outcome }) => outcome === undefined);
      const what =
        open === undefined ? "never came to its calls" : `has no answer to call ${open.number} of ${open.writer}`;
      const calls = open === undefined ? [] : [nameOf(open)];
      return [{ time: open?.begun ?? course.world.now, sentence: `${name} ${what}.`, calls }];
    }),
};

/** Out of everybody's reach for a while, or the troupe is lost. */
const excusedWhenBound = ["troupe-unavailable", "troupe-lost", "ringmaster-unavailable", "no-majority"];

/**
 * Whether members of an ordered troupe may answer a call differently: a member executed it after another call, and has
 * died with all that made the other call, which no living member has executed. Nobody is left who knows of it.
 */
function mayDiffer({ events, ground }: Course, { client, machine, incarnation }: Diary, { begun }: Entry): boolean {
  const members = ground.members.filter(({ troupe }) => troupe === client.calls);
  const living = new Set(members.flatMap((member) => (member.machine.up ? [member.machine.name] : [])));
  const ended = endedLives(events);
  /** By call: whether somebody that made it lives. */
  const isLed = new Map<string, boolean>();
  const own = new Set<string>();
  /** By member: the calls that it has executed, in their order. */
  const executed = new Map<string, string[]>(members.map((member) => [member.machine.name, []]));
  for (const stamped of events) {
    const { event } = stamped;
    if (event.type !== "call" && event.type !== "transaction") continue;
    const call = `${event.thread} ${event.path}`;
    if (event.type === "transaction") {
      if (event.outcome === "committed") executed.get(stamped.machine)?.push(call);
      continue;
    }
    isLed.set(call, isLed.get(call) === true || !ended.has(lifeOf(stamped)));
    if (stamped.machine === machine && stamped.incarnation === incarnation && stamped.time === begun) own.add(call);
  }
  const kept = new Set([...living].flatMap((name) => executed.get(name)!));
  return [...executed].some(([name, calls]) => {
    const before = calls.slice(
      0,
      Math.max(
        0,
        calls.findLastIndex((call) => own.has(call)),
      ),
    );
    return !living.has(name) && before.some((call) => !kept.has(call) && isLed.get(call) === false);
  });
}

function mayFail(course: Course, diary: Diary, entry: Entry): boolean {
  const { client } = diary;
  const { kind } = entry;
  if (course.ground instanceof RingmasterGround) return excusedWhenBound.includes(kind) || kind.startsWith("nested");
  if (kind === "disagreement" && mayDiffer(course, diary, entry)) return true;
  // A watchdog finds the difference after the answer, and aborts the thread.
  const earlier = diary.entries.filter(({ writer, begun }) => writer === entry.writer && begun < entry.begun);
  if (kind === "thread-aborted" && earlier.some((each) => mayDiffer(course, diary, each))) return true;
  if (lostTroupes(course).has(client.calls) || tornTroupes(course).has(client.calls)) return true;
  const { members } = course.schedule.troupes.find(({ name }) => name === client.calls)!;
  const living = course.ground.members.filter(({ troupe, machine }) => troupe === client.calls && machine.up);
  return kind === "no-majority" && client.collator === "majority" && 2 * living.length <= members.length;
}

/**
 * What the client of a troupe with a member that answers wrongly is told. All members live (draw.ts). Unanimous: always
 * of the disagreement. Majority: the right answer, if a majority is right. Watchdog: the first answer, whichever, until
 * the difference is seen; by then the thread is aborted. First-come: whichever comes first.
 */
function* judgeWithWrong(diary: Diary, members: number): Generator<Found> {
  const { collator } = diary.client;
  /** By writer: when its first call was answered. */
  const first = new Map<string, number>();
  for (const entry of diary.entries) {
    const { writer, number, begun, done, outcome, kind, count } = entry;
    if (outcome === undefined) continue;
    const told = outcome === "answered" ? `was answered ${count}` : `was told ${kind}`;
    const since = first.get(writer) ?? Infinity;
    if (outcome === "answered") first.set(writer, Math.min(since, done));
    const right = outcome === "answered" && count <= number;
    const isAborted = kind === "thread-aborted";
    const sound = {
      unanimous: members === 1 ? outcome === "answered" : kind === "disagreement",
      majority: members > 2 ? right : members === 1 ? outcome === "answered" : kind === "no-majority",
      watchdog: outcome === "answered" ? members === 1 || begun <= since + tablePatience : isAborted && members > 1,
      "first-come": outcome === "answered",
    }[collator];
    if (sound) continue;
    const sentence = `At ${done} ms ${diary.name} ${told} to call ${number} of ${writer}, though one of ${members} members is wrong.`;
    yield { time: done, sentence, calls: [nameOf(entry)] };
  }
}

function* judgeAnswers(course: Course, diary: Diary): Generator<Found> {
  const callee = course.schedule.troupes.find(({ name }) => name === diary.client.calls)!;
  if (callee.wrong !== null) {
    yield* judgeWithWrong(diary, callee.members.length);
    return;
  }
  const isTable = !(course.ground instanceof RingmasterGround);
  /** By writer: its writes that were answered, and those that may have been executed. */
  const writes = new Map<string, { answered: number; failed: number }>();
  const lost = lostTroupes(course).size > 0 || tornTroupes(course).size > 0;
  for (const entry of diary.entries) {
    const { writer, number, procedure, done, outcome, kind, count } = entry;
    const calls = [nameOf(entry)];
    const what = `call ${number} of ${writer}`;
    if (outcome === "failed" && !mayFail(course, diary, entry))
      yield { time: done, sentence: `At ${done} ms ${diary.name} was told that ${what} failed: ${kind}.`, calls };
    if (procedure !== "write") {
      if (outcome === "answered" && count !== number)
        yield { time: done, sentence: `At ${done} ms ${diary.name} was answered ${count} to ${what}.`, calls };
      continue;
    }
    const before = writes.get(writer) ?? { answered: 0, failed: 0 };
    writes.set(writer, before);
    const most = before.answered + before.failed + 1;
    const least = isTable && !lost ? before.answered + 1 : 1;
    if (outcome === "answered" && (count > most || count < least)) {
      const expected = least === most ? `${least}` : `${least} to ${most}`;
      const sentence = `At ${done} ms ${diary.name} was answered ${count} to ${what} instead of ${expected}.`;
      yield { time: done, sentence, calls };
    }
    if (outcome === "answered") before.answered++;
    else before.failed++;
  }
}

/** A call fails only for a reason that is there, and each writer gets the answers that its own calls lead to. */
export const answers: Checker = {
  name: "answers",
  check: (course) => counted(course).flatMap((diary) => [...judgeAnswers(course, diary)]),
};

/** A majority is one of the troupe, not of those that are left. */
export const majorities: Checker = {
  name: "majority",
  check({ schedule, events, ground }) {
    if (ground instanceof RingmasterGround) return [];
    const clients = schedule.clients.filter(({ collator }) => collator === "majority");
    const machines = new Set(clients.flatMap(({ members }) => members));
    const found: Found[] = [];
    const members = new Map<string, number>();
    const executors = new Map<string, Set<string>>();
    for (const { time, machine, event } of events) {
      if (event.type === "execute") {
        const key = `${event.thread} ${event.path}`;
        executors.set(key, (executors.get(key) ?? new Set()).add(machine));
      }
      if (!machines.has(machine) || (event.type !== "call" && event.type !== "call-done")) continue;
      const key = `${event.thread} ${event.path}`;
      if (event.type === "call") members.set(key, event.members);
      else if (event.outcome === "returned") {
        const executed = executors.get(key)?.size ?? 0;
        const all = members.get(key) ?? 0;
        if (2 * executed > all) continue;
        const sentence = `At ${time} ms ${machine} went on by majority, when ${executed} of ${all} members had executed its call.`;
        found.push({ time, sentence });
      }
    }
    return found;
  },
};
