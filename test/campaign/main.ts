/**
 * `npm run campaign [-- --seeds 2000 --from 1 --only
 * streams,intervals,search,explore,agreement,kills,partitions,configurations,state,results,mutants --workers 2]`: the
 * protocols of binding under everything that may happen to them, the solver of configurations against brute force, the
 * independence of random streams, the real coverage of intervals, and the store of results under kill -9. Exit status 1
 * if a checker complains, or a mutant is not caught.
 *
 * `npm run campaign -- --case "agreement 17" --trace FILE` runs one case again, and writes its trace.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { TraceFile } from "../../sim/trace-file.ts";
import type { Report } from "./report.ts";
import { killCases, partitionCases, runCase, seedCases, type SeedKind } from "./cases.ts";
import { catchMutants } from "./mutants.ts";
import { exploreSmallWorlds } from "./explore.ts";
import { runCases } from "./pool.ts";
import { transferLargeState } from "./large-state.ts";
import { transferManyEntries } from "./many-entries.ts";
import { judgeIntervals } from "./coverage.ts";
import { killSweeps } from "./results.ts";
import { searchSeeds } from "./search.ts";
import { judgeStreams } from "./streams.ts";

const parts = [
  "streams",
  "intervals",
  "search",
  "explore",
  "agreement",
  "kills",
  "partitions",
  "configurations",
  "state",
  "entries",
  "results",
  "mutants",
];
/** Seeds of the search, and of agreement, for each seed. */
const searchShare = 5;
const agreementShare = 0.2;
/** States of each level of small worlds, for each seed. */
const statesShare = 100;
/** Runs of sweeps that are killed, for each seed: 40 by default, 200 with `--seeds 10000 --only results`. */
const sweepShare = 0.02;
/** Failures that are printed in full. */
const shown = 20;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    only: { type: "string", default: parts.join() },
    workers: { type: "string", default: String(availableParallelism()) },
    case: { type: "string" },
    trace: { type: "string" },
  },
});

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function count(name: "seeds" | "from" | "workers"): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) refuse(`--${name} ${values[name]}: expected a whole number above 0.`);
  return value;
}

/** Runs the cases and prints what happened in them; answers how many failed. */
async function campaign(title: string, cases: readonly string[]): Promise<number> {
  const counts: Record<string, number> = {};
  const began = performance.now();
  let done = 0;
  let failed = 0;
  let told = began;
  await runCases(cases, count("workers"), (name, { problems, counts: found }) => {
    for (const [what, times] of Object.entries(found)) counts[what] = (counts[what] ?? 0) + times;
    done++;
    if (problems.length > 0 && ++failed <= shown) {
      console.log(`FAILED ${name}: ${problems.slice(0, 5).join("; ")}`);
      console.log(`  again: npm run campaign -- --case "${name}" --trace trace.jsonl`);
    }
    if (performance.now() - told < 15_000) return;
    told = performance.now();
    process.stderr.write(`${title}: ${done} of ${cases.length}, ${failed} failed\n`);
  });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${title}: ${done} cases, ${failed} failed, ${seconds.toFixed(0)} s, ${(done / seconds).toFixed(1)} a second`,
  );
  const lines = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(lines.map(([what, times]) => `  ${String(times).padStart(9)} ${what}`).join("\n"));
  return failed;
}

/** How many kills there were, by change, party and what became of it. */
function printKills(cases: readonly string[]): void {
  const kills = new Map<string, number>();
  for (const name of cases) {
    const [, change, party, , fate] = name.split(" ");
    const key = `${change}: ${party} ${fate}`;
    kills.set(key, (kills.get(key) ?? 0) + 1);
  }
  console.log("kills, one in each case:");
  for (const [key, number] of kills) console.log(`  ${String(number).padStart(9)} ${key}`);
}

async function again(name: string): Promise<Report> {
  if (values.trace === undefined) return runCase(name);
  const file = new TraceFile(values.trace);
  const report = await runCase(name, file.listener);
  file.close();
  return report;
}

if (values.case !== undefined) {
  try {
    const { problems } = await again(values.case);
    console.log(problems.length === 0 ? "no problems" : problems.join("\n"));
    process.exitCode = problems.length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refuse(error.message);
  }
} else {
  const only = values.only.split(",");
  const unknown = only.find((part) => !parts.includes(part));
  if (unknown !== undefined) refuse(`--only ${unknown}: expected some of ${parts.join(", ")}.`);
  let failed = 0;
  const seeds = (kind: SeedKind, share: number): string[] => {
    return seedCases(kind, count("from"), Math.ceil(count("seeds") * share));
  };
  if (only.includes("streams")) failed += judgeStreams();
  if (only.includes("intervals")) failed += judgeIntervals();
  if (only.includes("search"))
    failed += await searchSeeds(count("from"), count("seeds") * searchShare, count("workers"));
  if (only.includes("explore")) failed += await exploreSmallWorlds(count("seeds") * statesShare);
  if (only.includes("agreement")) failed += await campaign("agreement", seeds("agreement", agreementShare));
  if (only.includes("kills")) {
    const cases = await killCases();
    failed += await campaign("kills", cases);
    printKills(cases);
  }
  if (only.includes("partitions")) failed += await campaign("partitions", partitionCases());
  if (only.includes("configurations")) failed += await campaign("configurations", seeds("configuration", 1));
  if (only.includes("state")) failed += await transferLargeState();
  if (only.includes("entries")) failed += await transferManyEntries();
  if (only.includes("results")) failed += await killSweeps(values.from, Math.ceil(count("seeds") * sweepShare));
  if (only.includes("mutants")) failed += await catchMutants(count("workers"));
  process.exitCode = failed > 0 ? 1 : 0;
}
