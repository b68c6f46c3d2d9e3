/**
 * Whether nodes fail independently of one another. The pairs of failures of different nodes within a window of time are
 * compared with their expected number if each node failed by an independent Poisson process.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { ObservedOutages } from "../machine/outages.ts";
import type { Level } from "../machine/recording.ts";

/** The pairs in one part of the observation. */
export interface Coincidences {
  /** Pairs of failures of different nodes within the window. A pair belongs to the part of its earlier failure. */
  readonly pairs: number;
  /** The expected number if all nodes failed independently, at the mean rate of the whole observation. */
  readonly independent: number;
  /**
   * The expected number at the mean rate of this part. Changes of the rate from part to part do not explain an excess.
   */
  readonly atOwnRate: number;
}

/**
 * Calls `pair` for each two failures of different nodes within `window`, with the part of the earlier failure. Answers
 * the number of failures in each part.
 */
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

/**
 * Pairs of failures within `window` of each other, in equal parts of the observation, each at most `part` long. Times
 * in ms.
 */
export function coincidences(observed: ObservedOutages, window: Milliseconds, part: Milliseconds): Coincidences[] {
  const parts = Math.ceil(observed.duration / part);
  const length = observed.duration / parts;
  const { length: nodes } = observed.nodes;
  const pairs = Array.from({ length: parts }, () => 0);
  const numbers = eachPair(observed, window, parts, (inPart) => pairs[inPart]!++);
  const failures = numbers.reduce((sum, number) => sum + number, 0);
  // There are n (n - 1) / 2 pairs of nodes. In a pair, one node fails rate * length times, and near each of these
  // failures the other node fails rate * 2 window times; rate * length = failuresInPart / n.
  const expected = (failuresInPart: number): number =>
    (((nodes - 1) / nodes) * failuresInPart * failuresInPart * window) / length;
  return pairs.map((found, i) => ({
    pairs: found,
    independent: expected(failures / parts),
    atOwnRate: expected(numbers[i]!),
  }));
}

/** Pairs of failures in one part of the observation: seen, and expected of nodes that fail independently. */
export interface PlacedCoincidences {
  /** Pairs of two nodes in one place of the level, but in different places of the inner level. */
  readonly together: readonly [seen: number, expected: number];
  /** Pairs of two nodes in different places of the level. */
  readonly apart: readonly [seen: number, expected: number];
}

/**
 * Pairs of failures by the places of their nodes. In the expected numbers each node fails at its own rate, and all
 * rates change alike from part to part: an excess means that nodes of one place fail together. A pair in one place of
 * the level `inner` does not count as a pair of the surrounding place. A node whose place is not known does not count.
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
  // A node whose inner place is not known gets an inner place of its own.
  const innerOf = (node: string): string => (inner && observed.placeOf(node, inner)) ?? `node ${node}`;
  const seen = Array.from({ length: parts }, () => ({ together: 0, apart: 0 }));
  const numbers = eachPair(observed, window, parts, (inPart, earlier, later) => {
    const [here, there] = [observed.placeOf(earlier, level), observed.placeOf(later, level)];
    if (here === undefined || there === undefined) return;
    if (here !== there) seen[inPart]!.apart++;
    else if (innerOf(earlier) !== innerOf(later)) seen[inPart]!.together++;
  });
  // Nodes i and j with f_i and f_j failures would have 2 f_i f_j window / length pairs, if all failures were in this
  // part.
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
