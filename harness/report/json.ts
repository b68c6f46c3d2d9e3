/** Results as JSON for other programs. */
import type { Experiment } from "../experiment.ts";
import type { CellDifference } from "../results/differences.ts";
import type { CellSummary } from "../results/summary.ts";

function differenceDocument({ measures, ...cells }: CellDifference): object {
  const ofMeasures = Object.entries(measures).map(([name, { mean, low, high, model, pairs, pairing }]) => [
    name,
    { difference: mean, low, high, model, pairs, pairing },
  ]);
  return { ...cells, measures: Object.fromEntries(ofMeasures) as object };
}

/**
 * The document of `--json`. Its format is fixed, since other programs read it. A figure outside its model's assumptions
 * is marked. Comparisons are included if there are any.
 */
export function jsonDocument(
  experiment: Experiment,
  seed: string,
  cells: readonly CellSummary[],
  differences: readonly CellDifference[] = [],
): string {
  return JSON.stringify(
    {
      experiment: experiment.name,
      seed,
      cells: cells.map(({ parameters, replications, converged, measures }) => ({
        parameters,
        replications,
        converged,
        measures: Object.fromEntries(
          Object.entries(measures).map(([name, { mean, low, high, model, outside, ratio }]) => [
            name,
            { mean, low, high, model, ...(outside === null ? {} : { outside, ratio }) },
          ]),
        ),
      })),
      ...(differences.length === 0 ? {} : { differences: differences.map(differenceDocument) }),
    },
    null,
    2,
  );
}
