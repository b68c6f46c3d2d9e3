/**
 * The search (`troupe fuzz`) over so many seeds: no checker may complain, and every rule in its reach must be reached.
 */
import { witness } from "../../harness/fuzz/failure.ts";
import type { Feature } from "../../search/draw.ts";
import { search } from "../../harness/fuzz/search.ts";
import { unreached } from "../../harness/fuzz/tables.ts";

/** Failures that are printed in full. */
const shown = 20;
/** With fewer seeds it is no wonder if a rule is not reached. */
const enough = 10_000;

/** Answers how many seeds failed, and rules were not reached. Troupes that change are searched more than by default. */
export async function searchSeeds(from: number, seeds: number, workers: number): Promise<number> {
  const share = Math.ceil(seeds / 10);
  const parts = [
    { seeds, always: [] },
    { seeds: share, always: ["binding"] },
    { seeds: share, always: ["binding", "nested"] },
  ] as const;
  let failed = 0;
  let marks: readonly number[] = [];
  for (const part of parts) {
    const result = await searchPart({ from, workers, ...part });
    failed += result.failed;
    marks = result.marks.map((times, place) => times + (marks[place] ?? 0));
  }
  if (seeds < enough) return failed;
  const missed = unreached(marks);
  for (const { file, name } of missed) console.log(`NEVER REACHED, the rule of ${file} whose mutant is: ${name}`);
  return failed + missed.length;
}

interface Part {
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  readonly always: readonly Feature[];
}

async function searchPart({
  from,
  seeds,
  workers,
  always,
}: Part): Promise<{ failed: number; marks: readonly number[] }> {
  const counts: Record<string, number> = {};
  const began = performance.now();
  let failed = 0;
  const { marks } = await search({
    from,
    seeds,
    time: Infinity,
    workers,
    always,
    marks: true,
    onResult(seed, outcome) {
      for (const [what, times] of Object.entries(outcome.counts)) counts[what] = (counts[what] ?? 0) + times;
      if (outcome.violations.length > 0 && ++failed <= shown) {
        console.log(`FAILED seed ${seed}:\n${witness(outcome)}`);
        const use = always.length === 0 ? "" : ` --use ${always.join()}`;
        console.log(`  again: npx troupe fuzz --from ${seed} --seeds 1${use} --shrink`);
      }
      return true;
    },
  });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `search${always.map((feature) => `, ${feature}`).join("")}: ${seeds} schedules, ${failed} failed, ${seconds.toFixed(0)} s, ${(seeds / seconds).toFixed(1)} a second`,
  );
  const lines = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(lines.map(([what, times]) => `  ${String(times).padStart(9)} ${what}`).join("\n"));
  return { failed, marks };
}
