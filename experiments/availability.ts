/**
 * The availability of a troupe whose machines fail and come back. A machine comes back at its old address with a new
 * module.
 *
 * Source: dissertation, chapter 6. n members fail at rate L and are replaced at rate M, independently: a birth-death
 * chain. With p = L/(L+M), the troupe is down with probability p^n. In general the number of members that are down is
 * binomial for all laws of lifetime and replacement (alternating renewal processes in their steady state). The formula
 * does not hold for machines that fail together, as in a trace of real outages.
 *
 * The state of the troupe is constant between two failures or repairs. Therefore one call after each of them shows
 * whether the troupe can answer until the next. The calls of `callFailures` are made at random times, so that their
 * failures estimate the average over time.
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import {
  doubtsOf,
  downtimes,
  observation,
  outageSeen,
  placing,
  refusalOfTrace,
  type PlacingSettings,
  type TraceSettings,
} from "../harness/observations.ts";
import { choice, count, duration, file, text } from "../harness/parameters.ts";
import { refusalOfService, serviceOf, serviceParameters } from "../harness/service.ts";
import { placeNotes } from "../harness/together.ts";
import { firstCome, majority } from "../protocols/call/collator.ts";
import { constant } from "../sim/chance/distribution.ts";
import { law, laws } from "../sim/chance/lifetimes.ts";
import { probabilityOfFewer } from "../sim/chance/special.ts";
import { shareMissing } from "../sim/theory/observed-troupes.ts";
import { outageLength } from "../sim/theory/outage-length.ts";
import { Stage } from "../sim/stage.ts";
import { service } from "../sim/troupes/service.ts";
import { AskedTroupe } from "../sim/troupes/asked-troupe.ts";

class Echo {
  echo(): void {}
}

const echo = service({ type: Echo, make: () => new Echo(), call: (stub) => stub.echo() });

/** The default laws, in ms. With a trace, only these values are allowed. */
const standard = { lifetime: 3_600_000, replacement: 400_000 };

