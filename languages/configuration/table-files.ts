/**
 * Tables of machines, from CSV with a line of column names or from JSON, a list of objects. Each machine has a `name` of its own.
 *
 * In CSV a column holds numbers if all its fields are numbers as JSON writes them, and whole numbers below 2^53; booleans if all are
 * true or false; strings else: what would lose digits or leading zeros as a number stays a string. An empty field is a missing attribute.
 * In JSON a missing attribute is left out or null.
 */
import { parse } from "csv-parse/sync";
import { BadSource } from "../source.ts";
import { MachineTable, type Attribute, type AttributeType, type AttributeValue, type Machine } from "./machines.ts";

const numeric = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Reads a table by the ending of its file's name. @throws BadSource */
export function readMachines(file: string, text: string): MachineTable {
  if (/\.json$/i.test(file)) return fromJson(file, text);
  if (/\.csv$/i.test(file)) return fromCsv(file, text);
  throw new BadSource(`${file}: a table of machines is a file whose name ends in .csv or .json.`);
}

interface Field {
  readonly line: number;
  readonly text: string;
}

function typeOf({ text }: Field): AttributeType {
  if (text === "true" || text === "false") return "boolean";
  if (!numeric.test(text)) return "string";
  const value = Number(text);
  return Number.isFinite(value) && (!/^-?\d+$/.test(text) || Number.isSafeInteger(value)) ? "number" : "string";
}

/** The type of all fields of a column; a column with no field has strings. */
function columnType(file: string, name: string, fields: readonly Field[]): Attribute {
  const types = fields.map(typeOf);
  const [first = "string"] = types;
  if (types.every((type) => type === first)) return { name, type: first };
  // What most fields are is what was meant.
  const meant = (["number", "boolean"] as const).find(
    (type) => types.filter((each) => each === type).length * 2 >= types.length,
  );
  const { line, text } = fields[types.findIndex((type) => type !== (meant ?? "string"))]!;
  const plural = meant === "number" ? "a number" : "a boolean";
  const because = meant === undefined ? {} : { because: `"${text}" in line ${line} of ${file} is not ${plural}` };
  return { name, type: "string", ...because };
}

function valueOf(type: AttributeType, text: string): AttributeValue {
  return type === "number" ? Number(text) : type === "boolean" ? text === "true" : text;
}

function fromCsv(file: string, text: string): MachineTable {
  const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
  let records: { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
  try {
    records = parse(text, options) as unknown as typeof records;
  } catch (error) {
    throw new BadSource(`${file}: ${(error as Error).message}.`);
  }
  const [header, ...rows] = records;
  const columns = header?.record ?? [];
  for (const [i, column] of columns.entries()) {
    if (column === "") throw new BadSource(`${file}: column ${i + 1} has no name.`);
    if (columns.indexOf(column) < i) throw new BadSource(`${file}: two columns are called "${column}".`);
  }
  if (!columns.includes("name")) {
    const found = columns.length === 0 ? "nothing" : columns.join(", ");
    throw new BadSource(`${file}: expected a line of column names with "name" among them, found ${found}.`);
  }
  for (const { record, info } of rows) {
    if (record.length === columns.length) continue;
    throw new BadSource(
      `${file}, line ${info.lines}: ${record.length} fields; expected ${columns.length}, ${columns.join(",")}.`,
    );
  }
  const names = rows.map(({ record, info }) => ({
    name: record[columns.indexOf("name")]!,
    where: `line ${info.lines}`,
  }));
  mustBeNames(file, names);
  const attributes = columns.map((column, i) => {
    const fields = rows.map(({ record, info }) => ({ line: info.lines, text: record[i]! }));
    return column === "name"
      ? ({ name: column, type: "string" } as const)
      : columnType(
          file,
          column,
          fields.filter((field) => field.text !== ""),
        );
  });
  const machines = rows.map(({ record }, row): Machine => {
    const values: Record<string, AttributeValue> = {};
    for (const [i, { name, type }] of attributes.entries())
      if (record[i] !== "") values[name] = valueOf(type, record[i]!);
    return { name: names[row]!.name, attributes: values };
  });
  return new MachineTable(file, attributes, machines);
}

function mustBeNames(file: string, names: readonly { readonly name: string; readonly where: string }[]): void {
  const first = new Map<string, string>();
  for (const { name, where } of names) {
    if (name === "") throw new BadSource(`${file}, ${where}: the machine has no name.`);
    const other = first.get(name);
    if (other !== undefined) throw new BadSource(`${file}, ${where}: the machine "${name}" is in ${other} already.`);
    first.set(name, where);
  }
}

function fromJson(file: string, text: string): MachineTable {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new BadSource(`${file}: ${(error as Error).message}.`);
  }
  if (!Array.isArray(read)) throw new BadSource(`${file}: expected a list of machines, [{"name": "…", …}, …].`);
  const attributes = new Map<string, Attribute & { readonly by: string }>();
  attributes.set("name", { name: "name", type: "string", by: "" });
  const machines = read.map((each: unknown, index): Machine => {
    const where = `machine ${index + 1}`;
    if (typeof each !== "object" || each === null || Array.isArray(each))
      throw new BadSource(`${file}, ${where}: expected an object, {"name": "…", …}.`);
    const { name } = each as { name?: unknown };
    if (typeof name !== "string") throw new BadSource(`${file}, ${where}: expected a "name" that is a string.`);
    const values: Record<string, AttributeValue> = {};
    for (const [attribute, value] of Object.entries(each)) {
      if (value === null) continue;
      const type = jsonType(file, name, attribute, value);
      const known = attributes.get(attribute);
      if (known === undefined) attributes.set(attribute, { name: attribute, type, by: name });
      else if (known.type !== type) {
        throw new BadSource(`${file}: ${attribute} of "${name}" is a ${type}, and of "${known.by}" a ${known.type}.`);
      }
      values[attribute] = value as AttributeValue;
    }
    return { name, attributes: values };
  });
  mustBeNames(file, machines.map(({ name }, index) => ({ name, where: `machine ${index + 1}` }))); // prettier-ignore
  const columns = [...attributes.values()].map(({ name, type }) => ({ name, type }));
  return new MachineTable(file, columns, machines);
}

function jsonType(file: string, machine: string, attribute: string, value: unknown): AttributeType {
  const type = typeof value;
  const where = `${file}: ${attribute} of "${machine}"`;
  if (type === "number" && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new BadSource(`${where} is beyond 2^53, where numbers are not kept exactly; write it as a string.`);
  if (type === "number" || type === "string" || type === "boolean") return type;
  throw new BadSource(`${where} is ${JSON.stringify(value)}; expected a number, a string or a boolean.`);
}
