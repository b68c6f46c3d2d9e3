/** Readers of the words of a command line. Each value is given at most once, or is refused in a sentence. */
import { BadData } from "../../sim/bad-data.ts";
import { parseDuration } from "../../languages/durations.ts";
import type { Experiment } from "../experiment.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { quoted } from "../report/quoted.ts";

export type Words = Readonly<Record<string, unknown>>;

/** @throws BadData if a word belongs to no declared option. */
export function refuseUnknown(words: Words, experiment: Experiment | undefined, known: readonly string[]): void {
  const names = [...Object.keys(experiment?.parameters ?? {}), ...known];
  for (const name of Object.keys(words)) {
    if (["_", "$0", "experiment", "directory", "directories", ...names].includes(name)) continue;
    const owner = experiment === undefined ? "there is no option" : `${experiment.name} has no parameter or option`;
    const dashes = (nearest: string): string => `--${nearest}`;
    const hint = didYouMean(name, names, dashes) || (experiment ? ` It has ${names.map(dashes).join(", ")}.` : "");
    throw new BadData(`${owner} --${name}.${hint}`);
  }
  const [, surplus] = words["_"] as readonly (string | number)[];
  if (surplus !== undefined)
    throw new BadData(`"${surplus}" is one word too many: parameters are given as --name value.`);
}

/** The one text given for an option, or undefined. */
export function textOf(words: Words, name: string): string | undefined {
  const given = words[name];
  if (given === undefined) return undefined;
  if (Array.isArray(given)) throw new BadData(`--${name} is given twice.`);
  if (given === "" || typeof given !== "string") throw new BadData(`--${name} needs a value.`);
  return given;
}

/** All texts given for an option. */
export function textsOf(words: Words, name: string): string[] {
  const given = words[name];
  return given === undefined ? [] : [given].flat().map((text) => textOf({ [name]: text }, name)!);
}

export function isGiven(words: Words, name: string): boolean {
  return words[name] === true;
}

export function numberOf(words: Words, name: string, least: number): number | undefined {
  const text = textOf(words, name);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) < least || !Number.isSafeInteger(Number(text))) {
    throw new BadData(`--${name} takes a whole number of at least ${least}, not "${text}".`);
  }
  return Number(text);
}

/** The duration given for an option, in ms; undefined if none is given. */
export function durationOf(words: Words, name: string): number | undefined {
  const text = textOf(words, name);
  if (text === undefined) return undefined;
  const duration = parseDuration(text);
  if (duration === undefined || duration <= 0) {
    throw new BadData(`--${name} takes a duration above 0, such as 10s or 250ms, not "${text}".`);
  }
  return duration;
}

/** Options quoted for a shell. An option with several values is repeated. */
export function optionsText(pairs: Readonly<Record<string, string | readonly string[]>>): string {
  return Object.entries(pairs)
    .flatMap(([name, texts]) => [texts].flat().map((text) => ` --${name} ${quoted(text)}`))
    .join("");
}
