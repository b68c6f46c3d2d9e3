/**
 * Failure biasing and splitting against naive simulation: events for an unavailability to within 10%, at 95%.
 *
 * Ours come from the spread between independent replications. What naive simulation needs is computed: given one, the downtime of a cycle is
 * very nearly exponential, so that (1.96/0.1)^2 (2/P - 1) cycles are needed, if P is the probability of an outage in a cycle; the events
 * of a cycle are measured. Where it can be waited for, naive simulation is carried out too. A simulation of the bare
 * chain, without protocols, needs as many cycles, each of a few transitions.
 */
import { constant } from "../sim/distribution.ts";
import { chanceOfLoss } from "../sim/failure-biasing.ts";
import { exponential } from "../sim/lifetimes.ts";
import { total } from "../sim/outage-cycle.ts";
import { estimate, type EstimateOptions } from "../sim/outage-estimate.ts";
import { streams } from "../sim/random.ts";
import { chain, sharesOfTime } from "../sim/replacement-model.ts";
import { World } from "../sim/world.ts";
import { ratioInterval, type Pair } from "../harness/statistics/intervals.ts";
import type { Benchmark, Row } from "./benchmark.ts";

const hour = 3_600_000;
const lifetime = 1000 * hour;
const replications = 10;
const policy = { kind: "eager", repairers: "many" } as const;

interface Cell {
  readonly members: number;
  /** Mean time of a replacement in hours; lifetimes are 1000 hours. */
  readonly replacement: number;
}

const cells: readonly Cell[] = [
  { members: 3, replacement: 111.11 },
  { members: 4, replacement: 32.65 },
  { members: 3, replacement: 1.001 },
  { members: 6, replacement: 32.65 },
];

/** The estimate, the relative half-width of its interval, and the events spent. */
async function spread({ members, replacement }: Cell, method: EstimateOptions["method"], effort: number) {
  let events = 0;
  const pairs: Pair[] = [];
  for (let replication = 0; replication < replications; replication++) {
    const found = await estimate({
      method,
      effort,
      troupe: {
        members,
        ringmasters: 1,
        policy,
        lifetime: exponential(lifetime),
        replacement: exponential(replacement * hour),
        detection: 0,
        state: 0,
      },
      world: () => new World({ seed: "bench", replication, network: { delay: constant(0.1) } }),
      random: streams("bench", replication).fork("splitting"),
    });
    events += found.events;
    pairs.push([found.means[total.below]!, found.means[total.time]!]);
  }
  const { mean, low, high } = ratioInterval(pairs);
  return { mean: mean!, half: (high! - low!) / 2 / mean!, events };
}

function toTenPercent({ half, events }: { readonly half: number; readonly events: number }): number {
  return events * (half / 0.1) ** 2;
}

/** Cycles that naive simulation needs, and the transitions of the bare chain in one. */
function naive({ members, replacement }: Cell): { readonly cycles: number; readonly transitions: number } {
  const model = { members, lifetime, replacement: replacement * hour, policy };
  const rates = chain(model);
  const shares = sharesOfTime(model)!;
  const perTime = rates.map((row, a) => shares[a]! * row.reduce((sum, rate) => sum + rate, 0));
  return {
    cycles: (1.96 / 0.1) ** 2 * (2 / chanceOfLoss(rates) - 1),
    transitions: perTime.reduce((sum, each) => sum + each, 0) / perTime[members]!,
  };
}

export const nines: Benchmark = {
  name: "nines",
  goal: "events to an unavailability within 10%, by failure biasing and by splitting, against naive simulation",
  async run({ long }) {
    const rows: Row[] = [];
    const row = (what: string, events: number, name: string, theirs: number): void => {
      const peer = { name, value: theirs / 1e6, ratio: events / theirs };
      rows.push({ what, value: events / 1e6, unit: "M events", peer });
    };
    for (const [i, cell] of cells.entries()) {
      const { cycles, transitions } = naive(cell);
      const probe = await spread(cell, "naive", 20);
      const needed = cycles * (probe.events / replications / 20);
      const biased = await spread(cell, "biasing", 100);
      const what = `${biased.mean.toExponential(1)}, ${cell.members} members`;
      row(`${what}: biasing`, toTenPercent(biased), "naive, computed", needed);
      if (i < 2)
        row(`${what}: splitting`, toTenPercent(await spread(cell, "splitting", 100)), "naive, computed", needed);
      if (i === 0 && long)
        row(`${what}: naive`, toTenPercent(await spread(cell, "naive", 4000)), "naive, computed", needed);
      row(`${what}: biasing`, toTenPercent(biased), "bare chain, naive, computed", cycles * transitions);
    }
    return rows;
  },
};
