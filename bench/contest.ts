/**
 * Programs that do the same work, run in turn, each in a process of its own.
 *
 * Every round runs every program once, so that what else the machine does hits all alike; a ratio is the median of the
 * rounds' ratios. A program measures itself after a warm-up of its own, in CPU time of its whole process.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./benchmark.ts";

export interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
}

/** What a program prints as one line of JSON, its last. */
export interface Measurement {
  readonly operations: number;
  /** CPU seconds that the operations took. */
  readonly cpuSeconds: number;
  /** Highest resident set of the process so far. */
  readonly peakMiB: number;
  /** Growth of memory, where the program watches it. */
  readonly growthMiB?: number;
  /** The most that an endpoint remembered at a time: peers and calls. */
  readonly remembered?: number;
  readonly bytesPerCall?: number;
  readonly bytesPerMachine?: number;
  /** Wall-clock seconds, where they matter. */
  readonly seconds?: number;
}

export interface Standing {
  /** Million operations per CPU second, one for each round. */
  readonly rates: readonly number[];
  /** Median of `rates`. */
  readonly rate: number;
}

/** The compiled files that this one belongs to. */
export const dist = fileURLToPath(new URL("../", import.meta.url));

/** One of our own programs, compiled to `from`, with flags for Node. */
export function program(
  name: string,
  parameters: readonly string[],
  flags: readonly string[] = [],
  from = dist,
): Contestant {
  return { name, command: [process.execPath, ...flags, join(from, "bench", "programs", `${name}.js`), ...parameters] };
}

export function runProgram<M extends Measurement = Measurement>({ name, command }: Contestant): M {
  const [program, ...parameters] = command;
  try {
    const output = execFileSync(program!, parameters, { encoding: "utf8" });
    return JSON.parse(output.trim().split("\n").at(-1)!) as M;
  } catch (error) {
    throw new Error(`${name}: ${command.join(" ")} did not print its measurement`, { cause: error });
  }
}

export function contest(contestants: readonly Contestant[], rounds: number): Standing[] {
  const measured: Measurement[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) measured[i]!.push(runProgram(contestant));
  }
  return measured.map((results) => {
    const rates = results.map(({ operations, cpuSeconds }) => operations / cpuSeconds / 1e6);
    return { rates, rate: median(rates) };
  });
}

/** The contestant that is the fastest in one trial each. */
export function fastest(contestants: readonly Contestant[]): Contestant {
  const rates = contest(contestants, 1).map(({ rate }) => rate);
  return contestants[rates.indexOf(Math.max(...rates))]!;
}

/** How many times faster the first is than the second: the median over the rounds. */
export function ratio(ours: Standing, theirs: Standing): number {
  return median(ours.rates.map((rate, round) => rate / theirs.rates[round]!));
}
