/** The coverage of intervals, as a table for terminals and as JSON for other programs. */
import { inWords } from "../charts/points.ts";
import type { Experiment } from "../experiment.ts";
import type { CellCoverage } from "../results/coverage.ts";
import { cellTexts, figure, intervalText, percent, tellingTable, type Column } from "./table.ts";

interface CoverageLine {
  readonly cell: string;
  readonly measure: string;
  readonly model: string;
  readonly coverage: string;
  readonly interval: string;
  readonly bias: string;
  readonly biasInterval: string;
  readonly halfWidth: string;
  readonly verdict: string;
}

const columns: readonly Column<CoverageLine>[] = [
  ["cell", (line) => line.cell],
  ["measure", (line) => line.measure],
  ["model", (line) => line.model],
  ["coverage", (line) => line.coverage],
  ["95% interval", (line) => line.interval],
  ["bias", (line) => line.bias],
  ["95% interval", (line) => line.biasInterval],
  ["half-width", (line) => line.halfWidth],
  ["intervals are", (line) => line.verdict],
];

function share(value: number | null): string {
  return value === null ? "-" : `${(100 * value).toFixed(1)}%`;
}

/** The table of coverages, one line for each measure whose figure is known. */
export function coverageTable(experiment: Experiment, cells: readonly CellCoverage[]): string {
  const texts = cellTexts(
    experiment,
    cells.map(({ parameters }) => parameters),
  );
  const lines = cells.flatMap(({ measures }, i) =>
    Object.entries(measures).map(([name, { model, held, intervals, coverage, bias, halfWidth, verdict }]) => ({
      cell: texts[i]!,
      measure: inWords(name),
      model: figure(model),
      coverage: `${share(coverage.mean)} (${held} of ${intervals})`,
      interval: intervalText(coverage, share),
      bias: percent(bias.mean),
      biasInterval: intervalText(bias, percent),
      halfWidth: share(halfWidth),
      verdict,
    })),
  );
  return tellingTable(columns, lines);
}

/** The document of `--json`. */
export function coverageDocument(
  experiment: Experiment,
  seed: string,
  campaigns: number,
  cells: readonly CellCoverage[],
): string {
  return JSON.stringify({ experiment: experiment.name, seed, campaigns, cells }, null, 2);
}
