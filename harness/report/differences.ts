/** Differences of cells, as a table for terminals. */
import { inWords } from "../charts/points.ts";
import type { Experiment } from "../experiment.ts";
import type { CellDifference } from "../results/differences.ts";
import { pairingByChance } from "../statistics/differences.ts";
import { cellTexts, figure, intervalText, tellingTable, valueText, type Column } from "./table.ts";
import { greatest, least } from "../statistics/moments.ts";

/** One line of the table of differences. */
export interface DifferenceLine {
  readonly cell: string;
  readonly measure: string;
  readonly baseline: string;
  readonly other: string;
  readonly difference: string;
  readonly interval: string;
  readonly model: string;
  readonly pairing: string;
}

export const differenceColumns: readonly Column<DifferenceLine>[] = [
  ["cell", (line) => line.cell],
  ["measure", (line) => line.measure],
  ["baseline", (line) => line.baseline],
  ["other", (line) => line.other],
  ["difference", (line) => line.difference],
  ["95% interval", (line) => line.interval],
  ["model", (line) => line.model],
  ["pairing", (line) => line.pairing],
];

/** A figure with its sign. */
export function signed(value: number | null): string {
  return `${value !== null && value > 0 ? "+" : ""}${figure(value)}`;
}

function pairingText(pairing: number | null): string {
  if (pairing === null) return "";
  const [times, more] = pairing >= 1 ? [pairing, "fewer"] : [1 / pairing, "more"];
  return `${Number(times.toPrecision(2))} times ${more} replications`;
}

/** The differences as text, one line for each measure of a cell that is compared. */
export function differenceLines(experiment: Experiment, differences: readonly CellDifference[]): DifferenceLine[] {
  const texts = cellTexts(
    experiment,
    differences.map(({ parameters }) => parameters),
  );
  return differences.flatMap(({ parameter, baseline, other, measures }, i) =>
    Object.entries(measures).map(([name, measure]) => {
      const unit = experiment.measures[name]!.unit ?? "";
      return {
        cell: texts[i]!,
        measure: inWords(name),
        baseline: valueText(experiment, parameter, baseline),
        other: valueText(experiment, parameter, other),
        difference: `${signed(measure.mean)}${unit === "" ? "" : ` ${unit}`}`,
        interval: intervalText(measure),
        model: measure.model === null ? "" : signed(measure.model),
        pairing: pairingText(measure.pairing),
      };
    }),
  );
}

/** What the differences are, and how to read the column `pairing`. */
export function differenceRemark(differences: readonly CellDifference[]): string {
  const counts = differences.flatMap(({ measures }) => Object.values(measures).map(({ pairs }) => pairs));
  const [fewest, most] = [least(counts), greatest(counts)];
  const pairs = `${fewest === most ? fewest : `${fewest} to ${most}`} ${most === 1 ? "pair" : "pairs"} of replications`;
  const [fewer, more] = pairingByChance(fewest)?.map((factor) => Number(factor.toPrecision(2))) ?? [];
  const reading =
    fewer === undefined
      ? ""
      : " Pairing: so many times fewer replications than independent runs would need; " +
        `with nothing in common, chance alone makes that ${fewer} to ${more} times with ${fewest} pairs.`;
  return `The other less the baseline, from ${pairs}, each under the same random numbers.${reading}`;
}

/** The table of differences, with its remark. */
export function differenceTable(experiment: Experiment, differences: readonly CellDifference[]): string {
  const lines = differenceLines(experiment, differences);
  return `${tellingTable(differenceColumns, lines)}\n\n${differenceRemark(differences)}`;
}
