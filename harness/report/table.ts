/** How results look on a terminal. */
import Table from "cli-table3";
import { inWords, varying } from "../charts/points.ts";
import { modelOf, type Experiment } from "../experiment.ts";
import { meansOf, type CellSummary } from "../results/summary.ts";
import { verdictOf } from "../results/verdict.ts";

/** Four significant digits, without needless zeros: 18.33, 250, 1.234e-5. */
export function figure(value: number | null): string {
  if (value === null) return "-";
  const short = Number(value.toPrecision(4));
  const size = Math.abs(short);
  return size !== 0 && (size < 0.001 || size >= 1e7) ? short.toExponential() : String(short);
}

function percent(share: number | null): string {
  if (share === null) return "-";
  const rounded = (100 * share).toFixed(1);
  return rounded === "-0.0" ? "+0.0%" : `${share >= 0 ? "+" : ""}${rounded}%`;
}

/** One line of the table of results. */
export interface ResultLine {
  readonly cell: string;
  readonly measure: string;
  readonly measured: string;
  readonly interval: string;
  readonly model: string;
  readonly error: string;
  /** Empty where there is nothing to compare with. */
  readonly verdict: string;
  readonly failed: boolean;
}

/**
 * What tells each cell from the others: the parameters that vary, without those whose standard value most cells have
 * where the cell has it too.
 */
function cellTexts(experiment: Experiment, cells: readonly CellSummary[]): string[] {
  const isStandard = (name: string, { parameters }: CellSummary): boolean =>
    parameters[name] === experiment.parameters[name]!.default;
  const names = varying(
    experiment,
    cells.map(({ parameters }) => parameters),
  );
  const unsaid = new Set(
    names.filter((name) => cells.filter((cell) => isStandard(name, cell)).length * 2 > cells.length),
  );
  return cells.map((cell) =>
    names
      .filter((name) => !unsaid.has(name) || !isStandard(name, cell))
      .map((name) => `${inWords(name)} ${experiment.parameters[name]!.show(cell.parameters[name]!) || "none"}`)
      .join(", "),
  );
}

/** The results as text, one line for each cell and measure; parameters that do not vary are left out. */
export function resultLines(experiment: Experiment, cells: readonly CellSummary[]): ResultLine[] {
  const texts = cellTexts(experiment, cells);
  return cells.flatMap((cell, i) =>
    Object.entries(cell.measures).map(([name, { mean, low, high, converged }]) => {
      const model = modelOf(experiment, name, cell.parameters, meansOf(cell));
      const verdict = verdictOf(experiment, cell, name);
      const unit = experiment.measures[name]!.unit ?? "";
      const doubt = converged ? "" : ", not converged";
      return {
        cell: texts[i]!,
        measure: inWords(name),
        measured: `${figure(mean)}${unit === "" ? "" : ` ${unit}`}`,
        interval:
          low === null || high === null ? "unknown" : low === high ? "exact" : `${figure(low)} to ${figure(high)}`,
        model:
          model === null ? "" : `${figure(model.value)}${model.label === "closed form" ? "" : ` (${model.label})`}`,
        error: verdict === null ? "" : percent(verdict.error),
        verdict: verdict === null ? doubt.slice(2) : `${verdict.word}${doubt}`,
        failed: verdict?.word === "differs" || verdict?.word === "undecided",
      };
    }),
  );
}

/** A plain table that survives a pipe, without colours or frames. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = new Table({
    head: [...head],
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: "  ",
    },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  lines.push(...rows.map((row) => [...row]));
  return lines
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** The table of a run: the columns that say something. */
export function resultTable(experiment: Experiment, cells: readonly CellSummary[]): string {
  const lines = resultLines(experiment, cells);
  const columns: readonly (readonly [head: string, of: (line: ResultLine) => string])[] = [
    ["cell", (line) => line.cell],
    ["measure", (line) => line.measure],
    ["measured", (line) => line.measured],
    ["95% interval", (line) => line.interval],
    ["model", (line) => line.model],
    ["error", (line) => line.error],
    ["verdict", (line) => line.verdict],
  ];
  const telling = columns.filter(([, of]) => lines.some((line) => of(line) !== ""));
  return table(
    telling.map(([head]) => head),
    lines.map((line) => telling.map(([, of]) => of(line))),
  );
}

/** Notes and warnings, each once, with the cells that they are about. */
export function remarkLines(experiment: Experiment, cells: readonly CellSummary[]): string[] {
  const places = cellTexts(experiment, cells);
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

/** The document of `--json`: its form is fixed, other programs read it. */
export function jsonDocument(experiment: Experiment, seed: string, cells: readonly CellSummary[]): string {
  return JSON.stringify(
    {
      experiment: experiment.name,
      seed,
      cells: cells.map(({ parameters, replications, converged, measures }) => ({
        parameters,
        replications,
        converged,
        measures: Object.fromEntries(
          Object.entries(measures).map(([name, { mean, low, high, model }]) => [name, { mean, low, high, model }]),
        ),
      })),
    },
    null,
    2,
  );
}
