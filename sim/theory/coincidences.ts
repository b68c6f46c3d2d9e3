/**
 * Whether nodes fail independently of one another: pairs of failures, of different nodes, that are near in time, against as many
 * as there would be if each node failed by a Poisson process of its own.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { ObservedOutages } from "../machine/outages.ts";

/** A part of the observation. */
export interface Coincidences {
  /** Pairs of failures, of different nodes, within the window; of a pair, the earlier failure is in this part. */
  readonly pairs: number;
  /** How many there would be if all nodes failed independently, at the one constant rate of the whole observation. */
  readonly independent: number;
  /** The same at the rate of this part: what is left is not that times were good and bad. */
  readonly atOwnRate: number;
}

/** Failures within `window` of one another, by parts of the observation of about so long, none longer. */
export function coincidences(observed: ObservedOutages, window: Milliseconds, part: Milliseconds): Coincidences[] {
  const failures = observed.nodes
    .flatMap((node) => observed.downtimes(node).map(({ from }) => ({ node, at: from })))
    .sort((a, b) => a.at - b.at);
  const parts = Math.ceil(observed.duration / part);
  const length = observed.duration / parts;
  const { length: nodes } = observed.nodes;
  const pairs = Array.from({ length: parts }, () => 0);
  const numbers = Array.from({ length: parts }, () => 0);
  for (const [i, { node, at }] of failures.entries()) {
    const inPart = Math.min(parts - 1, Math.floor(at / length));
    numbers[inPart]!++;
    for (let j = i + 1; j < failures.length && failures[j]!.at <= at + window; j++) {
      if (failures[j]!.node !== node) pairs[inPart]!++;
    }
  }
  // Each of `nodes` (nodes - 1) / 2 pairs of nodes has rate * length failures of one, and rate * 2 window of the other near each.
  const expected = (failuresInPart: number): number =>
    (((nodes - 1) / nodes) * failuresInPart * failuresInPart * window) / length;
  return pairs.map((found, i) => ({
    pairs: found,
    independent: expected(failures.length / parts),
    atOwnRate: expected(numbers[i]!),
  }));
}
