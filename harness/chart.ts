/** Charts as data: what goes on which axis. Drawing them is in `charts/`. */

interface Common<P extends string> {
  /** The parameter that tells the lines, or the colours of bars, apart. */
  readonly by?: P;
  /** The parameter that tells panels apart. */
  readonly facet?: P;
  /** Which axes are logarithmic. */
  readonly log?: "x" | "y" | "xy";
  /** Instead of the experiment's question. */
  readonly title?: string;
  /** Of the files that it is written to, without extension; `y` against `x` unless set. */
  readonly name?: string;
}

/** A chart of measures against a parameter, with intervals, and the model beside them. */
export interface CellsChart<P extends string = string, M extends string = string> extends Common<P> {
  readonly type: "line" | "bar";
  /** The parameter on the horizontal axis. */
  readonly x: P;
  /** The measure on the vertical axis; or several of one unit, each a line or a colour of bars. */
  readonly y: M | readonly M[];
}

/** One measure against another: each line goes through the values of a parameter that buys one with the other. */
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
