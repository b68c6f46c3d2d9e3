/** `troupe run`, `sweep` and `coverage`: the parameters of the named experiment as options, and its help. */
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment } from "../experiment.ts";
import { greatest } from "../statistics/moments.ts";
import type { Asked, Loaded } from "./command.ts";
import { coverageCommand } from "./coverage.ts";
import { coverageExamples, examplesText, runExamples, sweepExamples } from "./examples.ts";
import { coverageOptions, declareParameters, runOptions } from "./options.ts";
import { runCommand } from "./run.ts";

const examplesOf = { run: runExamples, sweep: sweepExamples, coverage: coverageExamples };

/** What an experiment measures, for its help. */
function measuresOf(experiment: Experiment): string {
  const measures = Object.entries(experiment.measures);
  const width = greatest(measures.map(([name]) => name.length));
  const lines = measures.map(
    ([name, { unit = "", help }]) => `  ${name.padEnd(width)}  ${help}${unit === "" ? "" : ` (${unit})`}`,
  );
  return [`${experiment.question}\n\nMeasures:`, ...lines].join("\n");
}

export function experimentCommand(verb: keyof typeof examplesOf, { named, example }: Asked): Loaded {
  const experiment = named?.experiment;
  return {
    declare(yargs) {
      const examples = examplesText(examplesOf[verb](named?.source.name ?? example, experiment));
      return declareParameters(yargs, experiment, verb === "coverage" ? coverageOptions : runOptions)
        .epilogue([examples, ...(experiment === undefined ? [] : [measuresOf(experiment)])].join("\n\n"))
        .positional("experiment", { describe: "a name from `troupe list`, or the path of a file", type: "string" });
    },
    async run(words) {
      if (named === undefined) throw new BadData(`the command comes first: troupe ${verb} NAME, then its options.`);
      const { source } = named;
      if (verb === "coverage") await coverageCommand(words, source, named.experiment);
      else await runCommand(verb, words, source, named.experiment);
    },
  };
}
