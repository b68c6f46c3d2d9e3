/**
 * Traces of real outages: which nodes of a system were down, and when, as far as someone observed it.
 *
 * A trace is a table with the columns node, failed, repaired and, if there are several systems, system.
 */
import type { Milliseconds, Random } from "../../protocols/host.ts";
import { BadData } from "../bad-data.ts";
import { readTable } from "../csv.ts";

export interface Outage {
  /** Empty if the table has no such column. */
  readonly system: string;
  readonly node: string;
  /** Points of time in ms since 1970; local times are taken as they stand. */
  readonly failed: Milliseconds;
  readonly repaired: Milliseconds;
}

/** A span in which a node was down, in ms from the start of the observation. */
export interface Downtime {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

export interface Observation {
  /** Default: the only system that the trace has. */
  readonly system?: string;
  /** When it begins and ends, as in the table: "2002-05-06T08:45". Default: first failure, last repair of the system. */
  readonly start?: string;
  readonly end?: string;
  /** Number of nodes that the system has, numbered from 0. Default: only the nodes that failed, as others are not known. */
  readonly nodes?: number;
}

const expectedTime = "a time like 2002-05-06T08:45";

/** A time like 2002-05-06T08:45 or 2002-05-06 08:45:30, in ms since 1970; undefined if it is none. */
function timeOf(text: string): Milliseconds | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?Z?$/.exec(text);
  if (match === null) return undefined;
  const iso = `${match[1]!}T${match[2]!}${match[3] ?? ":00"}`;
  const time = Date.parse(`${iso}Z`);
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(iso.slice(0, 19))) return undefined;
  return time;
}

/** Reads a table of outages. `file` is for messages. Throws BadData with the line and the column. */
export function parseOutages(text: string, file: string): Outage[] {
  return readTable(text, file, ["node", "failed", "repaired"]).map((row) => {
    const failed = row.read("failed", expectedTime, timeOf);
    const repaired = row.read("repaired", expectedTime, timeOf);
    if (repaired < failed) {
      throw row.bad(
        "repaired",
        `${row.text("repaired")} is before ${row.text("failed")}; expected it to be no earlier than failed`,
      );
    }
    const node = row.read("node", "the name of a node", (name) => (name === "" ? undefined : name));
    return { system: row.text("system"), node, failed, repaired };
  });
}

/** What was observed of one system: all its nodes, and when each was down. */
export class ObservedOutages {
  /** Names of all nodes that were observed, those that never failed included if their number is known. */
  readonly nodes: readonly string[];
  /** Length of the observation in ms. */
  readonly duration: Milliseconds;
  private readonly byNode = new Map<string, Downtime[]>();

  /** Throws BadData if the system, the span or the number of nodes does not fit the trace. */
  constructor(outages: readonly Outage[], { system, start, end, nodes }: Observation = {}) {
    const systems = [...new Set(outages.map((outage) => outage.system))];
    const chosen = system ?? (systems.length === 1 ? systems[0]! : undefined);
    if (chosen === undefined || !systems.includes(chosen)) {
      const asked = system === undefined ? "no system was chosen" : `there is no system "${system}"`;
      throw new BadData(
        `trace of outages: ${asked}; expected one of ${systems.join(", ") || "none: the trace is empty"}.`,
      );
    }
    const ours = outages.filter((outage) => outage.system === chosen);
    const from =
      start === undefined
        ? ours.reduce((least, { failed }) => Math.min(least, failed), Infinity)
        : bound("start", start);
    const to = end === undefined ? ours.reduce((most, { repaired }) => Math.max(most, repaired), 0) : bound("end", end);
    if (!(to > from))
      throw new BadData("trace of outages: the observation ends before it starts; expected a later end.");
    this.duration = to - from;
    this.nodes = nodes === undefined ? [...new Set(ours.map(({ node }) => node))] : numbered(nodes);
    for (const node of this.nodes) this.byNode.set(node, []);
    for (const { node, failed, repaired } of ours) {
      const spans = this.byNode.get(node);
      if (spans === undefined) {
        throw new BadData(
          `trace of outages: node "${node}" failed, but the system was said to have ${this.nodes.length} nodes from 0.`,
        );
      }
      if (repaired < from || failed > to) continue;
      spans.push({ from: Math.max(0, failed - from), to: Math.min(this.duration, repaired - from) });
    }
    for (const [node, spans] of this.byNode) this.byNode.set(node, merged(spans));
  }

  /** When a node was down: in order, without touching or overlapping. Throws BadData for an unknown node. */
  downtimes(node: string): readonly Downtime[] {
    const spans = this.byNode.get(node);
    if (spans === undefined) throw new BadData(`trace of outages: there is no node "${node}".`);
    return spans;
  }

  /** So many different nodes, each choice as likely as any other, in the order in which they were drawn. Throws BadData. */
  choose(count: number, random: Random): string[] {
    if (count > this.nodes.length) {
      throw new BadData(`trace of outages: ${count} nodes were asked for, and there are ${this.nodes.length}.`);
    }
    const left = [...this.nodes];
    return Array.from({ length: count }, () => left.splice(Math.floor(random.next() * left.length), 1)[0]!);
  }
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

function numbered(count: number): string[] {
  if (!(Number.isSafeInteger(count) && count > 0)) {
    throw new BadData(`trace of outages: a system of ${count} nodes; expected a whole number above 0.`);
  }
  return Array.from({ length: count }, (_, i) => String(i));
}
