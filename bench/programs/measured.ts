/** What a benchmark's program prints of itself. */
import type { Measurement } from "../contest.ts";

/** Does the work and tells what it cost: CPU time of the whole process, with compiler and garbage collector. */
export async function measured(operations: number, work: () => Promise<void>): Promise<Measurement> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return { operations, cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 };
}

export function print(measurement: Measurement): void {
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}
