/** Calls of single objects, and what the objects are, for the checker of linearizability. */
import type { Milliseconds } from "../../../protocols/host.ts";
import type { Access, Transaction, Value } from "./history.ts";

export interface Operation<Input, Output> {
  /** The caller. */
  readonly process: string;
  readonly object: string;
  /** For sentences. */
  readonly name: string;
  readonly input: Input;
  /** Undefined: not known. A call that certainly had no effect is left out of the history. */
  readonly output: Output | undefined;
  /**
   * Positions in an order of events; equal ones do not say which came first. `ended` is Infinity if it is not known.
   */
  readonly begun: number;
  readonly ended: number;
  /** For sentences: the time in ms at which it ended, or began. */
  readonly time: Milliseconds;
}

/** What an object is: a pure function. */
export interface Model<State, Input, Output> {
  readonly initial: State;
  /**
   * The state after the call; undefined if the object cannot answer so. Where the output is undefined, any would do.
   */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
  /**
   * Whether the call changes no state whatever. Left out: any call may. The search is faster for reads that it knows.
   */
  reads?(input: Input): boolean;
  /** Tells states apart. Left out: the states themselves, which are primitive values then. */
  key?(state: State): unknown;
}

/** Calls of a register. A `cas` writes `to` if the value is `from`, and answers whether it did. */
export type RegisterCall =
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly value: Value }
  | { readonly kind: "cas"; readonly from: Value; readonly to: Value };

/** A register that is read, written, and compared and set. A read answers the value, null before the first write. */
export function register(initial: Value = null): Model<Value, RegisterCall, Value> {
  return {
    initial,
    reads: ({ kind }) => kind === "read",
    step(state, call, answer) {
      if (call.kind === "read") return answer === undefined || answer === state ? state : undefined;
      if (call.kind === "write") return call.value;
      const sets = state === call.from;
      return answer === undefined || answer === sets ? (sets ? call.to : state) : undefined;
    },
  };
}

/** Calls of a counter: how much is added. Each answers the sum; adding 0 reads it. */
export function counter(initial = 0): Model<number, number, number> {
  return {
    initial,
    reads: (amount) => amount === 0,
    step: (sum, amount, answer) => (answer === undefined || answer === sum + amount ? sum + amount : undefined),
  };
}

/** An object of a recorded history: a call is all that a transaction does to it, answers included. */
export const recorded: Model<Value | readonly Value[], readonly Access[], never> = {
  initial: null,
  reads: (accesses) => accesses.every(({ kind }) => kind === "read"),
  step(state, accesses) {
    let now = state;
    for (const { kind, value } of accesses) {
      if (kind === "append") now = [...((now as readonly Value[] | null) ?? []), value as Value];
      else if (kind === "write") now = value as Value;
      else if (kind === "increment") {
        now = ((now as number | null) ?? 0) + 1;
        if (value !== undefined && value !== now) return undefined;
      } else if (
        value !== undefined &&
        keyOf(value) !== keyOf(now ?? (Array.isArray(value) ? [] : value === 0 ? 0 : null))
      ) {
        return undefined;
      }
    }
    return now;
  },
  key: keyOf,
};

function keyOf(state: Value | readonly Value[]): string | number {
  return typeof state === "number" ? state : JSON.stringify(state);
}

/**
 * The calls of single objects that a history consists of: what each transaction does to each object. Failed ones are
 * left out.
 */
export function callsOf(transactions: readonly Transaction[]): Operation<readonly Access[], never>[] {
  const calls: Operation<readonly Access[], never>[] = [];
  for (const { process, name, outcome, accesses, begun, ended, time } of transactions) {
    if (outcome === "failed") continue;
    const span = { process, name, begun, ended, time, output: undefined };
    const [first] = accesses;
    if (accesses.length === 1) calls.push({ ...span, object: first!.object, input: accesses });
    else {
      for (const object of new Set(accesses.map((access) => access.object))) {
        calls.push({ ...span, object, input: accesses.filter((access) => access.object === object) });
      }
    }
  }
  return calls;
}
