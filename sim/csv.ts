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

/** All rows of a table that begins with a line of column names. `file` is for messages. Throws BadData. */
export function readTable(text: string, file: string, required: readonly string[]): Row[] {
  const [header, ...records] = parsed(text, file);
  const columns = header?.fields ?? [];
  for (const column of required) {
    if (columns.includes(column)) continue;
    throw new BadData(
      `${file}, line ${header?.line ?? 1}: there is no column "${column}"; expected a line of column names with ${required.join(", ")}.`,
    );
  }
  return records.map(({ line, fields }) => {
    if (fields.length === columns.length) return new Row(file, line, columns, fields);
    throw new BadData(
      `${file}, line ${line}: ${fields.length} fields; expected ${columns.length}, ${columns.join(",")}.`,
    );
  });
}

interface Parsed {
  readonly line: number;
  readonly fields: readonly string[];
}

function parsed(text: string, file: string): Parsed[] {
  const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
  try {
    // With `info` each record comes with the number of its last line.
    const records = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, fields: record }));
  } catch (error) {
    throw new BadData(`${file}: ${(error as Error).message}.`);
  }
}
