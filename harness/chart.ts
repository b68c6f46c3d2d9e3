/** Charts as data: what goes on which axis. Drawing them is in `charts/`. */

/** A chart of measures against a parameter, with intervals, and the model beside them. */
export interface Chart<P extends string = string, M extends string = string> {
  readonly type: "line" | "bar";
  /** The parameter on the horizontal axis. */
  readonly x: P;
  /** The measure on the vertical axis; or several of one unit, each a line or a colour of bars. */
  readonly y: M | readonly M[];
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

/** A line chart, for an experiment's `charts`. */
export function line<const P extends string, const M extends string>(chart: Omit<Chart<P, M>, "type">): Chart<P, M> {
  return { type: "line", ...chart };
}

/** Bars side by side, for a parameter whose values are words. */
export function bar<const P extends string, const M extends string>(chart: Omit<Chart<P, M>, "type">): Chart<P, M> {
  return { type: "bar", ...chart };
}
