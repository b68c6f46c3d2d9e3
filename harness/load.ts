/** Finds experiments, the package's own by name and users' by the path of the file; and users' modules. */
import { existsSync, readdirSync } from "node:fs";
import { register } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BadData } from "../sim/bad-data.ts";
import { experiment as checkedExperiment, type Experiment } from "./experiment.ts";
import { didYouMean } from "../languages/nearest.ts";

const ownExperiments = new URL("../experiments/", import.meta.url);

/** The source of an experiment. A worker can load the experiment from it. */
export interface Source {
  /** The name given by the user: `availability`, `./my-experiment.ts`. */
  readonly name: string;
  readonly url: string;
  /** Whether the source is a file outside the package. */
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
 * The source of the experiment with that name or path.
 * @throws BadData with the nearest name if there is none
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

let hooked = false;

/**
 * The exports of a file.
 * @throws BadData if the file cannot be read as a module
 */
async function importSource({ name, url, isUsers }: Source): Promise<Readonly<Record<string, unknown>>> {
  if (isUsers && !hooked) {
    register("./load-hooks.js", import.meta.url);
    hooked = true;
  }
  try {
    return (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof BadData || !isUsers) throw error;
    throw new BadData(`${name} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Imports an experiment.
 * @throws BadData if the file does not export an experiment or cannot be read as a module
 */
export async function loadExperiment(source: Source): Promise<Experiment> {
  const module = await importSource(source);
  const exported = module["default"] as Partial<Experiment> | undefined;
  if (typeof exported?.run !== "function" || !exported.name || !exported.parameters || !exported.measures) {
    throw new BadData(`${source.name} has no experiment as its default export: export default experiment({ ... }).`);
  }
  // The check is repeated here, since a plain JavaScript file may not have called `experiment`.
  return checkedExperiment(exported as Experiment);
}

function isClass(value: unknown): value is new () => object {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/**
 * The class that a file exports: the default export, or the only exported class.
 * @throws BadData if there is no such file or no such class
 */
export async function loadClass(path: string): Promise<new () => object> {
  if (!existsSync(path)) throw new BadData(`there is no file ${path}.`);
  const exported = await importSource({ name: path, url: pathToFileURL(resolve(path)).href, isUsers: true });
  const classes = Object.values(exported).filter(isClass);
  const chosen = isClass(exported["default"]) ? exported["default"] : classes[0];
  if (chosen === undefined) throw new BadData(`${path} exports no class: export default class Bank { ... }.`);
  if (classes.length > 1 && chosen !== exported["default"]) {
    const names = classes.map(({ name }) => name).join(", ");
    throw new BadData(`${path} exports several classes (${names}): make the module's the default export.`);
  }
  return chosen;
}
