/**
 * The experiment that a command line names. It must be known before the options are parsed: its parameters are options
 * too.
 */
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment } from "../experiment.ts";
import { experimentNames, findExperiment, type Source } from "../sources.ts";

export interface Named {
  readonly source: Source;
  readonly experiment: Experiment;
}

/** The value of an option among raw words. */
function valueOf(words: readonly string[], option: string): string | undefined {
  const place = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
  return place < 0 ? undefined : (words[place]!.split("=")[1] ?? words[place + 1]);
}

/**
 * Finds the experiment of `run`, `sweep` or `coverage`, and moves its name to the second place of the words.
 *
 * @throws BadData if none is named, or none of that name is there.
 */
export async function findNamed(words: readonly string[]): Promise<{ words: readonly string[]; named?: Named }> {
  const [verb, second] = words;
  if (verb === undefined || !["run", "sweep", "coverage"].includes(verb)) return { words };
  const isOption = second === undefined || second.startsWith("-");
  const known = experimentNames();
  let name = isOption ? words.slice(1).find((word) => known.includes(word) || /\.[mc]?[jt]s$/.test(word)) : second;
  let whole = words;
  const config = valueOf(words, "--config");
  if (name === undefined && config !== undefined && verb !== "coverage") {
    name = (await import("./arguments.ts")).experimentInSettings(config);
    if (name !== undefined) whole = [verb, name, ...words.slice(1)];
  }
  if (name !== undefined) {
    const source = findExperiment(name);
    // What loads experiments is itself loaded only where there is one.
    const { loadExperiment } = await import("../load.ts");
    return { words: whole, named: { source, experiment: await loadExperiment(source) } };
  }
  if (words.includes("--help")) return { words };
  throw new BadData(`name an experiment: troupe ${verb} NAME. There are ${known.join(", ") || "none"}.`);
}
