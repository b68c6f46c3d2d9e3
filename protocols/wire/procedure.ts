/** How a procedure's arguments, results and errors go over the wire. */
import type { Reader, Writer } from "./bytes.ts";
import { externalize, externalizeList, internalize, internalizeList } from "./value.ts";

/** An error that a procedure declares: the client gets one of the same class and with the same fields. */
export interface ErrorForm<E extends Error = Error> {
  /** The error's own name, or that of its class. */
  readonly name: string;
  readonly number: number;
  /** @throws TypeError for an error that only has the name. */
  externalize(writer: Writer, error: E): void;
  /** @throws MalformedError */
  internalize(reader: Reader): E;
}

export interface ProcedureForm<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  readonly name: string;
  /** On the wire. */
  readonly number: number;
  /** @throws TypeError, naming the argument, if it is not of its type. */
  externalizeArguments(writer: Writer, values: A): void;
  /** @throws MalformedError */
  internalizeArguments(reader: Reader): A;
  /** @throws TypeError */
  externalizeResult(writer: Writer, result: R): void;
  /** @throws MalformedError */
  internalizeResult(reader: Reader): R | undefined;
  /** Those that it declares; any other arrives with name and message alone. */
  readonly errors?: readonly ErrorForm[];
}

/** A procedure of which nothing is known but its name: each value carries a tag (value.ts). */
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

/** For messages of the protocol itself. */
export const tagged: ProcedureForm = taggedForm("", 0);
