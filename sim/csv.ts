/** Tables of comma-separated values with named columns, whose mistakes are reported by line and column. */
import { parse } from "csv-parse/sync";
import { BadData } from "./bad-data.ts";

export class Row {
  readonly line: number;
  private readonly file: string;
  private readonly columns: readonly string[];
  private readonly fields: readonly string[];

  constructor(file: string, line: number, columns: readonly string[], fields: readonly string[]) {
    this.file = file;
    this.line = line;
    this.columns = columns;
    this.fields = fields;
  }

  /** The field of a column; empty if the table has no such column. */
  text(column: string): string {
    return this.fields[this.columns.indexOf(column)] ?? "";
  }

  /** The field of a column, as `read` takes it. Throws BadData where `read` answers undefined. */
  read<T>(column: string, expected: string, read: (text: string) => T | undefined): T {
    const value = read(this.text(column));
    if (value === undefined) throw this.bad(column, `"${this.text(column)}" is not ${expected}`);
    return value;
  }

  bad(column: string, problem: string): BadData {
    return new BadData(`${this.file}, line ${this.line}, column ${column}: ${problem}.`);
  }
}

/** How a table's fields may be separated, by the name that messages give it. */
export const separators = { comma: ",", tab: "\t", semicolon: ";", bar: "|" } as const;

export interface TableOptions {
  /** What stands between two fields. Default: a comma. */
  readonly separator?: string;
  /** Ends the sentence about a table that is separated otherwise: what the user may do. */
  readonly remedy?: string;
}

/** All rows of a table that begins with a line of column names. `file` is for messages. Throws BadData. */
export function readTable(
  text: string,
  file: string,
  required: readonly string[],
  { separator = ",", remedy = "" }: TableOptions = {},
): Row[] {
  const [header, ...records] = readRecords(text, file, separator);
  const columns = header?.fields ?? [];
  for (const column of required) {
    if (columns.includes(column)) continue;
    const where = `${file}, line ${header?.line ?? 1}`;
    const other = separationOf(text, file, required);
    if (other !== undefined) throw new BadData(`${where}: the table is ${other}-separated.${remedy}`);
    throw new BadData(
      `${where}: there is no column "${column}"; expected a line of column names with ${required.join(", ")}.${remedy}`,
    );
  }
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) {
    throw new BadData(`${file}, line ${header!.line}: two columns are named "${twice}"; expected a name once.`);
  }
  return records.map(({ line, fields }) => {
    if (fields.length === columns.length) return new Row(file, line, columns, fields);
    throw new BadData(
      `${file}, line ${line}: ${fields.length} fields; expected ${columns.length}, ${columns.join(",")}.`,
    );
  });
}

/**
 * The name of the one separator by which the first line of a table has all these columns; undefined if there is none.
 */
export function separationOf(text: string, file: string, required: readonly string[]): string | undefined {
  const [first = ""] = text.split(/\r?\n/, 1);
  const fitting = Object.entries(separators).filter(([, separator]) => {
    const [header] = first.includes(separator) ? readRecords(first, file, separator) : [];
    return header !== undefined && required.every((column) => header.fields.includes(column));
  });
  return fitting.length === 1 ? fitting[0]![0] : undefined;
}

export interface TableRecord {
  /** Number of its last line, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** The records of a table, whether or not they fit the first of them. Throws BadData for quotes that do not close. */
export function readRecords(text: string, file: string, separator = ","): TableRecord[] {
  const options = {
    bom: true,
    delimiter: separator,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  };
  try {
    // With `info` each record comes with the number of its last line.
    const records = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, fields: record }));
  } catch (error) {
    throw new BadData(`${file}: ${(error as Error).message}.`);
  }
}
