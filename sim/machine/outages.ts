/** What was observed of the nodes of a system: when each was down, where it is, and who they are. */
import type { Milliseconds, Random } from "../../protocols/host.ts";
import { BadData } from "../bad-data.ts";
import { expectedTime, timeOf, type Level, type RecordedNode, type Recording } from "./recording.ts";

/** A span in which a node was down, in ms from the start of the observation. */
export interface Downtime {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

/** Where a troupe's members are to be: in different racks, say, or all in one. */
export interface Placing {
  readonly level: Level;
  readonly placement: "spread" | "packed";
}

export interface Observation {
  /** Default: the only system that the recording has. */
  readonly system?: string;
  /** When it begins and ends: "2002-05-06T08:45". Default: what the recording says, else first failure, last repair. */
  readonly start?: string;
  readonly end?: string;
  /**
   * Number of nodes that the system has. Default: those that the recording names. Those that it does not name never
   * failed; if names are numbers below this one, they are the other numbers.
   */
  readonly nodes?: number;
}

/** What was observed of one system: all its nodes, and when each was down. */
export class ObservedOutages {
  /** Names of all nodes that were observed, those that never failed included if they are known. */
  readonly nodes: readonly string[];
  /** Whether all nodes are known: they are listed, or their number is given. */
  readonly isInventoryKnown: boolean;
  /** Whether it is known when the observation began and ended. */
  readonly isWindowKnown: boolean;
  /** Length of the observation in ms. */
  readonly duration: Milliseconds;
  private readonly byNode = new Map<string, Downtime[]>();
  private readonly byPlace = new Map<Level, Map<string, string[]>>();
  private readonly records = new Map<string, RecordedNode>();

  /** Throws BadData if the system, the span or the number of nodes does not fit the recording. */
  constructor(recording: Recording, { system, start, end, nodes }: Observation = {}) {
    const { outages, nodes: recorded = [], windows } = recording;
    const systems = [...new Set([...outages, ...recorded].map((each) => each.system))];
    const chosen = system ?? (systems.length === 1 ? systems[0]! : undefined);
    if (chosen === undefined || !systems.includes(chosen)) {
      const asked = system === undefined ? "no system was chosen" : `there is no system "${system}"`;
      throw new BadData(
        `trace of outages: ${asked}; expected one of ${systems.join(", ") || "none: the trace is empty"}.`,
      );
    }
    const ours = outages.filter((outage) => outage.system === chosen);
    for (const record of recorded) if (record.system === chosen) this.records.set(record.node, record);
    const window = windows?.get(chosen);
    const from =
      start === undefined ? (window?.from ?? least(ours.map(({ failed }) => failed))) : bound("start", start);
    const to = end === undefined ? (window?.until ?? most(ours.map(({ repaired }) => repaired))) : bound("end", end);
    this.isWindowKnown = (start ?? window?.from) !== undefined && (end ?? window?.until) !== undefined;
    if (!(to > from))
      throw new BadData("trace of outages: the observation ends before it starts; expected a later end.");
    this.duration = to - from;
    const named = [...new Set([...ours.map(({ node }) => node), ...this.records.keys()])];
    this.nodes = nodes === undefined ? named : completed(named, nodes);
    this.isInventoryKnown = nodes !== undefined || named.every((node) => this.records.get(node)?.isListed === true);
    for (const node of this.nodes) this.byNode.set(node, []);
    for (const { node, failed, repaired } of ours) {
      if (repaired < from || failed > to) continue;
      this.byNode.get(node)!.push({ from: Math.max(0, failed - from), to: Math.min(this.duration, repaired - from) });
    }
    for (const [node, spans] of this.byNode) this.byNode.set(node, merged(spans));
  }

  /** When a node was down: in order, without touching or overlapping. Throws BadData for an unknown node. */
  downtimes(node: string): readonly Downtime[] {
    const spans = this.byNode.get(node);
    if (spans === undefined) throw new BadData(`trace of outages: there is no node "${node}".`);
    return spans;
  }

