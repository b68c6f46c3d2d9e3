/** Counts the faults of replications of a finished run, which are run again. */
import type { Fault } from "../../sim/ledger.ts";
import type { FaultSample } from "../report/reported.ts";
import { sampleOf } from "../run/replay.ts";
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
  const counts = new Map<string, Fault & { setUpIn: number }>();
  let changed = 0;
  for (const which of sample) {
    const { line, kept, faults } = await again(finished, which);
    if (line !== kept) changed++;
    for (const { name, injected, effective } of faults) {
      const count = counts.get(name) ?? { name, injected: 0, effective: 0, setUpIn: 0 };
      count.injected += injected;
      count.effective += effective;
      count.setUpIn++;
      counts.set(name, count);
    }
  }
  return { replications: sample.length, changed, faults: [...counts.values()] };
}
