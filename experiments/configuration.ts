/**
 * The availability of a troupe by its configuration, when machines, racks and buildings fail. A failed rack or building
 * takes down everything in it. The module and its caller stay the same: only the configuration states where the members
 * are and how answers are collated.
 *
 * Source: dissertation, chapter 7 (configuration apart from the program). The closed form assumes independent
 * alternating renewal processes (sim/theory/placement-model.ts).
 */
import { readFileSync } from "node:fs";
import { line } from "../harness/chart.ts";
import { collatorOf, putOnStage } from "../harness/configured/on-stage.ts";
import { experiment } from "../harness/experiment.ts";
import { choice, count, duration, file } from "../harness/parameters.ts";
import { MachineTable, type Machine } from "../languages/configuration/machines.ts";
import { solve, specify, type Specification } from "../languages/configuration/solve.ts";
import type { CollatorChoice } from "../languages/configuration/syntax.ts";
import { BadSource } from "../languages/source.ts";
import { constant } from "../sim/chance/distribution.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import { Stage } from "../sim/stage.ts";
import { unavailability, type Site } from "../sim/theory/placement-model.ts";
import { AskedTroupe } from "../sim/troupes/asked-troupe.ts";

/** The plain module. Nothing in it knows of members, machines or collators. */
class Counter {
  count = 0;

  add(): number {
    return ++this.count;
  }

  read(): number {
    return this.count;
  }
}

/** The formula of each placement: the condition on the members' machines. */
const formulas = {
  "same rack": "forall m, n in members: m.rack = n.rack",
  "different racks": "(forall m, n in members: m.building = n.building) and alldifferent(m in members: m.rack)",
  "different buildings": "alldifferent(m in members: m.building)",
} as const;

const sizes = { buildings: 5, racks: 5, machines: 5 };

/** The table of machines. Racks of different buildings have different numbers. */
function machines(): MachineTable {
  const all: Machine[] = [];
  for (let building = 1; building <= sizes.buildings; building++) {
    for (let rack = 1; rack <= sizes.racks; rack++) {
      for (let place = 1; place <= sizes.machines; place++) {
        const name = `b${building}r${rack}m${place}`;
        all.push({ name, attributes: { name, building: `b${building}`, rack: `b${building}r${rack}` } });
      }
    }
  }
  const attributes = ["name", "building", "rack"].map((name) => ({ name, type: "string" }) as const);
  return new MachineTable("the machines of the experiment", attributes, all);
}

interface Settings {
  readonly members: number;
  readonly placement: string;
  readonly collator: string;
  readonly configuration: string;
  readonly lifetime: number;
  readonly repair: number;
  readonly rackLifetime: number;
  readonly rackRepair: number;
  readonly buildingLifetime: number;
  readonly buildingRepair: number;
}

/** The configuration, as a user would write it. */
function textOf({ members, placement, collator, configuration }: Settings): string {
  if (configuration !== "") return readFileSync(configuration, "utf8");
  const names = Array.from({ length: members }, (_, i) => `m${i + 1}`).join(", ");
  const formula = formulas[placement as keyof typeof formulas];
  return `troupe counter (${names})\nwhere ${formula}\ncollator ${collator}\n`;
}

interface Placed {
  readonly specification: Specification;
  readonly table: MachineTable;
  readonly machines: readonly number[];
}

function placed(p: Settings): Placed | string {
  const table = machines();
  try {
    const specification = specify(p.configuration || "the configuration", textOf(p), table);
    const placement = solve(specification, table);
    if (placement === undefined) return `no placement on ${table.size} machines satisfies the configuration`;
    return { specification, table, machines: placement.machines };
  } catch (error) {
    if (error instanceof BadSource) return error.message;
    throw error;
  }
}

