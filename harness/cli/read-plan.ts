/** Reads a plan from words: parameters, settings and filters give the cells; then seed, replications and precision. */
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment, Setting } from "../experiment.ts";
import { didYouMean } from "../../languages/nearest.ts";
import type { Parameter, Parameters, Plain } from "../parameters.ts";
import { cellKey, cellsOf, readValues, settingGrid, type Cell, type Grid } from "../plan/grid.ts";
import type { Plan } from "../plan/plan.ts";
import type { Settings } from "../plan/settings.ts";
import { readCondition } from "../plan/where.ts";
import { mustBeComparable } from "../results/differences.ts";
import { standardGrowth, standardSeed } from "./options.ts";
import { numberOf, textOf, textsOf, type Words } from "./words.ts";

const standardReplications = 20;

/** A share, as `0.02` or `2%`; null if it is not given. */
function precisionOf(words: Words): number | null {
  const text = textOf(words, "precision");
  if (text === undefined) return null;
  const [, digits, percent] = /^((?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)(%?)$/.exec(text) ?? [];
  const precision = digits === undefined ? NaN : Number(digits) / (percent === "%" ? 100 : 1);
  if (!(precision > 0)) throw new BadData(`--precision takes a number above 0, such as 0.02 or 2%, not "${text}".`);
  if (precision >= 1) {
    const meant = precision < 100 && percent === "" ? ` Did you mean ${text}%?` : "";
    throw new BadData(`--precision ${text} is ${precision * 100}% of the figure, which tells nothing.${meant}`);
  }
  return precision;
}

/** The text given for a parameter: a bare flag is true, `--no-flag` is false. */
function parameterText(words: Words, name: string, parameter: Parameter): string | undefined {
  const given = words[name];
  if (given === undefined) return undefined;
  if (Array.isArray(given)) {
    throw new BadData(`--${name} is given twice: several values are one list, --${name} ${given.join(",")}.`);
  }
  if (parameter.kind === "flag" && (given === "" || given === true)) return "true";
  if (parameter.kind === "flag" && given === false) return "false";
  if (given === "" || typeof given !== "string") throw new BadData(`--${name} needs a value: ${parameter.expects}.`);
  return given;
}

/** The texts and values that the command line gives for each parameter. */
interface Given {
  readonly texts: Readonly<Record<string, string>>;
  readonly values: Grid;
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

/** The grid of a setting on the command line, `members=3 lifetime=1h,2h`. */
function readSetting(text: string, { name: owner, parameters }: Experiment): Grid {
  const grid: Record<string, readonly Plain[]> = {};
  for (const word of text.trim().split(/[\s;]+/)) {
    const [, name, value] = /^(\w+)=(.+)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      throw new BadData(
        `--set '${text}': expected parameter=value instead of "${word}", as in 'members=3 lifetime=1h'.`,
      );
    }
    const parameter = parameters[name];
    if (parameter === undefined) {
      const names = Object.keys(parameters);
      const hint = didYouMean(name, names) || ` It has ${names.join(", ")}.`;
      throw new BadData(`--set '${text}': ${owner} has no parameter ${name}.${hint}`);
    }
    grid[name] = readValues(name, parameter, value);
  }
  return grid;
}

function presetGrids(name: string, experiment: Experiment): Grid[] {
  const presets = experiment.presets ?? {};
  const setting = presets[name];
  if (setting === undefined) {
    const names = Object.keys(presets);
    const hint = names.length === 0 ? " It has none." : didYouMean(name, names) || ` It has ${names.join(", ")}.`;
    throw new BadData(`--preset ${name}: ${experiment.name} has no such preset.${hint}`);
  }
  return ([setting].flat() as readonly Setting<Parameters>[]).map((one) => settingGrid(experiment.parameters, one));
}

/**
 * The grids whose cells are united: each preset with each setting of the command line; without both, the `standard`
 * settings.
 */
function gridsOf(words: Words, experiment: Experiment, standard: readonly Setting<Parameters>[]): readonly Grid[] {
  const presets = textOf(words, "preset")
    ?.split(",")
    .flatMap((name) => presetGrids(name, experiment));
  const settings = textsOf(words, "set").map((text) => readSetting(text, experiment));
  if (presets === undefined && settings.length === 0) {
    return standard.map((setting) => settingGrid(experiment.parameters, setting));
  }
  return (presets ?? [{}]).flatMap((preset) =>
    settings.length === 0 ? [preset] : settings.map((setting) => ({ ...preset, ...setting })),
  );
}

/** The grid that consists of one cell of a manifest. */
function gridOfCell({ name: owner, parameters }: Experiment, cell: Cell): Grid {
  const grid: Record<string, readonly Plain[]> = {};
  for (const [name, value] of Object.entries(cell)) {
    const parameter = parameters[name];
    if (parameter === undefined) throw new BadData(`--config: ${owner} has no parameter ${name}.`);
    if (!parameter.accepts(value))
      throw new BadData(`--config: ${name} takes ${parameter.expects}, not ${JSON.stringify(value)}.`);
    grid[name] = [value];
  }
  return grid;
}

/** The cells and their replications, and the texts of the words that determine the cells. */
export interface ReadPlan {
  readonly plan: Plan;
  readonly texts: Readonly<Record<string, string | readonly string[]>>;
}

function shardOf(words: Words): Plan["shard"] {
  const text = textOf(words, "shard");
  if (text === undefined) return undefined;
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (index === undefined || Number(of) < 1 || Number(index) >= Number(of)) {
    throw new BadData(`--shard takes i/n with i from 0 to n-1, such as 0/4, not "${text}".`);
  }
  return { index: Number(index), of: Number(of) };
}

/**
 * Reads a plan: parameters, seed, replications, precision and the compared parameter. The `standard` settings apply to
 * parameters that are not given.
 *
 * @throws BadData with one sentence.
 */
export function readPlan(
  words: Words,
  experiment: Experiment,
  standard: readonly Setting<Parameters>[],
  { cells: given, sizes: givenSizes }: Pick<Settings, "cells" | "sizes"> = {},
): ReadPlan {
  const { texts, values } = givenParameters(words, experiment.parameters);
  const where = textOf(words, "where");
  const condition = where === undefined ? undefined : readCondition(where, experiment);
  const grids =
    given === undefined ? gridsOf(words, experiment, standard) : given.map((cell) => gridOfCell(experiment, cell));
  const cells = cellsOf(
    experiment,
    grids.map((grid) => ({ ...grid, ...values })),
    condition,
  );
  if (cells.length === 0) throw new BadData(`--where '${where}' leaves no cell.`);
  const asked = numberOf(words, "replications", 1);
  // The sizes of a manifest hold as long as the cells are exactly the cells of the manifest.
  const isAsGiven = givenSizes !== undefined && cells.length === given!.length && Object.keys(values).length === 0;
  const counts = new Map(isAsGiven ? given!.map((cell, i) => [cellKey(cell), givenSizes[i]!]) : []);
  const sizes = isAsGiven ? { sizes: cells.map((cell) => counts.get(cellKey(cell)) ?? 0) } : {};
  const replications = asked ?? experiment.replications ?? standardReplications;
  const precision = precisionOf(words);
  const most = numberOf(words, "max-replications", 1);
  for (const name of ["max-replications", "precision-of"]) {
    if (words[name] !== undefined && precision === null) throw new BadData(`--${name} goes with --precision.`);
  }
  if (most !== undefined && most < replications) {
    throw new BadData(
      `--max-replications ${most} is less than the ${replications} replications that a cell begins with.`,
    );
  }
  const only = textOf(words, "precision-of");
  const measures = Object.keys(experiment.measures);
  if (only !== undefined && !measures.includes(only)) {
    const hint = didYouMean(only, measures) || ` It has ${measures.join(", ")}.`;
    throw new BadData(`--precision-of ${only}: ${experiment.name} has no such measure.${hint}`);
  }
  const compare = textOf(words, "compare");
  if (compare !== undefined) mustBeComparable(experiment, cells, compare);
  const shard = shardOf(words);
  const plan: Plan = {
    experiment,
    seed: textOf(words, "seed") ?? standardSeed,
    cells,
    replications,
    ...sizes,
    precision,
    ...(only === undefined ? {} : { precisionOf: only }),
    maxReplications: most ?? standardGrowth * replications,
    ...(compare === undefined ? {} : { compare }),
    ...(shard === undefined ? {} : { shard }),
  };
  const settings = textsOf(words, "set");
  const making = {
    ...(words["preset"] === undefined ? {} : { preset: textOf(words, "preset")! }),
    ...(settings.length === 0 ? {} : { set: settings }),
    ...texts,
    ...(where === undefined ? {} : { where }),
  };
  return { plan, texts: making };
}
