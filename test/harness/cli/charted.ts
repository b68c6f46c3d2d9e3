/** What suites about charts share: the run that they draw, and how its files are read. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { captured } from "./captured.ts";

/** A sweep with the protocols, without its directory. */
export const latencies =
  "sweep call-latency --members 1..3 --loss 0,0.1 --calls 20 --replications 3 --workers 1 --no-check --quiet --set collator=unanimous";

// Which is loaded sooner than an experiment with the protocols.
export const fixture = fileURLToPath(new URL("../fixtures/round-trips.js", import.meta.url));
export const sweep = `sweep ${fixture} --members 1..3 --loss 0,0.1 --workers 1 --set collator=unanimous`;
export const looks =
  "--chart-y latency --chart-x members --chart-log y --chart-grey --chart-facet loss --no-chart-bars --chart-width 222 --chart-format";

/** Runs a command that succeeds. Answers what it printed. */
export async function ran(words: string): Promise<string> {
  const { status, out, err } = await captured(words.split(" "));
  assert.equal(status, 0, err);
  return out;
}

/** The contents of a directory's charts. */
export function chartsIn(name: string): Buffer[] {
  return readdirSync(name)
    .filter((file) => /\.(vl\.json|svg|pdf)$/.test(file))
    .map((file) => readFileSync(join(name, file)));
}

export function specification(
  file: string,
): Record<string, unknown> & { readonly data: { readonly values: readonly Record<string, unknown>[] } } {
  return JSON.parse(readFileSync(file, "utf8")) as never;
}
