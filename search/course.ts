/** What a run leaves behind for the checkers. */
import type { Milliseconds } from "../protocols/host.ts";
import type { StampedEvent } from "../sim/trace.ts";
import type { World } from "../sim/world.ts";
import type { Diary, Entry } from "./client.ts";
import type { RingmasterGround } from "./ringmaster-ground.ts";
import type { Schedule } from "./schedule.ts";
import type { TableGround } from "./table-ground.ts";

export interface Course {
  readonly schedule: Schedule;
  readonly world: World;
  readonly ground: TableGround | RingmasterGround;
  readonly diaries: readonly Diary[];
  /** All events but those of single datagrams and segments. */
  readonly events: readonly StampedEvent[];
}

/** What a checker found. */
export interface Found {
  /** Simulated time at which it shows. */
  readonly time: Milliseconds;
  readonly sentence: string;
  /** The calls that it is about, by their names in the ledgers (`nameOf`). */
  readonly calls?: readonly string[];
}

export interface Checker {
  readonly name: string;
  readonly check: (course: Course) => readonly Found[];
}

/** Names a call of a client in the ledgers. */
export function nameOf({ writer, number }: Entry): string {
  return `${writer} ${number}`;
}

/** The life of a process, as an event names it. */
export function lifeOf({ address, incarnation }: StampedEvent): string {
  return `${address} ${incarnation}`;
}

/** The lives that have ended. */
export function endedLives(events: readonly StampedEvent[]): Set<string> {
  return new Set(events.flatMap((each) => (each.event.type === "end" ? [lifeOf(each)] : [])));
}
