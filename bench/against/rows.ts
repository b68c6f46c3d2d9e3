/** What two builds are compared by. Each figure comes from programs that the build itself compiled. */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { program, runProgram, type Measurement } from "../contest.ts";
import { heapFlags } from "../protocol.ts";
import type { Goal } from "../benchmark.ts";

export interface ComparedRow {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  /** Of the later build's figure alone: a goal for a ratio would be one for a certain earlier build. */
  readonly goal?: Goal;
  /** Why the row cannot be measured here and now, as a sentence. */
  readonly obstacle?: () => Promise<string | undefined>;
  /** The figure of the build that was compiled to `dist`. */
  readonly measure: (dist: string, long: boolean) => number;
}

const run = (dist: string, name: string, parameters: readonly string[], flags: readonly string[] = []): Measurement =>
  runProgram(program(name, parameters, flags, dist));

const rate = ({ operations, cpuSeconds }: Measurement): number => operations / cpuSeconds;
const cost = ({ operations, cpuSeconds }: Measurement): number => cpuSeconds / operations;

/** An experiment without charts. Its results go to a folder that is removed. */
function experiment(dist: string, words: readonly string[]): Measurement {
  const out = mkdtempSync(join(tmpdir(), "troupe-bench-"));
  try {
    // Our own way to run a command, with their build's files.
    const options = ["--no-charts", "--quiet", "--overwrite", "--out", out];
    return runProgram(program("command", [dist, ...words, ...options]));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const fewer = (long: boolean, replications: string): string[] => (long ? [] : ["--replications", replications]);

/** Waits a second, and sees how many cores others left free. */
async function twoCoresAreTaken(): Promise<string | undefined> {
  const used = (): { idle: number; all: number } => {
    const times = cpus().map((cpu) => cpu.times);
    const all = times.reduce((sum, each) => sum + each.user + each.nice + each.sys + each.idle + each.irq, 0);
    return { idle: times.reduce((sum, each) => sum + each.idle, 0), all };
  };
  const before = used();
  await setTimeout(1000);
  const after = used();
  const free = (cpus().length * (after.idle - before.idle)) / (after.all - before.all);
  return free > 1.8 ? undefined : `2 free cores are needed, and ${free.toFixed(1)} of ${cpus().length} are free.`;
}

export const comparedRows: readonly ComparedRow[] = [
  {
    name: "calls",
    what: "replicated calls of degree 3",
    unit: "1/CPU s",
    measure: (dist) => rate(run(dist, "protocol", ["200000"])) / 6,
  },
  {
    name: "allocation",
    what: "allocation for each of these calls",
    unit: "bytes",
    goal: { of: "value", atMost: 2500 },
    measure: (dist) => run(dist, "protocol", ["60000"]).bytesPerCall!,
  },
  {
    name: "availability",
    what: "sweep availability, its own grid, no charts (4 replications a cell; --long: all)",
    unit: "CPU s",
    measure: (dist, long) => experiment(dist, ["sweep", "availability", ...fewer(long, "4")]).cpuSeconds,
  },
  {
    name: "replacement",
    what: "run replacement --members 3, no charts (4 replications; --long: all)",
    unit: "CPU s",
    measure: (dist, long) => experiment(dist, ["run", "replacement", "--members", "3", ...fewer(long, "4")]).cpuSeconds,
  },
  {
    name: "scale",
    what: "cost of a datagram, 10,000 machines and 2,000 calls under way, over that with 10 machines",
    unit: "times",
    goal: { of: "value", atMost: 1.3 },
    measure: (dist) =>
      cost(run(dist, "scale", ["2000", "2000", "120", "10000"], heapFlags)) /
      cost(run(dist, "scale", ["2", "4", "60000", "10"], heapFlags)),
  },
  {
    name: "memory",
    what: "peak resident set of the hold model, 100,000 pending",
    unit: "MiB",
    goal: { of: "value", atMost: 60 },
    measure: (dist) => run(dist, "hold", ["100000", "2000000"]).peakMiB,
  },
  {
    name: "async",
    what: "calls with async clients on the bare engine",
    unit: "1/CPU s",
    measure: (dist) => rate(run(dist, "calls", ["async", "500000"])),
  },
  {
    name: "list",
    what: "troupe list, from start to end",
    unit: "CPU s",
    goal: { of: "value", atMost: 0.15 },
    measure: (dist) => runProgram(program("command", [dist, "list"])).cpuSeconds,
  },
  {
    name: "udp",
    what: "calls to a troupe of 3 on loopback UDP, all processes",
    unit: "1/CPU s",
    measure: (dist) => rate(run(dist, "udp-calls", ["3", "unicast", "10000", "16"])),
  },
  {
    name: "workers",
    what: "wall time of a sweep with 2 workers, over 1",
    unit: "times",
    goal: { of: "value", atMost: 0.55 },
    obstacle: twoCoresAreTaken,
    measure(dist) {
      const sweep = ["sweep", "availability", "--replications", "4", "--workers"];
      return experiment(dist, [...sweep, "2"]).seconds! / experiment(dist, [...sweep, "1"]).seconds!;
    },
  },
];
