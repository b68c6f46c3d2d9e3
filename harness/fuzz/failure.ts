/** A failing schedule: made smaller, saved, and told. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run, type Outcome } from "../../search/run.ts";
import type { Schedule } from "../../search/schedule.ts";
import { shrink, sizeOf, type Size } from "../../search/shrink.ts";
import { writeWhole } from "../store/directory.ts";
import { picture } from "./picture.ts";

/** The most runs of a shrinking, and the seeds under which each smaller schedule is tried besides its own. */
const effort = { runs: 4000, seeds: 3 } as const;

/** The checker that a schedule fails, by which it is known when it becomes smaller. */
export function checkerOf({ violations }: Outcome): string | undefined {
  return violations[0]?.checker;
}

/** The smallest schedule found that the same checker complains of. */
export function shrunk(schedule: Schedule, checker: string): Promise<Schedule> {
  return shrink(schedule, async (candidate) => checkerOf(await run(candidate)) === checker, effort);
}

/** Saves a schedule as JSON, and its run as a picture. Answers their paths. */
export async function save(
  schedule: Schedule,
  checker: string,
  directory: string,
): Promise<{ readonly json: string; readonly svg: string }> {
  const name = `seed-${schedule.seed.replaceAll(/[^\w]/g, "-")}`;
  const svg = await picture(schedule, `Seed ${schedule.seed}: ${checker}`);
  mkdirSync(directory, { recursive: true });
  writeWhole(directory, `${name}.json`, `${JSON.stringify(schedule, undefined, 1)}\n`);
  writeWhole(directory, `${name}.svg`, svg);
  return { json: join(directory, `${name}.json`), svg: join(directory, `${name}.svg`) };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

export function sizeText({ members, clients, calls, faults }: Size): string {
  return [
    counted(members, "member"),
    `${counted(clients, "machine")} of clients`,
    counted(calls, "call"),
    counted(faults, "fault"),
  ].join(", ");
}

/** `from 5 members, ... to 2 members, ...` */
export function shrinkageText(before: Schedule, after: Schedule): string {
  return `from ${sizeText(sizeOf(before))} to ${sizeText(sizeOf(after))}`;
}

/** What the checkers found, a line for each of the first. */
export function witness({ violations }: Outcome, most = 3): string {
  const lines = violations.slice(0, most).map(({ checker, sentence }) => `  ${checker}: ${sentence}`);
  const more = violations.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
}
