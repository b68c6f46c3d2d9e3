/**
 * The tables of a directory of results, for notebooks and scripts: columns have their types, and all times have one
 * unit. Nothing is computed: estimates and intervals are those that `troupe run` wrote. The experiment itself is not
 * loaded. `notebooks/troupe_results.py` gives the same tables to Python.
 */
import { parse } from "csv-parse/sync";
import { join } from "node:path";
import { didYouMean } from "../languages/nearest.ts";
import { BadData } from "../sim/bad-data.ts";
import type { Observation } from "./experiment.ts";
import type { Cell } from "./plan/grid.ts";
import type { Remark } from "./plan/row.ts";
import { columnsOfMeasure, type Columns } from "./results/columns.ts";
import type { DifferenceFields, RowFields, SeriesFields, SummaryFields } from "./results/fields.ts";
import { lengths, scaled, type TimeUnit } from "./results/time-units.ts";
import { mustBeDirectory, readIfThere } from "./store/directory.ts";
import { manifestName, readManifest, type Manifest } from "./store/manifest.ts";

export type { Columns, DifferenceFields, RowFields, SeriesFields, SummaryFields, TimeUnit };

type Read = (field: string) => unknown;

const asNumber: Read = (field) => (field === "" ? null : Number(field));
const asText: Read = (field) => field;

/**
 * The results in one directory. A table is read from its file when it is asked for: BadData names the file if it is
 * missing or is no such table. Every row of a table has the parameters of its cell, then its own columns.
 *
 * `P` is the type of the parameters: `Values<typeof parameters>`, or `{ members: number; policy: string }`.
 */
export class Results<P extends object = Cell> {
  readonly directory: string;
  readonly manifest: Manifest;
  /** Kinds, units and estimators of parameters, measures and series, as recorded. */
  readonly columns: Columns;
  /** The unit of all times. */
  readonly time: TimeUnit;

  constructor(directory: string, manifest: Manifest, columns: Columns, time: TimeUnit) {
    this.directory = directory;
    this.manifest = manifest;
    this.columns = columns;
    this.time = time;
  }

  /** The unit of a parameter or a measure in these tables. */
  unit(name: string): string {
    const { parameters, measures, series } = this.columns;
    const named = { ...parameters, ...measures, ...series };
    const found = named[name];
    if (found !== undefined) return this.#unit(found.unit);
    const hint = didYouMean(name, Object.keys(named)) || ` There are ${Object.keys(named).join(", ")}.`;
    throw new BadData(`${this.directory} has no parameter, measure or series ${name}.${hint}`);
  }

