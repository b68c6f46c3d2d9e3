/**
 * The text of users' files as Node runs it: TypeScript and decorators become JavaScript, and the free names of clock,
 * chance and timers become the runtime's own (globals.ts). Runs in Node's own thread for module hooks too.
 *
 * The transformer is esbuild: it reads the nearest tsconfig.json, knows the scope of each name, and takes parameter
 * properties, enums, namespaces and both kinds of decorators.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Message } from "esbuild";
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";

/** The name under which the stand-ins are found at run time. */
export const standIns = "$troupe";

/** The names that stand-ins replace, wherever a file does not declare them itself. */
export const replacedNames = [
  "AbortSignal",
  "BroadcastChannel",
  "Date",
  "EventSource",
  "File",
  "FinalizationRegistry",
  "Intl",
  "Math",
  "MessageChannel",
  "WeakMap",
  "WeakSet",
  "WebSocket",
  "XMLHttpRequest",
  "clearImmediate",
  "clearInterval",
  "clearTimeout",
  "crypto",
  "fetch",
  "global",
  "globalThis",
  "performance",
  "process",
  "setImmediate",
  "setInterval",
  "setTimeout",
] as const;

const replaced = {
  ...Object.fromEntries(replacedNames.map((name) => [name, `${standIns}.${name}`])),
  // As bundlers do: packages ask for it, and members on several machines must get one answer.
  "process.env.NODE_ENV": '"production"',
};

const typed = /\.[mc]?ts$/;

/** Whether the file is JavaScript or TypeScript. */
export function isCode(path: string): boolean {
  return /\.[mc]?[jt]s$/.test(path);
}

/**
 * The file that a relative import means: itself, or the TypeScript that is compiled to it, or the file or folder
 * without its extension. Undefined if there is none.
 */
export function fileFor(specifier: string, from: string): string | undefined {
  const path = fileURLToPath(new URL(specifier, from));
  if (isFile(path)) return path;
  const compiled = path.replace(/\.([mc]?)js$/, ".$1ts");
  if (compiled !== path && isFile(compiled)) return compiled;
  const endings = ["ts", "mts", "cts", "js", "mjs", "cjs", "json"];
  const candidates = [
    ...endings.map((each) => `${path}.${each}`),
    ...endings.map((each) => join(path, `index.${each}`)),
  ];
  return candidates.find(isFile);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** A path as a person would write it: from the working directory, if it lies in there. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown.startsWith("..") ? path : shown;
}

/** The place where a file names something in quotation marks: `bank.ts:3`, or without the line if it is not found. */
export function placeOf(specifiers: readonly string[], path: string): string {
  const quoted = specifiers.flatMap((each) => ["'", '"', "`"].map((mark) => mark + each + mark));
  const lines = readFileSync(path, "utf8").split("\n");
  const line = 1 + lines.findIndex((text) => quoted.some((each) => text.includes(each)));
  return line > 0 ? `${shownPath(path)}:${line}` : shownPath(path);
}

/**
 * Refuses an import that leads nowhere.
 *
 * @throws BadData with file, line and remedy
 */
export function refuseLost(specifier: string, path: string, isRelative: boolean): never {
  const place = placeOf([specifier], path);
  if (!isRelative) {
    const [first, second] = specifier.split("/");
    const name = first!.startsWith("@") ? `${first}/${second}` : first!;
    throw new BadData(`${place}: there is no package that has ${specifier}; npm install ${name}, where the file lies.`);
  }
  const wanted = fileURLToPath(new URL(specifier, pathToFileURL(path)));
  const folder = dirname(wanted);
  const names = existsSync(folder) ? readdirSync(folder).filter(isCode) : [];
  const present = names.length === 0 ? "has no code" : `has ${names.join(", ")}`;
  const hint = didYouMean(basename(wanted), names) || ` Its folder ${present}.`;
  throw new BadData(`${place}: there is no file ${specifier}, and no TypeScript that is compiled to it.${hint}`);
}

/** `bank.ts:3: what is wrong`, and the remedy if there is one. */
function sentenceOf({ text, location, notes }: Message, path: string): string {
  const place = location === null ? shownPath(path) : `${shownPath(path)}:${location.line}`;
  const hint = notes.map((note) => ` (${note.text})`).join("");
  return `${place}: ${text}${hint}`;
}

/**
 * What a file is as JavaScript.
 *
 * `guarded`: with stand-ins for clock and chance, and a source map for the lines of errors. Otherwise the text alone,
 * as the identity of code needs it.
 *
 * @throws BadData with file and line for what cannot be read as code
 */
export async function javaScriptOf(path: string, guarded: boolean): Promise<string> {
  const { build } = await import("esbuild");
  try {
    const { outputFiles } = await build({
      entryPoints: [resolve(path)],
      absWorkingDir: dirname(resolve(path)),
      bundle: false,
      write: false,
      platform: "node",
      target: "node20",
      // Of the first versions of Node 20 only 20.10 knows them; the package needs no older one.
      supported: { "import-attributes": true },
      logLevel: "silent",
      ...(guarded ? { define: replaced, sourcemap: "inline" as const, sourcesContent: false } : {}),
    });
    const code = outputFiles[0]!.text;
    refuseHiddenFields(code, path);
    return code;
  } catch (error) {
    const errors = (error as { errors?: readonly Message[] }).errors ?? [];
    if (errors.length === 0) throw error;
    throw new BadData(`${errors.map((each) => sentenceOf(each, path)).join("; ")}.`);
  }
}

/**
 * Private fields of a class with decorated members, and decorated accessors, become weak maps beside the object, where
 * nobody finds them when the state is transferred.
 */
function refuseHiddenFields(code: string, path: string): void {
  if (!typed.test(path) || !code.includes("__decorateElement(") || !code.includes("__privateAdd(")) return;
  const lines = readFileSync(path, "utf8").split("\n");
  const line = 1 + lines.findIndex((each) => /^\s*((static|readonly)\s+)*#\w|\baccessor\s/.test(each));
  throw new BadData(
    `${shownPath(path)}${line > 0 ? `:${line}` : ""}: a class with decorated members has a private field or an accessor; its value would be lost when the state is transferred. Write "private name" instead of "#name", and a plain field instead of an accessor.`,
  );
}
