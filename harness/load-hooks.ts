/**
 * Module hooks for users' files: `troupe/...` means this very package wherever the file lies, imports find TypeScript
 * without being told so, and each file is transformed (module/source.ts) and its classes declared
 * (module/declarations.ts). Runs in Node's own thread for hooks.
 *
 * A file is *guarded* if a user's file is its entry, or if a guarded file imports it. While a module is loaded
 * (`modules` is set), packages are guarded too, and what lies outside the module is refused (module/outside.ts).
 */
import { readFileSync } from "node:fs";
import type { InitializeHook, LoadHook, ResolveHook } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { isBuiltin } from "node:module";
import { withDeclarations } from "./module/declarations.ts";
import { allow, standInFor, refusedBuiltin } from "./module/outside.ts";
import { fileFor, isCode, javaScriptOf, refuseLost } from "./module/source.ts";

/** What the loading thread tells the hooks. */
export interface Told {
  /** One cell: 1 while what is loaded is a module. */
  readonly modules: Int32Array;
  /**
   * Takes the paths of CommonJS files that are guarded (module/required.ts), and brings lists of what modules may use
   * although it lies outside.
   */
  readonly port: MessagePort;
  /** Whether the program that Node runs is a user's file (register.ts). */
  readonly runsUsers: boolean;
}

const own = new URL("../", import.meta.url).href;
const loader = new URL("./load.js", import.meta.url).href;
const guarded = new Set<string>();
let told: Told;
/** The file that Node runs, if it is a user's. */
let program: string | undefined = undefined;

export const initialize: InitializeHook<Told> = (data) => {
  told = data;
};

function isRelative(specifier: string): boolean {
  return /^(\.{0,2}\/|file:)/.test(specifier);
}

function isOurs(specifier: string): boolean {
  return specifier === "troupe" || specifier.startsWith("troupe/");
}

/** Whether an import may mean a file whose classes are known by its exports alone. */
function isForeign(specifier: string): boolean {
  return !isOurs(specifier) && !isBuiltin(specifier);
}

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const { parentURL } = context;
  const isLoaded = parentURL === loader || (parentURL === undefined && told.runsUsers);
  if (parentURL === undefined && told.runsUsers) program = specifier;
  const isEntry = isLoaded && specifier.startsWith("file:") && !specifier.startsWith(own);
  if (!isEntry && (parentURL === undefined || !guarded.has(parentURL))) return nextResolve(specifier, context);
  // A package resolves its own name: ask as if this file had asked.
  if (isOurs(specifier)) {
    return nextResolve(specifier, { ...context, parentURL: import.meta.url });
  }
  if (isBuiltin(specifier)) {
    const isModule = told.modules[0] === 1;
    for (let next = receiveMessageOnPort(told.port); next !== undefined; next = receiveMessageOnPort(told.port)) {
      allow(next.message as readonly string[]);
    }
    if (isModule) refusedBuiltin(specifier, fileURLToPath(parentURL!));
    return nextResolve(standInFor(specifier) ?? specifier, context);
  }
  const file = isRelative(specifier) ? fileFor(specifier, parentURL ?? specifier) : undefined;
  let resolved: Awaited<ReturnType<typeof nextResolve>>;
  try {
    resolved = await nextResolve(file === undefined ? specifier : pathToFileURL(file).href, context);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || isEntry) throw error;
    return refuseLost(specifier, fileURLToPath(parentURL!), isRelative(specifier));
  }
  const isPackage = resolved.url.includes("/node_modules/");
  if (resolved.url.startsWith("file:") && (!isPackage || told.modules[0] === 1)) guarded.add(resolved.url);
  return resolved;
};

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!guarded.has(url)) return nextLoad(url, context);
  const path = fileURLToPath(url);
  if (path.endsWith(".json") && context.importAttributes["type"] !== "json") {
    // As TypeScript takes it; Node wants to be told the type.
    const source = `export default JSON.parse(${JSON.stringify(readFileSync(path, "utf8"))});`;
    return { format: "module", source, shortCircuit: true };
  }
  if (!isCode(path)) return nextLoad(url, context);
  const typed = /\.([mc]?)ts$/.exec(path);
  const format = typed?.[1] === "c" ? "commonjs" : "module";
  if (typed === null) {
    const loaded = await nextLoad(url, context);
    if (loaded.format !== "module") {
      told.port.postMessage(path);
      return loaded;
    }
  }
  const code = withDeclarations(await javaScriptOf(path, true), readFileSync(path, "utf8"), isForeign, url === program);
  return { format, source: code, shortCircuit: true };
};
