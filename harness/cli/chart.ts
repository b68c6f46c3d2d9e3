/** `troupe chart DIR`: makes the summary and the charts again from the existing rows. */
import { join } from "node:path";
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import { lock } from "../store/lock.ts";
import { readFinished } from "../store/finished.ts";
import { keptIn } from "../store/manifest.ts";
import { writeResults } from "../store/write.ts";
import { cellKey } from "../plan/grid.ts";
import { refuseUnknown, type Words } from "./words.ts";

/** `example`: the name of an experiment, for the help. */
export function declareChart(yargs: Argv, example: string): Argv {
  return yargs
    .positional("directory", { describe: "what --out was", type: "string" })
    .example(`$0 chart out/${example}`, "after a change of the charts' style, say");
}

export async function chartCommand(words: Words): Promise<void> {
  const directory = words["directory"] as string | undefined;
  refuseUnknown(words, undefined, ["help", "version"]);
  if (directory === undefined) throw new BadData("name a directory: troupe chart DIR.");
  const { manifest, experiment, rows: kept } = await readFinished(directory);
  if (manifest.shard !== undefined) {
    throw new BadData(`${directory} holds one shard of ${manifest.shard.of}: troupe merge puts them together.`);
  }
  const cells = manifest.cells.map(({ parameters }) => parameters);
  const rows = cells.map((cell) => [...(kept.get(cellKey(cell))?.values() ?? [])]);
  const lacking = rows.findIndex((ofCell, i) => ofCell.length === 0 && manifest.cells[i]!.replications > 0);
  if (lacking >= 0) {
    throw new BadData(`${join(directory, "rows.csv")} has no rows of the cell ${cellKey(cells[lacking]!)}.`);
  }
  const { seed, replications, precision, precisionOf, maxReplications, compare } = manifest;
  const plan = {
    experiment,
    seed,
    cells,
    replications,
    precision,
    ...(precisionOf === undefined ? {} : { precisionOf }),
    maxReplications: maxReplications ?? replications,
    ...(compare === undefined ? {} : { compare }),
  };
  const release = await lock(directory);
  try {
    const { files } = await writeResults({ directory, plan, charts: true }, keptIn(manifest), rows);
    process.stdout.write(`Written to ${directory}: ${files.join(", ")}\n`);
  } finally {
    release();
  }
}
