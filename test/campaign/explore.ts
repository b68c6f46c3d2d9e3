/** Small worlds in the campaign: sound protocols hold, and all mutants in reach are found. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explore } from "../../search/explore/explore.ts";
import { reach } from "../../search/explore/reach.ts";
import { defaultWorld, type SmallWorld } from "../../search/explore/small-world.ts";
import { exploreMutant } from "../search/small-worlds.ts";

const worlds: readonly Partial<SmallWorld>[] = [
  {},
  { members: 3 },
  { timeouts: 1, losses: 0 },
  { copies: 2, crashes: 0, losses: 0 },
  { protocol: "broadcast" },
  { protocol: "broadcast", members: 3 },
];

/** Answers how many worlds failed, and mutants were not found. `states`: the most states of a level. */
export async function exploreSmallWorlds(states: number): Promise<number> {
  let failed = 0;
  for (const world of worlds) {
    for (const { faults, states: visited, complete, ends, found } of await explore(
      { ...defaultWorld, ...world },
      { states, reduced: true },
    )) {
      const how = found === undefined ? "hold" : `FAILED: ${found.complaint.sentence}`;
      if (found !== undefined) failed++;
      const all = complete ? "all runs" : "stopped";
      console.log(
        `explore ${JSON.stringify(world)}, at most ${faults} faults: ${visited} states, ${ends} ends, ${all}, ${how}`,
      );
    }
  }
  const out = mkdtempSync(join(tmpdir(), "troupe-"));
  for (const each of reach) {
    const { found } = await exploreMutant(each, out);
    if (found === undefined) failed++;
    console.log(`${found === undefined ? "NOT FOUND" : "found"}: ${each.mutant}: ${found?.sentence ?? ""}`);
  }
  rmSync(out, { recursive: true });
  return failed;
}