  /** The place of a node on a level; undefined if it is not known. */
  placeOf(node: string, level: Level): string | undefined {
    return this.records.get(node)?.places[level];
  }

  /** The nodes of each place of a level; nodes whose place is not known are in none. */
  places(level: Level): ReadonlyMap<string, readonly string[]> {
    const known = this.byPlace.get(level);
    if (known !== undefined) return known;
    const places = new Map<string, string[]>();
    for (const node of this.nodes) {
      const place = this.placeOf(node, level);
      if (place === undefined) continue;
      const nodes = places.get(place);
      if (nodes === undefined) places.set(place, [node]);
      else nodes.push(node);
    }
    this.byPlace.set(level, places);
    return places;
  }

  /** How many different nodes `choose` can find at most. */
  most(placing?: Placing): number {
    if (placing === undefined) return this.nodes.length;
    const places = [...this.places(placing.level).values()];
    return placing.placement === "spread" ? places.length : Math.max(0, ...places.map(({ length }) => length));
  }

  /**
   * So many different nodes, in the order in which they were drawn. Each is drawn from all nodes that are left, each as
   * likely as any other: anywhere, or in places that have none of them yet (spread), or in the place of the first,
   * which has so many (packed).
   *
   * @throws BadData if there are not so many.
   */
  choose(count: number, random: Random, placing?: Placing): string[] {
    const most = this.most(placing);
    if (count > most) throw new BadData(`trace of outages: ${count} nodes were asked for, and there are ${most}.`);
    const draw = (left: readonly string[]): string => left[Math.floor(random.next() * left.length)]!;
    let left = this.nodes;
    if (placing !== undefined) {
      const places = [...this.places(placing.level).values()];
      left = places.filter(({ length }) => placing.placement === "spread" || length >= count).flat();
    }
    const placeOf = (node: string): string | undefined => placing && this.placeOf(node, placing.level);
    return Array.from({ length: count }, () => {
      const drawn = draw(left);
      left = left.filter((node) => {
        if (placing === undefined) return node !== drawn;
        return (placeOf(node) === placeOf(drawn)) === (placing.placement === "packed") && node !== drawn;
      });
      return drawn;
    });
  }
}

function least(times: readonly Milliseconds[]): Milliseconds {
  return times.reduce((least, time) => Math.min(least, time), Infinity);
}

function most(times: readonly Milliseconds[]): Milliseconds {
  return times.reduce((most, time) => Math.max(most, time), -Infinity);
}

/** The same spans in order, those that touch or overlap made one. */
export function merged(spans: readonly Downtime[]): Downtime[] {
  const result: Downtime[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || from > last.to) result.push({ from, to });
    else if (to > last.to) result[result.length - 1] = { from: last.from, to };
  }
  return result;
}

function bound(name: string, text: string): Milliseconds {
  const time = timeOf(text);
  if (time === undefined) throw new BadData(`trace of outages: ${name} "${text}" is not ${expectedTime}.`);
  return time;
}

/** The names, and as many more as the system has nodes. Throws BadData if it has fewer. */
function completed(named: readonly string[], count: number): string[] {
  if (!(Number.isSafeInteger(count) && count > 0)) {
    throw new BadData(`trace of outages: a system of ${count} nodes; expected a whole number above 0.`);
  }
  if (named.length > count) {
    const problem = `the system was said to have ${count} nodes, and ${named.length} are named in it`;
    throw new BadData(`trace of outages: ${problem}; expected at least as many.`);
  }
  const numbers = Array.from({ length: count }, (_, i) => String(i));
  const isNumber = new Set(numbers);
  if (named.every((name) => isNumber.has(name))) return numbers;
  const isNamed = new Set(named);
  const others = numbers.map((i) => `without outage ${Number(i) + 1}`).filter((name) => !isNamed.has(name));
  return [...named, ...others.slice(0, count - named.length)];
}
