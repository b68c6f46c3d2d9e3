/**
 * When to replace failed members: policies, with the real protocols in the loop.
 *
 * Source: dissertation, chapter 6. Members' machines fail; whoever repairs learns of it, by a policy provides new ones after a replacement
 * time, and the new members join by the Ringmaster, with the state of the others. The troupe is available while it has a member
 * with its state. When all are gone the state is lost, and the first that comes back founds the troupe anew.
 *
 * Policies meet the same failures (sim/replaced-troupe.ts; with a trace: the same moments of failure).
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { downtimes, observation } from "../harness/observations.ts";
import { choice, count, duration, file, number } from "../harness/parameters.ts";
import type { ReplacementPolicy } from "../protocols/binding/policy.ts";
import type { Milliseconds } from "../protocols/host.ts";
import { BadData } from "../sim/bad-data.ts";
import { constant } from "../sim/distribution.ts";
import { exponential, law, laws } from "../sim/lifetimes.ts";
import { replacementRate, shareBelow, timeToTotalLoss, type ReplacementModel } from "../sim/replacement-model.ts";
import { Account } from "../sim/availability-account.ts";
import { ReplacedTroupe, Store, type Placement, type Racks } from "../sim/replaced-troupe.ts";

const hour = 3_600_000;

interface Settings {
  readonly members: number;
  readonly lifetime: Milliseconds;
  readonly replacement: Milliseconds;
  readonly policy: "eager" | "threshold" | "periodic" | "delayed" | "none";
  readonly threshold: number;
  readonly period: Milliseconds;
  readonly delay: Milliseconds;
  readonly comeback: Milliseconds;
  readonly comebackLaw: string;
  readonly repairers: "one" | "many";
  readonly detection: Milliseconds;
  readonly state: number;
  readonly lifetimeLaw: string;
  readonly replacementLaw: string;
  readonly spares: number;
  readonly repair: Milliseconds;
  readonly racks: number;
  readonly rackLifetime: Milliseconds;
  readonly rackRepair: Milliseconds;
  readonly placement: Placement;
  readonly trace: string;
  readonly system: number;
  readonly nodes: number;
}

function policyOf({ policy, threshold, period, delay, repairers }: Settings): ReplacementPolicy {
  switch (policy) {
    case "eager":
      return { kind: "eager", repairers };
    case "threshold":
      return { kind: "threshold", threshold };
    case "periodic":
      return { kind: "periodic", period };
    case "delayed":
      return { kind: "delayed", delay, repairers };
    case "none":
      return { kind: "none" };
  }
}

/** Whether machines that have failed are waited for. */
function waits({ policy }: Settings): boolean {
  return policy === "delayed" || policy === "none";
}

