/**
 * The emitted module of a program: types, their functions, constants, errors, interface, client stub and server stub.
 */
import type { ErrorDefinition, Form, Procedure, Program, Replication } from "../form.ts";
import { capital, property, safeName } from "../names.ts";
import { Context, packageRuntime, type Runtime } from "./context.ts";
import { externalization, functionsOf, internalization } from "./codec.ts";
import { hoist } from "./hoist.ts";
import { comment, declaration, typeText } from "./types.ts";

const interfaceModule = "protocols/call/interface";
const procedureModule = "protocols/wire/procedure";

export interface EmitOptions {
  /** What is asked for beyond plain stubs, by the name of the procedure. */
  readonly replication?: ReadonlyMap<string, Replication>;
  /** Explicit: the client says which troupe it calls; implicit: that which has the program's name. */
  readonly binding?: "implicit" | "explicit";
  readonly runtime?: Runtime;
}

export interface EmittedFile {
  readonly name: string;
  readonly text: string;
}

const warning = "by `troupe stubs`: do not edit. */";

/** Whether a text was emitted, and may be replaced. */
export function isEmitted(text: string): boolean {
  return text.slice(0, text.indexOf("\n")).endsWith(warning);
}

export function emit(programs: readonly Program[], options: EmitOptions = {}): EmittedFile[] {
  const hoisted = new Map(programs.map((program) => [program.module, hoist(program)]));
  return [...hoisted.values()].map((program) => ({
    name: `${program.module}.ts`,
    text: new Emitter(program, hoisted, options).module(),
  }));
}

class Emitter {
  readonly #program: Program;
  readonly #context: Context;
  readonly #options: EmitOptions;
  readonly #name: string;

