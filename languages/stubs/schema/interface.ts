/**
 * Run-time stubs: an interface from schemas, with no compile step (what the dissertation's Lisp stubs were).
 *
 *     const bank = interfaceOfSchemas("Bank", {
 *       deposit: { arguments: [v.string(), v.number()], result: v.number() },
 *     });
 *     const client = await program.bind(bank, "bank");
 *
 * Arguments and results are checked by their schemas on both sides.
 */
import type { Interface, InterfaceProcedure } from "../../../protocols/call/interface.ts";
import { RemoteError } from "../../../protocols/errors.ts";
import { MalformedError, type Reader, type Writer } from "../../../protocols/wire/bytes.ts";
import type { ErrorForm } from "../../../protocols/wire/procedure.ts";
import { Codecs } from "./codec.ts";
import { SchemaForms, type StandardSchema } from "./forms.ts";

export interface SchemaProcedure {
  readonly arguments?: readonly StandardSchema[];
  /** Nothing if it is missing. */
  readonly result?: StandardSchema;
  /** The fields of errors that it declares, by the names of the errors. */
  readonly errors?: Readonly<Record<string, StandardSchema>>;
}

type Output<S> = S extends StandardSchema ? NonNullable<S["~standard"]["types"]>["output"] : never;

type Arguments<A> = { -readonly [K in keyof A]: Output<A[K]> };

type Result<P extends SchemaProcedure> = P extends { readonly result: infer R } ? Output<R> : void;

/** A module with these procedures. */
export type SchemaModule<P extends Readonly<Record<string, SchemaProcedure>>> = {
  [K in keyof P]: (
    ...args: P[K]["arguments"] extends readonly StandardSchema[] ? Arguments<P[K]["arguments"]> : []
  ) => Result<P[K]> | Promise<Result<P[K]>>;
};

/** How values of one schema go over the wire. */
interface Checked {
  externalize(writer: Writer, value: unknown): void;
  internalize(reader: Reader): unknown;
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The value as the schema has it; a sentence if it is not of the schema. */
function check(schema: StandardSchema, value: unknown, place: string): { value: unknown } | { problem: string } {
  const outcome = schema["~standard"].validate(value) as { value: unknown; issues?: readonly Issue[] };
  if (outcome instanceof Promise)
    throw new TypeError(`${place}: its schema validates asynchronously; expected one that answers at once`);
  const issue = outcome.issues?.[0];
  if (issue === undefined) return { value: outcome.value };
  const path = (issue.path ?? []).map((part) => (typeof part === "object" ? part.key : part));
  return { problem: `${[place, ...path.map(String)].join(".")}: ${issue.message}` };
}

class Maker {
  readonly #forms = new SchemaForms();
  readonly #codecs = new Codecs(this.#forms.types);

  checked(schema: StandardSchema, place: string): Checked {
    const { externalize, internalize } = this.#codecs.of(this.#forms.form(schema, place), place);
    return {
      externalize(writer, value) {
        const outcome = check(schema, value, place);
        if ("problem" in outcome) throw new TypeError(outcome.problem);
        externalize(writer, outcome.value, place);
      },
      internalize(reader) {
        const outcome = check(schema, internalize(reader), place);
        if ("problem" in outcome) throw new MalformedError(outcome.problem);
        return outcome.value;
      },
    };
  }

  procedure(name: string, number: number, { arguments: given = [], result, errors = {} }: SchemaProcedure) {
    const values = given.map((schema, i) => this.checked(schema, `${name}'s argument ${i + 1}`));
    const answer = result === undefined ? undefined : this.checked(result, `${name}'s result`);
    const declared = Object.keys(errors)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((error, place) => this.#error(error, place, errors[error]!));
    const procedure: InterfaceProcedure = {
      name,
      number,
      externalizeArguments(writer, all) {
        if (all.length > values.length)
          throw new TypeError(`${name} is given ${all.length} arguments; expected ${values.length}`);
        values.forEach((value, i) => value.externalize(writer, all[i]));
      },
      internalizeArguments: (reader) => values.map((value) => value.internalize(reader)),
      externalizeResult: (writer, value) => answer?.externalize(writer, value),
      internalizeResult: (reader) => answer?.internalize(reader),
      ...(declared.length > 0 && { errors: declared }),
    };
    return procedure;
  }

  /** The client gets an error with the name and the fields. */
  #error(name: string, number: number, schema: StandardSchema): ErrorForm {
    const fields = this.checked(schema, name);
    return {
      name,
      number,
      externalize: (writer, error) => fields.externalize(writer, Object.assign({}, error)),
      internalize: (reader) => Object.assign(new RemoteError(name, name), fields.internalize(reader)),
    };
  }
}

/** @throws TypeError for schemas whose values cannot be externalized */
export function interfaceOfSchemas<const P extends Readonly<Record<string, SchemaProcedure>>>(
  name: string,
  procedures: P,
  state?: StandardSchema,
): Interface<SchemaModule<P>> {
  const maker = new Maker();
  const names = Object.keys(procedures).sort((a, b) => (a < b ? -1 : 1));
  return {
    name,
    procedures: names.map((each, number) => maker.procedure(each, number, procedures[each]!)),
    ...(state !== undefined && { state: maker.checked(state, `${name}'s state`) }),
  };
}
