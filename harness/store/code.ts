/**
 * The code that computes a row: the files that an experiment and a worker import. The hash of a file leaves out
 * comments, formatting, and the parts that only present or plan (charts, titles, models, grids), so that a new title
 * does not invalidate old rows.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Node, Program } from "acorn";
import type { Source } from "../sources.ts";
import { fileFor, isCode, javaScriptOf } from "../module/source.ts";
import { packageRoot } from "../package-root.ts";

export interface Code {
  /** Hash of all files together. */
  readonly hash: string;
  /**
   * Hashes by name. A user's file has its path from the experiment's file, a file of this package a name like
   * `troupe/sim/world.js`, and a package its name and version.
   */
  readonly files: Readonly<Record<string, string>>;
  /** Code that may be loaded at run time and cannot be found beforehand: one phrase for each. */
  readonly unseen: readonly string[];
}

const built = join(packageRoot, "dist/");
/** Files that only draw. */
const drawing = new Set([join(built, "harness/chart.js")]);
const worker = fileURLToPath(new URL("../run/worker.js", import.meta.url));

/** Properties of an experiment, and of a measure, that change no row. */
const presentation = new Set(
  "question reproduces parameters model charts matters refuse replications sweep presets demo".split(" "),
);
const presentationOfMeasure = new Set(["help", "unit", "precision", "resolution"]);

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Drops lines that consist of a comment: all comments in the output of tsc except comments after code. */
export function withoutCommentLines(text: string): string {
  let inside = false;
  const kept = text.split("\n").filter((line) => {
    const trimmed = line.trim();
    if (!inside && trimmed.startsWith("//")) return false;
    const end = trimmed.indexOf("*/");
    if (!inside && !trimmed.startsWith("/*")) return true;
    inside = end < 0;
    return end >= 0 && end < trimmed.length - 2;
  });
  return kept.join("\n");
}

/** The modules that code imports by name, in a file that tsc wrote. */
export function importsOf(text: string): string[] {
  const statement = /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*\sfrom\s)?"([^"]+)"|\bimport\("([^"]+)"\)/g;
  return [...text.matchAll(statement)].map(([, named, dynamic]) => (named ?? dynamic)!);
}

/**
 * The part of one file: its hash, the files that it imports or reads by literal names, and whether it computes names.
 */
interface Part {
  readonly hash: string;
  readonly imports: readonly string[];
  readonly reads: readonly string[];
  readonly computes: boolean;
}

type AnyNode = Node & Record<string, unknown>;

function isNode(value: unknown): value is AnyNode {
  return typeof (value as Partial<Node> | null)?.type === "string";
}

function nameOf(property: AnyNode): string | undefined {
  const key = property["key"] as AnyNode | undefined;
  return key === undefined ? undefined : String(key["name"] ?? key["value"]);
}

/** The node without the properties that change no row, if it is the object of an experiment. */
function shorn(node: AnyNode): AnyNode {
  if (node.type !== "ObjectExpression") return node;
  const properties = node["properties"] as AnyNode[];
  const names = properties.map(nameOf);
  if (!["run", "measures", "parameters"].every((name) => names.includes(name))) return node;
  const ofMeasures = (property: AnyNode): AnyNode => {
    const each = property["value"] as AnyNode;
    if (!["measures", "series"].includes(nameOf(property)!) || each.type !== "ObjectExpression") return property;
    const measures = (each["properties"] as AnyNode[]).map((measure) => {
      const value = measure["value"] as AnyNode | undefined;
      if (value?.type !== "ObjectExpression") return measure;
      const kept = (value["properties"] as AnyNode[]).filter((one) => !presentationOfMeasure.has(nameOf(one) ?? ""));
      return { ...measure, value: { ...value, properties: kept } };
    });
    return { ...property, value: { ...each, properties: measures } };
  };
  const kept = properties.filter((property) => !presentation.has(nameOf(property) ?? "")).map(ofMeasures);
  return { ...node, properties: kept };
}

