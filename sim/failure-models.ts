/** Distributions that were fitted to traces of availability, from a table like data/failure-models.csv. */
import { readTable, type Row } from "./csv.ts";
import type { Distribution } from "./distribution.ts";
import { exponential, gamma, lognormal, weibull } from "./lifetimes.ts";

export interface FailureModel {
  /** The trace that it was fitted to. */
  readonly trace: string;
  readonly law: string;
  /** Time between failures, in ms. */
  readonly lifetime: Distribution;
  /** Length of an outage, in ms. */
  readonly repair: Distribution;
}

const hour = 3_600_000;

/** Laws by name, from their parameters in hours. */
const laws: Readonly<Record<string, (first: number, second: number) => Distribution>> = {
  exponential: (mean) => exponential(mean * hour),
  weibull: (shape, scale) => weibull(shape, scale * hour),
  lognormal: (mu, sigma) => lognormal(mu + Math.log(hour), sigma),
  gamma: (shape, scale) => gamma(shape, scale * hour),
};

/** Reads the table. `file` is for messages. Throws BadData with the line and the column. */
export function parseFailureModels(text: string, file: string): FailureModel[] {
  return readTable(text, file, ["trace", "distribution", "up_1", "up_2", "down_1", "down_2"]).map((row) => {
    const expected = `a law; expected one of ${Object.keys(laws).join(", ")}`;
    const make = row.read("distribution", expected, (name) => (Object.hasOwn(laws, name) ? laws[name] : undefined));
    const part = (side: string): Distribution => make(parameter(row, `${side}_1`), parameter(row, `${side}_2`));
    return { trace: row.text("trace"), law: row.text("distribution"), lifetime: part("up"), repair: part("down") };
  });
}

/** The second parameter of the exponential law is empty, and not looked at. */
function parameter(row: Row, column: string): number {
  const absent = row.text("distribution") === "exponential" && column.endsWith("_2");
  const expected = row.text("distribution") === "lognormal" && column.endsWith("_1") ? "a number" : "a number above 0";
  return row.read(column, expected, (text) => {
    if (absent) return 0;
    const value = text === "" ? NaN : Number(text);
    return Number.isFinite(value) && (value > 0 || expected === "a number") ? value : undefined;
  });
}
