/** Traces of real outages, read once for all replications of a process. */
import { readFileSync } from "node:fs";
import { BadData } from "../sim/bad-data.ts";
import type { Milliseconds } from "../protocols/host.ts";
import { ObservedOutages, type Placing } from "../sim/machine/outages.ts";
import { parseRecording, type Level } from "../sim/machine/recording.ts";
import { streams } from "../sim/chance/random.ts";
import { timeMissing, timeOfOne } from "../sim/theory/observed-troupes.ts";
import { unseenAtLeast } from "../sim/theory/unseen.ts";
import { locate } from "./package-root.ts";

/** The parameters that name a trace: its file, a system in it, the number of nodes. */
export interface TraceSettings {
  /** The file; empty: no trace. */
  readonly trace: string;
  /** The system; empty: the only system of the trace. */
  readonly system: string;
  /** The number of nodes; 0: the nodes that the trace names. */
  readonly nodes: number;
}

const observations = new Map<string, ObservedOutages>();

/**
 * The observed outages of a system.
 * @throws BadData if the trace cannot be read, has no such system, or names more nodes
 */
export function observation({ trace, system, nodes }: TraceSettings): ObservedOutages {
  const key = JSON.stringify([trace, system, nodes]);
  let found = observations.get(key);
  if (found === undefined) {
    const recording = parseRecording(readFileSync(locate(trace), "utf8"), trace);
    found = new ObservedOutages(recording, {
      ...(system === "" ? {} : { system }),
      ...(nodes > 0 ? { nodes } : {}),
    });
    observations.set(key, found);
  }
  return found;
}

/** The parameters that place the members of a troupe on the nodes of a trace. */
export interface PlacingSettings {
  readonly across: Level | "none";
  readonly placement: Placing["placement"];
}

/** The placement in the form that `choose` takes; undefined: any nodes. */
export function placing({ across, placement }: PlacingSettings): Placing | undefined {
  return across === "none" ? undefined : { level: across, placement };
}

const outagesSeen = new Map<string, Milliseconds>();
/** The number of troupes in a sample, where no exact computation is known. */
const looked = 5000;

/** The mean contribution of one troupe to the time with fewer than `needed` members, weighted by that time. */
export function outageSeen(p: TraceSettings & PlacingSettings, members: number, needed: number): Milliseconds {
  const { trace, system, nodes, across, placement } = p;
  const key = JSON.stringify([trace, system, nodes, across, placement, members, needed]);
  let found = outagesSeen.get(key);
  if (found === undefined) {
    // The figure is a property of the trace. Therefore it does not depend on the seed of the run.
    const random = streams("trace", 0).fork("troupes that are down");
    const observed = observation(p);
    const missing = members - needed + 1;
    const where = placing(p);
    if (where === undefined) found = timeOfOne(observed, members, missing, random);
    else {
      let [sum, squares] = [0, 0];
      for (let i = 0; i < looked; i++) {
        const names = observed.choose(members, random.fork(`${i}`), where);
        const time = timeMissing(
          names.map((name) => observed.downtimes(name)),
          missing,
        );
        sum += time;
        squares += time * time;
      }
      found = sum === 0 ? downtimes(observed).outage / missing : squares / sum;
    }
    outagesSeen.set(key, found);
  }
  return found;
}

/**
 * The reason why `members` members cannot be placed on different nodes of a trace, as a sentence; null if they can, or
 * if there is no trace.
 */
export function refusalOfTrace(settings: TraceSettings & PlacingSettings, members: number): string | null {
  const { across, trace } = settings;
  if (trace === "") return across === "none" ? null : `across ${across} without a trace: expected none`;
  try {
    const observed = observation(settings);
    const most = observed.most(placing(settings));
    if (members <= most) return null;
    if (across === "none") return `${members} members on different nodes of the trace: expected at most ${most}`;
    if (observed.places(across).size === 0) {
      return `across ${across}: expected a trace that tells the ${across}s of its nodes, in a column ${across}`;
    }
    const where = settings.placement === "spread" ? `in different ${across}s` : `in one ${across}`;
    return `${members} members ${where} of the trace: expected at most ${most}`;
  } catch (error) {
    if (error instanceof BadData) return error.message;
    throw error;
  }
}

/**
 * Over all nodes: the share of time in which a node was down, the mean length of an outage in ms, and the number of
 * outages.
 */
export function downtimes(observed: ObservedOutages): {
  readonly fraction: number;
  readonly outage: number;
  readonly count: number;
} {
  let total = 0;
  let count = 0;
  for (const node of observed.nodes) {
    for (const { from, to } of observed.downtimes(node)) {
      total += to - from;
      count++;
    }
  }
  return { fraction: total / (observed.duration * observed.nodes.length), outage: total / count, count };
}

/** Sentences on unknown facts of the system, with their effect on availability where it exceeds a hundredth. */
export function doubtsOf(observed: ObservedOutages, across: Level | "none"): string[] {
  const doubts: string[] = [];
  const { nodes } = observed;
  if (!observed.isInventoryKnown) {
    const least = unseenAtLeast(nodes.map((node) => observed.downtimes(node).length));
    doubts.push(
      `The trace names only the ${nodes.length} nodes that failed, and unavailability is too high by the share of those that did not. ` +
        `By how many failed once and twice, these are at least ${least.toFixed(0)}, and it is too high by ${percent(least / nodes.length)} (Chao 1984). ` +
        "--nodes says how many nodes there are; troupe import outages --nodes FILE takes their names.",
    );
  }
  const { count } = downtimes(observed);
  if (!observed.isWindowKnown && count < 201) {
    doubts.push(
      "The trace does not say from when to when it was observed. From the first failure to the last repair is too short a time, " +
        `and unavailability too high by about ${count > 1 ? percent(2 / (count - 1)) : "an unknown share"} (${count} outages); ` +
        "troupe import outages --from TIME --until TIME says it.",
    );
  }
  const placed = across === "none" ? nodes.length : [...observed.places(across).values()].flat().length;
  if (placed < nodes.length) {
    doubts.push(
      `The ${across} of ${nodes.length - placed} nodes of ${nodes.length} is not known: no member is placed on them.`,
    );
  }
  return doubts;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))}%`;
}
