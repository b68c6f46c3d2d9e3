/** Results as tables for terminals. */
import { inWords, varying } from "../charts/points.ts";
import { inYear } from "../../languages/durations.ts";
import { modelOf, type Experiment } from "../experiment.ts";
import type { Plain } from "../parameters.ts";
import { meansOf, type CellSummary, type MeasureSummary } from "../results/summary.ts";
import { verdictOf, type Verdict } from "../results/verdict.ts";
import type { Cell } from "../plan/grid.ts";
import type { Estimate } from "../statistics/intervals.ts";
import { table } from "./columns.ts";

/** Four significant digits, without needless zeros: 18.33, 250, 1.234e-5. */
export function figure(value: number | null): string {
  if (value === null) return "-";
  const short = Number(value.toPrecision(4));
  const size = Math.abs(short);
  return size !== 0 && (size < 0.001 || size >= 1e7) ? short.toExponential() : String(short);
}

/** `+1.2%`. */
export function percent(share: number | null): string {
  if (share === null) return "-";
  const rounded = (100 * share).toFixed(1);
  return rounded === "-0.0" ? "+0.0%" : `${share >= 0 ? "+" : ""}${rounded}%`;
}

export function intervalText({ low, high }: Estimate, show: (value: number) => string = figure): string {
  if (low !== null && high === null) return `at least ${show(low)}`;
  if (low === null || high === null) return "unknown";
  return low === high ? "exact" : `${show(low)} to ${show(high)}`;
}

/** The text of a verdict; outside the model's assumptions, the ratio of simulation and model. */
function verdictText({ word }: Verdict, { ratio }: MeasureSummary): string {
  if (word === "scant") return "not enough data";
  if (word !== "outside") return word;
  if (ratio.mean === null) return "outside the model";
  return `outside the model: ${figure(ratio.mean)} times it (${intervalText(ratio)})`;
}

/** The estimate as time in a year; if no outage was seen, its upper limit. */
function yearText({ mean, high }: Estimate): string {
  if (mean === null) return "";
  return mean === 0 && high !== null && high > 0 ? `at most ${inYear(high)}` : inYear(mean);
}

/** One line of the table of results. */
export interface ResultLine {
  readonly cell: string;
  readonly measure: string;
  readonly measured: string;
  /** Time out of service in a year, for measures that are shares of that time; else empty. */
  readonly inYear: string;
  readonly interval: string;
  readonly model: string;
  readonly error: string;
  /** Empty if there is no figure to compare with. */
  readonly verdict: string;
  readonly failed: boolean;
}

/** `policy eager`. */
export function valueText(experiment: Experiment, name: string, value: Plain): string {
  return `${inWords(name)} ${experiment.parameters[name]!.show(value) || "none"}`;
}

/**
 * Texts that distinguish the cells: the parameters that vary. A parameter is left out where the cell has its standard
 * value and most cells have that value too.
 */
export function cellTexts(experiment: Experiment, cells: readonly Cell[]): string[] {
  const isStandard = (name: string, cell: Cell): boolean => cell[name] === experiment.parameters[name]!.default;
  const names = varying(experiment, cells);
  const unsaid = new Set(
    names.filter((name) => cells.filter((cell) => isStandard(name, cell)).length * 2 > cells.length),
  );
  return cells.map((cell) =>
    names
      .filter((name) => !unsaid.has(name) || !isStandard(name, cell))
      .map((name) => valueText(experiment, name, cell[name]!))
      .join(", "),
  );
}

/** The results as text, one line for each cell and measure; parameters that do not vary are left out. */
export function resultLines(experiment: Experiment, cells: readonly CellSummary[]): ResultLine[] {
  const texts = cellTexts(
    experiment,
    cells.map(({ parameters }) => parameters),
  );
  return cells.flatMap((cell, i) =>
    Object.entries(cell.measures).map(([name, summary]) => {
      const { mean, converged } = summary;
      const model = modelOf(experiment, name, cell.parameters, meansOf(cell));
      const verdict = verdictOf(experiment, cell, name);
      const unit = experiment.measures[name]!.unit ?? "";
      const doubt = converged ? "" : ", not converged";
      return {
        cell: texts[i]!,
        measure: inWords(name),
        measured: `${figure(mean)}${unit === "" ? "" : ` ${unit}`}`,
        inYear: experiment.measures[name]!.isDowntime === true ? yearText(summary) : "",
        interval: intervalText(summary),
        model:
          model === null ? "" : `${figure(model.value)}${model.label === "closed form" ? "" : ` (${model.label})`}`,
        error: verdict === null ? "" : percent(verdict.error),
        verdict: verdict === null ? doubt.slice(2) : `${verdictText(verdict, summary)}${doubt}`,
        failed: verdict?.word === "differs" || verdict?.word === "undecided",
      };
    }),
  );
}

/** A column of a table: its head, and the text of a line. */
export type Column<Line> = readonly [head: string, of: (line: Line) => string];

export const resultColumns: readonly Column<ResultLine>[] = [
  ["cell", (line) => line.cell],
  ["measure", (line) => line.measure],
  ["measured", (line) => line.measured],
  ["in a year", (line) => line.inYear],
  ["95% interval", (line) => line.interval],
  ["model", (line) => line.model],
  ["error", (line) => line.error],
  ["verdict", (line) => line.verdict],
];

/** The columns that are not empty. */
export function tellingColumns<Line>(columns: readonly Column<Line>[], lines: readonly Line[]): Column<Line>[] {
  return columns.filter(([, of]) => lines.some((line) => of(line) !== ""));
}

export function tellingTable<Line>(columns: readonly Column<Line>[], lines: readonly Line[]): string {
  const telling = tellingColumns(columns, lines);
  return table(
    telling.map(([head]) => head),
    lines.map((line) => telling.map(([, of]) => of(line))),
  );
}

/** The table of a run. */
export function resultTable(experiment: Experiment, cells: readonly CellSummary[]): string {
  return tellingTable(resultColumns, resultLines(experiment, cells));
}

/** Notes and warnings, each once, with the cells that they concern. */
export function remarkLines(experiment: Experiment, cells: readonly CellSummary[]): string[] {
  const places = cellTexts(
    experiment,
    cells.map(({ parameters }) => parameters),
  );
  const lines = new Map<string, string[]>();
  for (const [i, cell] of cells.entries()) {
    for (const [kind, texts] of [
      ["note", cell.notes],
      ["warning", cell.warnings],
    ] as const) {
      for (const text of texts) {
        const key = `${kind}: ${text}`;
        lines.set(key, [...(lines.get(key) ?? []), places[i]!]);
      }
    }
  }
  return [...lines].map(([line, where]) => {
    const told = where.filter((place) => place !== "");
    if (told.length === 0 || told.length === cells.length) return line;
    return `${line} (${told.slice(0, 3).join("; ")}${told.length > 3 ? `; and ${told.length - 3} more` : ""})`;
  });
}
