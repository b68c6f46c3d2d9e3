/** The options of commands that run experiments, and the declaration of an experiment's parameters as options. */
import type { Argv } from "yargs";
import type { Experiment } from "../experiment.ts";
import { runChartOptions } from "./chart-options.ts";

export const standardSeed = "1985";
/** The default limit of a cell's replications in search of precision, in multiples of its first batch. */
export const standardGrowth = 50;

export const runOptions = {
  seed: { type: "string", describe: "any text; the same seed gives the same bytes", defaultDescription: standardSeed },
  replications: { type: "string", describe: "replications of each cell (with --precision: the first batch)" },
  precision: {
    type: "string",
    describe: "add replications until every interval's half-width is within this share of its figure: 0.02, 5%",
    defaultDescription: "none",
  },
  "precision-of": { type: "string", describe: "the one measure that --precision is about", defaultDescription: "all" },
  "max-replications": {
    type: "string",
    describe: "where --precision gives up, and marks the cell as not converged",
    defaultDescription: `${standardGrowth} times --replications`,
  },
  compare: {
    type: "string",
    describe: "a parameter: what its other values change against the first, from pairs under the same random numbers",
    defaultDescription: "none",
  },
  where: {
    type: "string",
    describe:
      "only cells for which this holds: 'members > 1 and replacement < lifetime'; and, or, not, in (...), + - * /",
    defaultDescription: "all",
  },
  set: {
    type: "string",
    describe:
      "a setting: 'members=3 lifetime=1h,2h'; several stand side by side, where parameters given alone make a grid",
  },
  preset: { type: "string", describe: "settings that the experiment has a name for" },
  config: {
    type: "string",
    describe: "a YAML or JSON file of options and parameters, or the manifest of an earlier run",
  },
  "dry-run": { type: "boolean", describe: "only say which cells, how many replications and, from a probe, how long" },
  replication: { type: "string", describe: "run just this replication (from 0), here, and write nothing" },
  events: { type: "string", describe: "with --replication: a file for the trace of all events, as lines of JSON" },
  history: {
    type: "string",
    describe: "with --replication: a file for the history of transactions, .edn for Elle, .jsonl for Porcupine",
  },
  "history-form": {
    type: "string",
    describe: "of that file: elle, knossos, porcupine",
    defaultDescription: "by its name",
  },
  out: {
    type: "string",
    describe: "directory to write into",
    defaultDescription: "out/ and a name made from the parameters",
  },
  charts: {
    type: "boolean",
    describe:
      "draw charts; --no-charts saves a second. How: the options of `troupe chart`, as --chart-log y, --chart-grey, --chart-facet loss, --chart-title T, --chart-format svg,pdf",
    defaultDescription: "true",
  },
  workers: {
    type: "string",
    describe: "threads to run on; results do not depend on it",
    defaultDescription: "all cores",
  },
  queue: {
    type: "string",
    describe:
      "a Redis server, redis://host: `troupe worker` with the same option runs the replications, on any machine",
    defaultDescription: "run here",
  },
  timeout: { type: "string", describe: "real time that a replication may take, 10s", defaultDescription: "none" },
  "keep-going": {
    type: "boolean",
    describe: "run the others when a replication fails, and list the failures at the end",
    defaultDescription: "in a sweep",
  },
  "fail-fast": { type: "boolean", describe: "end with the first failure", defaultDescription: "in a run" },
  resume: {
    type: "boolean",
    describe: "keep the finished replications in --out, and run what is missing of those asked for",
  },
  rerun: { type: "string", describe: "failed: go on in --out with those alone that failed before" },
  "accept-changes": {
    type: "boolean",
    describe: "with --resume: keep replications though what computed them has changed; the manifest tells",
  },
  overwrite: { type: "boolean", alias: "fresh", describe: "drop what is in --out" },
  shard: {
    type: "string",
    describe: "the part i/n of the replications, i from 0 to n-1; `troupe merge` puts parts together",
  },
  check: {
    type: "boolean",
    describe: "run one replication a second time, to see that it is the same; --no-check saves that",
    defaultDescription: "true",
  },
  json: {
    type: "boolean",
    describe: "print one JSON document instead of the table (durations are numbers of milliseconds)",
  },
  quiet: { type: "boolean", describe: "print nothing but errors, and what --json asks for" },
} as const;

/** The options of `troupe coverage`: the options of a plan, and the number of campaigns. */
export const coverageOptions = {
  campaigns: {
    type: "string",
    describe: "how many, each with all its replications under a seed of its own",
    defaultDescription: "200",
  },
  seed: runOptions.seed,
  replications: { ...runOptions.replications, describe: "replications of each cell in one campaign" },
  precision: runOptions.precision,
  "precision-of": runOptions["precision-of"],
  "max-replications": runOptions["max-replications"],
  where: runOptions.where,
  set: runOptions.set,
  preset: runOptions.preset,
  workers: runOptions.workers,
  json: runOptions.json,
  quiet: runOptions.quiet,
} as const;

/** Options that every command accepts. */
const common = ["help", "version"];
export const runOptionNames = [...Object.keys(runOptions), ...Object.keys(runChartOptions), "fresh", ...common];
export const coverageOptionNames = [...Object.keys(coverageOptions), ...common];

/** Declares options, and the parameters of the experiment, if one is known by now. */
export function declareParameters(
  yargs: Argv,
  experiment: Experiment | undefined,
  options: typeof runOptions | typeof coverageOptions = runOptions,
): Argv {
  for (const [name, parameter] of Object.entries(experiment?.parameters ?? {})) {
    yargs.option(name, {
      // A flag is a text too, so that a sweep accepts `--flag false,true`.
      type: "string",
      group:
        "Parameters (a value; a list 1,2,5; a range 1..5 or, in steps, 0..1:0.1 or, each so many times the one before, 1..64:x2):",
      describe: `${parameter.help}; ${parameter.expects}`,
      defaultDescription: parameter.show(parameter.default) || "none",
    });
  }
  return yargs.options(options).options(options === runOptions ? runChartOptions : {});
}
