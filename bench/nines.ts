/**
 * Splitting against naive simulation: events for an unavailability to within 10%, at 95%.
 *
 * Ours come from the spread between independent replications. What naive simulation needs follows from mean and variance of the downtime
 * of a cycle, which the same splitting estimates without bias: (1.96/0.1)^2 E[D^2]/E[D]^2 cycles. Where it can be waited for, it
 * is carried out too.
 */
import { constant } from "../sim/distribution.ts";
import { exponential } from "../sim/lifetimes.ts";
import { OutageCycle, total } from "../sim/outage-cycle.ts";
import { streams } from "../sim/random.ts";
import { meanTotals, split } from "../sim/splitting.ts";
import { World } from "../sim/world.ts";
import { ratioInterval, type Pair } from "../harness/statistics/intervals.ts";
import type { Benchmark, Row } from "./benchmark.ts";

const hour = 3_600_000;
const replications = 8;

interface Cell {
  readonly members: number;
  /** Mean time of a replacement in hours; lifetimes are 1000 hours. */
  readonly replacement: number;
  readonly effort: number;
}

const cells: readonly Cell[] = [
  { members: 3, replacement: 111.11, effort: 100 },
  { members: 4, replacement: 111.11, effort: 100 },
  { members: 4, replacement: 32.65, effort: 200 },
];

/** The relative half-width of the interval, the events spent, and those that naive simulation needs for 10%. */
async function spread({ members, replacement, effort }: Cell, naively: boolean) {
  let events = 0;
  const pairs: Pair[] = [];
  const sums = Object.values(total).map(() => 0);
  for (let replication = 0; replication < replications; replication++) {
    const stages = await split({
      lowest: 1,
      highest: naively ? 1 : members,
      effort,
      random: streams("bench", replication).fork("splitting"),
      begin: () =>
        OutageCycle.begin(new World({ seed: "bench", replication, network: { delay: constant(0.1) } }), {
          members,
          ringmasters: 1,
          policy: { kind: "eager", repairers: "many" },
          lifetime: exponential(1000 * hour),
          replacement: exponential(replacement * hour),
          detection: 0,
          state: 0,
        }),
      ended: ({ world }) => (events += world.engine.executed),
    });
    const means = meanTotals(stages);
    means.forEach((mean, i) => (sums[i]! += mean / replications));
    pairs.push([means[total.below]!, means[total.time]!]);
  }
  const { mean, low, high } = ratioInterval(pairs);
  const cycles = (1.96 / 0.1) ** 2 * (sums[total.belowSquared]! / sums[total.below]! ** 2);
  return { mean: mean!, half: (high! - low!) / 2 / mean!, events, naive: cycles * sums[total.events]! };
}

function toTenPercent({ half, events }: { readonly half: number; readonly events: number }): number {
  return events * (half / 0.1) ** 2;
}

export const nines: Benchmark = {
  name: "nines",
  goal: "events to an unavailability within 10%, by splitting, against naive simulation",
  async run() {
    const rows: Row[] = [];
    for (const cell of cells) {
      const ours = await spread(cell, false);
      const events = toTenPercent(ours);
      rows.push({
        what: `unavailability ${ours.mean.toExponential(1)}, ${cell.members} members`,
        value: events / 1e6,
        unit: "M events",
        peer: { name: "naive, by its variance", value: ours.naive / 1e6, ratio: events / ours.naive },
      });
    }
    const waited = await spread({ ...cells[0]!, effort: 1000 }, true);
    rows.push({
      what: `the same by naive simulation, ${cells[0]!.members} members`,
      value: toTenPercent(waited) / 1e6,
      unit: "M events",
      peer: { name: "naive, by its variance", value: waited.naive / 1e6, ratio: toTenPercent(waited) / waited.naive },
    });
    return rows;
  },
};
