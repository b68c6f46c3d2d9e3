/**
 * What the columns of a directory's tables hold: the part of a manifest for whoever reads the tables without the
 * experiment.
 */
import * as v from "valibot";
import type { Experiment, Measure } from "../experiment.ts";

const measureSchema = v.object({
  // Empty for a number without unit.
  unit: v.string(),
  estimator: v.picklist(["mean", "ratio", "rare", "waiting", "quantile", "steady"]),
  quantile: v.optional(v.number()),
  help: v.string(),
});

export const columnsSchema = v.object({
  parameters: v.record(
    v.string(),
    v.object({
      kind: v.picklist(["count", "number", "ratio", "duration", "choice", "file", "text", "flag"]),
      unit: v.string(),
      help: v.string(),
    }),
  ),
  measures: v.record(v.string(), measureSchema),
  series: v.record(
    v.string(),
    v.object({ ...measureSchema.entries, along: v.object({ name: v.string(), unit: v.string() }) }),
  ),
});

/** Kinds, units and estimators of all columns, in their order. */
export type Columns = v.InferOutput<typeof columnsSchema>;

type Estimator = NonNullable<Measure["estimator"]>;

/** The columns of a measure in `rows.csv`: one for a mean, one for each part of a ratio. */
export function columnsOfMeasure(name: string, estimator: Estimator = "mean"): string[] {
  switch (estimator) {
    case "mean":
    case "quantile":
      return [name];
    case "steady":
      return [name, `${name}.batches`, `${name}.variance`];
    case "ratio":
    case "waiting":
      return [`${name}.numerator`, `${name}.denominator`];
    case "rare":
      return [`${name}.numerator`, `${name}.denominator`, `${name}.event`];
  }
}

function measureOf({ unit = "", estimator = "mean", quantile, help }: Measure): v.InferOutput<typeof measureSchema> {
  return { unit, estimator, ...(quantile === undefined ? {} : { quantile }), help };
}

function mapped<From, To>(record: Readonly<Record<string, From>>, map: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, from]) => [name, map(from)]));
}

export function columnsOf(experiment: Experiment): Columns {
  return {
    parameters: mapped(experiment.parameters, ({ kind, unit, help }) => ({ kind, unit, help })),
    measures: mapped(experiment.measures, measureOf),
    series: mapped(experiment.series ?? {}, ({ along: { name, unit = "" }, ...measure }) => ({
      ...measureOf(measure),
      along: { name, unit },
    })),
  };
}
