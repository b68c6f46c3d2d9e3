/** The points of a chart that are joined by lines. */
import { isModel, type Point } from "./points.ts";

/** A point and its relation to the other points of its line. */
export interface DrawnPoint extends Point {
  /** Whether a line of its own joins the point to the next point. */
  readonly joined: boolean;
  readonly run: number;
  /**
   * Of a model that has a figure wherever the simulation has one, so that a line through its figures leaves none out.
   */
  readonly complete: boolean;
}

/**
 * Numbers the stretches of converged neighbours on each line that no model accompanies from end to end: only such
 * neighbours are joined by a line. In a trade-off the model's figures have places of their own on both axes: there any
 * model accompanies.
 */
export function drawnPoints(points: readonly Point[], isTradeOff: boolean): DrawnPoint[] {
  const key = ({ series, panel }: Point): string => JSON.stringify([series, panel]);
  const modelled = new Map<string, Set<unknown>>();
  for (const point of points) {
    if (isModel(point.figure)) modelled.set(key(point), (modelled.get(key(point)) ?? new Set()).add(point.x));
  }
  const alone = new Set<string>();
  for (const point of points) {
    const model = modelled.get(key(point));
    if (model === undefined || !(isTradeOff || model.has(point.x))) alone.add(key(point));
  }
  const runs = new Map<string, number>();
  return points.map((point) => {
    const run = runs.get(key(point)) ?? 0;
    const isSure = point.figure === "simulated, 95% interval" || point.figure === "measured, 95% interval";
    const complete = !alone.has(key(point));
    if (!isSure && !isModel(point.figure)) runs.set(key(point), run + 1);
    return { ...point, joined: isSure && typeof point.x === "number" && !complete, run, complete };
  });
}
