/** A replication that gave no row. */
import { inspect } from "node:util";
import type { Cell } from "./grid.ts";

/** The error of a replication, in a form that can be sent between threads. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export function thrownOf(error: unknown): Thrown {
  const { name, message, stack = message } = error instanceof Error ? error : new Error(inspect(error));
  return { name, message, stack };
}

/** A failure that has no place in the experiment's code. */
export function withoutStack(message: string): Thrown {
  return { name: "Error", message, stack: `Error: ${message}` };
}

export interface Failure {
  readonly cell: Cell;
  readonly replication: number;
  readonly thrown: Thrown;
}
