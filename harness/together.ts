/** Sentences on whether the nodes of a trace fail independently of each other, as troupes require. */
import type { Milliseconds } from "../protocols/host.ts";
import type { ObservedOutages } from "../sim/machine/outages.ts";
import { levels } from "../sim/machine/recording.ts";
import { coincidences, coincidencesByPlace } from "../sim/theory/coincidences.ts";
import { downtimes } from "./observations.ts";
import type { Pair } from "./statistics/intervals.ts";
import { rareInterval } from "./statistics/rare-events.ts";

const month = 30 * 24 * 3_600_000;

/** The number of pairs of failures, divided by the expected number for independent nodes, by months. */
function against(months: readonly Pair[]): { readonly text: string; readonly isMore: boolean } {
  // A month without expected pairs has no information.
  const { mean, low, high } = rareInterval(months.filter(([seen, expected]) => seen > 0 || expected > 0));
  const show = (value: number | null): string => (value === null ? "unknown" : String(Number(value.toPrecision(2))));
  const text = `${show(mean)} times (95% interval ${show(low)} to ${show(high)})`;
  return { text, isMore: low !== null && low > 1 };
}

/** Compares the pairs of failures within `window` ms of each other with those of independent nodes. */
export function togetherNote(observed: ObservedOutages, window: Milliseconds): string {
  const months = coincidences(observed, window, month);
  const constant = against(months.map(({ pairs, independent }) => [pairs, independent]));
  const own = against(months.map(({ pairs, atOwnRate }) => [pairs, atOwnRate]));
  const pairs = months.reduce((sum, each) => sum + each.pairs, 0);
  return (
    `The trace has ${downtimes(observed).count} failures of ${observed.nodes.length} nodes. ${pairs} pairs of them are within ${window / 1000} s of one another: ` +
    `${constant.text} as many as independent nodes would have at one constant rate, ${own.text} as many as at each month's own rate. ` +
    `The nodes ${own.isMore ? "do not fail" : "may fail"} independently.`
  );
}

/**
 * Whether nodes in one place fail together: the same comparison for each level at which the trace gives the places of
 * nodes.
 */
export function placeNotes(observed: ObservedOutages, window: Milliseconds): string[] {
  const known = levels.filter((level) => observed.places(level).size > 0);
  return known.map((level, i) => {
    const inner = known[i - 1];
    const months = coincidencesByPlace(observed, level, inner, window, month);
    const together = against(months.map((each) => [...each.together] as Pair));
    const apart = against(months.map((each) => [...each.apart] as Pair));
    const pairs = months.reduce((sum, each) => sum + each.together[0], 0);
    const where = `one ${level}${inner === undefined ? "" : `, but different ${inner}s`}`;
    return (
      `${level}s: ${pairs} pairs of failures within ${Number((window / 1000).toPrecision(3))} s are of nodes in ${where}: ${together.text} as many as if each ` +
      `failed by itself. In different ${level}s there are ${apart.text} as many. ` +
      `${capital(inner ?? "node")}s of one ${level} ${together.isMore ? "do not fail" : "may fail"} independently.`
    );
  });
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
