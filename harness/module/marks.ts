/**
 * What the class of a module declares to be the same at all members although it lies outside the module:
 *
 *     static readonly outside = ["node:fs", "process.env", "cache of bank.ts"];
 *
 * The declaration is read from the text, since it must be known before the files of the module are linked.
 */
import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import type { AnyNode, Node } from "acorn";
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import { asyncHooks, bare, chancy, doors, refusing } from "./outside.ts";
import { javaScriptOf, shownPath } from "./source.ts";

/** What stands at the top of a file, or beside instances, and may change all the same: `cache of bank.ts`. */
const place = /^\S.* of \S+$/;

/** Procedures may wait for what the runtime does not give. */
const waits = "waits";

function isNode(value: unknown): value is AnyNode {
  return typeof (value as Partial<Node> | null)?.type === "string";
}

function literalsIn(node: AnyNode): string[] {
  const found: string[] = [];
  const visit = (each: unknown): void => {
    if (Array.isArray(each)) each.forEach(visit);
    else if (isNode(each)) {
      if (each.type === "Literal" && typeof each.value === "string") found.push(each.value);
      Object.values(each).forEach(visit);
    }
  };
  visit(node);
  return found;
}

/** The lists under the name `outside` among the static fields of a file's classes. */
function declarationsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(declarationsIn);
  if (!isNode(node)) return [];
  if (node.type === "PropertyDefinition" && node.static && node.value) {
    if (node.key.type === "Identifier" && node.key.name === "outside") return literalsIn(node.value);
  }
  return Object.values(node).flatMap(declarationsIn);
}

/**
 * What a file's classes declare as `outside`.
 *
 * @throws BadData for a name that stands for nothing, and for a file that cannot be read as code
 */
export async function declaredOutside(path: string): Promise<string[]> {
  const { parse } = await import("acorn");
  const text = await javaScriptOf(resolve(path), false);
  let program: Node;
  try {
    program = parse(text, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowHashBang: true,
      allowReturnOutsideFunction: true,
    });
  } catch {
    return []; // Node will say what is wrong.
  }
  const names = declarationsIn(program);
  const properties = [
    ...[...refusing].map((name) => `process.${name}`),
    ...chancy.map((name) => `crypto.${name}`),
    ...asyncHooks.map((name) => `async_hooks.${name}`),
    "crypto.sign",
  ];
  const known = [waits, ...doors, ...properties];
  for (const name of names) {
    if (known.includes(name) || isBuiltin(bare(name)) || place.test(name)) continue;
    throw new BadData(
      `${shownPath(path)}: static outside names "${name}"; expected parts of Node such as node:fs, a place such as "cache of bank.ts", or ${known.join(", ")}.${didYouMean(name, known)}`,
    );
  }
  return names;
}
