/** Runs `troupe explore` with a rule broken, with reduction or without. */
import assert from "node:assert/strict";
import { runMutant } from "../../harness/fuzz/mutation.ts";
import type { Level } from "../../search/explore/explore.ts";
import type { Complaint } from "../../search/explore/judge.ts";
import type { Reached } from "../../search/explore/reach.ts";

/** What `--json` prints, and the complaint about the run that was found. */
export interface Explored {
  readonly levels: readonly (Omit<Level, "found"> & { readonly found?: Complaint })[];
  readonly found?: Complaint;
}

export async function exploreMutant(
  { mutant, world }: Reached,
  out: string,
  more: readonly string[] = [],
): Promise<Explored> {
  const whole = { crashes: 0, losses: 0, ...world };
  const settings = Object.entries(whole).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const words = ["explore", ...settings, "--json", "--out", out, "--mutant", mutant, ...more];
  const { status, output } = await runMutant(mutant, words, { limit: 300_000, shows: false });
  assert.ok(status === 0 || status === 1, `${mutant}: ${output}`);
  const json = output.split("\n").find((line) => line.startsWith("{"))!;
  const { levels } = JSON.parse(json) as Pick<Explored, "levels">;
  const found = levels.find((level) => level.found !== undefined)?.found;
  return found === undefined ? { levels } : { levels, found };
}
