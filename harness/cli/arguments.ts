/** From the words of the command line to a plan: what every experiment takes, and what this one does. */
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment, Setting } from "../experiment.ts";
import type { Source } from "../load.ts";
import { didYouMean } from "../../languages/nearest.ts";
import type { Parameter, Parameters, Plain } from "../parameters.ts";
import type { Plan } from "../plan/plan.ts";
import { mustBeComparable } from "../results/differences.ts";
import { cellsOf, readValues, settingGrid, type Cell } from "../plan/grid.ts";

export type Words = Readonly<Record<string, unknown>>;

export const standardSeed = "1985";
const standardReplications = 20;
/** How many times the first batch a cell may grow in search of precision, unless --max-replications says. */
const standardGrowth = 50;

const runOptions = {
  seed: { type: "string", describe: "any text; the same seed gives the same bytes", defaultDescription: standardSeed },
  replications: { type: "string", describe: "replications of each cell (with --precision: the first batch)" },
  precision: {
    type: "string",
    describe: "add replications until every interval's half-width is within this share of its figure, such as 0.02",
    defaultDescription: "none",
  },
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
  replication: { type: "string", describe: "run just this replication (from 0), here, and write nothing" },
  events: { type: "string", describe: "with --replication: a file for the trace of all events, as lines of JSON" },
  out: {
    type: "string",
    describe: "directory to write into",
    defaultDescription: "out/ and a name made from the parameters",
  },
  charts: { type: "boolean", default: true, describe: "draw charts; --no-charts saves a second" },
  workers: {
    type: "string",
    describe: "threads to run on; results do not depend on it",
    defaultDescription: "all cores",
  },
  resume: { type: "boolean", describe: "go on with the finished replications in --out" },
  fresh: { type: "boolean", describe: "drop the finished replications of an interrupted run in --out" },
  json: {
    type: "boolean",
    describe: "print one JSON document instead of the table (durations are numbers of milliseconds)",
  },
  quiet: { type: "boolean", describe: "print nothing but errors, and what --json asks for" },
} as const;

/** The options of `troupe coverage`: what a plan takes, and how many of them are carried out. */
export const coverageOptions = {
  campaigns: {
    type: "string",
    describe: "how many, each with all its replications under a seed of its own",
    defaultDescription: "200",
  },
  seed: runOptions.seed,
  replications: { ...runOptions.replications, describe: "replications of each cell in one campaign" },
  precision: runOptions.precision,
  "max-replications": runOptions["max-replications"],
  workers: runOptions.workers,
  json: runOptions.json,
  quiet: runOptions.quiet,
} as const;

/** Declares options, and the parameters of the experiment, if one is known by now. */
export function declareParameters(
  yargs: Argv,
  experiment: Experiment | undefined,
  options: typeof runOptions | typeof coverageOptions = runOptions,
): Argv {
  for (const [name, parameter] of Object.entries(experiment?.parameters ?? {})) {
    yargs.option(name, {
      // A flag too is a text, so that a sweep may take `--flag false,true`.
      type: "string",
      group: "Parameters (a value, a list such as 1,2,5, or a range such as 1..5 or 0..1:0.1):",
      describe: `${parameter.help}; ${parameter.expects}`,
      defaultDescription: parameter.show(parameter.default) || "none",
    });
  }
  return yargs.options(options);
}

/** The words that no declared option accounts for end the command here. */
export function refuseUnknown(words: Words, experiment: Experiment | undefined, known: readonly string[]): void {
  const names = [...Object.keys(experiment?.parameters ?? {}), ...known];
  for (const name of Object.keys(words)) {
    if (["_", "$0", "experiment", "directory", ...names].includes(name)) continue;
    const owner = experiment === undefined ? "there is no option" : `${experiment.name} has no parameter or option`;
    const dashes = (nearest: string): string => `--${nearest}`;
    const hint = didYouMean(name, names, dashes) || (experiment ? ` It has ${names.map(dashes).join(", ")}.` : "");
    throw new BadData(`${owner} --${name}.${hint}`);
  }
  const [, surplus] = words["_"] as readonly (string | number)[];
  if (surplus !== undefined)
    throw new BadData(`"${surplus}" is one word too many: parameters are given as --name value.`);
}

export const runOptionNames = [...Object.keys(runOptions), "help", "version"];

/** The one text given for an option, or undefined. */
export function textOf(words: Words, name: string): string | undefined {
  const given = words[name];
  if (given === undefined) return undefined;
  if (Array.isArray(given)) throw new BadData(`--${name} is given twice.`);
  if (given === "" || typeof given !== "string") throw new BadData(`--${name} needs a value.`);
  return given;
}

export function numberOf(words: Words, name: string, least: number): number | undefined {
  const text = textOf(words, name);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) < least || !Number.isSafeInteger(Number(text))) {
    throw new BadData(`--${name} takes a whole number of at least ${least}, not "${text}".`);
  }
  return Number(text);
}

function precisionOf(words: Words): number | null {
  const text = textOf(words, "precision");
  if (text === undefined) return null;
  const precision = /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(precision > 0)) throw new BadData(`--precision takes a number above 0, such as 0.02, not "${text}".`);
  return precision;
}

/** The text given for a parameter: repeated options make one list, a bare flag is true, `--no-flag` is false. */
function parameterText(words: Words, name: string, parameter: Parameter): string | undefined {
  const given = words[name];
  if (given === undefined) return undefined;
  const texts = [given].flat().map((text) => {
    if (parameter.kind === "flag" && (text === "" || text === true)) return "true";
    if (parameter.kind === "flag" && text === false) return "false";
    if (text === "" || typeof text !== "string") throw new BadData(`--${name} needs a value: ${parameter.expects}.`);
    return text;
  });
  return texts.join(",");
}

