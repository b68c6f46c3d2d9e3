/** What changed from one run to another, as text. */
import { inWords } from "../charts/points.ts";
import type { Experiment } from "../experiment.ts";
import { isSignificant, type Comparison } from "../results/comparison.ts";
import type { Difference } from "../statistics/differences.ts";
import { signed } from "./differences.ts";
import { cellTexts, figure, intervalText, percent, tellingTable, type Column } from "./table.ts";

interface Line {
  readonly cell: string;
  readonly measure: string;
  readonly first: string;
  readonly second: string;
  readonly difference: string;
  readonly interval: string;
  readonly change: string;
  readonly isSignificant: boolean;
  readonly isConstant: boolean;
}

const columns: readonly Column<Line>[] = [
  ["cell", (line) => line.cell],
  ["measure", (line) => line.measure],
  ["first", (line) => line.first],
  ["second", (line) => line.second],
  ["difference", (line) => line.difference],
  ["95% interval", (line) => line.interval],
  ["change", (line) => line.change],
];

/** What does not vary at all is neither significant nor a matter of chance. */
const isConstant = ({ mean, low, high }: Difference): boolean => mean === 0 && low === 0 && high === 0;

function linesOf(experiment: Experiment, { cells }: Comparison, texts: readonly string[]): Line[] {
  return cells.flatMap(({ first, second, measures }, i) =>
    Object.entries(measures).map(([name, difference]) => {
      const unit = experiment.measures[name]!.unit ?? "";
      const before = first[name]!.mean;
      const isKnown = before !== null && before !== 0 && difference.mean !== null;
      return {
        cell: texts[i]!,
        measure: inWords(name),
        first: figure(before),
        second: figure(second[name]!.mean),
        difference: `${signed(difference.mean)}${unit === "" ? "" : ` ${unit}`}`,
        interval: intervalText(difference),
        change: isKnown ? percent(difference.mean! / Math.abs(before)) : "",
        isSignificant: isSignificant(difference),
        isConstant: isConstant(difference),
      };
    }),
  );
}

/** At most so many cells are named. */
const named = 5;

function onlyIn(which: string, texts: readonly string[]): string[] {
  if (texts.length === 0) return [];
  const more = texts.length > named ? `, and ${texts.length - named} more` : "";
  return [`Only the ${which} has ${texts.slice(0, named).join("; ")}${more}.`];
}

/**
 * The comparison for a terminal. Without `all`, the table has the significant differences only. `isPaired`: both runs
 * met the same random numbers.
 */
export function comparisonText(
  experiment: Experiment,
  comparison: Comparison,
  isPaired: boolean,
  all: boolean,
): string {
  const { cells, common, same, onlyFirst, onlySecond } = comparison;
  const known = cells.map(({ parameters }) => parameters);
  const texts = cellTexts(experiment, [...known, ...onlyFirst, ...onlySecond]);
  const lines = linesOf(experiment, comparison, texts);
  const significant = lines.filter((line) => line.isSignificant);
  const shown = all ? lines : significant;
  const pairs = isPaired ? "each pair under the same random numbers" : "under different seeds";
  const varying = lines.filter((line) => !line.isConstant).length;
  const chance = Number((0.05 * varying).toPrecision(2));
  const verdict =
    same === common && common > 0
      ? []
      : [
          `${significant.length} of ${varying} differences are significant at 95%; chance alone would make about ${chance} of them so.`,
        ];
  return [
    `${common} replications are in both, ${pairs}; ${same} of them came out the same, byte by byte.`,
    ...onlyIn("first", texts.slice(known.length, known.length + onlyFirst.length)),
    ...onlyIn("second", texts.slice(known.length + onlyFirst.length)),
    ...verdict,
    ...(shown.length === 0 ? [] : ["", tellingTable(columns, shown)]),
  ].join("\n");
}
