/**
 * Makes a failing schedule smaller: delta debugging (A. Zeller and R. Hildebrandt, Simplifying and Isolating
 * Failure-Inducing Input, IEEE TSE 2002) over the schedule's value. What is left out one by one, or half by half:
 * troupes, clients, their threads and calls, members, faults; then numbers become smaller.
 *
 * Less of a schedule shifts the random numbers of what is left. So each smaller schedule is tried under a few seeds.
 */
import {
  machinesOf,
  victimsOf,
  type Fault,
  type Schedule,
  type ScheduledCall,
  type ScheduledTroupe,
} from "./schedule.ts";

/** Whether a schedule still fails. */
export type Fails = (schedule: Schedule) => Promise<boolean>;

export interface ShrinkOptions {
  /** The most runs. */
  readonly runs: number;
  /** Seeds under which each smaller schedule is tried, besides its own. */
  readonly seeds: number;
}

export interface Size {
  readonly members: number;
  readonly clients: number;
  readonly calls: number;
  readonly faults: number;
}

export function sizeOf({ troupes, clients, faults, ringmasters }: Schedule): Size {
  const count = (lists: readonly (readonly unknown[])[]): number => lists.reduce((sum, { length }) => sum + length, 0);
  return {
    members: ringmasters + count(troupes.map(({ members }) => members)),
    clients: count(clients.map(({ members }) => members)),
    calls: count(clients.flatMap(({ threads }) => threads)),
    faults: faults.length,
  };
}

/** Without what names what is not there. */
function tidy(schedule: Schedule): Schedule {
  const names = schedule.troupes.map(({ name }) => name);
  const troupes = schedule.troupes.map((troupe) =>
    troupe.wrong !== null && !troupe.members.includes(troupe.wrong) ? { ...troupe, wrong: null } : troupe,
  );
  const clients = schedule.clients
    .filter(({ calls }) => names.includes(calls))
    .map((client) => ({ ...client, threads: client.threads.filter(({ length }) => length > 0) }))
    .filter(({ threads, members }) => threads.length > 0 && members.length > 0);
  const joins = schedule.faults.filter((fault) => fault.kind !== "join" || names.includes(fault.troupe));
  const machines = new Set(machinesOf({ ...schedule, clients, faults: joins }));
  const faults = joins.flatMap((fault): Fault[] => {
    if (fault.kind !== "cut") return victimsOf(fault).every((victim) => machines.has(victim)) ? [fault] : [];
    const between = fault.between.filter((machine) => machines.has(machine));
    const and = fault.and?.filter((machine) => machines.has(machine)) ?? null;
    return between.length === 0 || and?.length === 0 ? [] : [{ ...fault, between, and }];
  });
  return { ...schedule, troupes, clients, faults };
}

/** Leaves out pieces of a list, from the whole of it down to single elements. At least `least` remain. */
function* lessOf<T>(list: readonly T[], least = 0): Generator<T[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < list.length; from += size) {
      const rest = [...list.slice(0, from), ...list.slice(from + size)];
      if (rest.length >= least) yield rest;
    }
  }
}

function* replaced<T>(list: readonly T[], smaller: (value: T) => Iterable<T>): Generator<T[]> {
  for (const [place, value] of list.entries()) for (const each of smaller(value)) yield list.with(place, each);
}

/** Smaller numbers than the one given, the smallest first. */
function* lower(value: number, least = 0): Generator<number> {
  if (value > least) yield least;
  const half = Math.floor((value + least) / 2);
  if (half > least && half < value) yield half;
}

function* simplerCall(call: ScheduledCall): Generator<ScheduledCall> {
  for (const key of ["bytes", "work", "rest"] as const)
    for (const value of lower(call[key])) yield { ...call, [key]: value };
}

function* simplerFault(fault: Fault): Generator<Fault> {
  if ("back" in fault && fault.back !== null) yield { ...fault, back: null };
  if (fault.kind === "cut") {
    if (fault.and !== null) yield { ...fault, and: null };
    if (fault.oneWay) yield { ...fault, oneWay: false };
    for (const between of lessOf(fault.between, 1)) yield { ...fault, between };
    if (fault.and !== null) for (const and of lessOf(fault.and, 1)) yield { ...fault, and };
  }
  if ("lasts" in fault) for (const lasts of lower(fault.lasts, 1)) yield { ...fault, lasts };
}

