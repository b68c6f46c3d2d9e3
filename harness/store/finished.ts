/** What a finished run has left in its directory. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment } from "../experiment.ts";
import { loadExperiment } from "../load.ts";
import { findExperiment, type Source } from "../sources.ts";
import { cellKey } from "../plan/grid.ts";
import type { Plan } from "../plan/plan.ts";
import type { Row } from "../plan/row.ts";
import { rowsFromCsv } from "../results/rows.ts";
import { mustBeDirectory, readIfThere } from "./directory.ts";
import { manifestName, readManifest, type Manifest } from "./manifest.ts";

export interface Finished {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly source: Source;
  readonly experiment: Experiment;
  /** The rows by the key of their cell and the number of their replication. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<number, Row>>;
}

/** @throws BadData if the file of the user's experiment is not where the run found it, seen from here. */
export function sourceOf(directory: string, { source, experiment }: Manifest): Source {
  if (source !== null && !existsSync(source.file)) {
    const named = `which ${join(directory, manifestName)} names as the experiment's`;
    throw new BadData(
      `there is no file ${source.file}, ${named}: run this command in the folder in which the run was started.`,
    );
  }
  return findExperiment(source?.file ?? experiment);
}

/** @throws BadData if the directory is not that of a finished run, or its experiment cannot be loaded. */
export async function readFinished(directory: string): Promise<Finished> {
  mustBeDirectory(directory);
  const manifest = readManifest(directory);
  if (manifest === undefined) {
    throw new BadData(`${directory} has no ${manifestName}: it is not the directory of a finished run.`);
  }
  const source = sourceOf(directory, manifest);
  const experiment = await loadExperiment(source);
  const csv = readIfThere(directory, "rows.csv");
  if (csv === undefined) throw new BadData(`${directory} has no rows.csv: nothing can be read from it.`);
  return { directory, manifest, source, experiment, rows: rowsFromCsv(experiment, csv, join(directory, "rows.csv")) };
}

/** The plan of a whole run, and the rows of each of its cells. */
export interface Carried {
  readonly plan: Plan;
  readonly rows: readonly (readonly Row[])[];
}

/** @throws BadData if the directory holds a shard only, or no rows of a cell that had some. */
export function carriedOut({ directory, manifest, experiment, rows: kept }: Finished): Carried {
  if (manifest.shard !== undefined) {
    throw new BadData(`${directory} holds one shard of ${manifest.shard.of}: troupe merge puts them together.`);
  }
  const cells = manifest.cells.map(({ parameters }) => parameters);
  const rows = cells.map((cell) => [...(kept.get(cellKey(cell))?.values() ?? [])]);
  const lacking = rows.findIndex((ofCell, i) => ofCell.length === 0 && manifest.cells[i]!.replications > 0);
  if (lacking >= 0) {
    throw new BadData(`${join(directory, "rows.csv")} has no rows of the cell ${cellKey(cells[lacking]!)}.`);
  }
  const { seed, replications, precision, precisionOf, maxReplications, compare, chart } = manifest;
  const plan = {
    experiment,
    seed,
    cells,
    replications,
    precision,
    ...(precisionOf === undefined ? {} : { precisionOf }),
    maxReplications: maxReplications ?? replications,
    ...(compare === undefined ? {} : { compare }),
    ...(chart === undefined ? {} : { chart }),
  };
  return { plan, rows };
}
