/**
 * Failure biasing against naive simulation: events for an unavailability to within 10%, at 95%, with the protocols in
 * the loop.
 *
 * Ours come from the spread between independent replications. What naive simulation needs is computed: the downtime of
 * a cycle that has any is very nearly exponential, so that (1.96/0.1)^2 (2/P - 1) cycles are needed, if P is the
 * probability of an outage in a cycle; the events of a cycle are measured. Where it can be waited for, naive simulation
 * is carried out too (--long). A simulation of the bare chain, without protocols, needs as many cycles, each of a few
 * transitions.
 */
import { ratioInterval, type Pair } from "../harness/statistics/intervals.ts";
import { constant } from "../sim/chance/distribution.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import { chain, sharesOfTime, type ReplacementModel } from "../sim/theory/replacement-model.ts";
import { chanceOfLoss, failureBias } from "../sim/troupes/failure-biasing.ts";
import { OutageCycles } from "../sim/troupes/outage-cycles.ts";
import { store } from "../sim/troupes/replaced-troupe.ts";
import { World } from "../sim/world.ts";
import type { Benchmark, Row } from "./benchmark.ts";

const hour = 3_600_000;
const lifetime = 1000 * hour;
const replications = 100;
const policy = { kind: "eager", repairers: "many" } as const;

interface Cell {
  readonly members: number;
  /** Mean time of a replacement in hours; lifetimes are 1000 hours. */
  readonly replacement: number;
}

const cells: readonly Cell[] = [
  { members: 3, replacement: 111.11 },
  { members: 3, replacement: 10.101 },
  { members: 3, replacement: 1.001 },
  { members: 6, replacement: 32.65 },
];

function modelOf({ members, replacement }: Cell): ReplacementModel {
  return { members, lifetime, replacement: replacement * hour, policy };
}

/** The estimate, the events that bring it within 10%, and those of one cycle. */
async function spread(cell: Cell, method: "biasing" | "naive", cycles: number) {
  let [events, ofCycles] = [0, 0];
  const pairs: Pair[] = [];
  for (let replication = 0; replication < replications; replication++) {
    const world = new World({ seed: "bench", replication, network: { delay: constant(0.1) } });
    const troupe = await OutageCycles.form(world, {
      members: cell.members,
      ringmasters: 1,
      policy,
      lifetime: exponential(lifetime),
      replacement: exponential(cell.replacement * hour),
      detection: 0,
      service: store(0),
      bias: method === "biasing" ? failureBias(chain(modelOf(cell))) : undefined,
    });
    const formed = world.engine.executed;
    const { below, time } = await troupe.means(cycles);
    events += world.engine.executed;
    ofCycles += world.engine.executed - formed;
    pairs.push([below, time]);
  }
  const { mean, low, high } = ratioInterval(pairs);
  const half = (high! - low!) / 2 / mean!;
  return { mean: mean!, toTenPercent: events * (half / 0.1) ** 2, perCycle: ofCycles / cycles / replications };
}

/** Cycles that naive simulation needs, and the transitions of the bare chain in one. */
function naive(cell: Cell): { readonly cycles: number; readonly transitions: number } {
  const model = modelOf(cell);
  const rates = chain(model);
  const shares = sharesOfTime(model)!;
  const perTime = rates.map((row, a) => shares[a]! * row.reduce((sum, rate) => sum + rate, 0));
  return {
    cycles: (1.96 / 0.1) ** 2 * (2 / chanceOfLoss(rates) - 1),
    transitions: perTime.reduce((sum, each) => sum + each, 0) / perTime[cell.members]!,
  };
}

export const nines: Benchmark = {
  name: "nines",
  goal: "events to an unavailability within 10%, by failure biasing, against naive simulation",
  async run({ long }) {
    const rows: Row[] = [];
    for (const cell of cells) {
      const { cycles, transitions } = naive(cell);
      const biased = await spread(cell, "biasing", 20);
      const { perCycle } = await spread(cell, "naive", 5);
      const row = (method: string, events: number, name: string, theirs: number): void => {
        const what = `${biased.mean.toExponential(1)}, ${cell.members} members, ${method}`;
        const peer = { name, value: theirs / 1e6, ratio: theirs / events };
        rows.push({ what, value: events / 1e6, unit: "M events", peer });
      };
      row("biasing", biased.toTenPercent, "naive, computed", cycles * perCycle);
      row("biasing", biased.toTenPercent, "bare chain, naive, computed", cycles * transitions);
      if (long && cell === cells[0]) {
        row("naive", (await spread(cell, "naive", 600)).toTenPercent, "naive, computed", cycles * perCycle);
      }
    }
    return rows;
  },
};