export default experiment({
  name: "replacement",
  question: "When should failed members be replaced?",
  reproduces: "dissertation, chapter 6: replacement of failed members, as a birth-death chain",
  parameters: {
    members: count(3, "degree of replication", { min: 1, max: 32 }),
    lifetime: duration("1h", "mean time from the start of a machine to its failure", { min: 1000 }),
    replacement: duration("400s", "mean time from the decision to replace until the new machine starts", { min: 1000 }),
    policy: choice(
      ["eager", "threshold", "periodic", "delayed", "none"],
      "eager: each at once; threshold, periodic: all failed together, in one replacement time, with those that fail meanwhile; " +
        "delayed: as eager, but a machine has time first to come back by itself; none: only that",
    ),
    threshold: count(1, "policy threshold: replace when at most so many survive", { min: 0, max: 31 }),
    period: duration("1h", "policy periodic: time from one visit to the next", { min: 1000 }),
    delay: duration("10m", "policy delayed: time in which a machine may come back by itself", { min: 0 }),
    comeback: duration(
      "1h",
      "policies delayed, none: mean time until a machine comes back by itself; a trace has its own",
      {
        min: 1000,
      },
    ),
    comebackLaw: choice(Object.keys(laws), "law of the time until a machine comes back", "exponential"),
    repairers: choice(
      ["many", "one"],
      "policies eager, delayed: whether replacements go on in parallel or one after the other",
    ),
    detection: duration("0s", "mean time until a crash is known, by probes of the Ringmaster; 0s: known at once"),
    state: count(0, "bytes of state that a new member fetches", { min: 0 }),
    bandwidth: number(10, "of each machine's line, if there is state", { min: 0.001, unit: "Mb/s" }),
    lifetimeLaw: choice(Object.keys(laws), "law of lifetimes", "exponential"),
    replacementLaw: choice(Object.keys(laws), "law of replacement times", "exponential"),
    spares: count(
      0,
      "spare machines, with which failed ones are replaced and which these become; 0: as many as are asked for",
    ),
    repair: duration(
      "1h",
      "with spares: mean time from when a failure is known until that machine is a spare, exponential",
      {
        min: 1000,
      },
    ),
    racks: count(0, "racks, which take all their machines down when they fail; 0: none", { max: 32 }),
    rackLifetime: duration("20h", "mean time from the start of a rack to its failure, exponential", { min: 1000 }),
    rackRepair: duration("10m", "mean time from a rack's failure until it is repaired, exponential", { min: 1000 }),
    placement: choice(["spread", "packed"], "with racks: members by turns in all of them, or all in one"),
    trace: file("", "CSV of real outages: nodes drawn from it fail when it says; they come back by the policy"),
    system: count(0, "which system of the trace, if it has several", { min: 0 }),
    nodes: count(0, "nodes of that system, numbered from 0; 0: only those that failed are known", { min: 0 }),
    horizon: duration("200h", "simulated time of one replication; a trace has its own", { min: "1m" }),
    ringmasters: count(1, "members of the Ringmaster; their machines do not fail", { min: 1, max: 9 }),
    calls: count(20, "calls at random times in one replication", { min: 0 }),
  },
  measures: {
    unavailability: { estimator: "rare", help: "fraction of time with no member that has the state" },
    majorityUnavailability: { estimator: "rare", help: "fraction of time with fewer members than a majority" },
    timeToTotalLoss: {
      unit: "hours",
      estimator: "ratio",
      help: "from all members up to the first moment with none",
      precision: null,
    },
    replacements: { unit: "per hour", estimator: "ratio", help: "members replaced" },
    bytes: {
      unit: "bytes/hour",
      estimator: "ratio",
      help: "datagrams of newcomers until they had joined, their copies of the state included",
      precision: null,
    },
    detectionDelay: { unit: "s", estimator: "ratio", help: "from a crash until who repairs knows", precision: null },
    callFailures: { estimator: "rare", help: "fraction of calls that failed", precision: null },
  },
  async run(p, replication) {
    const bandwidth = { bitsPerSecond: p.bandwidth * 1e6, of: "sender" } as const;
    const world = replication.world({ network: { delay: constant(0.1), ...(p.state > 0 ? { bandwidth } : {}) } });
    let account: Account | undefined = undefined;
    const observed = p.trace === "" ? undefined : observation(p.trace, p.system, p.nodes);
    const troupe = await ReplacedTroupe.form(world, {
      members: p.members,
      ringmasters: p.ringmasters,
      policy: policyOf(p),
      lifetime: observed === undefined ? law(p.lifetimeLaw, p.lifetime) : undefined,
      replacement: law(p.replacementLaw, p.replacement),
      detection: p.detection,
      state: p.state,
      changed: (living) => account?.change(world.now, living),
      ...(waits(p) && observed === undefined ? { comeback: law(p.comebackLaw, p.comeback) } : {}),
      ...(p.spares > 0 ? { spares: { number: p.spares, repair: exponential(p.repair) } } : {}),
      ...(p.racks > 0 ? { racks: racksOf(p) } : {}),
    });
    const start = world.now;
    const length = observed?.duration ?? p.horizon;
    const end = start + length;
    // All members are up at the beginning: what is measured as a share of time begins later.
    const from = start + length / 10;
    account = new Account(p.members, from, start);
    const names = observed?.choose(p.members, world.random.fork("nodes")) ?? [];
    for (const [index, name] of names.entries()) {
      for (const { from: at, to } of observed!.downtimes(name)) {
        world.at(start + at, () => troupe.fail(index));
        if (waits(p)) world.at(start + to, () => troupe.comeBack(index));
      }
    }
    const client = troupe.town.client("client", { lease: 100, suspicion: 200 });
    let failed = 0;
    const random = replication.random("calls");
    const store = client.thread(() => client.bind(Store, "store"));
    await world.run(start + 1);
    const stub = await store;
    for (let i = 0; i < p.calls; i++) {
      world.at(from + random() * (end - from), () => {
        void client.thread(() => stub.ask()).catch(() => failed++);
      });
    }
    await world.run(from);
    const replacedBefore = troupe.repairs.replaced;
    const bytesBefore = troupe.town.joiningBytes;
    await world.run(end);
    account.change(end, troupe.living);
    const counted = end - from;
    const one = p.policy === "none" ? p.comeback : p.replacement + p.detection;
    return {
      unavailability: [account.below, counted, one / p.members],
      majorityUnavailability: [account.belowMajority, counted, one],
      timeToTotalLoss: [account.exposure / hour, account.losses],
      replacements: [troupe.repairs.replaced - replacedBefore, counted / hour],
      bytes: [troupe.town.joiningBytes - bytesBefore, counted / hour],
      detectionDelay: [troupe.delays / 1000, troupe.known],
      callFailures: p.calls === 0 ? null : [failed, p.calls],
    };
  },
  model: {
    unavailability: {
      of: (p) => shareBelow(modelFor(p), 1),
      outside: outsideShares,
      source: "dissertation, chapter 6",
    },
    majorityUnavailability: {
      of: (p) => shareBelow(modelFor(p), Math.floor(p.members / 2) + 1),
      outside: outsideShares,
      source: "the same chain, by the number that live",
    },
    timeToTotalLoss: { of: lossAfter, outside, source: "the same chain, with total loss absorbing" },
    replacements: {
      of: (p) => (replacementRate(modelFor(p)) ?? NaN) * hour,
      outside: outsideShares,
      source: "as many as fail, but for those that come back by themselves",
    },
    detectionDelay: { of: (p) => p.detection / 1000, within: 0.05, source: "the parameter" },
    callFailures: {
      of: (p) => shareBelow(modelFor(p), 1),
      outside: outsideShares,
      source: "random times see time averages",
    },
  },
  refuse(p) {
    if (p.policy === "threshold" && p.threshold >= p.members) {
      return `threshold ${p.threshold} with ${p.members} members: expected fewer than members`;
    }
    if (p.detection > 0 && p.detection < 1000) return `detection ${p.detection}ms: expected 0s, or at least 1s`;
    if (p.spares > 0 && waits(p))
      return `${p.spares} spares with policy ${p.policy}: expected 0, as machines are waited for`;
    if (p.trace === "") return null;
    if (p.racks > 0) return `${p.racks} racks with a trace: expected 0, as the trace says what fails together`;
    try {
      const { nodes } = observation(p.trace, p.system, p.nodes);
      return p.members > nodes.length
        ? `${p.members} members on ${nodes.length} nodes of the trace: expected fewer`
        : null;
    } catch (error) {
      if (error instanceof BadData) return error.message;
      throw error;
    }
  },
  charts: [
    line({ x: "replacement", y: "unavailability", by: "policy", facet: "members", log: "xy" }),
    line({ x: "replacement", y: "timeToTotalLoss", by: "policy", facet: "members", log: "xy" }),
    line({ x: "replacement", y: "replacements", by: "policy", facet: "members", log: "x" }),
    line({ x: "detection", y: "unavailability", by: "policy", facet: "members", log: "y" }),
  ],
  replications: 15,
  sweep: { members: 2, policy: "eager,threshold,periodic", replacement: "10m,20m,40m", horizon: "30h" },
  demo: {
    cells: [{ members: 2, policy: ["eager", "threshold"], replacement: "20m", horizon: "30h" }],
    replications: 6,
    compare: "policy",
  },
});

