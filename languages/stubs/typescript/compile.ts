/** From the exported classes and interfaces of TypeScript files to the intermediate form. */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import {
  type ClassDeclaration,
  type InterfaceDeclaration,
  type Node,
  Node as Nodes,
  Project,
  type Signature,
  type SourceFile,
  type Symbol as TypeSymbol,
  type Type,
} from "ts-morph";
import { BadSource } from "../../source.ts";
import type { ErrorDefinition, Field, Form, Procedure, Program } from "../form.ts";
import { meant } from "../names.ts";
import { Forms } from "./forms.ts";
import { badNode } from "./places.ts";

type Module = ClassDeclaration | InterfaceDeclaration;

const notProcedures: ReadonlySet<string> = new Set(["getState", "setState"]);

/** The options of the nearest tsconfig.json above the file. */
function configAbove(file: string): string | undefined {
  for (let directory = dirname(resolve(file)); ; directory = dirname(directory)) {
    const config = join(directory, "tsconfig.json");
    if (existsSync(config)) return config;
    if (directory === dirname(directory)) return undefined;
  }
}

export interface TypeScriptOptions {
  /** Only the modules of these names, if any are given. */
  readonly only?: readonly string[];
  /** False: the modules' state is not looked at, as nobody will move it. */
  readonly state?: boolean;
}

/** A program for each module, an exported class or interface with methods. @throws BadSource */
export function compileTypeScript(files: readonly string[], options: TypeScriptOptions = {}): Program[] {
  const { only = [], state = true } = options;
  const modules = files.flatMap((file) => modulesIn(file).map((module) => ({ file, module })));
  const names = modules.map(({ module }) => module.getName() ?? "");
  const absent = only.find((name) => !names.includes(name));
  if (absent !== undefined) throw new BadSource(`${files.join(", ")}: no module ${absent}${meant(absent, names)}.`);
  return modules
    .filter((_, i) => only.length === 0 || only.includes(names[i]!))
    .map(({ file, module }) => new Compiler(module, file).program(state));
}

/** By their tsconfig.json: the compiler reads its library once for each. */
const projects = new Map<string | undefined, Project>();

function projectOf(config: string | undefined): Project {
  let project = projects.get(config);
  if (project === undefined) {
    project = new Project({
      ...(config !== undefined && { tsConfigFilePath: config }),
      skipAddingFilesFromTsConfig: true,
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        allowImportingTsExtensions: true,
        noEmit: true,
      },
    });
    projects.set(config, project);
  }
  return project;
}

/** @throws BadSource if there is none */
function modulesIn(file: string): Module[] {
  const modules = modulesOf(projectOf(configAbove(file)).addSourceFileAtPath(file));
  if (modules.length === 0)
    throw new BadSource(`${file}: no module: expected an exported class or interface with methods.`);
  return modules;
}

function modulesOf(source: SourceFile): Module[] {
  const modules: Module[] = [];
  for (const declarations of source.getExportedDeclarations().values()) {
    for (const declaration of declarations) {
      const isModule = Nodes.isClassDeclaration(declaration) || Nodes.isInterfaceDeclaration(declaration);
      if (!isModule || declaration.getSourceFile() !== source || modules.includes(declaration)) continue;
      if (isError(declaration.getType()) || !declaration.getType().getProperties().some(isMethod)) continue;
      modules.push(declaration);
    }
  }
  return modules;
}

function isError(type: Type): boolean {
  if (type.getSymbol()?.getName() === "Error") return true;
  return type.getBaseTypes().some(isError);
}

function isMethod(property: TypeSymbol): boolean {
  return property.getDeclarations().some((each) => Nodes.isMethodDeclaration(each) || Nodes.isMethodSignature(each));
}

