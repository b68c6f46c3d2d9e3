/**
 * `troupe merge OUT DIR...`: merges the shards or parts of a sweep into the result that one machine would have made.
 */
import { existsSync } from "node:fs";
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import { loadExperiment } from "../load.ts";
import { findExperiment } from "../sources.ts";
import { mergeDirectories } from "../store/merge.ts";
import { isGiven, refuseUnknown, type Words } from "./words.ts";

const options = {
  charts: { type: "boolean", describe: "draw charts; --no-charts saves a second", defaultDescription: "true" },
  overwrite: { type: "boolean", describe: "drop what is in OUT" },
  quiet: { type: "boolean", describe: "print nothing but errors" },
} as const;

export function declareMerge(yargs: Argv): Argv {
  return yargs
    .positional("out", { describe: "directory to write into", type: "string" })
    .positional("directories", { describe: "the shards' directories", type: "string", array: true })
    .options(options)
    .example("$0 merge out/whole out/0 out/1 out/2 out/3", "of all four shards");
}

export async function mergeCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["out", ...Object.keys(options), "help", "version"]);
  const { out, directories = [] } = words as { readonly out?: string; readonly directories?: readonly string[] };
  if (out === undefined || directories.length === 0) {
    throw new BadData("name where to write and what to put together: troupe merge OUT DIR...");
  }
  for (const directory of directories) {
    if (!existsSync(directory)) throw new BadData(`${directory}: there is no such directory.`);
  }
  const load = async (name: string) => loadExperiment(findExperiment(name));
  const wanted = { charts: words["charts"] !== false, overwrites: isGiven(words, "overwrite") };
  const { files, cells, replications } = await mergeDirectories(out, directories, load, wanted);
  if (isGiven(words, "quiet")) return;
  process.stdout.write(`${replications} replications of ${cells} cells. Written to ${out}: ${files.join(", ")}\n`);
}