function racksOf(p: Settings): Racks {
  const { racks: number, rackLifetime, rackRepair, placement } = p;
  return { number, lifetime: exponential(rackLifetime), repair: exponential(rackRepair), placement };
}

/** The mean outage of the trace's nodes, if that is what machines come back after. */
function comebackOf({ trace, system, nodes, comeback }: Settings): Milliseconds {
  return trace === "" ? comeback : downtimes(observation(trace, system, nodes)).outage;
}

/** The mean life of the trace's nodes, if that is what fails. */
function lifetimeOf({ trace, system, nodes, lifetime }: Settings): Milliseconds {
  if (trace === "") return lifetime;
  const observed = observation(trace, system, nodes);
  const { count: failures, outage } = downtimes(observed);
  return (observed.duration * observed.nodes.length) / failures - outage;
}

function modelFor(p: Settings): ReplacementModel {
  const { members, replacement, detection, spares, repair, racks } = p;
  return {
    members,
    lifetime: lifetimeOf(p),
    replacement: replacement + detection,
    policy: policyOf(p),
    ...(waits(p) ? { comeback: comebackOf(p) } : {}),
    ...(spares > 0 ? { spares: { number: spares, repair } } : {}),
    ...(racks > 0 ? { racks: { inside: inside(p), lifetime: p.rackLifetime, repair: p.rackRepair } } : {}),
  };
}

/** How many members are in each rack that has any. */
function inside({ members, racks, placement }: Settings): number[] {
  if (placement === "packed") return [members];
  return Array.from({ length: Math.min(racks, members) }, (_, rack) => Math.ceil((members - rack) / racks));
}

function lossAfter(p: Settings): number | null {
  const time = timeToTotalLoss(modelFor(p));
  return time === null ? null : time / hour;
}

/** Which assumptions of the chain do not hold. */
function outside(p: Settings): string | null {
  const broken: string[] = [];
  if (p.detection > 0) {
    broken.push("the delay of detection is a part of an exponential replacement time");
    if (p.members > 1) broken.push("newcomers need not wait until the dead are known");
  }
  if (p.state > 0) broken.push("state is transferred in no time");
  if (p.trace !== "") broken.push("the nodes of the trace fail independently, at one constant rate");
  else {
    if (p.lifetimeLaw !== "exponential") broken.push("lifetimes are exponential");
    if (waits(p) && p.comebackLaw !== "exponential") broken.push("machines come back after exponential times");
  }
  if (p.policy !== "none" && p.replacementLaw !== "exponential") broken.push("replacement times are exponential");
  return broken.length === 0 ? null : `it assumes that ${broken.join(", that ")}.`;
}

/** Shares of time under parallel replacement depend on means alone: alternating renewal processes (S. M. Ross, chapter 7). */
function outsideShares(p: Settings): string | null {
  const alternates = p.spares === 0 && p.racks === 0 && (p.repairers === "many" || p.policy === "none");
  const law = "exponential";
  if (alternates && p.policy === "eager") return outside({ ...p, lifetimeLaw: law, replacementLaw: law });
  if (alternates && p.policy === "none") return outside({ ...p, lifetimeLaw: law, comebackLaw: law });
  return outside(alternates && p.policy === "delayed" ? { ...p, lifetimeLaw: law } : p);
}
