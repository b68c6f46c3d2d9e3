/** For each type the two functions that bring its values to and from the wire. */
import type { Form, TypeDefinition } from "../form.ts";
import { predefined } from "../form.ts";
import { access, property, safeName } from "../names.ts";
import type { Context } from "./context.ts";
import { literal } from "./types.ts";

const limitText = (limit: number): string => (limit === Infinity ? "Infinity" : String(limit));

/** A function that externalizes values of the form: its name, or an expression. */
export function externalizer(context: Context, form: Form): string {
  if (form.kind === "predefined") return context.predefined(`externalize${predefined[form.type]}`);
  if (form.kind === "named") return context.reference(form.name, form.program, "externalize");
  return `(writer, value, place) => ${externalization(context, form, "value", "place")}`;
}

/** An expression that externalizes the value that another expression stands for. `place` is an expression too. */
export function externalization(context: Context, form: Form, value: string, place: string): string {
  const call = (name: string, ...parameters: string[]) =>
    `${context.constructed(`externalize${name}`)}(writer, ${value}, ${parameters.join(", ")})`;
  switch (form.kind) {
    case "predefined":
      return `${externalizer(context, form)}(writer, ${value}, ${place})`;
    case "named": {
      const rest = context.takesPlace(form.name, form.program) ? `, ${place}` : "";
      return `${externalizer(context, form)}(writer, ${value}${rest})`;
    }
    case "array":
      return call("Array", String(form.length), place, externalizer(context, form.of));
    case "sequence":
      return call("Sequence", limitText(form.limit), place, externalizer(context, form.of));
    case "set":
      return call("Set", place, externalizer(context, form.of));
    case "map":
      return call("Map", `"${form.order}"`, place, externalizer(context, form.key), externalizer(context, form.of));
    case "dictionary":
      return call("Dictionary", place, context.predefined("externalizeText"), externalizer(context, form.of));
    case "optional":
      return call("Optional", String(form.absent), place, externalizer(context, form.of));
    case "enumeration":
    case "record":
    case "tuple":
    case "choice":
      throw new Error(`a ${form.kind} without a name`);
  }
}

export function internalizer(context: Context, form: Form): string {
  if (form.kind === "predefined") return context.predefined(`internalize${predefined[form.type]}`);
  if (form.kind === "named") return context.reference(form.name, form.program, "internalize");
  return `(reader) => ${internalization(context, form)}`;
}

/** An expression that internalizes a value. */
export function internalization(context: Context, form: Form): string {
  const call = (name: string, ...parameters: string[]) =>
    `${context.constructed(`internalize${name}`)}(reader, ${parameters.join(", ")})`;
  switch (form.kind) {
    case "predefined":
    case "named":
      return `${internalizer(context, form)}(reader)`;
    case "array":
      return call("Array", String(form.length), internalizer(context, form.of));
    case "sequence":
      return call("Sequence", limitText(form.limit), internalizer(context, form.of));
    case "set":
      return call("Set", internalizer(context, form.of));
    case "map":
      return call("Map", `"${form.order}"`, internalizer(context, form.key), internalizer(context, form.of));
    case "dictionary":
      return call("Dictionary", context.predefined("internalizeText"), internalizer(context, form.of));
    case "optional":
      return call("Optional", String(form.absent), internalizer(context, form.of));
    case "enumeration":
    case "record":
    case "tuple":
    case "choice":
      throw new Error(`a ${form.kind} without a name`);
  }
}

/** The functions of a type that has a name. */
export function functionsOf(context: Context, definition: TypeDefinition): string {
  const { name, form } = definition;
  const type = safeName(name);
  const recursive = context.recursive.has(name);
  const parts = bodies(context, type, form);
  const place = context.takesPlace(name, undefined) ? ", place: string" : "";
  const writes = recursive
    ? [
        `${context.constructed("descend")}(writer, "${type}");`,
        ...parts.writes,
        `${context.constructed("ascend")}(writer);`,
      ]
    : parts.writes;
  const writer = writes.length === 0 ? `_writer: ${context.writer()}` : `writer: ${context.writer()}`;
  const value = writes.some((line) => /\bvalue\b/.test(line)) ? "value" : "_value";
  const lines = [
    ...parts.constants,
    `export function externalize${type}(${writer}, ${value}: ${type}${place}): void {`,
    ...writes.flatMap((line) => line.split("\n")).map((line) => `  ${line}`),
    "}",
    "",
  ];
  const reads = parts.reads.join("\n");
  const reader = /\breader\b/.test(reads) ? "reader" : "_reader";
  if (recursive) {
    const inner = `internalizeWhole${type}`;
    lines.push(
      `export function internalize${type}(reader: ${context.reader()}): ${type} {`,
      `  return ${context.constructed("nested")}(reader, ${inner});`,
      "}",
      "",
      `function ${inner}(${reader}: ${context.reader()}): ${type} {`,
    );
  } else lines.push(`export function internalize${type}(${reader}: ${context.reader()}): ${type} {`);
  lines.push(...reads.split("\n").map((line) => `  ${line}`), "}");
  return lines.join("\n");
}

