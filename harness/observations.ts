/** Traces of real outages, read once for all replications of a process. */
import { readFileSync } from "node:fs";
import { BadData } from "../sim/bad-data.ts";
import { ObservedOutages, parseOutages } from "../sim/machine/outages.ts";
import { locate } from "./package-root.ts";

const observations = new Map<string, ObservedOutages>();

/**
 * What was observed of a system. `system` 0 stands for the only one; `nodes` 0: only those that failed are known.
 *
 * @throws BadData if the trace, the system or the number of nodes does not fit.
 */
export function observation(trace: string, system: number, nodes: number): ObservedOutages {
  const key = `${trace} ${system} ${nodes}`;
  let found = observations.get(key);
  if (found === undefined) {
    const outages = parseOutages(readFileSync(locate(trace), "utf8"), trace);
    const systems = new Set(outages.map((outage) => outage.system));
    const chosen = systems.size === 1 && system === 0 ? {} : { system: `${system}` };
    found = new ObservedOutages(outages, { ...chosen, ...(nodes > 0 ? { nodes } : {}) });
    observations.set(key, found);
  }
  return found;
}

/** Why so many members cannot be placed on different nodes of a trace, in a sentence; null if they can, or if there is no trace. */
export function refusalOfTrace(trace: string, system: number, nodes: number, members: number): string | null {
  if (trace === "") return null;
  try {
    const most = observation(trace, system, nodes).nodes.length;
    return members > most ? `${members} members on different nodes of the trace: expected at most ${most}` : null;
  } catch (error) {
    if (error instanceof BadData) return error.message;
    throw error;
  }
}

/** Of all nodes together: the share of time in which a node was down, the mean length of an outage in ms, and their number. */
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
