/** The cells of a grid, from the texts that the command line or a setting gives for the parameters. */
import { accessSync, constants, statSync } from "node:fs";
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment } from "../experiment.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { locate } from "../package-root.ts";
import type { Parameter, Parameters, Plain } from "../parameters.ts";

/** One point of the grid: a value for every parameter, in the order in which the experiment names them. */
export type Cell = Readonly<Record<string, Plain>>;

/** A cell's name in journals and look-ups. */
export function cellKey(cell: Cell): string {
  return JSON.stringify(cell);
}

/**
 * Sorts cells as in a grid: the last parameter varies fastest, numbers ascend, and words keep the order of their first
 * use.
 */
export function inGridOrder(cells: readonly Cell[]): Cell[] {
  const names = Object.keys(cells[0]!);
  const ranks = names.map((name) => {
    const values = [...new Set(cells.map((cell) => cell[name]!))];
    if (typeof values[0] === "number") values.sort((a, b) => Number(a) - Number(b));
    return new Map(values.map((value, rank) => [value, rank]));
  });
  const compare = (a: Cell, b: Cell): number => {
    const place = names.findIndex((name) => a[name] !== b[name]);
    return place < 0 ? 0 : ranks[place]!.get(a[names[place]!]!)! - ranks[place]!.get(b[names[place]!]!)!;
  };
  return [...cells].sort(compare);
}

/** The values of each given parameter. The cells are all combinations of the values. */
export type Grid = Readonly<Record<string, readonly Plain[]>>;

const mostValues = 100_000;
const range = /^(.+?)\.\.(.+?)(?::(x?)(.+))?$/;

function isNumeric(parameter: Parameter): boolean {
  return typeof parameter.default === "number";
}

function refusal(name: string, parameter: Parameter, text: string): BadData {
  if (/^[+-]?\d+$/.test(text) && !Number.isSafeInteger(Number(text))) {
    return new BadData(`--${name} ${text} is beyond 2^53, where whole numbers are no longer exact.`);
  }
  const options = parameter.options.map((option) => parameter.show(option));
  return new BadData(`--${name} takes ${parameter.expects}, not "${text}".${didYouMean(text, options)}`);
}

/** Rounds to 15 digits, which a double always has, so that 0.1 + 2 * 0.1 is 0.3. Whole numbers are exact and stay. */
function rounded(value: number): number {
  return Number.isSafeInteger(value) ? value : Number(value.toPrecision(15));
}

/** Values of a range: `1..5`; `1..9:2` in steps of 2; `1..64:x2` by factors of 2. The end counts if a step meets it. */
function rangeValues(name: string, parameter: Parameter<number>, text: string): number[] | undefined {
  const match = range.exec(text);
  if (match === null) return undefined;
  const [, firstText = "", lastText = "", times, stepText] = match;
  const first = parameter.parse(firstText);
  const last = parameter.parse(lastText);
  if (first === undefined) throw refusal(name, parameter, firstText);
  if (last === undefined) throw refusal(name, parameter, lastText);
  if (first > last) throw new BadData(`--${name} ${text} runs backwards: the smaller end comes first.`);
  if (stepText === undefined && parameter.kind !== "count") {
    throw new BadData(`--${name} ${text} needs a step, as in ${text}:${parameter.show((last - first) / 10)}.`);
  }
  const isFactor = times === "x";
  // A step may lie outside the parameter's bounds, so it is read by the kind's own rules, not by the bounds.
  const step = stepText === undefined ? 1 : isFactor ? Number(stepText) : readStep(parameter, stepText);
  if (step === undefined || !(isFactor ? step > 1 && first > 0 : step > 0)) {
    const rule = isFactor ? "a factor above 1, and a range above 0" : "a step above 0";
    throw new BadData(`--${name} ${text}: ${rule} is needed.`);
  }
  const steps = isFactor ? Math.log(last / first) / Math.log(step) : (last - first) / step;
  if (steps >= mostValues) throw new BadData(`--${name} ${text} has more than ${mostValues} values.`);
  const values: number[] = [];
  for (let i = 0; i <= steps + 1e-9; i++) {
    const value = rounded(isFactor ? first * step ** i : first + i * step);
    if (!parameter.accepts(value)) throw refusal(name, parameter, parameter.show(value));
    values.push(value);
  }
  return values;
}

