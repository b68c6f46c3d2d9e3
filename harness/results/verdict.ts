/** Whether a measured figure agrees with the closed form or the published figure. */
import { modelOf, type Experiment } from "../experiment.ts";
import { counted, tail } from "../statistics/intervals.ts";
import { meansOf, tooFewEvents, type CellSummary } from "./summary.ts";

export interface Verdict {
  /** `scant`: too few events. `undecided`: no interval or figure to judge by. */
  readonly word: "agrees" | "differs" | "scant" | "undecided" | "outside";
  /** (measured - model) / model; null if the model is 0 or nothing was measured. */
  readonly error: number | null;
}

/** Three standard errors in half-widths: a half-width at 95% is 1.96 standard errors. */
const threeSigmas = 3 / 1.96;
/**
 * Lower limit at three standard errors / lower limit at 95%, after no event: by the Poisson probability of no event.
 */
const ofThreeSigmas = Math.log(tail / counted) / Math.log(0.00135 / counted);
/** The relative rounding error that a different order of arithmetic may cause in an exact figure. */
export const rounding = 1e-9;

/**
 * The verdict on one measure of a cell; null if there is no figure to compare with. A model whose assumptions do not
 * hold is only shown. A model whose assumptions hold must lie within three standard errors, measured on its own side of
 * the interval, or within its tolerance. The standard errors allow for chance, the tolerance for what the model omits.
 */
export function verdictOf(experiment: Experiment, cell: CellSummary, measure: string): Verdict | null {
  const model = modelOf(experiment, measure, cell.parameters, meansOf(cell));
  if (model === null) return null;
  const { mean, low, high } = cell.measures[measure]!;
  const isScant = tooFewEvents(experiment.measures[measure]!, cell.measures[measure]!, model.value);
  if (mean === null) {
    // No event was seen: only the lower limit of the waiting time can be compared with the model.
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
