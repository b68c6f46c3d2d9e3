/** Where experiments come from: the package's own by name, a user's by the path of its file. */
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { didYouMean } from "../languages/nearest.ts";
import { BadData } from "../sim/bad-data.ts";

const ownExperiments = new URL("../experiments/", import.meta.url);

/** Where an experiment comes from: enough for a worker to load it too. */
export interface Source {
  /** As the user names it: `availability`, `./my-experiment.ts`. */
  readonly name: string;
  readonly url: string;
  /** Whether it is a file outside the package. */
  readonly isUsers: boolean;
}

/** The names of the package's own experiments, sorted. */
export function experimentNames(): string[] {
  if (!existsSync(ownExperiments)) return [];
  return readdirSync(ownExperiments)
    .filter((name) => name.endsWith(".js"))
    .map((name) => name.slice(0, -".js".length))
    .sort((a, b) => (a < b ? -1 : 1));
}

/**
 * Where the experiment lies that a name or a path stands for.
 *
 * @throws BadData with the nearest name if there is none.
 */
export function findExperiment(name: string): Source {
  if (/[\\/]|\.[mc]?[jt]s$/.test(name)) {
    if (!existsSync(name)) throw new BadData(`there is no file ${name}.`);
    return { name, url: pathToFileURL(resolve(name)).href, isUsers: true };
  }
  const names = experimentNames();
  if (!names.includes(name)) {
    const hint = didYouMean(name, names) || " `troupe list` names all; an experiment of your own is given as a path.";
    throw new BadData(`there is no experiment ${name}.${hint}`);
  }
  return { name, url: new URL(`${name}.js`, ownExperiments).href, isUsers: false };
}
