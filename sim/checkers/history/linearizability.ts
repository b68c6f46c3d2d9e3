/**
 * Linearizability of histories of single objects (Herlihy and Wing, TOPLAS 1990).
 *
 * A history is linearizable if each call can be given a moment between its beginning and its end such that the calls,
 * in the order of their moments, are what the object would have answered. Objects are judged apart from each other,
 * which is enough (the same paper). The search is that of Wing and Gong (1993) with Lowe's memory of configurations
 * (2017), as in Porcupine. Two things keep long histories linear: a configuration is remembered by the calls that
 * differ from a prefix, and a read that is possible is placed at once, without an alternative.
 */
import { Findings, type Violation } from "../violation.ts";
import type { Transaction } from "./history.ts";
import { callsOf, recorded, type Model, type Operation } from "./models.ts";
import { Search } from "./search.ts";

export interface LinearizabilityOptions {
  /** For the sentences: what brings the run about again; undefined for a history from elsewhere. */
  readonly seed?: string | undefined;
  /** The memory that the search of one object may take, in MB. Default: 200. */
  readonly memory?: number;
}

/**
 * The violations: one for each object whose history is not linearizable.
 *
 * @throws Undecided if that would take too much memory.
 */
export function checkLinearizability<State, Input, Output>(
  operations: readonly Operation<Input, Output>[],
  model: Model<State, Input, Output>,
  { seed, memory = 200 }: LinearizabilityOptions,
): Violation[] {
  const findings = new Findings(seed);
  const byObject = new Map<string, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const calls = byObject.get(operation.object);
    if (calls === undefined) byObject.set(operation.object, [operation]);
    else calls.push(operation);
  }
  const search = new Search(model, memory * 250_000);
  for (const [object, calls] of byObject) {
    const stuck = search.run(calls);
    if (stuck === undefined) continue;
    const { operation, state, placed, of } = stuck;
    findings.add(
      operation.time,
      `${object} is not linearizable: no order of its calls explains the answer to ${operation.name}; ` +
        `the longest that explains the others has ${placed} of ${of} answered calls, and leaves ${JSON.stringify(state)}`,
    );
  }
  return findings.violations;
}

/**
 * The violations of the registers and counters of a history. Of lists the order of overlapping appends shows late,
 * which makes the search long; the graph of dependencies decides about them exactly (serializability.ts).
 *
 * @throws Undecided
 */
export function checkObjects(transactions: readonly Transaction[], options: LinearizabilityOptions): Violation[] {
  const lists = new Set<string>();
  for (const { accesses } of transactions) {
    for (const { kind, object, value } of accesses) if (kind === "append" || Array.isArray(value)) lists.add(object);
  }
  const calls = callsOf(transactions).filter(({ object }) => !lists.has(object));
  return checkLinearizability(calls, recorded, options);
}
