/**
 * The cases of the campaign. Each is one deterministic run, and is known by its name alone: "agreement 17", "kill join
 * ringmaster-1 5 back", "partition 8 17".
 */
import fc from "fast-check";
import type { TraceListener } from "../../sim/trace.ts";
import { runAgreement } from "../protocols/binding/agreement.ts";
import type { Report } from "./report.ts";
import { cases as configurations, compare } from "../languages/configuration/random-cases.ts";
import { rows } from "../scenario/partition-tables.ts";
import { changes, fates, runKill, survey, type ChangeKind } from "./kills.ts";

export type SeedKind = "agreement" | "configuration";

/** Randomized cases, of a kind. */
export function seedCases(kind: SeedKind, from: number, seeds: number): string[] {
  return Array.from({ length: seeds }, (_, i) => `${kind} ${from + i}`);
}

/** Every party is killed at each of its steps, and stands still at each. */
export async function killCases(): Promise<string[]> {
  const cases: string[] = [];
  for (const change of changes) {
    for (const [party, steps] of await survey(change)) {
      for (let step = 1; step <= steps; step++) {
        for (const fate of fates) cases.push(`kill ${change} ${party.replace(" ", "-")} ${step} ${fate}`);
      }
    }
  }
  return cases;
}

/** Every course of every row of the tables of what holds under a partition. */
export function partitionCases(): string[] {
  return rows.flatMap(({ all }, row) => all.map((_, course) => `partition ${row + 1} ${course + 1}`));
}

async function runPartition(row: number, course: number): Promise<Report> {
  const { title, all } = rows[row - 1]!;
  try {
    await all[course - 1]!();
    return { problems: [], counts: { [title]: 1 } };
  } catch (error) {
    return { problems: [`${title}: ${String(error)}`], counts: { [title]: 1 } };
  }
}

/** Five random configurations: the solver finds what trying all placements finds. */
function runConfigurations(seed: number): Report {
  const counts = { "configurations with a placement": 0, "configurations without": 0 };
  try {
    fc.assert(
      fc.property(configurations, (each) => {
        counts[compare(each) ? "configurations with a placement" : "configurations without"]++;
      }),
      { seed, numRuns: 5 },
    );
    return { problems: [], counts };
  } catch (error) {
    return { problems: [String(error)], counts };
  }
}

/** Throws RangeError for a name that is not one of a case. */
export function runCase(name: string, listener?: TraceListener): Promise<Report> {
  const [kind, ...rest] = name.split(" ");
  if (kind === "agreement" && rest.length === 1) return runAgreement(rest[0]!, listener);
  if (kind === "partition" && partitionCases().includes(name)) return runPartition(Number(rest[0]), Number(rest[1]));
  if (kind === "configuration" && rest.length === 1) return Promise.resolve(runConfigurations(Number(rest[0])));
  const [change, party, step, what] = rest;
  const fate = fates.find((each) => each === what);
  if (kind === "kill" && changes.includes(change as ChangeKind) && fate !== undefined) {
    const kill = { party: party!.replace("-", " "), step: Number(step), fate };
    return runKill(change as ChangeKind, kill, listener);
  }
  throw new RangeError(
    `case "${name}": expected "agreement SEED", "kill CHANGE PARTY STEP back|gone|paused", "partition ROW COURSE" or "configuration SEED"`,
  );
}
