/** Counts the faults of replications of a finished run, which are run again. */
import type { Fault } from "../../sim/ledger.ts";
import type { FaultSample } from "../report/reported.ts";
import { sampleOf } from "../run/replay.ts";
import { sumOfFaults } from "../run/replicate.ts";
import type { Finished } from "../store/finished.ts";
import { again } from "./replay.ts";

/**
 * Runs so many replications again, spread over all cells; undefined where no two runs are alike.
 *
 * @throws ExperimentFailed if one fails now
 */
export async function countFaults(finished: Finished, size: number): Promise<FaultSample | undefined> {
  if (finished.experiment.reproducible === false) return undefined;
  const sample = sampleOf(finished, size);
  const counts: (readonly Readonly<Fault>[])[] = [];
  let changed = 0;
  for (const which of sample) {
    const { line, kept, faults } = await again(finished, which);
    if (line !== kept) changed++;
    counts.push(faults);
  }
  const setUpIn = (name: string): number => counts.filter((all) => all.some((fault) => fault.name === name)).length;
  const faults = sumOfFaults(counts).map((fault) => ({ ...fault, setUpIn: setUpIn(fault.name) }));
  return { replications: sample.length, changed, faults };
}