export default experiment({
  name: "availability",
  question: "How available is a troupe whose machines fail and come back?",
  reproduces: "dissertation, chapter 6: availability 1 - p^n, p = L/(L+M)",
  parameters: {
    members: count(3, "degree of replication", { min: 1, max: 64 }),
    lifetime: duration(standard.lifetime, "mean time from the start of a machine to its failure", { min: 1000 }),
    replacement: duration(standard.replacement, "mean time from a failure to the restart", { min: 1000 }),
    lifetimeLaw: choice(Object.keys(laws), "law of lifetimes", "exponential"),
    replacementLaw: choice(Object.keys(laws), "law of replacement times", "exponential"),
    trace: file(
      "",
      "CSV of real outages instead of laws, as `troupe import outages` writes it; nodes are drawn from it",
    ),
    system: text("", "which system of the trace, if it has several"),
    nodes: count(0, "nodes of that system, those that never failed too; 0: those that the trace names", { min: 0 }),
    across: choice(["none", "rack", "room", "building"], "with a trace that tells them: what members are placed by"),
    placement: choice(["spread", "packed"], "with across: members in different ones, or all in one"),
    required: choice(["one", "majority"], "how many members must answer"),
    ...serviceParameters,
    horizon: duration("0s", "simulated time of one replication; 0s: 1000 lifetimes; a trace has its own"),
    calls: count(100, "calls at random times, to each troupe in one replication", { min: 0 }),
    troupes: count(1, "troupes in one replication, each on machines of its own", { min: 1, max: 1000 }),
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
    const world = replication.world({
      network: { delay: constant(0.1) },
    });
    // A crash is detected within milliseconds, since this experiment does not measure detection.
    const stage = new Stage(world, { retransmitInterval: 1, longestInterval: 2, tries: 5, probeInterval: 5 });
    const served = p.module === "" ? echo : await serviceOf(p);
    const troupes = Array.from({ length: p.troupes }, (_, i) => stage.troupe(`echo ${i + 1}`, served.make, p.members));
    const machines = troupes.flatMap((troupe) => troupe.members.map(({ machine }) => machine));
    let end = p.horizon || 1000 * p.lifetime;
    if (p.trace !== "") {
      const observed = observation(p);
      const { outage: each } = downtimes(observed);
      end = observed.duration;
      for (const doubt of doubtsOf(observed, p.across)) replication.warn(doubt);
      for (const note of placeNotes(observed, each)) replication.note(note);
      const average = expected(p);
      if (average !== null) {
        replication.note(
          `By the trace alone, troupes of any ${p.members} of its ${observed.nodes.length} nodes have an unavailability of ${average.toPrecision(4)} on average.`,
        );
      }
      const nodes = world.random.fork("nodes");
      const where = placing(p);
      // With placement, each troupe chooses among all nodes of the system. Therefore troupes may share nodes.
      const names =
        where === undefined
          ? observed.choose(machines.length, nodes)
          : troupes.flatMap((_, i) => observed.choose(p.members, nodes.fork(`${i}`), where));
      machines.forEach((machine, i) => world.replay(machine, observed.downtimes(names[i]!)));
    } else {
      const lifetime = law(p.lifetimeLaw, p.lifetime);
      const repair = law(p.replacementLaw, p.replacement);
      for (const machine of machines) world.fail(machine, { lifetime, repair, begin: "steady" });
    }
    const collator = p.required === "majority" ? majority : firstCome;
    const observers = troupes.map((troupe) => {
      const client = stage.client(`client of ${troupe.troupe.name}`);
      const stub = client.import(served.type, troupe.troupe, { collator });
      return new AskedTroupe(world, troupe, () => client.thread(() => served.call(stub)));
    });
    const times = replication.random("calls");
    for (const observer of observers) {
      for (let i = 0; i < p.calls; i++) world.at(times() * end, () => observer.call());
    }
    await world.run(end);
    let [down, failed] = [0, 0];
    for (const observer of observers) {
      observer.change();
      down += observer.down;
      failed += observer.failed;
    }
    const outage = outageOf(p);
    return {
      unavailability: [down, end * p.troupes, outage],
      // Several calls fall into one outage, so that their failures are not independent.
      callFailures: p.calls === 0 ? null : [failed, p.calls * p.troupes, 1 + (p.calls * outage) / end],
    };
  },
  model: {
    unavailability: { of: unavailable, outside, expected, source: "dissertation, chapter 6" },
    callFailures: { of: unavailable, outside, expected, source: "the same: random times see time averages" },
  },
  matters: {
    lifetime: (p) => p.trace === "",
    lifetimeLaw: (p) => p.trace === "",
    replacement: (p) => p.trace === "",
    replacementLaw: (p) => p.trace === "",
    placement: (p) => p.across !== "none",
  },
  refuse(p) {
    if (p.horizon > 0 && p.horizon < 1000) return `horizon ${p.horizon}ms: expected 0s, or at least 1s`;
    if (p.trace !== "" && (p.lifetime !== standard.lifetime || p.replacement !== standard.replacement)) {
      return "lifetime or replacement with a trace: expected 1h and 400s, the defaults, as the trace has outages of its own (run instead of sweep)";
    }
    return refusalOfService(p) ?? refusalOfTrace(p, p.across === "none" ? p.members * p.troupes : p.members);
  },
  charts: [
    line({ x: "replacement", y: "unavailability", by: "members", log: "xy" }),
    line({ x: "members", y: "unavailability", by: "required", facet: "trace", log: "y" }),
    line({ x: "members", y: "unavailability", by: "placement", facet: "across", log: "y" }),
  ],
  replications: 40,
  sweep: { members: [1, 2, 3, 5], replacement: "100s,200s,400s,800s,1600s" },
  demo: {
    cells: [
      { members: [1, 2, 3] },
      { members: 3, required: "majority" },
      { members: [1, 2], trace: "data/lanl-failures.csv", system: "20", nodes: 512, troupes: 200 },
    ],
    replications: 20,
  },
});

interface Settings extends TraceSettings, PlacingSettings {
  readonly members: number;
  readonly lifetime: number;
  readonly replacement: number;
  readonly replacementLaw: string;
  readonly required: string;
}

function unavailable(p: Settings): number {
  const one = p.trace === "" ? p.replacement / (p.lifetime + p.replacement) : downtimes(observation(p)).fraction;
  return probabilityOfFewer(needed(p), p.members, one);
}

/** The number of members that must be up. */
function needed(p: Pick<Settings, "members" | "required">): number {
  return p.required === "majority" ? Math.floor(p.members / 2) + 1 : 1;
}

/** The mean contribution of one outage to the downtime; with a trace, the contribution of one troupe. */
function outageOf(p: Settings): number {
  if (p.trace !== "") return outageSeen(p, p.members, needed(p));
  return outageLength(law(p.replacementLaw, p.replacement), p.members - needed(p) + 1);
}

function outside(p: { readonly members: number; readonly trace: string }): string | null {
  if (p.trace === "" || p.members === 1) return null;
  return "it assumes that the nodes of the trace fail independently of one another, with the mean downtime of all of them.";
}

/** The unavailability computed from the trace, if all nodes are equally likely to be drawn. */
function expected(p: Settings): number | null {
  if (p.trace === "" || p.across !== "none") return null;
  return shareMissing(observation(p), p.members, p.members - needed(p) + 1);
}