  constructor(program: Program, programs: ReadonlyMap<string, Program>, options: EmitOptions) {
    this.#program = program;
    this.#context = new Context(program, programs);
    this.#options = options;
    this.#name = capital(safeName(program.name));
    while (program.types.some(({ name }) => name === this.#name)) this.#name += "_";
  }

  module(): string {
    const { types, constants, errors, procedures } = this.#program;
    const context = this.#context;
    const parts = [
      ...types.flatMap((type) => [declaration(context, type), functionsOf(context, type)]),
      ...constants.map(({ name, form, value }) => this.#constant(safeName(name), form, value)),
      ...errors.map((error) => this.#error(error)),
      ...(procedures.length === 0 ? [] : this.#interface()),
    ];
    const text = parts.join("\n\n");
    const runtime = this.#options.runtime ?? packageRuntime;
    const head = `/** Stubs of ${this.#program.name}, compiled from ${this.#program.source} ${warning}`;
    const imports = context.usedImports(runtime, text);
    return `${[head + (imports === "" ? "" : `\n${imports}`), text].join("\n\n")}\n`;
  }

  #constant(name: string, form: Form, value: unknown): string {
    return `export const ${name}: ${typeText(this.#context, form)} = ${valueText(value)};`;
  }

  #error({ name, number, fields }: ErrorDefinition): string {
    const context = this.#context;
    const type = safeName(name);
    const own = fields.map((field) => ({
      ...field,
      member: errorMember(field.name),
      type: typeText(context, field.form),
    }));
    const members = own.map((field) => `  readonly ${property(field.member)}: ${field.type};\n`).join("");
    const parameters = own.map((field) => `${safeName(field.member)}: ${field.type}`).join(", ");
    const assignments = own.map((field) => `    this.${field.member} = ${safeName(field.member)};\n`).join("");
    const errorForm = context.use(procedureModule, "ErrorForm", true);
    const writes = own.map(
      (field) => `    ${externalization(context, field.form, `error.${field.member}`, `"${type}.${field.name}"`)};\n`,
    );
    const reads = own.map((field) => internalization(context, field.form)).join(", ");
    const write = writes.length === 0 ? "externalize() {}," : `externalize(writer, error) {\n${writes.join("")}  },`;
    const read = `internalize: (${reads === "" ? "" : "reader"}) => new ${type}(${reads}),`;
    return [
      `export class ${type} extends Error {\n  override readonly name = ${JSON.stringify(name)};\n${members}`,
      `  constructor(${parameters}) {\n    super(${JSON.stringify(name)});\n${assignments}  }\n}\n`,
      `/** How it goes over the wire. */`,
      `export const errorOf${type}: ${errorForm}<${type}> = {\n  name: ${JSON.stringify(name)},\n  number: ${number},\n  ${write}\n  ${read}\n};`,
    ].join("\n");
  }

  #replication(procedure: Procedure): Replication {
    return this.#options.replication?.get(procedure.name) ?? {};
  }

  #parameters(procedure: Procedure): string {
    return procedure.arguments
      .map((field, index, all) => {
        const { form } = field;
        // Those at the end that may be missing need not be given.
        const optional = all.slice(index).every((each) => each.missing === true && each.form.kind === "optional");
        const inner = optional && form.kind === "optional" ? form.of : form;
        return `${safeName(field.name)}${optional ? "?" : ""}: ${typeText(this.#context, inner)}`;
      })
      .join(", ");
  }

  #result(procedure: Procedure): string {
    const [result] = procedure.results;
    return result === undefined ? "void" : typeText(this.#context, result.form);
  }

  #interface(): string[] {
    const { procedures, state } = this.#program;
    const context = this.#context;
    const name = this.#name;
    const methods = procedures.map((procedure) => {
      const result = this.#result(procedure);
      const either = result === "void" ? "void | Promise<void>" : `${result} | Promise<${result}>`;
      return `${comment(procedure.comment, "  ")}  ${procedure.name}(${this.#parameters(procedure)}): ${either};\n`;
    });
    const parts = [
      `/** What the program's procedures are to whoever calls them. */\nexport interface ${name} {\n${methods.join("")}}`,
    ];
    const explicit = procedures.filter((procedure) => this.#replication(procedure).calls === true);
    if (explicit.length > 0) {
      const callers = context.use("protocols/call/server/caller-arguments", "CallerArguments", true);
      const omitted = explicit.map((procedure) => JSON.stringify(procedure.name)).join(" | ");
      const taking = explicit.map((procedure) => {
        const result = this.#result(procedure);
        const calls = `AsyncIterableIterator<${callers}<[${this.#parameters(procedure)}]>>`;
        return `  ${procedure.name}(calls: ${calls}): Promise<${result}>;\n`;
      });
      parts.push(
        `/** A module of the program: some of its procedures take the generator of arguments. */\nexport interface ${name}Module extends Omit<${name}, ${omitted}> {\n${taking.join("")}}`,
      );
    }
    parts.push(...procedures.map((procedure) => this.#procedure(procedure)));
    const list = procedures.map((procedure) => `${procedure.name}Procedure`);
    const fields = [`name: ${JSON.stringify(this.#program.name)}`, `procedures: [${list.join(", ")}]`];
    if (state !== undefined) {
      const type = typeText(context, state);
      const stateForm = context.use(interfaceModule, "StateForm", true);
      parts.push(
        `/** What get_state externalizes and set_state internalizes. */\nexport const state${name}: ${stateForm}<${type}> = {\n  externalize: (writer, value) => ${externalization(context, state, "value", '"state"')},\n  internalize: (reader) => ${internalization(context, state)},\n};`,
      );
      fields.push(`state: state${name}`);
    }
    const interfaceType = context.use(interfaceModule, "Interface", true);
    const constant = `interfaceOf${name}`;
    const body = fields.map((field) => `  ${field.length > 110 ? wrapped(field) : field},\n`).join("");
    parts.push(`export const ${constant}: ${interfaceType}<${name}> = {\n${body}};`);
    parts.push(...this.#stubs(constant, explicit.length > 0 ? `${name}Module` : name));
    return parts;
  }

  #procedure(procedure: Procedure): string {
    const context = this.#context;
    const form = context.use(interfaceModule, "InterfaceProcedure", true);
    const { name, number, reports } = procedure;
    const names = procedure.arguments.map((field) => safeName(field.name));
    const writes = procedure.arguments.map(
      (field, i) =>
        `    ${externalization(context, field.form, names[i]!, JSON.stringify(`${name}.${field.name}`))};\n`,
    );
    const reads = procedure.arguments.map((field) => internalization(context, field.form));
    const [result] = procedure.results;
    const write =
      writes.length === 0
        ? "externalizeArguments() {},"
        : `externalizeArguments(writer, [${names.join(", ")}]) {\n${writes.join("")}  },`;
    const list = reads.join(", ");
    const read = `internalizeArguments: (${reads.length === 0 ? "" : "reader"}) => ${list.length < 90 ? `[${list}]` : `[\n${reads.map((each) => `    ${each},\n`).join("")}  ]`},`;
    const writeResult =
      result === undefined
        ? "externalizeResult() {},"
        : `externalizeResult: (writer, result) => ${externalization(context, result.form, "result", `"${name}.result"`)},`;
    const readResult =
      result === undefined
        ? "internalizeResult: () => undefined,"
        : `internalizeResult: (reader) => ${internalization(context, result.form)},`;
    const { results, arguments: ofArguments, calls } = this.#replication(procedure);
    const extra: string[] = [];
    if (reports.length > 0)
      extra.push(`errors: [${reports.map((report) => this.#errorReference(report)).join(", ")}],`);
    if (results !== undefined) extra.push(`collator: ${this.#collator(results)},`);
    if (ofArguments !== undefined) extra.push(`argumentCollator: ${this.#collator(ofArguments)},`);
    if (calls === true) extra.push("takesGenerator: true,");
    const types = `[${this.#parameters(procedure)}], ${this.#result(procedure)}`;
    const lines = [
      `name: ${JSON.stringify(name)},`,
      `number: ${number},`,
      write,
      read,
      writeResult,
      readResult,
      ...extra,
    ];
    return `const ${name}Procedure: ${form}<${types}> = {\n${lines.map((line) => `  ${line}\n`).join("")}};`;
  }

  #errorReference(report: string): string {
    const [first, second] = report.split(".");
    return second === undefined
      ? this.#context.reference(first!, undefined, "errorOf")
      : this.#context.reference(second, first, "errorOf");
  }

  #collator(name: string): string {
    const constant = name === "first-come" ? "firstCome" : name;
    return this.#context.use("protocols/call/collator", constant);
  }

  #stubs(constant: string, module: string): string[] {
    const context = this.#context;
    const name = this.#name;
    const program = context.use("protocols/program/program", "Program", true);
    const importOptions = context.use("protocols/call/client/stub", "ImportOptions", true);
    const stub = context.use("protocols/call/client/stub", "Stub", true);
    const exportOptions = context.use("protocols/call/server/export", "ExportOptions", true);
    const exported = context.use("protocols/call/server/export", "Export", true);
    const client =
      this.#options.binding === "explicit"
        ? `/** The client's stub for a troupe of the program's modules. */
export function import${name}(program: ${program}, troupe: ${context.use("protocols/troupe/troupe", "Troupe", true)}, options: ${importOptions} = {}): ${stub}<${name}> {
  return program.import(${constant}, troupe, options);
}`
        : `/** The client's stub for the troupe that has the program's name. */
export function bind${name}(program: ${program}, options: ${importOptions} = {}): Promise<${stub}<${name}>> {
  return program.bind(${constant}, ${JSON.stringify(this.#program.name)}, options);
}`;
    return [
      client,
      `/** The server's stub: makes a module a member of a troupe. */
export function export${name}(program: ${program}, module: ${module}, options: ${exportOptions}<${module}>): ${exported} {
  return program.export(module, { ...options, interface: ${constant} });
}`,
    ];
  }
}

/** Fields that an Error has itself. */
function errorMember(name: string): string {
  return ["name", "message", "stack", "cause"].includes(name) ? `${name}_` : safeName(name);
}

function wrapped(field: string): string {
  return field.replace("[", "[\n    ").replaceAll(", ", ",\n    ").replace(/\]$/, ",\n  ]");
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([name, each]) => `${property(name)}: ${valueText(each)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? "undefined");
}
