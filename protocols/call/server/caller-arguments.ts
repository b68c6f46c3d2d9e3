/** The CALLs of a replicated caller as the generator of arguments hands them out. */
import { MalformedError } from "../../wire/bytes.ts";
import { readArguments, type Call } from "../../wire/call.ts";
import type { ProcedureForm } from "../../wire/procedure.ts";
import type { Process } from "../process.ts";

/** The arguments that one member of the client troupe called with. */
export type CallerArguments<A extends readonly unknown[] = readonly unknown[]> =
  | { readonly member: number; readonly type: "called"; readonly arguments: A }
  | { readonly member: number; readonly type: "crashed" };

/** The arguments in a member's CALL. A CALL that cannot be read counts as absent. */
export function argumentsOf(process: Process, member: number, call: Call, form: ProcedureForm): CallerArguments {
  try {
    return { member, type: "called", arguments: readArguments(call, form) };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    process.endpoint.counters.malformed++;
    return { member, type: "crashed" };
  }
}