  /** One row for each cell: its parameters, and whether it has converged. */
  get cells(): (P & { readonly replications: number; readonly converged: boolean })[] {
    return this.manifest.cells.map(({ parameters, replications, converged }) => {
      return { ...this.#cell(parameters), replications, converged };
    });
  }

  /** One row for each cell and measure: `summary.csv`. */
  get summary(): (P & SummaryFields)[] {
    const { measures } = this.columns;
    const figures = ["mean", "low", "high", "model"];
    const rest = { replications: asNumber, converged: (field: string) => field === "true", ratio: asNumber };
    const reads = { measure: asText, unit: asText, ...rest, ratioLow: asNumber, ratioHigh: asNumber };
    return this.#table("summary.csv", { ...reads, modelLabel: asText, outside: asText }, figures, (row) => {
      const unit = measures[row["measure"] as string]?.unit ?? "";
      return this.#scaledIn(row, figures, unit);
    });
  }

  /** The estimates of one measure, a row for each cell. */
  measure(name: string): (P & SummaryFields)[] {
    const names = Object.keys(this.columns.measures);
    if (names.includes(name)) return this.summary.filter(({ measure }) => measure === name);
    const hint = didYouMean(name, names) || ` It has ${names.join(", ")}.`;
    throw new BadData(`${this.directory} has no measure ${name}.${hint}`);
  }

  /** One row for each replication: `rows.csv`. Times within a ratio are in `time` where the ratio is. */
  get rows(): (P & RowFields)[] {
    const reads: Record<string, Read> = { replication: asNumber };
    for (const [name, { unit, estimator }] of Object.entries(this.columns.measures)) {
      for (const column of columnsOfMeasure(name, estimator)) reads[column] = this.#partOf(name, column, unit);
    }
    for (const name of Object.keys(this.columns.series)) reads[name] = (field) => this.#observations(name, field);
    return this.#table("rows.csv", reads, [], (row) => row);
  }

  /** One row for each cell, series and place: `series.csv`. */
  get series(): (P & SeriesFields)[] {
    const figures = ["at", "mean", "low", "high"];
    const reads = { series: asText, unit: asText, along: asText, replications: asNumber };
    return this.#table("series.csv", reads, figures, (row) => {
      const { unit = "", along } = this.columns.series[row["series"] as string] ?? {};
      const at = scaled(row["at"] as number, along?.unit ?? "", this.time);
      return { ...this.#scaledIn(row, figures.slice(1), unit), at };
    });
  }

  /** One row for each compared cell and measure: `differences.csv`, which `--compare` writes. */
  get differences(): (Partial<P> & DifferenceFields)[] {
    const figures = ["difference", "low", "high", "model"];
    const texts = { parameter: asText, baseline: asText, other: asText, measure: asText, unit: asText };
    return this.#table("differences.csv", { ...texts, pairs: asNumber, pairing: asNumber }, figures, (row) => {
      const read = this.#readOf(row["parameter"] as string);
      const sides = { baseline: read(row["baseline"] as string), other: read(row["other"] as string) };
      return { ...this.#scaledIn(row, figures, this.columns.measures[row["measure"] as string]?.unit ?? ""), ...sides };
    });
  }

  /** One row for each remark of a replication. Of kind "idle": the fault of this name had no effect in it. */
  get remarks(): (P & { readonly replication: number } & Remark)[] {
    type Row = P & { readonly replication: number; readonly remarks: readonly (readonly [Remark["kind"], string])[] };
    const reads = { replication: asNumber, remarks: (field: string) => JSON.parse(field || "[]") as unknown };
    return this.#table<Row>("rows.csv", reads, [], (row) => row).flatMap(({ remarks, ...row }) => {
      // What is left of a row without its remarks are parameters and number, which the compiler cannot see for any P.
      const cell = row as unknown as P & { readonly replication: number };
      return remarks.map(([kind, text]) => ({ ...cell, kind, text }));
    });
  }

  /** One row for each cell and injected fault that had no effect in some replications: their number, `idle`. */
  get ledger(): (P & { readonly fault: string; readonly idle: number; readonly replications: number })[] {
    const { remarks, manifest, columns } = this;
    return manifest.cells.flatMap(({ parameters, replications }) => {
      const cell = this.#cell(parameters);
      const isOfCell = (row: object): boolean =>
        Object.keys(columns.parameters).every((name) => row[name as never] === cell[name as never]);
      const idle = remarks.filter((row) => row.kind === "idle" && isOfCell(row)).map(({ text }) => text);
      return [...new Set(idle)].map((fault) => {
        return { ...cell, fault, idle: idle.filter((other) => other === fault).length, replications };
      });
    });
  }

  #unit(unit: string): string {
    return Object.hasOwn(lengths, unit) ? this.time : unit;
  }

  #cell(parameters: Cell): P {
    const { parameters: known } = this.columns;
    return Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => {
        return [name, typeof value === "number" ? scaled(value, known[name]?.unit ?? "", this.time) : value];
      }),
    ) as P;
  }

  /** How a parameter is read from its column. */
  #readOf(parameter: string): Read {
    const { kind = "text", unit = "" } = this.columns.parameters[parameter] ?? {};
    if (kind === "flag") return (field) => field === "true";
    if (kind === "choice" || kind === "file" || kind === "text") return asText;
    return (field) => (field === "" ? null : scaled(Number(field), unit, this.time));
  }

  /** How a part of a measure is read: numerator and event are in the measure's unit, a variance in its square. */
  #partOf(name: string, column: string, unit: string): Read {
    const part = column.slice(name.length);
    const times =
      new Map([
        ["", 1],
        [".numerator", 1],
        [".event", 1],
        [".variance", 2],
      ]).get(part) ?? 0;
    return (field) => {
      if (field === "") return null;
      let value = Number(field);
      for (let i = 0; i < times; i++) value = scaled(value, unit, this.time);
      return value;
    };
  }

  #observations(series: string, field: string): readonly Observation[] {
    const { unit } = this.columns.series[series]!;
    return (JSON.parse(field) as readonly Observation[]).map((value) => {
      if (value === null) return null;
      if (typeof value === "number") return scaled(value, unit, this.time);
      return [scaled(value[0], unit, this.time), ...value.slice(1)] as unknown as Observation;
    });
  }

  #scaledIn(row: Readonly<Record<string, unknown>>, figures: readonly string[], unit: string): Record<string, unknown> {
    const values = figures.map((name) => {
      const value = row[name] as number | null;
      return [name, value === null ? null : scaled(value, unit, this.time)];
    });
    return { ...row, unit: this.#unit(unit), ...Object.fromEntries(values) };
  }

  #table<Row>(
    file: string,
    reads: Readonly<Record<string, Read>>,
    figures: readonly string[],
    finish: (row: Record<string, unknown>) => Record<string, unknown>,
  ): Row[] {
    const { directory, manifest, columns } = this;
    const path = join(directory, file);
    const text = readIfThere(directory, file);
    if (text === undefined) throw new BadData(`${directory} has no ${file}: ${missing(file, manifest)}`);
    let records: string[][];
    try {
      records = parse(text);
    } catch (error) {
      throw new BadData(`${path} cannot be read as CSV: ${(error as Error).message}`);
    }
    const [header = [], ...lines] = records;
    const own = { ...reads, ...Object.fromEntries(figures.map((name) => [name, asNumber])) };
    // differences.csv leaves out the compared parameter.
    const shared = Object.keys(columns.parameters).filter(
      (name) => header.includes(name) || file !== "differences.csv",
    );
    const wanted = [...shared, ...Object.keys(own)];
    const lacking = wanted.find((name) => !header.includes(name));
    if (lacking !== undefined) {
      const has = header.join(", ") || "none";
      throw new BadData(`${path} lacks the column ${lacking}, which its manifest promises. Its columns: ${has}.`);
    }
    const cells = shared.map((name) => [name, header.indexOf(name), this.#readOf(name)] as const);
    const rest = Object.entries(own).map(([name, read]) => [name, header.lastIndexOf(name), read] as const);
    const all = [...cells, ...rest];
    return lines.map((fields) => {
      return finish(Object.fromEntries(all.map(([name, place, read]) => [name, read(fields[place]!)]))) as Row;
    });
  }
}

function missing(file: string, { shard, compare }: Manifest): string {
  if (shard !== undefined) return `it holds shard ${shard.index} of ${shard.of}; troupe merge puts shards together.`;
  if (file === "series.csv") return "the experiment has no series.";
  if (file === "differences.csv" && compare === undefined) return "the run had no --compare.";
  return "a part of the directory is missing.";
}

/**
 * Opens a directory that `troupe run` or `troupe sweep` wrote. All times, of parameters and of measures, are given in
 * `time`, seconds unless set; rates ("1/s", "per hour") are left as they are.
 *
 * @throws BadData if the directory is not that of a finished run, or an earlier version wrote it.
 */
export function readResults<P extends object = Cell>(
  directory: string,
  { time = "s" }: { readonly time?: TimeUnit } = {},
): Results<P> {
  if (!Object.hasOwn(lengths, time)) {
    throw new BadData(`time ${String(time)}: expected one of ns, us, ms, s, min, h, days.`);
  }
  mustBeDirectory(directory);
  const manifest = readManifest(directory);
  if (manifest === undefined) {
    throw new BadData(`${directory} has no ${manifestName}: it is not the directory of a finished run.`);
  }
  if (manifest.columns === undefined) {
    const remedy = `npx troupe chart ${directory} writes it anew`;
    throw new BadData(`${join(directory, manifestName)} lacks "columns": an earlier version wrote it. ${remedy}.`);
  }
  return new Results<P>(directory, manifest, manifest.columns, time);
}
