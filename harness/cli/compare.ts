/** `troupe compare A B`: what changed from one finished run to another. */
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { comparisonCharts, type Drawable } from "../charts/differences.ts";
import type { Experiment } from "../experiment.ts";
import type { Cell } from "../plan/grid.ts";
import { comparisonText } from "../report/comparison.ts";
import { comparisonOf, type ComparedCell } from "../results/comparison.ts";
import { readFinished, type Finished } from "../store/finished.ts";
import { changesBetween } from "../store/identity.ts";
import { identityIn } from "../store/manifest.ts";
import { chartOptions } from "./chart-options.ts";
import { drawTo } from "./chart.ts";
import { isGiven, refuseUnknown, textOf, type Words } from "./words.ts";

const options = {
  all: { type: "boolean", describe: "list differences that are not significant too" },
  out: { type: "string", describe: "charts of the differences: a directory, or a file for one" },
  y: { type: "string", describe: "with --out: only the chart of this measure" },
  format: chartOptions.format,
  grey: chartOptions.grey,
} as const;

export function declareCompare(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 compare A B\n\nCompares two finished runs of one experiment: what computed them, and what their common cells differ in.",
    )
    .positional("first", { describe: "the directory of a run", type: "string" })
    .positional("second", { describe: "the directory of another", type: "string" })
    .options(options)
    .example("$0 compare results/availability out/availability-sweep", "has a change of code changed the figures?");
}

/** What made the runs different, a line each. */
function causes(first: Finished, second: Finished): string[] {
  const [before, after] = [first, second].map(({ manifest }) => identityIn(manifest));
  const changes = before === undefined || after === undefined ? [] : changesBetween(before, after);
  const [a, b] = [first.manifest.seed, second.manifest.seed];
  return [
    ...(a === b ? [] : [`The seed was ${a} and is ${b}.`]),
    ...(changes.length === 0 ? [] : [`Changed in between: ${changes.join(", ")}.`]),
  ];
}

/** The charts that are wanted of the differences. */
function chartsOf(words: Words, experiment: Experiment, cells: readonly ComparedCell[]): Drawable[] {
  const charts = comparisonCharts(experiment, cells).map((each) =>
    isGiven(words, "grey") ? { ...each, chart: { ...each.chart, grey: true } } : each,
  );
  const y = textOf(words, "y");
  if (y === undefined) return charts;
  const chosen = charts.filter(({ chart }) => chart.y === y);
  if (chosen.length > 0) return chosen;
  const names = charts.map(({ chart }) => String(chart.y));
  throw new BadData(
    `--y ${y}: no difference of it is drawn.${didYouMean(y, names) || ` There are ${names.join(", ") || "none"}.`}`,
  );
}

export async function compareCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["first", "second", ...Object.keys(options), "help", "version"]);
  const [a, b] = [words["first"], words["second"]] as (string | undefined)[];
  if (words["out"] === undefined) {
    const lone = ["y", "format", "grey"].find((name) => words[name] !== undefined);
    if (lone !== undefined) throw new BadData(`--${lone} goes with --out.`);
  }
  if (a === undefined || b === undefined) throw new BadData("name the directories of two runs: troupe compare A B.");
  const [first, second] = [await readFinished(a), await readFinished(b)];
  const { experiment } = second;
  if (first.experiment.name !== experiment.name) {
    throw new BadData(
      `${a} is a run of ${first.experiment.name}, and ${b} of ${experiment.name}: they have nothing in common.`,
    );
  }
  const comparison = comparisonOf(
    experiment,
    [first.rows, second.rows],
    [first, second].map(({ manifest }) => manifest.cells.map(({ parameters }) => parameters)) as [Cell[], Cell[]],
  );
  if (comparison.cells.length === 0) throw new BadData(`${a} and ${b} have no cell in common.`);
  const isPaired = first.manifest.seed === second.manifest.seed;
  const text = comparisonText(experiment, comparison, isPaired, isGiven(words, "all"));
  const out = textOf(words, "out");
  const charts = out === undefined ? [] : chartsOf(words, experiment, comparison.cells);
  const written = out === undefined ? [] : [await drawTo(out, charts, words)];
  process.stdout.write(`${[...causes(first, second), text, ...written].join("\n")}\n`);
}