export default experiment({
  name: "configuration",
  question: "What does a configuration do for the availability of a program that does not know of it?",
  reproduces: "dissertation, chapter 7: configuration apart from the program",
  parameters: {
    members: count(3, "degree of replication", { min: 1, max: sizes.racks }),
    placement: choice(
      Object.keys(formulas) as (keyof typeof formulas)[],
      "what the configuration asks of the members' machines",
    ),
    collator: choice(["first-come", "unanimous", "majority"], "collator that the configuration states"),
    configuration: file(
      "",
      "a configuration of one's own, about the attributes building and rack, instead of members, placement and collator",
    ),
    lifetime: duration("10h", "mean time from a machine's start to its failure, exponential", { min: 1000 }),
    repair: duration("30m", "mean time from a machine's failure until it is repaired, exponential", { min: 1000 }),
    rackLifetime: duration("50h", "the same of a rack", { min: 1000 }),
    rackRepair: duration("1h", "the same of a rack", { min: 1000 }),
    buildingLifetime: duration("200h", "the same of a building", { min: 1000 }),
    buildingRepair: duration("2h", "the same of a building", { min: 1000 }),
    horizon: duration("20000h", "simulated time of one replication", { min: 60_000 }),
    calls: count(200, "calls at random times in one replication", { min: 0 }),
  },
  measures: {
    unavailability: {
      estimator: "rare",
      help: "fraction of time in which the troupe could not answer",
      isDowntime: true,
    },
    callFailures: { estimator: "rare", help: "fraction of calls that failed", precision: null },
  },
  async run(p, replication) {
    const found = placed(p);
    if (typeof found === "string") throw new Error(found);
    const { specification, table } = found;
    const world = replication.world({ network: { delay: constant(0.1) } });
    const stage = new Stage(world, { retransmitInterval: 1, longestInterval: 2, tries: 5, probeInterval: 5 });
    // All machines of the table are made, so that the same machines fail under every configuration.
    const byName = new Map(table.names.map((name) => [name, world.machine({ name })]));
    const inside = (attribute: "rack" | "building", value: string) =>
      table.names.flatMap((name, i) => (table.machine(i).attributes[attribute] === value ? [byName.get(name)!] : []));
    const used = (attribute: "rack" | "building") =>
      new Set(found.machines.map((machine) => table.machine(machine).attributes[attribute] as string));
    for (const machine of found.machines) {
      const law = { lifetime: exponential(p.lifetime), repair: exponential(p.repair) };
      world.fail(byName.get(table.names[machine]!)!, { ...law, begin: "steady", name: "machine" });
    }
    for (const rack of used("rack")) {
      const law = { lifetime: exponential(p.rackLifetime), repair: exponential(p.rackRepair) };
      world.fail(inside("rack", rack), { ...law, begin: "steady", name: `rack ${rack}` });
    }
    for (const building of used("building")) {
      const law = { lifetime: exponential(p.buildingLifetime), repair: exponential(p.buildingRepair) };
      world.fail(inside("building", building), { ...law, begin: "steady", name: `building ${building}` });
    }
    const troupe = putOnStage(stage, specification, { machines: found.machines, kept: 0, values: [] }, table, (name) => byName.get(name)!, () => new Counter()); // prettier-ignore
    const client = stage.client("client");
    const counter = client.import(Counter, troupe.troupe, {
      collator: collatorOf(specification.configuration.collator),
    });
    const asked = new AskedTroupe(world, troupe, () => client.thread(() => counter.read()));
    const times = replication.random("calls");
    for (let i = 0; i < p.calls; i++) world.at(times() * p.horizon, () => asked.call());
    await world.run(p.horizon);
    asked.change();
    const outage = outageOf(p);
    return {
      unavailability: [asked.down, p.horizon, outage],
      callFailures: p.calls === 0 ? null : [asked.failed, p.calls, 1 + (p.calls * outage) / p.horizon],
    };
  },
  model: {
    unavailability: { of: unavailable, source: "independent alternating renewal processes" },
    callFailures: { of: unavailable, source: "the same: random times see time averages" },
  },
  matters: {
    members: (p) => p.configuration === "",
    placement: (p) => p.configuration === "",
    collator: (p) => p.configuration === "",
  },
  refuse(p) {
    const found = placed(p);
    return typeof found === "string" ? found : null;
  },
  charts: [
    line({ x: "members", y: "unavailability", by: "placement", facet: "collator", log: "y" }),
    line({ x: "members", y: "callFailures", by: "placement", facet: "collator", log: "y" }),
  ],
  replications: 20,
  sweep: { members: [1, 2, 3, 4, 5], placement: Object.keys(formulas) as (keyof typeof formulas)[] },
  demo: {
    cells: [{ members: [1, 3], placement: Object.keys(formulas) as (keyof typeof formulas)[], horizon: "4000h" }],
    replications: 10,
  },
});

function needed({ name, count: least = 1 }: CollatorChoice, members: number): number {
  return name === "majority" ? Math.floor(members / 2) + 1 : name === "quorum" ? least : 1;
}

function unavailable(p: Settings): number | null {
  const found = placed(p);
  if (typeof found === "string") return null;
  const sites = found.machines.map((machine) => found.table.machine(machine).attributes as unknown as Site);
  const share = (lifetime: number, repair: number): number => repair / (lifetime + repair);
  return unavailability(sites, needed(found.specification.configuration.collator, sites.length), {
    machine: share(p.lifetime, p.repair),
    rack: share(p.rackLifetime, p.rackRepair),
    building: share(p.buildingLifetime, p.buildingRepair),
  });
}

/** The approximate length of one outage, for the upper limit if no outage is seen. */
function outageOf(p: Settings): number {
  return Math.min(p.buildingRepair, Math.max(p.repair, p.rackRepair));
}
