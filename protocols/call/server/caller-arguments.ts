/** The CALLs of a replicated caller as the generator of arguments hands them out. */
import type { Program } from "../../program/program.ts";
import { MalformedError } from "../../wire/bytes.ts";
import { readArguments, readCallHeader } from "../../wire/call.ts";
import type { ProcedureForm } from "../../wire/procedure.ts";

/** The arguments that one member of the client troupe called with. */
export type CallerArguments<A extends readonly unknown[] = readonly unknown[]> =
  | { readonly member: number; readonly type: "called"; readonly arguments: A }
  | { readonly member: number; readonly type: "crashed" };

/** What the CALL of a member says; one that cannot be read counts as none. */
export function argumentsOf(
  program: Program,
  member: number,
  message: Uint8Array,
  form: ProcedureForm,
): CallerArguments {
  try {
    return { member, type: "called", arguments: readArguments(message, readCallHeader(message).argumentsAt, form) };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    program.endpoint.counters.malformed++;
    return { member, type: "crashed" };
  }
}
