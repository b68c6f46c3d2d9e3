/**
 * Whether nodes fail independently of one another: pairs of failures, of different nodes, that are near in time, against as many
 * as there would be if each node failed by a Poisson process of its own.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { ObservedOutages } from "../machine/outages.ts";
import type { Level } from "../machine/recording.ts";

/** A part of the observation. */
export interface Coincidences {
  /** Pairs of failures, of different nodes, within the window; of a pair, the earlier failure is in this part. */
  readonly pairs: number;
  /** How many there would be if all nodes failed independently, at the one constant rate of the whole observation. */
  readonly independent: number;
  /** The same at the rate of this part: what is left is not that times were good and bad. */
  readonly atOwnRate: number;
}

/** Calls `pair` for each two failures of different nodes within `window`, with the part of the earlier; answers failures by part. */
function eachPair(
  observed: ObservedOutages,
  window: Milliseconds,
  parts: number,
  pair: (part: number, earlier: string, later: string) => void,
): number[] {
  const failures = observed.nodes
    .flatMap((node) => observed.downtimes(node).map(({ from }) => ({ node, at: from })))
    .sort((a, b) => a.at - b.at);
  const length = observed.duration / parts;
  const numbers = Array.from({ length: parts }, () => 0);
  for (const [i, { node, at }] of failures.entries()) {
    const inPart = Math.min(parts - 1, Math.floor(at / length));
    numbers[inPart]!++;
    for (let j = i + 1; j < failures.length && failures[j]!.at <= at + window; j++) {
      if (failures[j]!.node !== node) pair(inPart, node, failures[j]!.node);
    }
  }
  return numbers;
}

/** Failures within `window` of one another, by parts of the observation of about so long, none longer. */
export function coincidences(observed: ObservedOutages, window: Milliseconds, part: Milliseconds): Coincidences[] {
  const parts = Math.ceil(observed.duration / part);
  const length = observed.duration / parts;
  const { length: nodes } = observed.nodes;
  const pairs = Array.from({ length: parts }, () => 0);
  const numbers = eachPair(observed, window, parts, (inPart) => pairs[inPart]!++);
  const failures = numbers.reduce((sum, number) => sum + number, 0);
  // Each of `nodes` (nodes - 1) / 2 pairs of nodes has rate * length failures of one, and rate * 2 window of the other near each.
  const expected = (failuresInPart: number): number =>
    (((nodes - 1) / nodes) * failuresInPart * failuresInPart * window) / length;
  return pairs.map((found, i) => ({
    pairs: found,
    independent: expected(failures / parts),
    atOwnRate: expected(numbers[i]!),
  }));
}

/** Pairs of failures in a part of the observation, seen and expected of nodes that fail independently. */
export interface PlacedCoincidences {
  /** Of two nodes in one place, but in none that is within it. */
  readonly together: readonly [seen: number, expected: number];
  /** Of two nodes in different places. */
  readonly apart: readonly [seen: number, expected: number];
}

/**
 * The same by where nodes are, against nodes each of which fails at its own rate, and all oftener in some parts than in others: what
 * is left is that nodes of one place fail together. Pairs in one place of the level `inner` do not count as pairs of the
 * place around it, nor do nodes count whose place is not known.
 */
export function coincidencesByPlace(
  observed: ObservedOutages,
  level: Level,
  inner: Level | undefined,
  window: Milliseconds,
  part: Milliseconds,
): PlacedCoincidences[] {
  const parts = Math.ceil(observed.duration / part);
  const length = observed.duration / parts;
  // A node whose inner place is not known has one of its own.
  const innerOf = (node: string): string => (inner && observed.placeOf(node, inner)) ?? `node ${node}`;
  const seen = Array.from({ length: parts }, () => ({ together: 0, apart: 0 }));
  const numbers = eachPair(observed, window, parts, (inPart, earlier, later) => {
    const [here, there] = [observed.placeOf(earlier, level), observed.placeOf(later, level)];
    if (here === undefined || there === undefined) return;
    if (here !== there) seen[inPart]!.apart++;
    else if (innerOf(earlier) !== innerOf(later)) seen[inPart]!.together++;
  });
  // Nodes i and j with f_i and f_j failures would have 2 f_i f_j window / length pairs, if all failures were in this part.
  const squareOf = (failures: ReadonlyMap<string, number>): number =>
    [...failures.values()].reduce((sum, count) => sum + count * count, 0);
  const [outside, inside] = [new Map<string, number>(), new Map<string, number>()];
  let located = 0;
  for (const [place, nodes] of observed.places(level)) {
    for (const node of nodes) {
      const { length: failures } = observed.downtimes(node);
      outside.set(place, (outside.get(place) ?? 0) + failures);
      inside.set(innerOf(node), (inside.get(innerOf(node)) ?? 0) + failures);
      located += failures;
    }
  }
  const [inPlaces, within] = [squareOf(outside), squareOf(inside)];
  const all = numbers.reduce((sum, number) => sum + number, 0);
  return seen.map(({ together, apart }, i) => {
    const share = all === 0 ? 0 : ((numbers[i]! / all) ** 2 * window) / length;
    return { together: [together, share * (inPlaces - within)], apart: [apart, share * (located ** 2 - inPlaces)] };
  });
}
