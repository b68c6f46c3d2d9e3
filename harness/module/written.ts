/**
 * Which names at the top of a file the methods of a class write, by the text: variables that are set, and collections
 * and objects whose content is changed. What no text shows is found when calls change it (call/server/common-state.ts).
 */
import type { AnyNode, Class, Expression, Program, VariableDeclarator } from "acorn";

/** A name that a method writes. */
export interface Write {
  readonly name: string;
  readonly method: string;
}

/** Methods of built-in collections that change them. */
const changing = new Set("add clear copyWithin delete fill pop push reverse set shift sort splice unshift".split(" "));

export class Top {
  readonly #variables = new Map<string, VariableDeclarator>();
  readonly #functions = new Map<string, AnyNode>();

  constructor({ body }: Program) {
    for (const statement of body) {
      const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
      if (node?.type === "FunctionDeclaration") this.#functions.set(node.id.name, node);
      if (node?.type !== "VariableDeclaration") continue;
      for (const each of node.declarations) {
        if (each.id.type !== "Identifier") continue;
        if (each.init?.type === "ArrowFunctionExpression") this.#functions.set(each.id.name, each.init);
        else this.#variables.set(each.id.name, each);
      }
    }
  }

  /** What the procedures, accessors and private methods of a class write, directly or in functions of the file. */
  writes(type: Class): Write[] {
    const found = new Map<string, Write>();
    for (const member of type.body.body) {
      // A constructor runs when no state is there yet.
      if (member.type !== "MethodDefinition" || member.static || member.kind === "constructor") continue;
      const { key } = member;
      const method = key.type === "Identifier" || key.type === "PrivateIdentifier" ? key.name : "a method";
      for (const name of this.#written(member.value, new Set()))
        if (!found.has(name)) found.set(name, { name, method });
    }
    return [...found.values()];
  }

  #isLiteral(name: string): boolean {
    return this.#variables.get(name)?.init?.type === "ObjectExpression";
  }

  /** `seen`: functions that have been asked. */
  #written(node: AnyNode, seen: Set<AnyNode>): string[] {
    if (seen.has(node)) return [];
    seen.add(node);
    const names: string[] = [];
    const hidden = namesWithin(node);
    const take = (target: AnyNode, needsObject: boolean): void => {
      const name = rootOf(target);
      const variable = name === undefined ? undefined : this.#variables.get(name);
      if (variable === undefined || hidden.has(name!)) return;
      if (!needsObject || isCollection(variable.init)) names.push(name!);
    };
    visit(node, (each) => {
      if (each.type === "AssignmentExpression") take(each.left, each.left.type === "MemberExpression");
      else if (each.type === "UpdateExpression") take(each.argument, each.argument.type === "MemberExpression");
      else if (each.type === "UnaryExpression" && each.operator === "delete") take(each.argument, true);
      else if (each.type === "CallExpression") {
        const { callee } = each;
        if (callee.type === "MemberExpression" && callee.property.type === "Identifier") {
          // An object literal may have methods of these names.
          const { object } = callee;
          const isLiteral = object.type === "Identifier" && this.#isLiteral(object.name);
          if (changing.has(callee.property.name) && !isLiteral) take(object, true);
        }
        const called = callee.type === "Identifier" && !hidden.has(callee.name) ? callee.name : "";
        const inner = this.#functions.get(called);
        if (inner !== undefined) names.push(...this.#written(inner, seen));
      }
    });
    return names;
  }
}

/** Whether the content of the variable is its own, and of a kind whose changes can be read from the text. */
function isCollection(init: Expression | null | undefined): boolean {
  if (init?.type === "ArrayExpression" || init?.type === "ObjectExpression") return true;
  if (init?.type !== "NewExpression" || init.callee.type !== "Identifier") return false;
  return ["Array", "Map", "Object", "Set"].includes(init.callee.name);
}

/** The variable whose content an expression names: `counts` of `counts.a[b]`. */
function rootOf(node: AnyNode): string | undefined {
  let at = node;
  while (at.type === "MemberExpression") at = at.object;
  return at.type === "Identifier" ? at.name : undefined;
}

/** All names that are declared within, wherever: they may hide those at the top. */
function namesWithin(node: AnyNode): ReadonlySet<string> {
  const names = new Set<string>();
  const declare = (pattern: AnyNode): void =>
    visit(pattern, (each) => void (each.type === "Identifier" && names.add(each.name)));
  visit(node, (each) => {
    if (each.type === "VariableDeclarator") declare(each.id);
    if (each.type === "CatchClause" && each.param) declare(each.param);
    if ("params" in each) each.params.forEach(declare);
    if (/^(Function|Class)/.test(each.type) && "id" in each && each.id) declare(each.id);
  });
  return names;
}

function visit(node: AnyNode, see: (node: AnyNode) => void): void {
  see(node);
  for (const child of Object.values(node) as unknown[])
    for (const each of Array.isArray(child) ? (child as unknown[]) : [child]) if (isNode(each)) visit(each, see);
}

export function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && typeof (value as Partial<AnyNode>).type === "string";
}
