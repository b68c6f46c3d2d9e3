/**
 * `troupe merge OUT DIR...`: merges the shards or parts of a sweep into the result that one machine would have made.
 */
import { existsSync } from "node:fs";
import { BadData } from "../../sim/bad-data.ts";
import { findExperiment, loadExperiment } from "../load.ts";
import { mergeDirectories } from "../store/merge.ts";
import { isGiven, refuseUnknown, type Words } from "./words.ts";

export const mergeOptions = {
  charts: { type: "boolean", describe: "draw charts; --no-charts saves a second", defaultDescription: "true" },
  overwrite: { type: "boolean", describe: "drop what is in OUT" },
  quiet: { type: "boolean", describe: "print nothing but errors" },
} as const;

export async function mergeCommand(
  words: Words,
  out: string | undefined,
  directories: readonly string[],
): Promise<void> {
  refuseUnknown(words, undefined, ["out", ...Object.keys(mergeOptions), "help", "version"]);
  if (out === undefined || directories.length === 0) {
    throw new BadData("name where to write and what to put together: troupe merge OUT DIR...");
  }
  for (const directory of directories) {
    if (!existsSync(directory)) throw new BadData(`${directory}: there is no such directory.`);
  }
  const load = async (name: string) => loadExperiment(findExperiment(name));
  const options = { charts: words["charts"] !== false, overwrites: isGiven(words, "overwrite") };
  const { files, cells, replications } = await mergeDirectories(out, directories, load, options);
  if (isGiven(words, "quiet")) return;
  process.stdout.write(`${replications} replications of ${cells} cells. Written to ${out}: ${files.join(", ")}\n`);
}
