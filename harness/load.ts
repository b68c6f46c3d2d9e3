/** Loads experiments, the package's own and users', and users' modules. */
import { existsSync, statSync } from "node:fs";
import { register } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { proceduresOf } from "../protocols/call/module.ts";
import { CommonState } from "../protocols/call/server/common-state.ts";
import { marksOf } from "../protocols/transaction/marks.ts";
import { declared } from "../protocols/wire/declared.ts";
import { BadData } from "../sim/bad-data.ts";
import { experiment as checkedExperiment, type Experiment } from "./experiment.ts";
import { didYouMean } from "../languages/nearest.ts";
import type { Told } from "./load-hooks.ts";
import type { Source } from "./sources.ts";
import { argumentsNeeded, isClass } from "./module/constructors.ts";
import { shownPath } from "./module/source.ts";

const own = new URL("../", import.meta.url).href;

type Exports = Readonly<Record<string, unknown>>;

/** What this thread tells the thread of the module hooks. */
interface Hooks {
  readonly modules: Int32Array;
  readonly port: MessagePort;
}

let hooks: Promise<Hooks> | undefined = undefined;

async function hook(runsUsers: boolean): Promise<Hooks> {
  // Before the hooks are there: what is loaded later passes through their thread, file by file.
  const { install } = await import("./module/globals.ts");
  const { guardRequired } = await import("./module/required.ts");
  const { port1, port2 } = new MessageChannel();
  const told: Told = { modules: new Int32Array(new SharedArrayBuffer(4)), port: port2, runsUsers };
  register("./load-hooks.js", import.meta.url, { data: told, transferList: [port2] });
  install();
  guardRequired(port1);
  port1.unref();
  return { modules: told.modules, port: port1 };
}

/**
 * From now on users' files are transformed, and find the stand-ins for clock and chance. `runsUsers`: the program that
 * Node is about to run is one of them.
 */
export function hooked(runsUsers = false): Promise<Hooks> {
  return (hooks ??= hook(runsUsers));
}

/**
 * The exports of a user's file.
 * @throws BadData if the file cannot be read as a module
 */
async function importUsers(name: string, load: () => Promise<Exports>): Promise<Exports> {
  try {
    return await load();
  } catch (error) {
    // What CommonJS throws while it is imported Node 20 rejects twice, the second time where nobody can catch it.
    const again = (reason: unknown): void => {
      if (reason !== error) throw reason;
    };
    process.on("unhandledRejection", again);
    setImmediate(() => process.off("unhandledRejection", again));
    if (error instanceof BadData) throw error;
    const { message } = error instanceof Error ? error : { message: String(error) };
    const [, lacked] = /'(?:node:)?process' does not provide an export named '(\w+)'/.exec(message) ?? [];
    if (lacked !== undefined)
      throw new BadData(
        `${name} imports ${lacked} of node:process, which a module has not: import process, and write process.${lacked}, if it is the same at all members.`,
      );
    throw new BadData(message.startsWith(shownPath(name)) ? message : `${name} cannot be loaded: ${message}`);
  } finally {
    // A file that fails does not come to its end.
    declared.loading = false;
  }
}

/**
 * Imports an experiment.
 *
 * @throws BadData if the file does not export an experiment or cannot be read as a module.
 */
export async function loadExperiment(source: Source): Promise<Experiment> {
  const { name, url, isUsers } = source;
  const load = async (): Promise<Exports> => {
    // The hooks leave the package's own files as they are.
    if (!url.startsWith(own)) (await hooked()).modules[0] = 0;
    return (await import(url)) as Exports;
  };
  const module = isUsers ? await importUsers(name, load) : ((await import(url)) as Exports);
  const exported = module["default"] as Partial<Experiment> | undefined;
  if (typeof exported?.run !== "function" || !exported.name || !exported.parameters || !exported.measures) {
    throw new BadData(`${source.name} has no experiment as its default export: export default experiment({ ... }).`);
  }
  // Checked here again, since a plain JavaScript file may have left out `experiment`.
  return checkedExperiment(exported as Experiment);
}

/**
 * The class that a file exports: under the given name, by default, or as the only one.
 *
 * @throws BadData if there is no such file or no such class.
 */
export async function loadClass(path: string, name?: string): Promise<new (...args: unknown[]) => object> {
  if (!existsSync(path)) throw new BadData(`there is no file ${path}.`);
  if (statSync(path).isDirectory()) throw new BadData(`${path} is a directory; expected the file of a class.`);
  const { modules, port } = await hooked();
  const { allow } = await import("./module/outside.ts");
  const { whileLoading } = await import("./module/inside.ts");
  const outside = await (await import("./module/marks.ts")).declaredOutside(path);
  allow(outside);
  // Local time is the same on all machines.
  process.env["TZ"] = "UTC";
  port.postMessage(outside);
  modules[0] = 1;
  const url = pathToFileURL(resolve(path)).href;
  declared.root = url;
  const exported = await importUsers(path, () => whileLoading(() => import(url) as Promise<Exports>));
  return classIn(exported, path, name);
}

function classIn(exported: Exports, path: string, name: string | undefined): new (...args: unknown[]) => object {
  const names = Object.keys(exported).filter((each) => isClass(exported[each]));
  if (names.length === 0) throw new BadData(`${path} exports no class: export default class Bank { ... }.`);
  if (name !== undefined && !names.includes(name)) {
    const hint = didYouMean(name, names) || ` It exports ${names.join(", ")}.`;
    throw new BadData(`${path} exports no class ${name}.${hint}`);
  }
  const chosen = name ?? (names.includes("default") ? "default" : names[0]!);
  if (names.length > 1 && name === undefined && chosen !== "default") {
    throw new BadData(
      `${path} exports several classes (${names.join(", ")}): --export NAME chooses one, or make it the default export.`,
    );
  }
  return exported[chosen] as new (...args: unknown[]) => object;
}

/**
 * An instance of the class of a file.
 *
 * @throws BadData if the class has no procedures, cannot be constructed with these arguments, or keeps state that is
 *   not in its instances
 */
export function instance(type: new (...args: unknown[]) => object, path: string, args: readonly unknown[]): object {
  if (proceduresOf(type).length === 0) {
    throw new BadData(
      `${path}: ${type.name} cannot be a module: it has no procedures; procedures are the methods of a class, and functions in its fields are none.`,
    );
  }
  const needed = argumentsNeeded(type);
  if (args.length < needed) {
    throw new BadData(
      `${path}: ${type.name} cannot be a module: its constructor takes ${needed} argument${needed === 1 ? "" : "s"}, and is given ${args.length}; --arguments '[...]' gives them.`,
    );
  }
  try {
    marksOf(type, proceduresOf(type));
    const module = new type(...args);
    CommonState.of(module);
    return module;
  } catch (error) {
    throw new BadData(`${path}: ${type.name} cannot be a module: ${(error as Error).message}.`);
  }
}
