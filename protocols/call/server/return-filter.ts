/**
 * What may hold a RETURN back after its procedure has ended.
 *
 * An exported module has a list of filters. They are asked in order. The RETURN is sent when no filter holds it. A
 * filter that holds an execution later calls `proceed`, which asks the filters after it, or `retain`.
 */
import type { Context } from "../../thread/context.ts";

/** An execution that has ended, and whose RETURN is not sent yet. */
export interface Execution {
  /** Where the procedure ran. */
  readonly context: Context;
  /** The filter lets the RETURN go on: to the next filter, or to the client. */
  proceed(): void;
  /** The RETURN is not sent, but retained for repetitions of the CALL under a later binding. */
  retain(): void;
}

export interface ReturnFilter {
  /** Whether the filter holds the RETURN of this execution. */
  holds(execution: Execution): boolean;
}
