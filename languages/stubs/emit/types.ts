/** Forms as TypeScript types. */
import type { Field, Form, Literal, TypeDefinition } from "../form.ts";
import { property, safeName } from "../names.ts";
import type { Context } from "./context.ts";

const predefinedTypes = {
  boolean: "boolean",
  cardinal: "number",
  "long cardinal": "number",
  "hyper cardinal": "bigint",
  integer: "number",
  "long integer": "number",
  "hyper integer": "bigint",
  unspecified: "number",
  real: "number",
  "short real": "number",
  string: "string",
  text: "string",
  bytes: "Uint8Array",
  bigint: "bigint",
  date: "Date",
  nothing: "undefined",
  plain: "unknown",
} as const;

export function literal(value: Literal): string {
  return typeof value === "string" ? JSON.stringify(value) : Object.is(value, -0) ? "-0" : String(value);
}

/** In parentheses where a type of several words would be misread. */
function element(context: Context, form: Form): string {
  const text = typeText(context, form);
  return /[|&]| => |^readonly /.test(text) ? `(${text})` : text;
}

export function typeText(context: Context, form: Form): string {
  switch (form.kind) {
    case "predefined":
      return predefinedTypes[form.type];
    case "named":
      return context.reference(form.name, form.program);
    case "enumeration":
      return [...new Set(form.items.map(({ value }) => literal(value)))].join(" | ");
    case "array":
    case "sequence":
      return `readonly ${element(context, form.of)}[]`;
    case "set":
      return `ReadonlySet<${typeText(context, form.of)}>`;
    case "map":
      return `ReadonlyMap<${typeText(context, form.key)}, ${typeText(context, form.of)}>`;
    case "dictionary":
      return `Readonly<Record<string, ${typeText(context, form.of)}>>`;
    case "optional":
      return `${typeText(context, form.of)} | ${String(form.absent)}`;
    case "tuple":
      return `readonly [${form.items.map((item) => typeText(context, item)).join(", ")}]`;
    case "record":
      return `{ ${form.fields.map((field) => fieldText(context, field)).join("; ")} }`;
    case "choice":
      return form.arms
        .map(({ value, form: arm }) => {
          const tag = `readonly ${property(form.tag)}: ${literal(value)}`;
          return `{ ${[tag, ...armTexts(context, form.content, arm)].join("; ")} }`;
        })
        .join(" | ");
  }
}

function armTexts(context: Context, content: string | undefined, arm: Form): string[] {
  if (content === undefined) return arm.kind === "record" ? arm.fields.map((field) => fieldText(context, field)) : [];
  if (arm.kind === "predefined" && arm.type === "nothing") return [`readonly ${property(content)}?: undefined`];
  return [`readonly ${property(content)}: ${typeText(context, arm)}`];
}

/** A missing field is one whose form is optional. */
export function fieldText(context: Context, { name, form, missing = false }: Field): string {
  if (!missing || form.kind !== "optional") return `readonly ${property(name)}: ${typeText(context, form)}`;
  return `readonly ${property(name)}?: ${typeText(context, form.of)}`;
}

export function comment(text: string | undefined, indent = ""): string {
  if (text === undefined || text.trim() === "") return "";
  const lines = text.trim().replaceAll("*/", "* /").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]!.trim()} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line.trim()}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** The declaration of a type. */
export function declaration(context: Context, { name, form, comment: said }: TypeDefinition): string {
  const head = comment(said);
  const type = safeName(name);
  if (form.kind === "record") {
    const fields = form.fields.map((field) => `${comment(field.comment, "  ")}  ${fieldText(context, field)};\n`);
    return fields.length === 0
      ? `${head}export type ${type} = Readonly<Record<string, never>>;`
      : `${head}export interface ${type} {\n${fields.join("")}}`;
  }
  const text = typeText(context, form);
  const arms = form.kind === "choice" || (form.kind === "enumeration" && text.length > 90);
  if (!arms) return `${head}export type ${type} = ${text};`;
  return `${head}export type ${type} =\n  | ${text.split(/ \| (?=[{"\d])/).join("\n  | ")};`;
}