/** The part of a program, without source positions and presentation; its imports are collected. */
function examine(program: Program): Part {
  const imports: string[] = [];
  const reads: string[] = [];
  let computes = false;
  const literal = (node: unknown): string | undefined => {
    const value = isNode(node) && node.type === "Literal" ? node["value"] : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const loaded = (node: unknown): void => {
    const name = literal(node);
    if (name === undefined) computes = true;
    else imports.push(name);
  };
  const text = JSON.stringify(program, (key, value: unknown) => {
    if (key === "start" || key === "end") return undefined;
    if (typeof value === "bigint") return `${value}n`;
    if (!isNode(value)) return value;
    const callee = value["callee"] as AnyNode | undefined;
    const given = value["arguments"] as readonly unknown[] | undefined;
    if (/^(Import|Export\w+)Declaration$/.test(value.type) && isNode(value["source"])) loaded(value["source"]);
    if (value.type === "ImportExpression") loaded(value["source"]);
    if (value.type === "CallExpression" && callee?.["name"] === "require") loaded(given?.[0]);
    if (value.type === "NewExpression" && callee?.["name"] === "URL" && given?.length === 2) {
      const name = literal(given[0]);
      if (name !== undefined) reads.push(name);
    }
    return shorn(value);
  });
  return { hash: sha256(text), imports, reads, computes };
}

async function examineFile(path: string, isEntry: boolean): Promise<Part> {
  const text = readFileSync(path, "utf8");
  if (!isCode(path)) return { hash: sha256(text), imports: [], reads: [], computes: false };
  if (path.startsWith(built) && !isEntry) {
    const code = withoutCommentLines(text);
    return { hash: sha256(code), imports: importsOf(code), reads: [], computes: false };
  }
  const { parse } = await import("acorn");
  const script = /\.[mc]?ts$/.test(path) ? await javaScriptOf(path, false) : text;
  const sourceType = /^\.c[jt]s$/.test(extname(path)) ? "commonjs" : "module";
  return examine(parse(script, { ecmaVersion: "latest", sourceType, allowHashBang: true }));
}

/** The name and version of the package that a bare specifier means, seen from a file; undefined where there is none. */
function packageOf(specifier: string, from: string): { name: string; version: string; isLinked: boolean } | undefined {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  for (let at = dirname(from); ; at = dirname(at)) {
    const directory = join(at, "node_modules", name);
    if (existsSync(join(directory, "package.json"))) {
      const { version = "" } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
        version?: string;
      };
      return { name, version, isLinked: !realpathSync(directory).includes("node_modules") };
    }
    if (at === dirname(at)) return undefined;
  }
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") || builtinModules.includes(specifier);
}

/** Where a file's import leads: to another file, or to a package. */
function follow(specifier: string, from: string): { path: string } | ReturnType<typeof packageOf> {
  if (/^\.{0,2}\/|^file:/.test(specifier)) {
    return { path: fileFor(specifier, pathToFileURL(from).href) ?? "" }; // Without a file its import fails, and says why.
  }
  if (specifier === "troupe" || specifier.startsWith("troupe/")) {
    return { path: fileURLToPath(import.meta.resolve(specifier)) };
  }
  return packageOf(specifier, from);
}

/** All code that computes the rows of an experiment. Reads files; loads none of them. */
export async function codeOf(source: Source): Promise<Code> {
  const entry = fileURLToPath(source.url);
  const files: Record<string, string> = {};
  const unseen: string[] = [];
  const shownAs = (path: string): string => {
    if (path.startsWith(built)) return `troupe/${path.slice(built.length)}`;
    return relative(dirname(entry), path);
  };
  const seen = new Set<string>();
  const digest = createHash("sha256");
  const queue = [realpathSync(entry), worker];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (seen.has(path) || drawing.has(path) || !existsSync(path)) continue;
    seen.add(path);
    const part = await examineFile(path, seen.size === 1);
    files[shownAs(path)] = part.hash.slice(0, 16);
    digest.update(part.hash);
    if (part.computes) unseen.push(`${shownAs(path)} imports a file by a computed name`);
    for (const name of part.reads) {
      const url = URL.canParse(name) ? undefined : new URL(name, pathToFileURL(path));
      if (url !== undefined && existsSync(url)) queue.push(fileURLToPath(url));
    }
    for (const specifier of part.imports) {
      if (isBuiltin(specifier)) continue;
      const target = follow(specifier, path);
      if (target === undefined) continue;
      if ("path" in target) {
        queue.push(target.path);
        continue;
      }
      const { name, version, isLinked } = target;
      if (files[name] === undefined) digest.update(`${name}@${version}`);
      files[name] = version;
      if (isLinked) unseen.push(`the package ${name} is a link to a directory`);
    }
  }
  return { hash: digest.digest("hex"), files, unseen: [...new Set(unseen)] };
}
