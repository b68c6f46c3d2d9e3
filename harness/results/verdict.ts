/** Whether a measured figure agrees with the closed form or the published one. */
import { modelOf, type Experiment } from "../experiment.ts";
import { counted, tail } from "../statistics/intervals.ts";
import { meansOf, tooFewEvents, type CellSummary } from "./summary.ts";

export interface Verdict {
  /** `scant`: there are too few events. `undecided`: there is nothing to judge by. */
  readonly word: "agrees" | "differs" | "scant" | "undecided" | "outside";
  /** Measured less model, relative to the model; null where that is zero or nothing was measured. */
  readonly error: number | null;
}

/** A half-width at 95% is 1.96 standard errors; three of them are so many half-widths. */
const threeSigmas = 3 / 1.96;
/** The lower limit at three standard errors over that at 95%, where there was no event: by the Poisson law of none. */
const ofThreeSigmas = Math.log(tail / counted) / Math.log(0.00135 / counted);
/** What arithmetic in a different order may do to a figure without chance. */
export const rounding = 1e-9;

/**
 * The verdict on one measure of a cell; null where there is no figure to compare with. A model whose
 * assumptions do not hold is only shown beside; another must lie within three standard errors, taken from the side of
 * the interval on which it lies, or within its tolerance: the one is what chance may do, the other what the model leaves out.
 */
export function verdictOf(experiment: Experiment, cell: CellSummary, measure: string): Verdict | null {
  const model = modelOf(experiment, measure, cell.parameters, meansOf(cell));
  if (model === null) return null;
  const { mean, low, high } = cell.measures[measure]!;
  const isScant = tooFewEvents(experiment.measures[measure]!, cell.measures[measure]!, model.value);
  if (mean === null) {
    // Waited for in vain: it may be as long as the model says, or it was missed for too long.
    if (low === null || model.outside !== null) return { word: "undecided", error: null };
    if (isScant) return { word: "scant", error: null };
    return { word: model.value >= low * ofThreeSigmas ? "agrees" : "differs", error: null };
  }
  const difference = mean - model.value;
  const error = model.value === 0 ? null : difference / Math.abs(model.value);
  if (model.outside !== null) return { word: "outside", error };
  if (isScant) return { word: "scant", error };
  if (model.within !== null && Math.abs(difference) <= model.within * Math.abs(model.value)) {
    return { word: "agrees", error };
  }
  if (difference === 0 && mean === 0) return { word: "agrees", error };
  if (low === null || high === null) return { word: model.within === null ? "undecided" : "differs", error };
  const half = difference > 0 ? mean - low : high - mean;
  const allowed = half * threeSigmas + rounding * Math.abs(model.value);
  return { word: Math.abs(difference) <= allowed ? "agrees" : "differs", error };
}
