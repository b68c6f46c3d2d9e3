/** The encoding of a procedure's arguments, results and errors. */
import type { Reader, Writer } from "./bytes.ts";
import type { KnownRecords } from "./records.ts";
import { externalize, externalizeList, internalize, internalizeList, withRecords } from "./value.ts";

/** An error that a procedure declares. The client gets an error of the same class with the same fields. */
export interface ErrorForm<E extends Error = Error> {
  /** The error's own name, or that of its class. */
  readonly name: string;
  readonly number: number;
  /** @throws TypeError if the error has the name but not the fields */
  externalize(writer: Writer, error: E): void;
  /** @throws MalformedError */
  internalize(reader: Reader): E;
}

export interface ProcedureForm<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  readonly name: string;
  /** The number that stands for the procedure on the wire. */
  readonly number: number;
  /** @throws TypeError if an argument is not of its type; the message names the argument */
  externalizeArguments(writer: Writer, values: A): void;
  /** @throws MalformedError */
  internalizeArguments(reader: Reader): A;
  /** @throws TypeError if the result is not of its type */
  externalizeResult(writer: Writer, result: R): void;
  /** @throws MalformedError */
  internalizeResult(reader: Reader): R | undefined;
  /** The errors that the procedure declares. Of any other error, only name and message arrive. */
  readonly errors?: readonly ErrorForm[];
}

/** The form of a procedure of which only the name is known. Each value carries a tag (value.ts). */
export function taggedForm(name: string, number: number): ProcedureForm {
  return {
    name,
    number,
    externalizeArguments: (writer, values) => externalizeList(writer, values, name),
    internalizeArguments: (reader) => internalizeList(reader),
    externalizeResult: (writer, result) => externalize(writer, result, "result"),
    internalizeResult: (reader) => internalize(reader),
  };
}

/** The tagged form of a procedure whose arguments or result contain records of that kind. */
export function formWithRecords(name: string, number: number, records: KnownRecords): ProcedureForm {
  const form = taggedForm(name, number);
  return {
    name,
    number,
    externalizeArguments: (writer, values) => withRecords(records, () => form.externalizeArguments(writer, values)),
    internalizeArguments: (reader) => withRecords(records, () => form.internalizeArguments(reader)),
    externalizeResult: (writer, result) => withRecords(records, () => form.externalizeResult(writer, result)),
    internalizeResult: (reader) => withRecords(records, () => form.internalizeResult(reader)),
  };
}

/** The form of messages of the protocol itself. */
export const tagged: ProcedureForm = taggedForm("", 0);
