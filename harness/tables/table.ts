/** Tables of a run's figures, for papers: Markdown, LaTeX (booktabs) and CSV. */
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import { inWords, shown, varyingAmong } from "../charts/points.ts";
import type { Experiment } from "../experiment.ts";
import type { Plain } from "../parameters.ts";
import { toCsv } from "../results/rows.ts";
import type { CellSummary } from "../results/summary.ts";
import { rounded, type Figure } from "./rounding.ts";

export const tableFormats = ["markdown", "latex", "csv"] as const;
export type TableFormat = (typeof tableFormats)[number];

type Column =
  | { readonly kind: "parameter" | "measure" | "model"; readonly name: string }
  | { readonly kind: "replications"; readonly name: "replications" };

/**
 * The columns of a table: by default the parameters that vary, and all measures. `names` are parameters, measures,
 * `MEASURE.model` and `replications`.
 *
 * @throws BadData for an unknown name, with the nearest.
 */
export function columnsOf(
  experiment: Experiment,
  cells: readonly CellSummary[],
  names: readonly string[] | undefined,
): Column[] {
  const parameters = Object.keys(experiment.parameters);
  const measures = Object.keys(experiment.measures);
  const models = Object.keys(experiment.model ?? {}).map((name) => `${name}.model`);
  const known = [...parameters, ...measures, ...models, "replications"];
  return (names ?? [...varyingAmong(experiment, cells), ...measures]).map((name): Column => {
    if (parameters.includes(name)) return { kind: "parameter", name };
    if (measures.includes(name)) return { kind: "measure", name };
    if (name === "replications") return { kind: "replications", name };
    if (models.includes(name)) return { kind: "model", name: name.slice(0, -".model".length) };
    const hint = didYouMean(name, known) || ` There are ${known.join(", ")}.`;
    throw new BadData(`--columns ${name}: ${experiment.name} has no such parameter or measure.${hint}`);
  });
}

interface Style {
  readonly escape: (text: string) => string;
  readonly figure: (figure: Figure) => string;
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const superscript = (exponent: number): string =>
  String(exponent)
    .replace("-", "⁻")
    .replaceAll(/\d/g, (digit) => superscripts[Number(digit)]!);

/** A figure by its kind; `plus` is the sign between mean and half-width. */
function written(
  { kind, parts: [mean = "", ...ends] }: Figure,
  plus: string,
  [below, above]: [string, string],
): string {
  if (kind === "half") return `${mean} ${plus} ${ends[0]}`;
  if (kind === "range") return `${mean} [${ends.join(", ")}]`;
  return kind === "below" ? `${below} ${mean}` : kind === "above" ? `${above} ${mean}` : mean;
}

const markdown: Style = {
  escape: (text) => text.replaceAll(/[\\`*_{}[\]<>|#~$]/g, "\\$&").replaceAll("\n", " "),
  figure(figure) {
    if (figure.kind === "none") return "–";
    const text = written(figure, "±", ["<", ">"]).replaceAll(/[[\]<>]/g, "\\$&");
    if (figure.exponent === 0) return text;
    return `${figure.parts.length > 1 ? `(${text})` : text} × 10${superscript(figure.exponent)}`;
  },
};

const special: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\textquotedbl{}",
};

const latex: Style = {
  escape: (text) =>
    text.replaceAll(/[\\~^<>|"&%$#_{}]/g, (letter) => special[letter] ?? `\\${letter}`).replaceAll("\n", " "),
  figure(figure) {
    if (figure.kind === "none") return "--";
    const text = written(figure, "\\pm", ["<", ">"]).replace(" [", "\\;[");
    if (figure.exponent === 0) return `$${text}$`;
    return `$${figure.parts.length > 1 ? `(${text})` : text} \\times 10^{${figure.exponent}}$`;
  },
};

function headOf(experiment: Experiment, { kind, name }: Column): string {
  if (kind === "replications") return name;
  if (kind === "parameter") return inWords(name);
  const { unit = "" } = experiment.measures[name]!;
  return `${inWords(name)}${kind === "model" ? ", model" : ""}${unit === "" ? "" : ` (${unit})`}`;
}

function fieldOf(experiment: Experiment, cell: CellSummary, { kind, name }: Column, style: Style): string {
  if (kind === "replications") return String(cell.replications);
  if (kind === "parameter") return style.escape(shown(experiment.parameters[name]!, cell.parameters[name]!));
  const { mean, low, high, model } = cell.measures[name]!;
  return style.figure(rounded(kind === "measure" ? { mean, low, high } : { mean: model, low: model, high: model }));
}

/** For other programs: figures as they are, each measure with the ends of its interval. */
function csv(cells: readonly CellSummary[], columns: readonly Column[]): string {
  const head = columns.flatMap(({ kind, name }) =>
    kind === "measure" ? [name, `${name}.low`, `${name}.high`] : [kind === "model" ? `${name}.model` : name],
  );
  const records = cells.map((cell) =>
    columns.flatMap(({ kind, name }): (Plain | null)[] => {
      if (kind === "replications") return [cell.replications];
      if (kind === "parameter") return [cell.parameters[name]!];
      const { mean, low, high, model } = cell.measures[name]!;
      return kind === "measure" ? [mean, low, high] : [model];
    }),
  );
  return toCsv(head, records);
}

/** The table of some cells. */
export function tableOf(
  experiment: Experiment,
  cells: readonly CellSummary[],
  columns: readonly Column[],
  format: TableFormat,
): string {
  if (format === "csv") return csv(cells, columns);
  const style = format === "latex" ? latex : markdown;
  const heads = columns.map((column) => style.escape(headOf(experiment, column)));
  const rows = cells.map((cell) => columns.map((column) => fieldOf(experiment, cell, column, style)));
  // Words stand on the left, figures on the right.
  const isWords = columns.map(
    ({ kind, name }) => kind === "parameter" && typeof experiment.parameters[name]!.default !== "number",
  );
  if (format === "markdown") {
    const line = (fields: readonly string[]): string => `| ${fields.join(" | ")} |`;
    return `${[line(heads), line(isWords.map((left) => (left ? "---" : "---:"))), ...rows.map(line)].join("\n")}\n`;
  }
  const line = (fields: readonly string[]): string => `  ${fields.join(" & ")} \\\\`;
  return [
    "% \\usepackage{booktabs}",
    `\\begin{tabular}{${isWords.map((left) => (left ? "l" : "r")).join("")}}`,
    "  \\toprule",
    line(heads),
    "  \\midrule",
    ...rows.map(line),
    "  \\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}
