/** What a benchmark is, and how its figures are judged. */

export interface BenchmarkOptions {
  /** Whether the caller has time for the long form. */
  readonly long: boolean;
}

export interface Benchmark {
  readonly name: string;
  /** What shall be reached, in a sentence. */
  readonly goal: string;
  run(options: BenchmarkOptions): Promise<readonly Row[]>;
}

/** One measured figure. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The same of another program, measured in the same run; `ratio` is ours to theirs. */
  readonly peer?: { readonly name: string; readonly value: number; readonly ratio: number };
  readonly goal?: Goal;
}

/** A bound on a row's ratio, or on its value. */
export type Goal = { readonly of: "ratio" | "value" } & ({ readonly atLeast: number } | { readonly atMost: number });

export type Verdict = "met" | "missed" | "no peer" | "";

export function verdict({ value, peer, goal }: Row): Verdict {
  if (goal === undefined) return "";
  const figure = goal.of === "value" ? value : peer?.ratio;
  if (figure === undefined) return "no peer";
  return ("atLeast" in goal ? figure >= goal.atLeast : figure <= goal.atMost) ? "met" : "missed";
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