/** What the command line gives for each parameter, as text and as values. */
interface Given {
  readonly texts: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, readonly Plain[]>>;
}

function givenParameters(words: Words, parameters: Parameters): Given {
  const texts: Record<string, string> = {};
  const values: Record<string, readonly Plain[]> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const text = parameterText(words, name, parameter);
    if (text === undefined) continue;
    texts[name] = text;
    values[name] = readValues(name, parameter, text);
  }
  return { texts, values };
}

/** A word as a shell takes it back. */
function quoted(word: string): string {
  return /^[\w./:,@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function options(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, text]) => ` --${name} ${quoted(text)}`)
    .join("");
}

/** The command that runs one replication of a cell alone. */
export function replayCommand(
  source: Source,
  experiment: Experiment,
  cell: Cell,
  seed: string,
  replication: number,
): string {
  const changed: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(experiment.parameters)) {
    if (cell[name] !== parameter.default) changed[name] = parameter.show(cell[name]!);
  }
  return `troupe run ${quoted(source.name)}${options({ seed, replication: String(replication), ...changed })}`;
}

/** A directory's name that says what is in it. */
function directoryName(experiment: Experiment, said: Readonly<Record<string, string>>): string {
  const words = Object.entries(said).map(([name, text]) => `-${name}-${text.replace(/[^\w.,]+/g, "_")}`);
  const whole = experiment.name + words.join("");
  if (whole.length <= 100) return `out/${whole}`;
  return `out/${experiment.name}-${createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, 12)}`;
}

/** Where the real machine is measured, replications beside one another would disturb one another. */
export function workersOf(words: Words, experiment: Experiment): number {
  const given = numberOf(words, "workers", 1);
  if (experiment.reproducible !== false) return given ?? availableParallelism();
  if (given === undefined || given === 1) return 1;
  throw new BadData(`--workers ${given}: ${experiment.name} measures the real machine, on one worker.`);
}

/** What the command line says of the cells and their replications, and its texts for the parameters. */
interface Read {
  readonly plan: Plan;
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * Reads a plan: parameters, seed, replications, precision, what is compared. `settings` stand in for parameters that are not
 * given.
 *
 * @throws BadData with one sentence.
 */
export function readPlan(words: Words, experiment: Experiment, settings: readonly Setting<Parameters>[]): Read {
  const { texts, values } = givenParameters(words, experiment.parameters);
  const grids = settings.map((setting) => ({ ...settingGrid(experiment.parameters, setting), ...values }));
  const cells = cellsOf(experiment, grids);
  const seed = textOf(words, "seed") ?? standardSeed;
  const replications = numberOf(words, "replications", 1) ?? experiment.replications ?? standardReplications;
  const precision = precisionOf(words);
  const most = numberOf(words, "max-replications", 1);
  if (most !== undefined && precision === null) throw new BadData("--max-replications goes with --precision.");
  const maxReplications = Math.max(replications, most ?? standardGrowth * replications);
  const compare = textOf(words, "compare");
  if (compare !== undefined) mustBeComparable(experiment, cells, compare);
  const comparing = compare === undefined ? {} : { compare };
  return { plan: { experiment, seed, cells, replications, precision, maxReplications, ...comparing }, texts };
}

export interface RunArguments {
  readonly plan: Plan;
  readonly source: Source;
  readonly command: string;
  readonly directory: string;
  readonly charts: boolean;
  readonly workers: number;
  readonly kept?: "resume" | "fresh";
  /** The one replication to run alone. */
  readonly replication?: number;
  /** Where its trace goes. */
  readonly events?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/**
 * Reads the words of `troupe run` or `troupe sweep`. A sweep takes the experiment's own grid for what is not given.
 *
 * @throws BadData with one sentence.
 */
export function readRun(verb: "run" | "sweep", words: Words, source: Source, experiment: Experiment): RunArguments {
  refuseUnknown(words, experiment, runOptionNames);
  const sweep = verb === "sweep" ? [experiment.sweep ?? {}].flat() : [{}];
  const { plan, texts } = readPlan(words, experiment, sweep as readonly Setting<Parameters>[]);
  const { seed, cells, replications, precision, maxReplications, compare } = plan;
  const replication = numberOf(words, "replication", 0);
  if (replication !== undefined && cells.length > 1) {
    throw new BadData(`--replication runs one cell, and these parameters make ${cells.length}.`);
  }
  const events = textOf(words, "events");
  if (events !== undefined && replication === undefined) throw new BadData("--events goes with --replication.");
  const [resume, fresh] = [words["resume"] === true, words["fresh"] === true];
  if (resume && fresh) throw new BadData("--resume and --fresh contradict each other.");

  const said: Record<string, string> = { ...texts };
  if (textOf(words, "seed") !== undefined) said["seed"] = seed;
  const precise: Record<string, string> =
    precision === null ? {} : { precision: String(precision), "max-replications": String(maxReplications) };
  const comparing: Record<string, string> = compare === undefined ? {} : { compare };
  const charts = words["charts"] !== false;
  const counted = textOf(words, "replications") === undefined ? {} : { replications: String(replications) };
  return {
    plan,
    source,
    command: `troupe ${verb} ${quoted(source.name)}${options({ ...texts, seed, replications: String(replications), ...precise, ...comparing })}${charts ? "" : " --no-charts"}`,
    charts,
    directory: textOf(words, "out") ?? directoryName(experiment, { ...said, ...counted, ...precise }),
    workers: workersOf(words, experiment),
    ...(resume ? { kept: "resume" } : fresh ? { kept: "fresh" } : {}),
    ...(replication === undefined ? {} : { replication }),
    ...(events === undefined ? {} : { events }),
    json: words["json"] === true,
    quiet: words["quiet"] === true,
  };
}