/** Whether whoever holds the object may call it: not private, protected or static. */
function isPublic(node: Node): boolean {
  const hidden = /^(#|_)/.test(Nodes.hasName(node) ? node.getName() : "");
  if (hidden) return false;
  if (!Nodes.isMethodDeclaration(node)) return true;
  return !node.isStatic() && node.getScope() === "public";
}

class Compiler {
  readonly #module: Module;
  readonly #file: string;
  readonly #name: string;
  readonly #forms: Forms;
  readonly #errors = new Map<string, ErrorDefinition>();

  constructor(module: Module, file: string) {
    this.#module = module;
    this.#file = file;
    this.#name = module.getName() ?? "Module";
    this.#forms = new Forms([this.#name, `${this.#name}Module`]);
  }

  program(hasState: boolean): Program {
    const type = this.#module.getType();
    const methods = type
      .getProperties()
      .filter((property) => isMethod(property) && property.getDeclarations().every(isPublic))
      .filter((property) => !notProcedures.has(property.getName()))
      // As the procedures of a class are numbered at run time.
      .toSorted((a, b) => (a.getName() < b.getName() ? -1 : 1));
    const procedures = methods.map((method, number) => this.#procedure(method, number));
    const state = hasState ? this.#state(type) : undefined;
    return {
      name: this.#name,
      module: `${this.#name}Stubs`,
      source: basename(this.#file),
      dependencies: [],
      types: this.#forms.types,
      constants: [],
      errors: [...this.#errors.values()].map((error, number) => ({ ...error, number })),
      procedures,
      state,
    };
  }

  #procedure(method: TypeSymbol, number: number): Procedure {
    const name = method.getName();
    const node = method.getDeclarations()[0]!;
    const signatures = method.getTypeAtLocation(this.#module).getCallSignatures();
    const [signature] = signatures;
    if (signature === undefined || signatures.length > 1)
      throw badNode(
        node,
        `${this.#name}.${name} has ${signatures.length} signatures; expected one, since a call's bytes do not say which is meant`,
      );
    if (signature.getTypeParameters().length > 0)
      throw badNode(node, `${this.#name}.${name} is generic: its values have no one form; write the types out`);
    const fields = signature.getParameters().map((parameter) => this.#argument(parameter, name));
    const result = this.#result(signature, node, name);
    const isNothing = result.kind === "predefined" && result.type === "nothing";
    return {
      name,
      number,
      arguments: fields,
      results: isNothing ? [] : [{ name: "result", form: result }],
      reports: this.#reports(node),
      comment: commentOf(node),
    };
  }

  #argument(parameter: TypeSymbol, procedure: string): Field {
    const node = parameter.getDeclarations()[0]!;
    const name = parameter.getName();
    if (Nodes.isParameterDeclaration(node) && node.isRestParameter())
      throw badNode(node, `${procedure} takes any number of arguments, ...${name}; expected an array in their place`);
    if (Nodes.isParameterDeclaration(node) && !Nodes.isIdentifier(node.getNameNode()))
      throw badNode(node, `${procedure} takes its argument apart; expected a name, which the stubs need for it`);
    const type = parameter.getTypeAtLocation(this.#module);
    const where = { node, words: `${procedure}.${name}` };
    const optional = Nodes.isParameterDeclaration(node) && node.isOptional();
    if (!optional) return { name, form: this.#forms.form(type, where) };
    const inner = this.#forms.present(type, where);
    return { name, missing: true, form: { kind: "optional", absent: undefined, of: inner } };
  }

  #result(signature: Signature, node: Node, name: string): Form {
    const type = signature.getReturnType();
    const isPromise = type.getSymbol()?.getName() === "Promise" || type.getSymbol()?.getName() === "PromiseLike";
    const promises = type.isUnion()
      ? type.getUnionTypes().filter((each) => each.getSymbol()?.getName() === "Promise")
      : [];
    const where = { node, words: `${name}'s result` };
    if (promises.length > 0) return this.#forms.form(promises[0]!.getTypeArguments()[0]!, where);
    return this.#forms.form(isPromise ? type.getTypeArguments()[0]! : type, where);
  }

  /** `@throws {InsufficientFunds}`, or without braces. */
  #reports(node: Node): string[] {
    if (!Nodes.isJSDocable(node)) return [];
    const names = node
      .getJsDocs()
      .flatMap((doc) => doc.getTags())
      .filter((tag) => tag.getTagName() === "throws")
      .map((tag) => /^@throws\s+\{?\s*([A-Za-z_$][\w$]*)/.exec(tag.getText())?.[1])
      .filter((name) => name !== undefined);
    return names.filter((name) => this.#error(name));
  }

  /**
   * Whether the name is that of a class of errors with fields of its own that is known here; others arrive with name
   * and message alone.
   */
  #error(name: string): boolean {
    if (this.#errors.has(name)) return true;
    const source = this.#module.getSourceFile();
    const declaration =
      source.getClass(name) ??
      source
        .getImportDeclarations()
        .flatMap((each) => each.getNamedImports())
        .find((each) => each.getName() === name)
        ?.getNameNode()
        .getType()
        .getSymbol()
        ?.getDeclarations()[0];
    if (declaration === undefined || !Nodes.isClassDeclaration(declaration)) return false;
    const type = declaration.getType();
    if (!isError(type)) return false;
    const fields = type
      .getProperties()
      .filter((property) => !["name", "message", "stack", "cause"].includes(property.getName()) && !isMethod(property))
      .filter((property) => property.getDeclarations().every((each) => !each.getSourceFile().isDeclarationFile()))
      .map((property) => this.#forms.field(property, { node: declaration, words: name }));
    this.#errors.set(name, { name, number: 0, fields });
    return true;
  }

  /** What get_state moves: what getState answers, or the fields of the instance. */
  #state(type: Type): Form | undefined {
    const getState = type.getProperty("getState");
    if (getState !== undefined) {
      const node = getState.getDeclarations()[0]!;
      const [signature] = getState.getTypeAtLocation(this.#module).getCallSignatures();
      return signature === undefined ? undefined : this.#result(signature, node, "getState");
    }
    if (!Nodes.isClassDeclaration(this.#module)) return undefined;
    const hidden = this.#module.getProperties().find((property) => property.getName().startsWith("#"));
    if (hidden !== undefined)
      throw badNode(
        hidden,
        `the state of ${this.#name}: its field ${hidden.getName()} is private and cannot be externalized; give the class methods getState and setState`,
      );
    const fields = type.getProperties().filter((property) => !isMethod(property));
    const own: Field[] = [];
    for (const field of fields) {
      const [node] = field.getDeclarations();
      if (node === undefined || Nodes.isGetAccessorDeclaration(node) || Nodes.isSetAccessorDeclaration(node)) continue;
      own.push(this.#forms.field(field, { node: this.#module, words: `the state of ${this.#name}` }));
    }
    return own.length === 0 ? undefined : { kind: "record", fields: own };
  }
}

function commentOf(node: Node): string | undefined {
  if (!Nodes.isJSDocable(node)) return undefined;
  return node.getJsDocs()[0]?.getDescription().trim() || undefined;
}
