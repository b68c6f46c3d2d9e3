/** Outages of troupes whose members are nodes of a trace. Each choice of nodes is equally likely. */
import type { Milliseconds, Random } from "../../protocols/host.ts";
import type { Downtime, ObservedOutages } from "../machine/outages.ts";

/** A span between two changes in which the same nodes are down. */
interface Stretch {
  readonly length: Milliseconds;
  readonly down: number;
}

/** All changes of all nodes, in order of time: from when on each node is down, or up. */
function changesOf(observed: ObservedOutages): { at: Milliseconds; node: string; isDown: boolean }[] {
  const changes = observed.nodes.flatMap((node) =>
    observed.downtimes(node).flatMap(({ from, to }) => [
      { at: from, node, isDown: true },
      { at: to, node, isDown: false },
    ]),
  );
  return changes.sort((a, b) => a.at - b.at);
}

/**
 * Indexed by the number of nodes that are down: the probability that at least `missing` of `members` nodes are down, if
 * the members are drawn from all nodes without replacement (hypergeometric law).
 */
function chancesOfMissing(nodes: number, members: number, missing: number): number[] {
  const logs = [0];
  for (let i = 1; i <= nodes; i++) logs.push(logs[i - 1]! + Math.log(i));
  const logChoose = (n: number, k: number): number => logs[n]! - logs[k]! - logs[n - k]!;
  return Array.from({ length: nodes + 1 }, (_, down) => {
    let chance = 0;
    for (let k = missing; k <= Math.min(members, down); k++) {
      if (members - k > nodes - down) continue;
      chance += Math.exp(logChoose(down, k) + logChoose(nodes - down, members - k) - logChoose(nodes, members));
    }
    return chance;
  });
}

/**
 * The share of time in which at least `missing` of a troupe's `members` are down, averaged over all choices of nodes.
 * The result is exact: at any time the probability depends only on the number of nodes that are down.
 */
export function shareMissing(observed: ObservedOutages, members: number, missing: number): number {
  const chances = chancesOfMissing(observed.nodes.length, members, missing);
  let [sum, down, since] = [0, 0, 0];
  for (const { at, isDown } of changesOf(observed)) {
    sum += chances[down]! * (at - since);
    down += isDown ? 1 : -1;
    since = at;
  }
  return (sum + chances[down]! * (observed.duration - since)) / observed.duration;
}

/** The time in which at least `missing` of these nodes are down, in ms. */
export function timeMissing(downtimes: readonly (readonly Downtime[])[], missing: number): Milliseconds {
  const changes = downtimes.flatMap((spans) =>
    spans.flatMap(({ from, to }) => [[from, 1] as const, [to, -1] as const]),
  );
  changes.sort(([a], [b]) => a - b);
  let [sum, down, since] = [0, 0, 0];
  for (const [at, step] of changes) {
    if (down >= missing) sum += at - since;
    down += step;
    since = at;
  }
  return sum;
}

const samples = 1000;

/**
 * E[D^2]/E[D] over all choices of nodes, in ms, where D is the time in which at least `missing` of a troupe's `members`
 * are down. Few troupes make up much of that time. A sample of troupes may contain none of them, and then shows nothing
 * of its own error; the trace shows that error. The figure is the mean D of troupes that are down at a random time,
 * where each troupe is drawn with a probability in proportion to its D. It is estimated from `samples` troupes drawn
 * from `random`. 0 if no troupe is ever down.
 */
export function timeOfOne(observed: ObservedOutages, members: number, missing: number, random: Random): Milliseconds {
  const { nodes } = observed;
  const chances = chancesOfMissing(nodes.length, members, missing);
  const changes = changesOf(observed);
  const stretches: Stretch[] = [];
  let [down, since, total] = [0, 0, 0];
  for (const { at, isDown } of [...changes, { at: observed.duration, isDown: true }]) {
    stretches.push({ length: at - since, down });
    total += (at - since) * chances[down]!;
    down += isDown ? 1 : -1;
    since = at;
  }
  if (total === 0) return 0;
  // The random times are sorted, so that one pass over all changes meets them.
  const times = Array.from({ length: samples }, () => random.next() * total).sort((a, b) => a - b);
  const isDown = new Set<string>();
  let [passed, next, sum] = [0, 0, 0];
  for (const [i, { length, down: number }] of stretches.entries()) {
    passed += length * chances[number]!;
    for (; next < samples && times[next]! < passed; next++) {
      const chosen = chooseMissing(nodes, isDown, members, missing, random);
      sum += timeMissing(
        chosen.map((node) => observed.downtimes(node)),
        missing,
      );
    }
    const change = changes[i];
    if (change?.isDown === true) isDown.add(change.node);
    else if (change !== undefined) isDown.delete(change.node);
  }
  return sum / next;
}

/** Draws `members` nodes of which at least `missing` are down. Each choice of that kind is equally likely. */
function chooseMissing(
  nodes: readonly string[],
  isDown: ReadonlySet<string>,
  members: number,
  missing: number,
  random: Random,
): string[] {
  const [down, up] = [nodes.filter((node) => isDown.has(node)), nodes.filter((node) => !isDown.has(node))];
  // The number of drawn nodes that are down has the hypergeometric law, restricted to k >= missing.
  const weights: number[] = [];
  for (let k = missing; k <= members; k++) weights.push(choose(down.length, k) * choose(up.length, members - k));
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  let k = missing;
  while (k < members && left >= weights[k - missing]!) left -= weights[k++ - missing]!;
  const draw = (from: string[], count: number): string[] =>
    Array.from({ length: count }, () => from.splice(Math.floor(random.next() * from.length), 1)[0]!);
  return [...draw(down, k), ...draw(up, members - k)];
}

function choose(n: number, k: number): number {
  if (k > n) return 0;
  let ways = 1;
  for (let i = 0; i < k; i++) ways *= (n - i) / (i + 1);
  return ways;
}
