/** What a report says of one finished run, read from its directory. */
import { join } from "node:path";
import { BadData } from "../../sim/bad-data.ts";
import type { Fault } from "../../sim/ledger.ts";
import type { Row } from "../plan/row.ts";
import { differencesOf } from "../results/differences.ts";
import { outliersOf, type Outlier } from "../results/outliers.ts";
import { readIfThere } from "../store/directory.ts";
import { carriedOut, readFinished, type Finished } from "../store/finished.ts";
import { keptIn } from "../store/manifest.ts";
import { summariesOf, type Written } from "../store/write.ts";
import { pageChart, type PageChart } from "./interactive.ts";
import { standingOf, type Standing } from "./standing.ts";

/** What replications that were run again for the report count of faults. */
export interface FaultSample {
  readonly replications: number;
  /** How many of them came out otherwise than their rows: other code has run them. */
  readonly changed: number;
  /**
   * Of each kind of fault, in how many of them it was set up, how often it occurred in all, and how often it had an
   * effect.
   */
  readonly faults: readonly (Readonly<Fault> & { readonly setUpIn: number })[];
}

export interface Reported extends Finished, Pick<Written, "cells" | "differences"> {
  /** The rows of each cell. */
  readonly rowsOfCells: readonly (readonly Row[])[];
  readonly standing: Standing;
  readonly outliers: readonly Outlier[];
  readonly charts: readonly PageChart[];
  /** Undefined if no counts are asked for, or if no two runs are alike. */
  readonly faultSample?: FaultSample;
}

const specificationEnding = ".vl.json";

async function chartsIn({ directory, manifest }: Finished): Promise<PageChart[]> {
  const charts: PageChart[] = [];
  for (const file of manifest.files.filter((name) => name.endsWith(specificationEnding))) {
    const text = readIfThere(directory, file);
    if (text === undefined) {
      throw new BadData(
        `${join(directory, file)} is not there, although the manifest names it: troupe chart ${directory} makes it again.`,
      );
    }
    try {
      charts.push(await pageChart(file.slice(0, -specificationEnding.length), text));
    } catch (error) {
      throw new BadData(`${join(directory, file)} is no chart of Vega-Lite: ${(error as Error).message}`);
    }
  }
  return charts;
}

/** @throws BadData if the directory is not that of a whole finished run. */
export async function readReported(directory: string): Promise<Reported> {
  const finished = await readFinished(directory);
  const { plan, rows: rowsOfCells } = carriedOut(finished);
  const kept = keptIn(finished.manifest);
  const { experiment, compare } = plan;
  const cells = summariesOf(plan, kept, rowsOfCells);
  return {
    ...finished,
    cells,
    differences: compare === undefined ? [] : differencesOf(experiment, compare, cells, rowsOfCells),
    rowsOfCells,
    standing: standingOf(experiment, cells, kept.lacking.size),
    outliers: outliersOf(experiment, rowsOfCells),
    charts: await chartsIn(finished),
  };
}
