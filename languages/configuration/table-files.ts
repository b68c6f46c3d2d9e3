/**
 * Tables of machines, from CSV with a line of column names or from JSON, a list of objects. Each machine has a `name`
 * of its own.
 *
 * In CSV a column holds numbers if all its fields are numbers as JSON writes them, and whole numbers below 2^53;
 * booleans if all are true or false; strings else: what would lose digits or leading zeros as a number stays a string.
 * An empty field is a missing attribute. In JSON a missing attribute is left out or null.
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

function typeOf(text: string): AttributeType {
  if (text === "true" || text === "false") return "boolean";
  if (!numeric.test(text)) return "string";
  const value = Number(text);
  return Number.isFinite(value) && (!/^-?\d+$/.test(text) || Number.isSafeInteger(value)) ? "number" : "string";
}

/** The type of all fields of a column; a column with no field has strings. */
function columnType(
  file: string,
  name: string,
  rows: readonly (readonly string[])[],
  column: number,
  line: (row: number) => number,
): Attribute {
  const counts = { number: 0, string: 0, boolean: 0 };
  for (const fields of rows) if (fields[column] !== "") counts[typeOf(fields[column]!)]++;
  const all = counts.number + counts.string + counts.boolean;
  if (counts.number === all && all > 0) return { name, type: "number" };
  if (counts.boolean === all && all > 0) return { name, type: "boolean" };
  // What most fields are is what was meant.
  const meant = (["number", "boolean"] as const).find((type) => counts[type] * 2 >= all && all > 0);
  if (meant === undefined) return { name, type: "string" };
  const row = rows.findIndex((fields) => fields[column] !== "" && typeOf(fields[column]!) !== meant);
  return {
    name,
    type: "string",
    because: `"${rows[row]![column]!}" in line ${line(row)} of ${file} is not a ${meant}`,
  };
}

/** Records of a CSV, and the lines that they end in. */
class Records {
  readonly records: readonly (readonly string[])[];
  readonly #file: string;
  readonly #text: string;
  #lines: readonly number[] | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    // Most tables quote nothing: a line is a record. That is several times as fast as the library's automaton.
    if (/"|\r(?!\n)/.test(text)) this.records = this.#parsed(false) as readonly (readonly string[])[];
    else {
      const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
      const kept = lines.flatMap((line, i) => (line === "" ? [] : [i]));
      const isSpaced = /[^\S\r\n]/.test(text);
      const fields = (line: string): string[] => (isSpaced ? line.split(",").map((field) => field.trim()) : line.split(",")); // prettier-ignore
      this.records = kept.map((line) => fields(lines[line]!));
      this.#lines = kept.map((line) => line + 1);
    }
  }

  #parsed(info: boolean): unknown {
    try {
      return parse(this.#text, { bom: true, info, relax_column_count: true, skip_empty_lines: true, trim: true });
    } catch (error) {
      throw new BadSource(`${this.#file}: ${(error as Error).message}.`);
    }
  }

  /** With quotes the lines are found when they are asked for: that takes as long as reading the table. */
  line(record: number): number {
    this.#lines ??= (this.#parsed(true) as { info: { lines: number } }[]).map(({ info }) => info.lines);
    return this.#lines[record]!;
  }
}

function fromCsv(file: string, text: string): MachineTable {
  const table = new Records(file, text);
  const [columns = [], ...rows] = table.records;
  const line = (row: number): number => table.line(row + 1);
  for (const [i, column] of columns.entries()) {
    if (column === "") throw new BadSource(`${file}: column ${i + 1} has no name.`);
    if (columns.indexOf(column) < i) throw new BadSource(`${file}: two columns are called "${column}".`);
  }
  const naming = columns.indexOf("name");
  if (naming < 0) {
    const found = columns.length === 0 ? "nothing" : columns.join(", ");
    throw new BadSource(`${file}: expected a line of column names with "name" among them, found ${found}.`);
  }
  for (const [row, { length }] of rows.entries()) {
    if (length === columns.length) continue;
    throw new BadSource(
      `${file}, line ${line(row)}: ${length} fields; expected ${columns.length}, ${columns.join(",")}.`,
    );
  }
  const names = rows.map((fields) => fields[naming]!);
  mustBeNames(file, names, (row) => `line ${line(row)}`);
  const attributes = columns.map((column, i) =>
    column === "name" ? ({ name: column, type: "string" } as const) : columnType(file, column, rows, i, line),
  );
  const machines = rows.map((fields, row): Machine => {
    const values: Record<string, AttributeValue> = {};
    for (const [i, { name, type }] of attributes.entries()) {
      const field = fields[i]!;
      if (field !== "")
        values[name] = type === "number" ? Number(field) : type === "boolean" ? field === "true" : field;
    }
    return { name: names[row]!, attributes: values };
  });
  return new MachineTable(file, attributes, machines);
}

function mustBeNames(file: string, names: readonly string[], where: (index: number) => string): void {
  const first = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    if (name === "") throw new BadSource(`${file}, ${where(i)}: the machine has no name.`);
    const other = first.get(name);
    if (other !== undefined)
      throw new BadSource(`${file}, ${where(i)}: the machine "${name}" is in ${where(other)} already.`);
    first.set(name, i);
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
  mustBeNames(file, machines.map(({ name }) => name), (index) => `machine ${index + 1}`); // prettier-ignore
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
