/** An experiment in this thread, for notebooks, scripts and tests: nothing is written. */
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment, Measures, Setting } from "../experiment.ts";
import type { Parameters } from "../parameters.ts";
import { cellsOf, settingGrid } from "../plan/grid.ts";
import type { Row } from "../plan/row.ts";
import { summarize, type CellSummary } from "../results/summary.ts";
import { replicate } from "./replicate.ts";

/** The size of a run. */
export interface Simulation {
  /** Default: 1985, as on the command line. */
  readonly seed?: string;
  /** Replications of each cell. Default: what the experiment says, else 20. */
  readonly replications?: number;
}

/**
 * Runs all cells of a setting, and returns their estimates with intervals and models: the figures that `troupe run`
 * prints for the same parameters, seed and replications. Durations are in ms.
 *
 * @throws BadData for a value that a parameter does not take; what a replication throws
 */
export async function simulate<P extends Parameters, M extends Measures>(
  experiment: Experiment<P, M>,
  setting: Setting<P> = {},
  { seed = "1985", replications = experiment.replications ?? 20 }: Simulation = {},
): Promise<CellSummary[]> {
  const plain = experiment as unknown as Experiment;
  const names = Object.keys(plain.parameters);
  const unknown = Object.keys(setting).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, names) || ` It has ${names.join(", ")}.`;
    throw new BadData(`experiment ${plain.name} has no parameter ${unknown}.${hint}`);
  }
  const summaries: CellSummary[] = [];
  for (const cell of cellsOf(plain, [settingGrid(plain.parameters, setting)])) {
    const rows: Row[] = [];
    for (let i = 0; i < replications; i++) rows.push(await replicate(plain, cell, seed, i));
    summaries.push(summarize(plain, cell, rows, null));
  }
  return summaries;
}
