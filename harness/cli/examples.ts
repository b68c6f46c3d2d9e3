/** Examples for the help of an experiment. The experiment accepts each of them. */
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment, Setting } from "../experiment.ts";
import type { Parameter, Parameters, Plain } from "../parameters.ts";
import { cellsOf, settingGrid, type Grid } from "../plan/grid.ts";
import { knownFigures } from "../results/coverage.ts";

/** Commands and their purposes, as the help prints them. */
type Examples = [command: string, use: string][];

/** A parameter with two values, each of which the experiment accepts while all other parameters stay as they are. */
interface Example {
  readonly parameter: string;
  readonly one: string;
  readonly two: string;
}

function candidates({ default: standard, options }: Parameter): Plain[] {
  if (typeof standard !== "number") return [standard, ...options.filter((option) => option !== standard)];
  return [standard, standard + 1, standard - 1, standard * 2, standard / 2];
}

/** The other parameters of an example: the defaults, or the experiment's own grid. */
interface Use {
  readonly grids: readonly Grid[];
  /** Whether each cell must have a model. */
  readonly isKnown: boolean;
}

function accepts(experiment: Experiment, grid: Grid, { grids, isKnown }: Use): boolean {
  try {
    const cells = cellsOf(
      experiment,
      grids.map((one) => ({ ...one, ...grid })),
    );
    return !isKnown || cells.every((cell) => knownFigures(experiment, cell).size > 0);
  } catch (error) {
    if (error instanceof BadData) return false;
    throw error;
  }
}

/** The first parameter that can serve as an example; undefined if there is none. */
function exampleOf(experiment: Experiment, use: Use): Example | undefined {
  for (const [parameter, kind] of Object.entries(experiment.parameters)) {
    const fitting = candidates(kind).filter(
      (value) => kind.accepts(value) && value !== "" && accepts(experiment, { [parameter]: [value] }, use),
    );
    const [one, two] = fitting;
    if (one === undefined || two === undefined || !accepts(experiment, { [parameter]: [one, two] }, use)) continue;
    return { parameter, one: kind.show(two), two: [one, two].map((value) => kind.show(value)).join(",") };
  }
  return undefined;
}

const standard: Example = { parameter: "members", one: "3", two: "1,3" };

/** The text of the examples in the help: each command on a line of its own. */
export function examplesText(examples: Examples): string {
  return ["Examples:", ...examples.flatMap(([command, use]) => [`  ${command}`, `      ${use}`])].join("\n");
}

/** Examples of `troupe run`, for the experiment if one is named. */
export function runExamples(name: string, experiment: Experiment | undefined): Examples {
  const example = experiment === undefined ? standard : exampleOf(experiment, { grids: [{}], isKnown: false });
  const examples: Examples = [[`$0 run ${name}`, "with its defaults"]];
  if (example !== undefined) {
    const { parameter, one, two } = example;
    examples.push(
      [`$0 run ${name} --${parameter} ${one} --replications 5`, "one parameter changed, few replications"],
      [`$0 run ${name} --${parameter} ${two} --compare ${parameter}`, "differences from pairs of replications"],
    );
  }
  return [
    ...examples,
    [`$0 run ${name} --precision 2% --json`, "until the intervals are narrow; for a program to read"],
  ];
}

/** Examples of `troupe sweep`. */
export function sweepExamples(name: string, experiment: Experiment | undefined): Examples {
  const settings = [experiment?.sweep ?? {}].flat() as readonly Setting<Parameters>[];
  const grids = settings.map((setting) => settingGrid(experiment?.parameters ?? {}, setting));
  const example = experiment === undefined ? standard : exampleOf(experiment, { grids, isKnown: false });
  const values = example === undefined ? "" : ` --${example.parameter} ${example.two}`;
  return [
    [`$0 sweep ${name}`, "over the experiment's own grid"],
    ...(values === "" ? [] : ([[`$0 sweep ${name}${values}`, "over these values instead"]] as Examples)),
    [`$0 sweep ${name}${values} --dry-run`, "how many replications, and how long"],
    [`$0 sweep ${name} --shard 0/4 --out out/0`, "a quarter of it; the others elsewhere"],
    [`$0 sweep ${name} --out out/x --resume`, "goes on after Ctrl-C"],
  ];
}

const known: Use = { grids: [{}], isKnown: true };

/** Examples of `troupe coverage`. */
export function coverageExamples(name: string, experiment: Experiment | undefined): Examples {
  const example = experiment === undefined ? standard : exampleOf(experiment, known);
  const change = example === undefined ? "" : ` --${example.parameter} ${example.one}`;
  const isKnown = experiment === undefined || accepts(experiment, {}, known);
  if (!isKnown && example === undefined) return [];
  return [
    ...(isKnown ? ([[`$0 coverage ${name}`, "of 200 campaigns, with its defaults"]] as Examples) : []),
    [`$0 coverage ${name}${change} --campaigns 1000 --replications 10`, "more and smaller campaigns"],
  ];
}
