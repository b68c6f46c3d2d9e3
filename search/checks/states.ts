/** What the members of a troupe have in their ledgers at the end. */
import { checkEqualState } from "../../sim/checkers/equal-state.ts";
import type { Diary, Entry } from "../client.ts";
import { nameOf, type Course, type Found } from "../course.ts";
import type { Member } from "../ground.ts";
import type { LedgerState } from "../ledger.ts";

/** Troupes of which no member lives. */
export function lostTroupes({ schedule, ground }: Course): Set<string> {
  const living = new Set(ground.members.filter(({ machine }) => machine.up).map(({ troupe }) => troupe));
  return new Set(schedule.troupes.map(({ name }) => name).filter((name) => !living.has(name)));
}

/**
 * Troupes whose members may differ. What one member of a caller was answered before its callee was lost, another was
 * not. And a client that died in the middle of a call may have called some members only. The others miss the call, and
 * the callee's members give them up, each at its own time: from then on a call of theirs is executed at some of them.
 */
export function tornTroupes(course: Course): Set<string> {
  const { schedule, ground, events } = course;
  const lost = lostTroupes(course);
  const torn = new Set(
    schedule.troupes.flatMap(({ name, calls }) => (calls !== null && lost.has(calls) ? [name] : [])),
  );
  for (const { event, machine: judge } of events) {
    if (event.type !== "peer-crashed" || event.reason !== "given-up") continue;
    for (const { machine, troupe } of ground.members)
      if (machine.index === event.peer >> 8 || machine.name === judge) torn.add(troupe);
  }
  return torn;
}

/** Compares the states of members, without the calls that are left out. */
export function compareStates(members: readonly Member[], course: Course, left: ReadonlySet<string>): Found[] {
  const states = members.map(({ machine, module }) => ({
    name: machine.name,
    state: without(module.getState(), left),
  }));
  const [first] = states;
  return states.slice(1).flatMap((other) => {
    const found = checkEqualState([first!, other], { seed: course.schedule.seed, time: course.world.now });
    return found.map((each) => ({ ...each, calls: differing(first!.state, other.state) }));
  });
}

/** The calls in which two states differ: what only one has, or each with other random numbers, or in another order. */
function differing(a: LedgerState, b: LedgerState): string[] {
  const names = new Set<string>();
  for (const [own, others] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const map of ["written", "marked"] as const) {
      for (const [writer, entries] of own[map])
        for (const [number, value] of entries)
          if (others[map].get(writer)?.get(number) !== value) names.add(`${writer.split(",")[0]!} ${number}`);
    }
    const place = own.order.findIndex((name, i) => name !== others.order[i]);
    if (place >= 0) names.add(own.order[place]!.replace(/,[^,]*(?= \d+$)/, ""));
  }
  return [...names];
}

function without(state: LedgerState, left: ReadonlySet<string>): LedgerState {
  for (const map of [state.written, state.marked]) {
    for (const [writer, entries] of map) {
      const own = writer.split(",")[0]!;
      for (const number of entries.keys()) if (left.has(`${own} ${number}`)) entries.delete(number);
      if (entries.size === 0) map.delete(writer);
    }
  }
  return state;
}

/**
 * What is wrong with the ledger of one member, by itself. The calls of writers in `unordered` may come in any order.
 */
export function* judgeLedger(
  { machine, module }: Member,
  time: number,
  unordered: ReadonlySet<string> = new Set(),
): Generator<Found> {
  const { twice, written } = module.getState();
  if (twice.length > 0)
    yield { time, sentence: `${machine.name} has executed twice: ${twice.join(", ")}.`, calls: twice };
  for (const [writer, entries] of written) {
    if (unordered.has(writer.split(",")[0]!)) continue;
    const numbers = [...entries.keys()];
    const place = numbers.findIndex((number, i) => i > 0 && number < numbers[i - 1]!);
    if (place >= 0)
      yield {
        time,
        sentence: `${machine.name} has the calls of ${writer} out of order: ${numbers.join(" ")}.`,
        calls: [`${writer} ${numbers[place - 1]}`, `${writer} ${numbers[place]}`],
      };
  }
}

/** Answered calls that are not in the ledger. */
export function* missing(
  { machine, module }: Member,
  entries: readonly Entry[],
  { name }: Diary,
  time: number,
): Generator<Found> {
  const { written, marked } = module.getState();
  for (const entry of entries) {
    const { writer, number } = entry;
    if (written.get(writer)?.has(number) === true || marked.get(writer)?.has(number) === true) continue;
    const call = nameOf(entry);
    const sentence = `${name} was answered call ${call}, which ${machine.name} has not executed.`;
    yield { time, sentence, calls: [call] };
  }
}
