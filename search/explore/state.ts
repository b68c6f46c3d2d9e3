/**
 * The states of a small world, and what can happen in each.
 *
 * In a round the datagrams under way arrive, in any order. Then the next timer fires: of all processes, the timer with
 * the earliest deadline. Faults belong to the event after which they happen: the process crashes, datagrams that it has
 * sent are lost, or its next timer fires before anything else arrives there (*early*).
 */
import type { History, Histories } from "./histories.ts";
import type { Stimulus } from "./player.ts";
import { slowest, type SmallWorld } from "./small-world.ts";

/** What can happen next at a process: a datagram arrives, a client begins, or a timer fires. */
export interface Pending {
  readonly kind: Stimulus["kind"];
  /** The place of the process. */
  readonly at: number;
  /** Of a datagram: who sent it, and the how manieth datagram of its sender it is, from 1. */
  readonly from: number;
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly content: number;
  /** The index in the run of the event that has sent it. */
  readonly sentBy: number;
}

/** The faults that happen after an event. */
export interface Faults {
  readonly crash: boolean;
  /** Timers that fire early. */
  readonly early: number;
  /** Numbers of the sender's datagrams that are lost. */
  readonly lost: readonly number[];
}

export interface Budget {
  readonly crashes: number;
  readonly losses: number;
  readonly timeouts: number;
  /** The most faults of all kinds. */
  readonly all: number;
}

export interface State {
  /** By place; undefined for a dead process. */
  readonly histories: readonly (History | undefined)[];
  readonly pending: readonly Pending[];
  readonly time: number;
  readonly round: number;
  readonly budget: Budget;
}

export interface Successor {
  readonly state: State;
  readonly faults: Faults;
  /** The history of the process after the event, and after each early timer. */
  readonly played: readonly History[];
}

/** A history that must be played before the successors of a state are known. */
export class Unplayed {
  readonly history: History;
  readonly key: string;
  readonly stimulus: Stimulus;

  constructor(history: History, key: string, stimulus: Stimulus) {
    this.history = history;
    this.key = key;
    this.stimulus = stimulus;
  }
}

/** `all`: the most faults of all kinds. */
export function firstState(world: SmallWorld, histories: Histories, all: number): State {
  const { members, clients, copies, crashes, losses, timeouts } = world;
  const first = Array.from({ length: members + clients * copies }, (_, place) => histories.begin(place));
  const pending = first.slice(members).map(({ place }) => event("begin", place, 0));
  return { histories: first, pending, time: 0, round: 0, budget: { crashes, losses, timeouts, all } };
}

/** What can happen next; nothing if the world is quiet for ever. */
export function movesOf(state: State, depth: number): readonly Pending[] {
  if (state.pending.length > 0) return state.pending;
  let next: History | undefined = undefined;
  for (const history of state.histories) {
    if (history !== undefined && history.due < (next?.due ?? Infinity)) next = history;
  }
  return next === undefined ? [] : [event("timer", next.place, depth)];
}

const nothing = new Uint8Array(0);

function event(kind: "begin" | "timer", at: number, sentBy: number): Pending {
  return { kind, at, from: at, number: 0, bytes: nothing, content: 0, sentBy };
}

/** The datagrams to living processes that were sent at the last stimulus. */
function sentOf(history: History, histories: State["histories"], sentBy: number): Pending[] {
  const { place, sent, sentBefore } = history;
  const pending: Pending[] = [];
  sent.forEach(({ to, bytes, content }, i) => {
    if (histories[to] === undefined) return;
    pending.push({ kind: "datagram", at: to, from: place, number: sentBefore + i + 1, bytes, content, sentBy });
  });
  return pending;
}

/**
 * The states after an event, one for each choice of faults; the first without faults. `depth`: the number of events
 * before.
 */
export function successorsOf(state: State, move: Pending, depth: number): Successor[] | Unplayed {
  const { budget } = state;
  const before = state.histories[move.at]!;
  const timer = move.kind === "timer";
  const time = timer ? Math.max(state.time, before.due) : state.time;
  const first = after(before, move, Math.max(time, before.clock));
  if (first instanceof Unplayed) return first;
  const pending = state.pending.filter((other) => other !== move);
  const round = state.round + (timer ? 1 : 0);
  const successors: Successor[] = [];
  const played: History[] = [first];
  for (let early = 0; ; early++) {
    const last = played[early]!;
    const histories = [...state.histories];
    histories[move.at] = last;
    const sent = played.flatMap((history) => sentOf(history, histories, depth));
    for (const lost of choices(sent, Math.min(budget.losses, budget.all - early))) {
      for (const crash of [false, true]) {
        const all = budget.all - early - lost.length - (crash ? 1 : 0);
        if (all < 0 || (crash && budget.crashes === 0)) continue;
        const left = {
          crashes: budget.crashes - (crash ? 1 : 0),
          losses: budget.losses - lost.length,
          timeouts: budget.timeouts - early,
          all,
        };
        const under = [...pending, ...sent.filter((each) => !lost.includes(each))];
        successors.push({
          state: {
            histories: crash ? histories.with(move.at, undefined) : histories,
            pending: crash ? under.filter(({ at }) => at !== move.at) : under,
            time,
            round,
            budget: left,
          },
          faults: { crash, early, lost: lost.map(({ number }) => number) },
          played: played.slice(0, early + 1),
        });
      }
    }
    if (early >= Math.min(budget.timeouts, budget.all) || last.due > last.clock + slowest) return successors;
    const next = after(last, event("timer", move.at, depth), Math.max(last.due, last.clock));
    if (next instanceof Unplayed) return next;
    played.push(next);
  }
}

function after(history: History, { kind, from, bytes, content }: Pending, at: number): History | Unplayed {
  const key = `${kind} ${from} ${content} ${at}`;
  return history.next.get(key) ?? new Unplayed(history, key, { kind, from, bytes, at });
}

/** All subsets of at most so many elements; the empty subset first. */
function choices<T>(from: readonly T[], most: number): T[][] {
  if (most === 0 || from.length === 0) return [[]];
  const [first, ...rest] = from;
  return [...choices(rest, most), ...choices(rest, most - 1).map((chosen) => [first!, ...chosen])];
}

/** What the future of a state depends on. */
export function keyOf({ histories, pending, time, round, budget }: State): string {
  const { crashes, losses, timeouts, all } = budget;
  const ids = histories.map((history) => history?.id ?? 0);
  // A dead process has no history in the key, so that its datagrams are told apart by their contents.
  const under = pending.map(({ kind, from, number, content }) => `${kind} ${from} ${number} ${content}`);
  under.sort((a, b) => (a < b ? -1 : 1));
  return `${ids.join()} ${under.join()} ${time} ${round} ${crashes} ${losses} ${timeouts} ${all}`;
}
