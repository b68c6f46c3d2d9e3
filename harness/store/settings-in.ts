/** The settings of the run whose directory this is, finished or interrupted. */
import { BadData } from "../../sim/bad-data.ts";
import type { ChartWords } from "../plan/plan.ts";
import { settingsOfManifest, type Settings } from "../plan/settings.ts";
import { mustBeDirectory } from "./directory.ts";
import { readJournal } from "./journal.ts";
import { readManifest } from "./manifest.ts";

/** How the charts are drawn of the run whose directory this is, if there is one. */
export function chartIn(directory: string): ChartWords | undefined {
  return readJournal(directory)?.at(-1)?.head.chart ?? readManifest(directory)?.chart;
}

/** @throws BadData if the directory has neither a manifest nor a journal. */
export function settingsIn(directory: string): Settings {
  mustBeDirectory(directory);
  const head = readJournal(directory)?.at(-1)?.head;
  if (head !== undefined) {
    const { identity, cells, replications, sizes } = head;
    const { experiment, source, seed } = identity;
    const counted = cells.map((parameters, i) => ({ parameters, replications: sizes?.[i] ?? replications }));
    return settingsOfManifest({ ...head, experiment, source, seed, cells: counted });
  }
  const manifest = readManifest(directory);
  if (manifest === undefined)
    throw new BadData(`${directory} has no manifest.json and no journal: nothing was run there.`);
  return settingsOfManifest(manifest);
}
