/**
 * The coverage of an experiment's intervals: the share of campaigns in which an interval contains the model's figure.
 */
import { modelOf, type Experiment } from "../experiment.ts";
import type { Cell } from "../plan/grid.ts";
import { meanInterval, proportionInterval, type Estimate } from "../statistics/intervals.ts";
import { meansOf, type CellSummary, type MeasureSummary } from "./summary.ts";
import { rounding } from "./verdict.ts";

export interface Coverage {
  readonly model: number;
  /** Number of campaigns that count: those that gave an interval and measured no breach of the model's assumptions. */
  readonly intervals: number;
  /** Number of these campaigns whose interval contains the model's figure. */
  readonly held: number;
  /** held / intervals, with Wilson's interval. The nominal coverage is 0.95. */
  readonly coverage: Estimate;
  /** Mean of (estimate - model) / model; an empty estimate if the model is 0. */
  readonly bias: Estimate;
  /** Mean half-width of the intervals, relative to the model; null if the model is 0 or there was no interval. */
  readonly halfWidth: number | null;
  readonly verdict: "nominal" | "too narrow" | "too wide" | "exact" | "unknown";
}

export interface CellCoverage {
  readonly parameters: Cell;
  /** Coverage of each measure whose true figure is known. */
  readonly measures: Readonly<Record<string, Coverage>>;
}

/** The nominal coverage of the intervals. */
const nominal = 0.95;

/** The true figures of a cell's measures, where the parameters alone give a model that holds. */
export function knownFigures(experiment: Experiment, cell: Cell): Map<string, number> {
  const figures = new Map<string, number>();
  for (const name of Object.keys(experiment.measures)) {
    const model = modelOf(experiment, name, cell);
    if (model !== null && model.expected !== null && Number.isFinite(model.expected)) figures.set(name, model.expected);
  }
  return figures;
}

function verdictOf({ low, high }: Estimate, isExact: boolean): Coverage["verdict"] {
  if (low === null || high === null) return "unknown";
  if (high < nominal) return "too narrow";
  if (isExact) return "exact";
  return low > nominal ? "too wide" : "nominal";
}

function coverageOf(model: number, estimates: readonly MeasureSummary[]): Coverage {
  const slack = rounding * Math.abs(model);
  const scale = Math.abs(model);
  let held = 0;
  const halves: number[] = [];
  for (const { low, high } of estimates) {
    if (low === null || high === null) continue;
    if (low - slack <= model && model <= high + slack) held++;
    halves.push((high - low) / 2);
  }
  const means = estimates.flatMap(({ mean }) => (mean === null ? [] : [mean]));
  const coverage = proportionInterval(held, halves.length);
  return {
    model,
    intervals: halves.length,
    held,
    coverage,
    bias: meanInterval(scale === 0 ? [] : means.map((mean) => (mean - model) / scale)),
    halfWidth: scale === 0 ? null : meanInterval(halves.map((half) => half / scale)).mean,
    verdict: verdictOf(
      coverage,
      halves.every((half) => half === 0),
    ),
  };
}

/** The coverage of each cell's intervals, from summaries indexed by campaign and cell. */
export function coveragesOf(
  experiment: Experiment,
  cells: readonly Cell[],
  campaigns: readonly (readonly CellSummary[])[],
): CellCoverage[] {
  return cells.map((parameters, i) => {
    const summaries = campaigns.map((cellsOfOne) => cellsOfOne[i]!);
    const measures = [...knownFigures(experiment, parameters)].map(([name, model]) => {
      // The measurements of a campaign may show that an assumption was broken in it.
      const held = summaries.filter((cell) => modelOf(experiment, name, parameters, meansOf(cell))?.expected !== null);
      return [
        name,
        coverageOf(
          model,
          held.map((cell) => cell.measures[name]!),
        ),
      ];
    });
    return { parameters, measures: Object.fromEntries(measures) as CellCoverage["measures"] };
  });
}