interface Bodies {
  readonly constants: readonly string[];
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

function bodies(context: Context, type: string, form: Form): Bodies {
  switch (form.kind) {
    case "enumeration": {
      const table = `valuesOf${type}`;
      const items = form.items.map(({ value, number }) => `[${literal(value)}, ${number}]`);
      return {
        constants: [enumeration(context, table, type, type, items), ""],
        writes: [`${table}.externalize(writer, value, place);`],
        reads: [`return ${table}.internalize(reader);`],
      };
    }
    case "record":
      return {
        constants: [],
        writes: form.fields.map(
          (field) =>
            `${externalization(context, field.form, `value${access(field.name)}`, `"${type}${access(field.name)}"`)};`,
        ),
        reads: [`return ${recordRead(context, form.fields)};`],
      };
    case "tuple":
      return {
        constants: [],
        writes: form.items.map((item, i) => `${externalization(context, item, `value[${i}]`, `"${type}[${i}]"`)};`),
        reads: [`return [${form.items.map((item) => internalization(context, item)).join(", ")}];`],
      };
    case "choice":
      return choice(context, type, form);
    case "predefined":
    case "named":
    case "array":
    case "sequence":
    case "set":
    case "map":
    case "dictionary":
    case "optional":
      return {
        constants: [],
        writes: [`${externalization(context, form, "value", "place")};`],
        reads: [`return ${internalization(context, form)};`],
      };
  }
}

function enumeration(context: Context, table: string, type: string, name: string, items: readonly string[]): string {
  const line = `const ${table} = new ${context.constructed("Enumeration")}<${type}>("${name}", [${items.join(", ")}]);`;
  if (line.length <= 120) return line;
  return `const ${table} = new Enumeration<${type}>("${name}", [\n${items.map((item) => `  ${item},\n`).join("")}]);`;
}

type RecordForm = Form & { kind: "record" };

function fieldRead(context: Context, { name, form, missing }: RecordForm["fields"][number]): string {
  if (missing !== true || form.kind !== "optional") return `${property(name)}: ${internalization(context, form)}`;
  const presence = context.constructed("internalizePresence");
  return `...(${presence}(reader) && { ${property(name)}: ${internalization(context, form.of)} })`;
}

function recordRead(context: Context, fields: RecordForm["fields"], first: readonly string[] = []): string {
  const parts = [...first, ...fields.map((field) => fieldRead(context, field))];
  if (parts.length === 0) return "{}";
  const line = `{ ${parts.join(", ")} }`;
  return line.length < 90 ? line : `{\n${parts.map((part) => `  ${part},\n`).join("")}}`;
}

function choice(context: Context, type: string, form: Form & { kind: "choice" }): Bodies {
  const table = `designatorsOf${type}`;
  const tag = access(form.tag);
  const items = form.arms.map(({ value, number }) => `[${literal(value)}, ${number}]`);
  const writes = [`${table}.externalize(writer, value${tag}, "${type}${tag}");`, `switch (value${tag}) {`];
  const variable =
    /^[a-z]\w*$/i.test(form.tag) && form.tag === safeName(form.tag) && form.tag !== "reader" ? form.tag : "tag";
  const reads = [`const ${variable} = ${table}.internalize(reader);`, `switch (${variable}) {`];
  const tagPart = variable === form.tag ? variable : `${property(form.tag)}: ${variable}`;
  for (const { value, form: arm } of form.arms) {
    writes.push(`  case ${literal(value)}:`);
    reads.push(`  case ${literal(value)}:`);
    const isNothing = arm.kind === "predefined" && arm.type === "nothing";
    if (form.content === undefined) {
      const fields = arm.kind === "record" ? arm.fields : [];
      for (const field of fields) {
        const place = `"${type}${access(field.name)}"`;
        writes.push(`    ${externalization(context, field.form, `value${access(field.name)}`, place)};`);
      }
      reads.push(`    return ${recordRead(context, fields, [tagPart]).replaceAll("\n", "\n    ")};`);
    } else if (isNothing) reads.push(`    return { ${tagPart} };`);
    else {
      const place = `"${type}${access(form.content)}"`;
      writes.push(`    ${externalization(context, arm, `value${access(form.content)}`, place)};`);
      reads.push(`    return { ${tagPart}, ${property(form.content)}: ${internalization(context, arm)} };`);
    }
    writes.push("    break;");
  }
  writes.push("}");
  reads.push("}");
  return {
    constants: [enumeration(context, table, `${type}[${JSON.stringify(form.tag)}]`, `${type}${tag}`, items), ""],
    writes,
    reads,
  };
}
