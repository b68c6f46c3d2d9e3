/** How many arguments the constructor of a class must be given. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { ts as compiler } from "ts-morph";
import { declared } from "../../protocols/wire/declared.ts";
import { programOf } from "../../sim/inspection.ts";

type Type = new (...args: unknown[]) => object;

const require = createRequire(import.meta.url);
const known = new WeakMap<object, number>();

export function isClass(value: unknown): value is new () => object {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/**
 * How many arguments a class must be given. One without a constructor has that of its ancestor. TypeScript's optional
 * parameters count as any other when the class runs, so that its file is asked.
 */
export function argumentsNeeded(type: Type): number {
  let at: unknown = type;
  while (isClass(at) && !hasConstructor(at)) at = Object.getPrototypeOf(at);
  if (!isClass(at) || at.length === 0) return 0;
  let needed = known.get(at);
  if (needed === undefined) {
    needed = neededInText(at) ?? at.length;
    known.set(at, needed);
  }
  return needed;
}

function hasConstructor(type: new () => object): boolean {
  const body = programOf(`(${Function.prototype.toString.call(type)})`)?.body[0];
  const expression = body?.type === "ExpressionStatement" ? body.expression : undefined;
  if (expression?.type !== "ClassExpression") return true;
  return expression.body.body.some((member) => member.type === "MethodDefinition" && member.kind === "constructor");
}

/** What the TypeScript of the class says; undefined for a class of JavaScript, and one that is not found. */
function neededInText(type: Type): number | undefined {
  const [file, name] = declared.nameOf(type)?.split("#") ?? [];
  if (file === undefined || !/\.[mc]?ts$/.test(file)) return undefined;
  const path = fileURLToPath(new URL(file, declared.root));
  if (!existsSync(path)) return undefined;
  // Its half second is waited for by those alone whose class seems to need arguments.
  const { ts } = require("ts-morph") as { readonly ts: typeof compiler };
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const counts: number[] = [];
  const visit = (node: compiler.Node): void => {
    if (ts.isClassLike(node) && (node.name?.text ?? "default") === name) {
      const made = node.members.filter((member) => ts.isConstructorDeclaration(member));
      // Where there are overloads, callers have these and not the implementation.
      const overloads = made.filter(({ body }) => body === undefined);
      for (const { parameters } of overloads.length > 0 ? overloads : made) counts.push(requiredOf(parameters));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return counts.length === 0 ? undefined : counts.reduce((least, each) => Math.min(least, each));
}

function requiredOf(parameters: Iterable<compiler.ParameterDeclaration>): number {
  const needed = [...parameters].map(
    ({ questionToken, initializer, dotDotDotToken }) => (questionToken ?? initializer ?? dotDotDotToken) === undefined,
  );
  return needed.lastIndexOf(true) + 1;
}
