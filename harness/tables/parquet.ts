/**
 * The rows of a run as Parquet, for more rows than CSV serves. `rows.csv` is read as a stream and written in groups of
 * rows, so that neither is ever whole in memory.
 */
import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment } from "../experiment.ts";

/** Rows of one group. */
const groupSize = 50_000;

type Type = "DOUBLE" | "BOOLEAN" | "STRING";
type Values = (number | boolean | string | null)[];

/**
 * The type of each column of `rows.csv`. Types are told, not guessed: numbers are doubles, in every group alike.
 * Series and remarks are JSON.
 */
function typeOf(experiment: Experiment, column: string): Type {
  const parameter = experiment.parameters[column];
  if (parameter !== undefined) {
    const kind = typeof parameter.default;
    return kind === "number" ? "DOUBLE" : kind === "boolean" ? "BOOLEAN" : "STRING";
  }
  return column === "remarks" || Object.hasOwn(experiment.series ?? {}, column) ? "STRING" : "DOUBLE";
}

function valueOf(type: Type, field: string): number | boolean | string | null {
  if (type === "STRING") return field;
  if (field === "") return null;
  return type === "DOUBLE" ? Number(field) : field === "true";
}

/**
 * Writes the rows of a `rows.csv` as Parquet. Returns their number.
 *
 * @throws BadData if the file has no head or a field is no number.
 */
export async function rowsToParquet(experiment: Experiment, csv: string, parquet: string): Promise<number> {
  let types: Type[] = [];
  let names: string[] = [];
  let writer: ParquetWriter | undefined;
  let columns: Values[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    const [first] = columns;
    if (writer === undefined || first === undefined || first.length === 0) return;
    const columnData = names.map((name, i) => {
      // A dictionary would take 0 and -0 for one value. Parameters repeat, and need one.
      const isMeasured = types[i] === "DOUBLE" && experiment.parameters[name] === undefined;
      return { name, data: columns[i]!, type: types[i]!, ...(isMeasured ? { encoding: "PLAIN" as const } : {}) };
    });
    await writer.write({ columnData, rowGroupSize: groupSize });
    columns = names.map(() => []);
  };
  for await (const record of createReadStream(csv).pipe(parse()) as AsyncIterable<string[]>) {
    if (writer === undefined) {
      names = record;
      types = names.map((name) => typeOf(experiment, name));
      columns = names.map(() => []);
      const schema = names.map((name, i) => ({
        name,
        repetition_type: types[i] === "STRING" ? ("REQUIRED" as const) : ("OPTIONAL" as const),
        ...(types[i] === "STRING"
          ? { type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const }
          : { type: types[i] as "DOUBLE" | "BOOLEAN" }),
      }));
      writer = new ParquetWriter({
        writer: fileWriter(parquet),
        schema: [{ name: "root", num_children: names.length }, ...schema],
      });
      continue;
    }
    for (const [i, field] of record.entries()) {
      const value = valueOf(types[i]!, field);
      if (Number.isNaN(value)) throw new BadData(`${csv}, record ${count + 2}: ${names[i]} is "${field}", no number.`);
      columns[i]!.push(value);
    }
    if (++count % groupSize === 0) await flush();
  }
  if (writer === undefined) throw new BadData(`${csv} has no head.`);
  await flush();
  await writer.finish();
  return count;
}
