/**
 * `rows.csv`: one row for each replication, sorted by cell and replication. `summary.csv`: one row for each cell and
 * measure. `series.csv`: one row for each cell, series and place.
 */
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { BadData } from "../../sim/bad-data.ts";
import { modelOf, type Experiment, type Measure, type Observation } from "../experiment.ts";
import type { Plain } from "../parameters.ts";
import { cellKey, type Cell } from "../plan/grid.ts";
import type { Remark, Row } from "../plan/row.ts";
import { columnsOfMeasure } from "./columns.ts";
import { meansOf, type CellSummary } from "./summary.ts";

type Field = Plain | null;

/** A table as text. A null field is left empty. */
export function toCsv(columns: readonly string[], records: readonly (readonly Field[])[]): string {
  return stringify([columns, ...records] as Field[][], { cast: { boolean: String, number: String } });
}

function fieldsOf(measure: Measure, observation: Observation): Field[] {
  const parts = [observation].flat() as readonly (number | null)[];
  return columnsOfMeasure("", measure.estimator).map((_, i) => parts[i] ?? null);
}

function header(experiment: Experiment): string[] {
  const measures = Object.entries(experiment.measures).flatMap(([name, measure]) => columnsOfMeasure(name, measure.estimator));
  const series = Object.keys(experiment.series ?? {});
  return [...Object.keys(experiment.parameters), "replication", ...measures, ...series, "remarks"];
}

/**
 * `rows.csv`. A series is a list, in JSON. Remarks are a list of kind and sentence, in JSON; empty where there are
 * none.
 */
export function rowsToCsv(experiment: Experiment, cells: readonly Cell[], rows: readonly (readonly Row[])[]): string {
  const records = cells.flatMap((cell, i) =>
    rows[i]!.map((row) => [
      ...Object.values(cell),
      row.replication,
      ...Object.entries(experiment.measures).flatMap(([name, measure]) =>
        fieldsOf(measure, row.observations[name] ?? null),
      ),
      ...Object.keys(experiment.series ?? {}).map((name) => JSON.stringify(row.series[name])),
      row.remarks.length === 0 ? null : JSON.stringify(row.remarks.map(({ kind, text }) => [kind, text])),
    ]),
  );
  return toCsv(header(experiment), records);
}

function readObservation(fields: readonly string[]): Observation {
  const numbers = fields.filter((field) => field !== "").map(Number);
  if (numbers.some((number) => Number.isNaN(number))) throw new TypeError("a measure that is not a number");
  if (numbers.length === 0) return null;
  return fields.length === 1 ? numbers[0]! : (numbers as unknown as Observation);
}

function readRow(experiment: Experiment, fields: readonly string[]): [key: string, row: Row] {
  let next = 0;
  const cell: Record<string, Plain> = {};
  for (const [name, parameter] of Object.entries(experiment.parameters)) {
    const field = fields[next++] ?? "";
    // All numbers are written without units; durations are in ms.
    const value = typeof parameter.default === "number" ? Number(field) : parameter.parse(field);
    if (!parameter.accepts(value)) throw new TypeError(`${name} must be ${parameter.expects}, not "${field}"`);
    cell[name] = value;
  }
  const replication = Number(fields[next++]);
  const observations: Record<string, Observation> = {};
  for (const [name, measure] of Object.entries(experiment.measures)) {
    const width = columnsOfMeasure(name, measure.estimator).length;
    observations[name] = readObservation(fields.slice(next, next + width));
    next += width;
  }
  const series: Record<string, readonly Observation[]> = {};
  for (const name of Object.keys(experiment.series ?? {})) {
    series[name] = JSON.parse(fields[next++] ?? "") as readonly Observation[];
  }
  const remarks = JSON.parse(fields[next] || "[]") as readonly (readonly [Remark["kind"], string])[];
  return [cellKey(cell), { replication, observations, series, remarks: remarks.map(([kind, text]) => ({ kind, text })) }];
}

/**
 * The rows in a `rows.csv`, by cell and replication.
 *
 * @throws BadData naming `where` and the line, if it is not a table of this experiment's rows.
 */
export function rowsFromCsv(experiment: Experiment, text: string, where: string): Map<string, Map<number, Row>> {
  let records: string[][];
  try {
    records = parse(text);
  } catch (error) {
    throw new BadData(`${where} cannot be read as CSV: ${(error as Error).message}`);
  }
  const wanted = header(experiment);
  const columns = records[0] ?? [];
  if (columns.length === 0) {
    const remedy = "the command that stands in manifest.json makes them again with --overwrite";
    throw new BadData(`${where} is empty, or there is no such file: ${remedy}.`);
  }
  if (columns.join() !== wanted.join()) {
    throw new BadData(
      `${where} has the columns ${columns.join(", ")} instead of ${wanted.join(", ")}: it is of another experiment or version.`,
    );
  }
  const rows = new Map<string, Map<number, Row>>();
  records.slice(1).forEach((fields, i) => {
    try {
      const [key, row] = readRow(experiment, fields);
      const ofCell = rows.get(key) ?? new Map<number, Row>();
      rows.set(key, ofCell.set(row.replication, row));
    } catch (error) {
      throw new BadData(`${where}, record ${i + 2}: ${(error as Error).message}.`);
    }
  });
  return rows;
}

/** `summary.csv`, for other programs: the estimates with their intervals, their models, and the ratios of both. */
export function summaryToCsv(experiment: Experiment, cells: readonly CellSummary[]): string {
  const records = cells.flatMap((cell) =>
    Object.entries(cell.measures).map(([name, { mean, low, high, model, converged, outside, ratio }]) => [
      ...Object.values(cell.parameters),
      name,
      experiment.measures[name]!.unit ?? "",
      cell.replications,
      converged,
      mean,
      low,
      high,
      model,
      modelOf(experiment, name, cell.parameters, meansOf(cell))?.label ?? null,
      ratio.mean,
      ratio.low,
      ratio.high,
      outside,
    ]),
  );
  const estimate = ["measure", "unit", "replications", "converged", "mean", "low", "high"];
  const model = ["model", "modelLabel", "ratio", "ratioLow", "ratioHigh", "outside"];
  return toCsv([...Object.keys(experiment.parameters), ...estimate, ...model], records);
}

/** `series.csv`: the estimates of each series, at each of its places. */
export function seriesToCsv(experiment: Experiment, cells: readonly CellSummary[]): string {
  const records = cells.flatMap((cell) =>
    Object.entries(experiment.series ?? {}).flatMap(([name, { unit = "", along }]) =>
      cell.series[name]!.map(({ mean, low, high }, i) => [
        ...Object.values(cell.parameters),
        name,
        unit,
        along.name,
        along.at[i]!,
        cell.replications,
        mean,
        low,
        high,
      ]),
    ),
  );
  const columns = ["series", "unit", "along", "at", "replications", "mean", "low", "high"];
  return toCsv([...Object.keys(experiment.parameters), ...columns], records);
}