/** All troupes, or those that a schedule without the troupe's callers needs. */
function* fewerTroupes(schedule: Schedule): Generator<Schedule> {
  const { troupes, clients } = schedule;
  const last = troupes.at(-1);
  if (last === undefined || last.calls === null) return;
  const { name, calls } = last;
  const rest = { ...schedule, troupes: troupes.slice(0, -1) };
  yield { ...rest, clients: clients.map((client) => (client.calls === name ? { ...client, calls } : client)) };
}

/** Everything that is one step smaller, the greatest steps first. */
function* smaller(schedule: Schedule): Generator<Schedule> {
  const { troupes, clients, faults, network, ringmasters } = schedule;
  yield* fewerTroupes(schedule);
  for (const less of lessOf(faults)) yield { ...schedule, faults: less };
  for (const less of lessOf(clients)) yield { ...schedule, clients: less };
  for (const each of replaced(clients, function* (client) {
    for (const members of lessOf(client.members, 1)) yield { ...client, members };
    for (const threads of lessOf(client.threads)) yield { ...client, threads };
    for (const threads of replaced(client.threads, (thread) => lessOf(thread))) yield { ...client, threads };
    if (client.collator !== "unanimous") yield { ...client, collator: "unanimous" as const };
  }))
    yield { ...schedule, clients: each };
  for (const each of replaced(troupes, function* (troupe) {
    for (const members of lessOf(troupe.members, 1)) yield { ...troupe, members };
    if (troupe.wrong !== null) yield { ...troupe, wrong: null };
  }))
    yield { ...schedule, troupes: each };
  // What a transaction calls without transactions is not undone with it: all troupes, or the callers alone.
  if (troupes.some(({ ordering }) => ordering !== "none")) {
    const isCaller = ({ calls }: ScheduledTroupe): boolean => calls !== null;
    const without = (which: (troupe: ScheduledTroupe) => boolean): Schedule => ({
      ...schedule,
      troupes: troupes.map((troupe) => (which(troupe) ? { ...troupe, ordering: "none" as const } : troupe)),
    });
    yield without(() => true);
    yield without(isCaller);
  }
  if (ringmasters > 1) yield { ...schedule, ringmasters: 1 };
  for (const key of ["loss", "duplication"] as const)
    if (network[key] > 0) yield { ...schedule, network: { ...network, [key]: 0 } };
  for (const each of replaced(faults, simplerFault)) yield { ...schedule, faults: each };
  for (const each of replaced(clients, function* (client) {
    for (const threads of replaced(client.threads, (thread) => replaced(thread, simplerCall)))
      yield { ...client, threads };
  }))
    yield { ...schedule, clients: each };
}

/** The smallest schedule that was found to fail; each single step further passes, or the runs are used up. */
export async function shrink(schedule: Schedule, fails: Fails, { runs, seeds }: ShrinkOptions): Promise<Schedule> {
  let left = runs;
  const tried = new Set<string>();
  const isFailing: (schedule: Schedule) => Promise<boolean> = async (candidate) => {
    const key = JSON.stringify(candidate);
    if (tried.has(key) || left <= 0) return false;
    tried.add(key);
    left--;
    return fails(candidate);
  };
  /** The candidate, under the first seed with which it fails. */
  const failing = async (candidate: Schedule): Promise<Schedule | undefined> => {
    const [root] = candidate.seed.split("~");
    const others = Array.from({ length: seeds }, (_, i) => `${root}~${i + 1}`);
    for (const seed of [candidate.seed, ...others]) {
      const each = { ...candidate, seed };
      if (await isFailing(each)) return each;
    }
    return undefined;
  };
  const step = async (from: Schedule): Promise<Schedule | undefined> => {
    for (const candidate of smaller(from)) {
      const found = await failing(tidy(candidate));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  let best = tidy(schedule);
  for (let next = await step(best); next !== undefined; next = await step(best)) best = next;
  return best;
}