function readStep(parameter: Parameter<number>, text: string): number | undefined {
  const step = parameter.readUnbounded(text);
  return step !== undefined && Number.isFinite(step) ? step : undefined;
}

/**
 * The values of a parameter in a text of the command line: a single value, a list `0,0.01,0.1`, a range `1..5`, or a
 * list of values and ranges.
 *
 * @throws BadData with one sentence that names the parameter and its valid values.
 */
export function readValues(name: string, parameter: Parameter, text: string): Plain[] {
  return text.split(",").flatMap((item): Plain[] => {
    if (isNumeric(parameter)) {
      const values = rangeValues(name, parameter as Parameter<number>, item);
      if (values !== undefined) return values;
    }
    const value = parameter.parse(item);
    if (value === undefined) throw refusal(name, parameter, item);
    return [value];
  });
}

/** The values of a setting in an experiment file: a text as on the command line, a value, or a list of values. */
function settingValues(name: string, parameter: Parameter, given: unknown): readonly Plain[] {
  if (typeof given === "string") return readValues(name, parameter, given);
  const values: unknown[] = Array.isArray(given) ? given : [given];
  return values.map((value) => {
    if (!parameter.accepts(value)) throw refusal(name, parameter, JSON.stringify(value));
    return value;
  });
}

/** The grid of a setting in an experiment file. */
export function settingGrid(
  parameters: Parameters,
  setting: Readonly<Record<string, unknown>>,
): Record<string, readonly Plain[]> {
  const grid: Record<string, readonly Plain[]> = {};
  for (const [name, given] of Object.entries(setting)) {
    const parameter = parameters[name];
    if (parameter !== undefined && given !== undefined) grid[name] = settingValues(name, parameter, given);
  }
  return grid;
}

function product(parameters: Parameters, grid: Grid): Cell[] {
  let cells: Cell[] = [{}];
  for (const [name, parameter] of Object.entries(parameters)) {
    const values = grid[name] ?? [parameter.default];
    if (cells.length * values.length > mostValues) throw new BadData(`the grid has more than ${mostValues} cells.`);
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value })));
  }
  return cells;
}

/**
 * The cells of some grids, each cell once, in the order of the grids; within a grid the last parameter varies fastest.
 * Cells for which `isWanted` is false are left out.
 *
 * @throws BadData if the experiment refuses a cell, or a file that a cell names cannot be read.
 */
export function cellsOf(
  experiment: Experiment,
  grids: readonly Grid[],
  isWanted: (cell: Cell) => boolean = () => true,
): Cell[] {
  const cells = new Map<string, Cell>();
  for (const grid of grids) {
    for (const cell of product(experiment.parameters, grid)) if (isWanted(cell)) cells.set(cellKey(cell), cell);
  }
  for (const cell of cells.values()) {
    for (const [name, parameter] of Object.entries(experiment.parameters)) {
      const path = cell[name];
      if (parameter.kind === "file" && path !== "") mustBeReadable(name, String(path));
    }
    const reason = experiment.refuse?.(cell) ?? null;
    if (reason !== null) throw new BadData(reason);
  }
  return [...cells.values()];
}

function mustBeReadable(name: string, path: string): void {
  try {
    if (statSync(locate(path)).isDirectory()) throw new BadData(`--${name} ${path}: that is a directory.`);
    accessSync(locate(path), constants.R_OK);
  } catch (error) {
    if (error instanceof BadData) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new BadData(`--${name} ${path}: ${reason}.`);
  }
}
