/** Charts as data: the content of each axis. The folder `charts/` draws them. */

interface Common<P extends string> {
  /** The parameter with one line, or one colour of bars, for each value. */
  readonly by?: P;
  /** The parameter with one panel for each value. */
  readonly facet?: P;
  /**
   * The logarithmic axes. A horizontal axis with a 0 is logarithmic but for a place for 0. On a vertical axis a figure
   * of 0 stands at the lower edge, with a symbol of its own; with a negative figure the axis is linear.
   */
  readonly log?: "x" | "y" | "xy";
  /** The title; the experiment's question unless set. */
  readonly title?: string;
  /** The line under the title; unless set, the parameters that do not vary. */
  readonly subtitle?: string;
  /** The titles of the axes; unless set, the names of what they show, with units. */
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** The size of a panel between its axes, in px (in PDF, 0.75 pt each). */
  readonly width?: number;
  readonly height?: number;
  /** Without colours: shapes and dashes tell series apart. */
  readonly grey?: boolean;
  /** The name of the chart's files, without extension; `y` against `x` unless set. */
  readonly name?: string;
}

/** A chart of measures against a parameter, with their intervals and the model. */
export interface CellsChart<P extends string = string, M extends string = string> extends Common<P> {
  readonly type: "line" | "bar";
  /** The parameter on the horizontal axis. */
  readonly x: P;
  /** The measure on the vertical axis; or several measures of one unit, with a line or colour of bars for each. */
  readonly y: M | readonly M[];
}

/** One measure against another. Each line goes through the values of the parameter `through`. */
export interface TradeOffChart<P extends string = string, M extends string = string> extends Common<P> {
  readonly type: "trade-off";
  readonly x: M;
  readonly y: M;
  readonly through: P;
}

/** A series along its own axis. */
export interface SeriesChart<P extends string = string> extends Common<P> {
  readonly type: "series";
  readonly y: string;
}

/** A chart of an experiment: `P` are the names of its parameters, `M` those of its measures. */
export type Chart<P extends string = string, M extends string = string> =
  CellsChart<P, M> | TradeOffChart<P, M> | SeriesChart<P>;

/** A line chart, for an experiment's `charts`. */
export function line<const P extends string, const M extends string>(
  chart: Omit<CellsChart<P, M>, "type">,
): CellsChart<P, M> {
  return { type: "line", ...chart };
}

/** Bars side by side, for a parameter whose values are words. */
export function bar<const P extends string, const M extends string>(
  chart: Omit<CellsChart<P, M>, "type">,
): CellsChart<P, M> {
  return { type: "bar", ...chart };
}

/** The curve of a trade-off, for an experiment's `charts`. */
export function tradeOff<const P extends string, const M extends string>(
  chart: Omit<TradeOffChart<P, M>, "type">,
): TradeOffChart<P, M> {
  return { type: "trade-off", ...chart };
}

/** A series along its axis, for an experiment's `charts`. */
export function course<const P extends string>(chart: Omit<SeriesChart<P>, "type">): SeriesChart<P> {
  return { type: "series", ...chart };
}
