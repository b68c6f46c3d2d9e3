/** The search (`troupe fuzz`) over so many seeds: no checker may complain, and every rule in its reach must be reached. */
import { witness } from "../../harness/fuzz/failure.ts";
import { search } from "../../harness/fuzz/search.ts";
import { unreached } from "../../harness/fuzz/tables.ts";

/** Failures that are printed in full. */
const shown = 20;
/** With fewer seeds it is no wonder if a rule is not reached. */
const enough = 10_000;

/** Answers how many seeds failed, and rules were not reached. */
export async function searchSeeds(from: number, seeds: number, workers: number): Promise<number> {
  const counts: Record<string, number> = {};
  const began = performance.now();
  let failed = 0;
  const { marks } = await search({
    from,
    seeds,
    time: Infinity,
    workers,
    always: [],
    marks: true,
    onResult(seed, outcome) {
      for (const [what, times] of Object.entries(outcome.counts)) counts[what] = (counts[what] ?? 0) + times;
      if (outcome.violations.length > 0 && ++failed <= shown) {
        console.log(`FAILED seed ${seed}:\n${witness(outcome)}`);
        console.log(`  again: npx troupe fuzz --from ${seed} --seeds 1 --shrink`);
      }
      return true;
    },
  });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `search: ${seeds} schedules, ${failed} failed, ${seconds.toFixed(0)} s, ${(seeds / seconds).toFixed(1)} a second`,
  );
  const lines = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(lines.map(([what, times]) => `  ${String(times).padStart(9)} ${what}`).join("\n"));
  if (seeds < enough) return failed;
  const missed = unreached(marks);
  for (const { file, name } of missed) console.log(`NEVER REACHED, the rule of ${file} whose mutant is: ${name}`);
  return failed + missed.length;
}
