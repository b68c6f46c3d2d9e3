/**
 * Writes into the text of a user's file what only the text gives access to: the private fields of its classes, and what
 * stands at its top. Nothing else in the file changes, and no line moves.
 *
 * Into each class comes a static block that declares it (protocols/wire/declared.ts). An object with private fields can
 * only be made by its constructors; so constructors and initializers do nothing while an object is made to receive a
 * state.
 *
 * Into each function with inner functions comes a statement that tells of its variables, if it runs while files are
 * loaded: its inner functions may keep state there.
 */
import type {
  AnyNode,
  ArrowFunctionExpression,
  Class,
  Expression,
  FunctionDeclaration,
  FunctionExpression,
  Pattern,
  Program,
  PropertyDefinition,
  Statement,
} from "acorn";
import { privateMembersOf, programOf } from "../../sim/inspection.ts";
import { changedIn } from "./changes.ts";
import { isNode, Top } from "./written.ts";

interface Insertion {
  readonly at: number;
  readonly text: string;
}

const registry = "troupe/protocols/wire/declared";

/**
 * The text with its declarations. `source`: what it was transformed from. `isForeign`: whether a specifier may mean a
 * file whose classes are only exported. `isProgram`: what runs as the file is loaded is a program, and its variables
 * are its own affair.
 */
export function withDeclarations(
  text: string,
  source: string,
  isForeign: (specifier: string) => boolean,
  isProgram: boolean,
): string {
  const program = programOf(text);
  if (program === undefined) return text;
  const declarations = new Declarations(text, source, new Top(program));
  declarations.visit(program, false, undefined);
  if (!isProgram) declarations.begin(program);
  const end = [`${declarations.own}.loading = false`, `import { declared as ${declarations.own} } from "${registry}"`];
  const names = program.body.flatMap(namesAtTop);
  const specifiers = [...new Set(program.body.flatMap(specifierOf))].filter(isForeign);
  const values = `() => ({ ${names.join(", ")} })`;
  end.push(`${declarations.own}.file(import.meta.url, ${values}, ${JSON.stringify(specifiers)})`);
  const changed = changedIn(source);
  if (changed.length > 0) end.push(`${declarations.own}.changes({ ${changed.join(", ")} })`);
  for (const [i, specifier] of specifiers.entries()) {
    const name = `${declarations.own}${i}`;
    end.push(`import * as ${name} from ${JSON.stringify(specifier)}`);
    end.push(`${declarations.own}.exports(import.meta.url, ${JSON.stringify(specifier)}, ${name})`);
  }
  return `${declarations.write()}\n;${end.join("; ")};\n`;
}

type AnyFunction = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

