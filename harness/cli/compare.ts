/** `troupe compare A B`: what changed from one finished run to another. */
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import type { Cell } from "../plan/grid.ts";
import { comparisonText } from "../report/comparison.ts";
import { comparisonOf } from "../results/comparison.ts";
import { readFinished, type Finished } from "../store/finished.ts";
import { changesBetween } from "../store/identity.ts";
import { identityIn } from "../store/manifest.ts";
import { isGiven, refuseUnknown, type Words } from "./words.ts";

const options = {
  all: { type: "boolean", describe: "list differences that are not significant too" },
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

export async function compareCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["first", "second", ...Object.keys(options), "help", "version"]);
  const [a, b] = [words["first"], words["second"]] as (string | undefined)[];
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
  process.stdout.write(`${[...causes(first, second), text].join("\n")}\n`);
}
