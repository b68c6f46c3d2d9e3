/** `troupe chart DIR`: makes the summary and the charts again from the existing rows. */
import { join } from "node:path";
import { BadData } from "../../sim/bad-data.ts";
import { findExperiment, loadExperiment } from "../load.ts";
import { mustBeDirectory, readIfThere } from "../store/directory.ts";
import { lock } from "../store/lock.ts";
import { keptIn, manifestName, readManifest } from "../store/manifest.ts";
import { rowsFromCsv } from "../results/rows.ts";
import { writeResults } from "../store/write.ts";
import { cellKey } from "../plan/grid.ts";
import { refuseUnknown, type Words } from "./words.ts";

export async function chartCommand(words: Words, directory: string | undefined): Promise<void> {
  refuseUnknown(words, undefined, ["help", "version"]);
  if (directory === undefined) throw new BadData("name a directory: troupe chart DIR.");
  mustBeDirectory(directory);
  const manifest = readManifest(directory);
  if (manifest === undefined) {
    throw new BadData(`${directory} has no ${manifestName}: it is not the directory of a finished run.`);
  }
  if (manifest.shard !== undefined) {
    throw new BadData(`${directory} holds one shard of ${manifest.shard.of}: troupe merge puts them together.`);
  }
  const experiment = await loadExperiment(findExperiment(manifest.source?.file ?? manifest.experiment));
  const csv = readIfThere(directory, "rows.csv");
  if (csv === undefined) throw new BadData(`${directory} has no rows.csv to make charts from.`);
  const kept = rowsFromCsv(experiment, csv, join(directory, "rows.csv"));
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