function isFunction(node: AnyNode): node is AnyFunction {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/** Whether there are functions within. */
function hasFunctions(node: AnyNode): boolean {
  if (isFunction(node)) return true;
  return Object.values(node).some((child: unknown) =>
    (Array.isArray(child) ? (child as unknown[]) : [child]).some((each) => isNode(each) && hasFunctions(each)),
  );
}

function variablesOf(node: Statement): string[] {
  return node.type === "VariableDeclaration" ? node.declarations.flatMap(({ id }) => namesIn(id)) : [];
}

class Declarations {
  /** A name that the text does not contain. */
  readonly own: string;
  readonly #text: string;
  readonly #source: string;
  readonly #top: Top;
  readonly #insertions: Insertion[] = [];
  readonly #names = new Map<string, number>();

  constructor(text: string, source: string, top: Top) {
    this.#text = text;
    this.#source = source;
    this.#top = top;
    let own = "$declared";
    while (text.includes(own)) own += "$";
    this.own = own;
  }

  write(): string {
    let text = "";
    let from = 0;
    for (const { at, text: inserted } of this.#insertions.toSorted((a, b) => a.at - b.at)) {
      text += this.#text.slice(from, at) + inserted;
      from = at;
    }
    return text + this.#text.slice(from);
  }

  /** `within`: whether the node is within a function. `name`: of an anonymous class. */
  visit(node: AnyNode, within: boolean, name: string | undefined): void {
    if (node.type === "ClassDeclaration" || node.type === "ClassExpression") this.#declare(node, within, name);
    if (isFunction(node)) this.#tellScope(node, node.id?.name ?? name ?? "a function");
    const inner = within || /Function/.test(node.type);
    for (const [key, child] of Object.entries(node)) {
      const given = key === "init" || key === "right" || key === "value" ? nameOf(node) : undefined;
      for (const each of Array.isArray(child) ? (child as unknown[]) : [child])
        if (isNode(each)) this.visit(each, inner, given);
    }
  }

  /** From here on files are being loaded. */
  begin({ body }: Program): void {
    if (body.length > 0) this.#insert(body[0]!.start, `${this.own}.loading = true; `);
  }

  /** A function that ran while files were loaded may have left state to the functions in it. */
  #tellScope({ params, body }: AnyFunction, name: string): void {
    const declarations = body.type === "BlockStatement" ? body.body.flatMap(variablesOf) : [];
    const names = [...new Set([...params.flatMap(namesIn), ...declarations])];
    if (names.length === 0 || !hasFunctions(body)) return;
    const variables = names.map((each) => `${this.#asWritten(each)}: () => ${each}`).join(", ");
    const telling = `${this.own}.loading && ${this.own}.scope(import.meta.url, ${JSON.stringify(name)}, { ${variables} })`;
    if (body.type === "BlockStatement") {
      const first = body.body.find((each) => !("directive" in each));
      if (first !== undefined) this.#insert(first.start, `${telling}; `);
    } else {
      this.#insert(body.start, `(${telling}, (`);
      this.#insert(body.end, "))");
    }
  }

  /** A name that hides another one has got a number behind it. */
  #asWritten(name: string): string {
    return this.#source.includes(name) ? name : name.replace(/\d+$/, "");
  }

  /** The line that declares a variable at the top of the file, from 1. */
  #lineOf(name: string): number {
    const declaration = new RegExp(
      `^(?:export\\s+)?(?:const|let|var)\\b.*(?<![\\w$.])${name.replaceAll("$", "\\$")}(?![\\w$])`,
    );
    return 1 + this.#source.split("\n").findIndex((line) => declaration.test(line));
  }

  #insert(at: number, text: string): void {
    this.#insertions.push({ at, text });
  }

  #declare(type: Class, within: boolean, given: string | undefined): void {
    const members = privateMembersOf(type);
    const parts: string[] = [];
    if (members.length > 0) parts.push(`has: (o) => #${members[0]!.name} in o`);
    const fields = members
      .filter(({ isField }) => isField)
      .map(({ name }) => `{ name: "#${name}", get: (o) => o.#${name}, set: (o, v) => { o.#${name} = v; } }`);
    if (fields.length > 0) parts.push(`fields: [${fields.join(", ")}]`);
    const statics = privateMembersOf(type, true).filter(({ isField }) => isField);
    if (statics.length > 0)
      parts.push(`statics: { ${statics.map(({ name }) => `"#${name}": () => this.#${name}`).join(", ")} }`);
    if (within) parts.push("within: true");
    const writes = this.#top.writes(type).map((write) => ({ ...write, line: this.#lineOf(write.name) }));
    if (writes.length > 0) parts.push(`writes: ${JSON.stringify(writes)}`);
    const name = this.#unique(type.id?.name ?? given ?? "default");
    const block = `static { ${this.own}.type(this, import.meta.url, ${JSON.stringify(name)}, { ${parts.join(", ")} }); }`;
    this.#insert(type.body.start + 1, ` ${block}`);
    for (const member of type.body.body) {
      if (member.type === "PropertyDefinition" && !member.static) this.#guardField(member);
      if (member.type === "MethodDefinition" && member.kind === "constructor") {
        // A constructor of an ancestor may take its arguments apart, too.
        const returns = type.superClass ? "{ super(...arguments); return; }" : "return;";
        this.#insert(member.value.body.start + 1, ` if (${this.own}.making) ${returns}`);
      }
    }
  }

  #guardField({ value }: PropertyDefinition): void {
    if (!value || isHarmless(value)) return;
    this.#insert(value.start, `(${this.own}.making ? undefined : (`);
    this.#insert(value.end, "))");
  }

  #unique(name: string): string {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    return count === 1 ? name : `${name}~${count}`;
  }
}

/** An initializer that does nothing but give a value; a function gets its name from the field, and must stay bare. */
function isHarmless(value: Expression): boolean {
  return ["Literal", "ArrowFunctionExpression", "FunctionExpression", "ClassExpression"].includes(value.type);
}

/** The name that a node gives to an anonymous class on its right. */
function nameOf(node: AnyNode): string | undefined {
  const named =
    node.type === "VariableDeclarator"
      ? node.id
      : node.type === "AssignmentExpression"
        ? node.left
        : node.type === "PropertyDefinition" || node.type === "Property"
          ? node.key
          : undefined;
  return named?.type === "Identifier" ? named.name : undefined;
}

function namesAtTop(node: Program["body"][number]): string[] {
  const inner =
    node.type === "ExportNamedDeclaration" || node.type === "ExportDefaultDeclaration" ? node.declaration : node;
  if (inner === null || inner === undefined) return [];
  if (inner.type === "VariableDeclaration") return inner.declarations.flatMap(({ id }) => namesIn(id));
  if (inner.type === "FunctionDeclaration" || inner.type === "ClassDeclaration")
    return inner.id === null ? [] : [inner.id.name];
  return [];
}

function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((each) => namesIn(each.type === "RestElement" ? each.argument : each.value));
    case "ArrayPattern":
      return pattern.elements.flatMap((each) => (each === null ? [] : namesIn(each)));
    case "AssignmentPattern":
      return namesIn(pattern.left);
    case "RestElement":
      return namesIn(pattern.argument);
    case "MemberExpression":
      return [];
  }
}

function specifierOf(node: Program["body"][number]): string[] {
  if (node.type === "ImportDeclaration" && node.attributes.length > 0) return [];
  const source = "source" in node ? node.source : undefined;
  return typeof source?.value === "string" ? [source.value] : [];
}
